// Who acts for a citizen says how the citizen agreed.

import HubDomain
import HubProto
import Testing

@testable import HubCore

@Suite("consent of an applicant")
struct ConsentTests {
    private static func open() async throws -> SmallHub {
        var definition = SmallHub.definition
        definition.consents = [
            .with { $0.kind = .spoken }, .with { ($0.kind, $0.document) = (.proxy, "bukti") },
        ]
        return try await SmallHub.open(
            bundle: LoadedBundle(module: "uji", department: "pengaduan", definitions: [definition], standing: []))
    }

    private func submit(
        _ hub: SmallHub, by caller: Caller, for citizen: String, _ consent: HubConsent? = nil,
        documents: [HubDocument] = []
    ) async throws -> HubCase {
        let request = LayananSubmitRequest.with {
            ($0.service, $0.documents) = (SmallHub.service, documents)
            $0.form = [.with { ($0.name, $0.text) = ("isi", "Jalan berlubang") }]
            if let consent { $0.consent = consent }
        }
        return try await hub.call(.fileComplaint, request, as: LayananCaseReply.self, by: caller, for: citizen).case
    }

    private static let spoken = HubConsent.with {
        ($0.kind, $0.note) = (.spoken, "Di balai desa, di hadapan ketua RT")
        // What only the hub may say is not taken from a caller.
        ($0.by, $0.action) = ("urn:elayanan:x:y", "lain")
    }

    @Test("an officer who types for a citizen needs the citizen's word; it is kept with who took it, when and for what")
    func spoken() async throws {
        let hub = try await Self.open()
        #expect(try await refusal { try await submit(hub, by: .officer, for: SmallHub.anna) } == .consentMissing)
        let state = try await submit(hub, by: .officer, for: SmallHub.anna, Self.spoken)
        let consent = try #require(state.consents.first)
        #expect(consent.kind == .spoken && consent.action == "submit" && consent.by == Caller.officer.principal.urn)
        #expect(consent.atMs == hub.clock.nowMillis() && consent.note == Self.spoken.note)
        let event = try #require(try await hub.history(of: state, by: .officer).events.last)
        #expect(event.consent == consent)
    }

    @Test("applicants see that they agreed and to what, not who the officer is; watchers see nothing of it")
    func shown() async throws {
        let hub = try await Self.open()
        let state = try await submit(hub, by: .officer, for: SmallHub.anna, Self.spoken)
        let seen = try await hub.get(state, by: .portal, for: SmallHub.anna)
        #expect(seen.consents.map(\.note) == [Self.spoken.note] && seen.consents.allSatisfy { $0.by.isEmpty })
        let events = try await hub.ledger.events(after: 0, limit: 10)
        #expect(events.contains { $0.hasConsent } && !events.contains { $0.forWatchers.hasConsent })
    }

    @Test("a citizens' channel, and an officer who acts for the office, are not asked")
    func notAsked() async throws {
        let hub = try await Self.open()
        #expect(try await submit(hub, by: .portal, for: SmallHub.anna).consents.isEmpty)
        #expect(try await submit(hub, by: .officer, for: "").consents.isEmpty)
        let state = try await submit(hub, by: .portal, for: SmallHub.anna)
        #expect(try await hub.act("tangani", on: state, by: .officer).consents.isEmpty)
    }

    @Test("a power of attorney is a paper, another kind than those of the service is none, and a note says before whom")
    func proved() async throws {
        let hub = try await Self.open()
        func refused(_ consent: HubConsent) async throws -> String? {
            do { _ = try await submit(hub, by: .officer, for: SmallHub.anna, consent) } catch let error as HubError {
                return error.violations.first.map { "\($0.field)/\($0.rule)" }
            }
            return nil
        }
        #expect(try await refused(.with { ($0.kind, $0.note) = (.written, "Surat") }) == "consent/kind/required")
        #expect(try await refused(.with { $0.kind = .spoken }) == "consent/note/length")
        let long = String(repeating: "a", count: 501)
        #expect(try await refused(.with { ($0.kind, $0.note) = (.spoken, long) }) == "consent/note/length")
        #expect(try await refused(.with { ($0.kind, $0.note) = (.proxy, "Kuasa") }) == "documents/bukti/required")
    }

    @Test("an officer who withdraws or repairs for a citizen needs the word too")
    func later() async throws {
        let hub = try await Self.open()
        let state = try await submit(hub, by: .officer, for: SmallHub.anna, Self.spoken)
        #expect(
            try await refusal {
                try await hub.act("tarik", .withdrawComplaint, on: state, by: .officer, for: SmallHub.anna)
            } == .consentMissing)
        #expect(
            try await refusal { try await hub.act("tarik", .withdrawComplaint, on: state, by: .officer) } != nil,
            "whom an officer leaves out is whose case it is all the same")
        let request = LayananActRequest.with { ($0.case, $0.action, $0.consent) = (state.number, "tarik", Self.spoken) }
        let after = try await hub.call(
            .withdrawComplaint, request, as: LayananCaseReply.self, by: .officer, for: SmallHub.anna
        ).case
        #expect(after.consents.map(\.action) == ["submit", "tarik"])
    }
}
