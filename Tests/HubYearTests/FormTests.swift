// Forms of the simulated year: fields that follow from others, rows of groups, and numbers that come once.

import HubDomain
import HubProto
import Testing

@testable import hub_year

@Suite("Forms of the simulated year")
struct FormTests {
    private static let today = CalendarDate(iso: "2026-03-02") ?? .earliest
    private static let maker = FormMaker(
        districts: ["340201", "340202"], start: CalendarDate(iso: "2026-01-01") ?? .earliest, chance: Chance(seed: 1))

    private func fill(_ fields: [FieldPlan], serial: Int = 0) -> [HubFieldValue] {
        Self.maker.fill(fields, serial: serial, purpose: "uji", time: 0, today: Self.today)
    }

    @Test("A number that comes once differs from request to request until all are used", arguments: [nil, true])
    func once(female: Bool?) {
        let field = FieldPlan(name: "nik", kind: .nik(female: female, years: 80...82, isOnce: true))
        let count = (2 * 365 + 1) * 2 * (female == nil ? 2 : 1)
        let numbers = (0..<count).map { fill([field], serial: $0)[0].text }
        #expect(Set(numbers).count == count)
        #expect(numbers.allSatisfy { NIK($0) != nil && $0.hasSuffix("0000") })
        #expect(female == nil || numbers.allSatisfy { NIK($0)?.isFemale == female })
    }

    @Test("Birthday and sex follow from the number, whichever century it was")
    func linked() throws {
        for serial in 0..<300 {
            let form = fill(
                [
                    FieldPlan(name: "nik", kind: .nik(female: nil, years: 1...95, isOnce: false)),
                    FieldPlan(name: "lahir", kind: .born("nik")),
                    FieldPlan(name: "kelamin", kind: .sex(of: "nik", woman: "p", man: "l")),
                ], serial: serial)
            let nik = try #require(NIK(form[0].text))
            let born = try #require(CalendarDate(iso: form[1].text))
            #expect(born <= Self.today && born.year > 1926)
            #expect((born.day, born.month) == (nik.birthDay, nik.birthMonth))
            #expect(form[2].text == (nik.isFemale ? "p" : "l"))
        }
    }

    @Test("A group has its rows where it is wanted, and another field can say what its first row says")
    func rows() {
        let plan = [
            FieldPlan(name: "jenis", kind: .pick([("pisah", 1), ("pindah", 1)])),
            FieldPlan(
                name: "anggota",
                kind: .rows([FieldPlan(name: "nik", kind: .nik(female: nil, years: 1...60, isOnce: false))], 1...3),
                only: ("jenis", ["pisah"])),
            FieldPlan(name: "kepala", kind: .same("anggota.nik"), only: ("jenis", ["pisah"])),
        ]
        let forms = (0..<200).map { fill(plan, serial: $0) }
        let split = forms.filter { $0[0].text == "pisah" }
        #expect(!split.isEmpty && split.count < forms.count)
        #expect(forms.filter { $0[0].text != "pisah" }.allSatisfy { $0.count == 1 })
        #expect(Set(split.map { $0[1].rows.rows.count }) == [1, 2, 3])
        for form in split {
            #expect(form[2].text == form[1].rows.rows[0].values[0].text)
            #expect(Set(form[1].rows.rows.map { $0.values[0].text }).count == form[1].rows.rows.count)
        }
    }

    @Test("Nothing is away before or after an outage, and of two that overlap the longer one counts")
    func outages() {
        let span: ClosedRange<Int64> = 0...8_760 * 3_600_000
        let away = Outages(
            "uji", count: 200, hours: Spread(median: 60, sigma: 0), in: span, chance: Chance(seed: 3))
        #expect(away.spans.count > 150)
        for outage in away.spans {
            #expect((away.end(at: outage.from) ?? 0) >= outage.until)
            #expect((away.end(at: outage.until - 1) ?? 0) >= outage.until)
        }
        #expect(away.end(at: -1) == nil)
        let last = away.spans.map(\.until).max() ?? 0
        #expect(away.end(at: last) == nil && away.end(at: last - 1) == last)
    }
}
