// Who is above whom, who heads what, and who is asked when somebody is away.

import HubCore
import HubProto
import Testing

@Suite("An organisation chart")
struct OrganisationChartTests {
    private let chart = OrganisationChart(
        .with {
            $0.units = [
                .with { $0.code = "kabupaten" },
                .with { ($0.code, $0.parent) = ("setda", "kabupaten") },
                .with { ($0.code, $0.parent, $0.department) = ("dinas", "setda", "pupr") },
                .with { ($0.code, $0.parent) = ("bina-marga", "dinas") },
                .with { ($0.code, $0.parent) = ("jembatan", "bina-marga") },
            ]
            $0.positions = [
                .with { ($0.code, $0.unit, $0.rung) = ("bupati", "kabupaten", "bupati") },
                .with { ($0.code, $0.unit, $0.rung) = ("kepala", "dinas", "kepala-dinas") },
                .with { ($0.code, $0.unit, $0.rung) = ("kasi", "bina-marga", "kepala-seksi") },
                .with { ($0.code, $0.unit) = ("staf", "jembatan") },
            ]
            $0.officers = [
                .with { ($0.principal, $0.positions) = ("b", ["bupati"]) },
                .with { ($0.principal, $0.positions) = ("k", ["kepala"]) },
                .with { ($0.principal, $0.positions) = ("s", ["kasi"]) },
                .with { ($0.principal, $0.positions) = ("a", ["staf"]) },
            ]
        })

    private func present(_ principal: String) -> Bool { true }

    @Test("knows the line from a unit up to the regency")
    func line() {
        #expect(chart.line(from: "jembatan") == ["jembatan", "bina-marga", "dinas", "setda", "kabupaten"])
        #expect(chart.line(from: "nowhere") == [])
    }

    @Test("knows to which department a unit belongs, and which unit stands for a department")
    func departments() {
        #expect(chart.department(of: "jembatan") == "pupr")
        #expect(chart.department(of: "setda") == nil)
        #expect(chart.front(of: "pupr") == "dinas")
        #expect(chart.front(of: "lain") == nil)
    }

    @Test("asks whoever holds a rung of the ladder nearest above the case's unit")
    func asked() {
        #expect(chart.asked(rung: "kepala-seksi", from: "jembatan", isThere: present) == "s")
        #expect(chart.asked(rung: "kepala-dinas", from: "jembatan", isThere: present) == "k")
        #expect(chart.asked(rung: "bupati", from: "dinas", isThere: present) == "b")
        #expect(chart.asked(rung: "kepala-seksi", from: "dinas", isThere: present) == nil, "below, not above")
        #expect(chart.asked(rung: "sekda", from: "jembatan", isThere: present) == nil, "nobody holds it")
    }

    @Test("asks nobody for whom nobody is there")
    func nobodyThere() {
        #expect(chart.asked(rung: "kepala-seksi", from: "jembatan") { $0 != "s" } == nil)
    }

    @Test("lets those work in a unit who have a post in it or above it, and those lead it who answer for it")
    func work() {
        #expect(chart.works("a", in: "jembatan"))
        #expect(chart.works("s", in: "jembatan"))
        #expect(!chart.works("a", in: "bina-marga"))
        #expect(chart.leads("s", "jembatan"))
        #expect(chart.leads("b", "jembatan"))
        #expect(!chart.leads("a", "jembatan"))
        #expect(!chart.leads("s", "dinas"))
    }

    @Test("does not go round in circles")
    func circle() {
        let round = OrganisationChart(
            .with {
                $0.units = [
                    .with { ($0.code, $0.parent) = ("a", "b") }, .with { ($0.code, $0.parent) = ("b", "a") },
                ]
            })
        #expect(round.line(from: "a") == ["a", "b"])
    }
}
