// Which request goes to which unit, and what modules are told of it.

import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import HubCore

@Suite("Routes")
struct RouteTests {
    private static let lamp = ["kategori": "lampu", "wilayah": "340201", "isi": "Lampu  JALAN mati di gang kami"]

    @Test("a request that fits goes to its unit at once, with the class that the rule sets; history says by which rule")
    func routed() async throws {
        let hub = try await PublicHub.open()
        let state = try await hub.file(Self.lamp).case
        #expect(state.stage == "diteruskan" && state.unit == "bina-marga")
        #expect(state.data.plainText(of: "kelas") == "pengaduan")
        let events = try await hub.small.history(of: state, by: .officer).events
        #expect(events.map(\.route) == ["lampu-bantul"])
        #expect(
            try await hub.small.history(of: state, by: .portal, for: SmallHub.anna).events.map(\.route) == [""],
            "which rule it was is the office's business")
    }

    @Test(
        "another category, another area, or other words stay at the desk",
        arguments: [
            ["kategori": "jalan"], ["wilayah": ""], ["isi": "Lampu di jalan mati"], ["isi": "Lampujalan mati"],
        ])
    func desk(_ change: [String: String]) async throws {
        let hub = try await PublicHub.open()
        let state = try await hub.file(Self.lamp.merging(change) { $1 }).case
        #expect(state.stage == "diterima" && state.unit.isEmpty && state.data.plainText(of: "kelas") == nil)
        #expect(hub.heard.questions.last?.records.last { $0.table == "routes/rute-uji" }?.key == "sisanya")
    }

    @Test("a repair is routed anew; an ordinary step is not")
    func repaired() async throws {
        let hub = try await PublicHub.open()
        let state = try await hub.file(Self.lamp.merging(["isi": "Gelap"]) { $1 }).case
        try await hub.act("kembalikan", on: state)
        #expect(hub.heard.questions.last?.records.isEmpty == true)
        let repaired = try await hub.act(
            "lengkapi", on: state, by: .portal, for: SmallHub.anna, form: ["isi": "PJU mati"],
            method: .supplementComplaint)
        #expect(repaired.unit == "bina-marga")
    }

    @Test("a module may set what the route sets, and nothing else of the form")
    func beyond() async throws {
        let definition = PublicHub.definition()
        let submit = try #require(definition.submitAction)
        let rule = PublicHub.routes().rules[0]
        let new = CaseTransition.NewCase(
            id: CaseID.make(millis: 0, random: (1, 2)), number: "UJI-1", applicant: "a", createdMillis: 0)
        func accept(_ value: String, routed: [HubFieldValue]) throws(HubError) -> HubCase {
            let transition = CaseTransition(
                definition: definition, action: submit, actor: HubActor(), command: HubCommand(), before: nil,
                form: FormOutcome(data: [], documents: [], warnings: []), nowMillis: 0, seed: 0, routed: routed)
            let acceptance = HubAcceptance.with {
                $0.stage = "diteruskan"
                $0.data = [.with { ($0.name, $0.text) = ("kelas", value) }]
            }
            let plan = DeadlinePlan(definition: definition, calendars: [:])
            return try transition.apply(acceptance, new: new, plan: plan).state
        }
        #expect(throws: HubError(.decisionInvalid, "")) { try accept("pengaduan", routed: []) }
        #expect(try accept("pengaduan", routed: rule.values).data.plainText(of: "kelas") == "pengaduan")
        #expect(throws: HubError(.decisionInvalid, "")) { try accept("informasi", routed: rule.values) }
    }

    @Test("rules are tried in order, and what was passed is told with the field that failed")
    func order() {
        let plan = RoutePlan(PublicHub.routes())
        let form = [
            HubFieldValue.with { ($0.name, $0.text) = ("kategori", "lampu") },
            .with { ($0.name, $0.text) = ("wilayah", "11") },
        ]
        let outcome = plan.outcome(for: form)
        #expect(outcome.rule?.name == "sisanya")
        #expect(outcome.passed.map(\.rule) == ["lampu-bantul"] && outcome.passed.map(\.field) == ["wilayah"])
        #expect(RoutePlan(HubRoutes()).outcome(for: form).rule == nil)
    }

    @Test("trying a route stores nothing, and a draft is tried beside what is in force")
    func tried() async throws {
        let hub = try await PublicHub.open()
        let draft = PublicHub.routes(version: "2") { $0.rules[0].conditions = [] }
        func attempt(_ files: [HubRuleFile]) async throws -> HubTryRouteReply {
            let request = HubTryRouteRequest.with {
                $0.service = SmallHub.service
                $0.form = [.with { ($0.name, $0.text) = ("kategori", "jalan") }]
                $0.files = files
            }
            return try await hub.small.call(.tryRoute, request, as: HubTryRouteReply.self, by: .officer)
        }
        #expect(try await attempt([]).rule.name == "sisanya")
        #expect(try await attempt([]).passed.map(\.rule) == ["lampu-bantul"])
        #expect(try await attempt([MessageRules.file("routes/draft.yaml", draft)]).rule.unit == "bina-marga")
        await #expect(throws: HubError(.rulesRefused, "")) {
            try await attempt([MessageRules.file("tables/wilayah.csv", PublicHub.areas)])
        }
        #expect(try await hub.small.ledger.counts().cases == 0)
    }

    @Test("routes come into force only where fields, values, areas and units are there")
    func published() async throws {
        let hub = try await PublicHub.open()
        func findings(_ change: (inout HubRoutes) -> Void) async throws -> [String] {
            let files = [try MessageRules.file("routes/rute-uji.yaml", PublicHub.routes(version: "2", change))]
            return try await hub.small.call(
                .checkRules, HubCheckRulesRequest.with { $0.files = files }, as: HubCheckRulesReply.self, by: .officer
            ).findings.map(\.remedy)
        }
        #expect(try await findings { _ in }.isEmpty)
        #expect(try await findings { $0.rules[0].unit = "bina-graha" }.count == 1)
        #expect(try await findings { $0.rules[0].conditions[0].field = "jenis" }.count == 1)
        #expect(try await findings { $0.rules[0].conditions[0].values = ["lampu", "sungai"] }.count == 1)
        #expect(try await findings { $0.rules[0].conditions[1].areas = ["99"] }.count == 1)
        #expect(try await findings { $0.rules[0].conditions[2].field = "kategori" }.count == 1)
        #expect(try await findings { $0.rules[0].values[0].text = "sengketa" }.count == 1)
        #expect(try await findings { $0.rules[0].values[0].name = "lintang" }.count == 1)
        let chart = [
            try MessageRules.file(
                "organisation/uji.yaml",
                HubOrganisation.with {
                    ($0.name, $0.version, $0.units) = ("uji", "2", Array(PublicHub.organisation.units.dropLast()))
                })
        ]
        let lost = try await hub.small.call(
            .checkRules, HubCheckRulesRequest.with { $0.files = chart }, as: HubCheckRulesReply.self, by: .officer)
        #expect(lost.findings.map(\.rule) == ["route"], "a unit to which requests go is not taken away")
    }
}
