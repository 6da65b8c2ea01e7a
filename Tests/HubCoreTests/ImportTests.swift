// Older registers: who may bring one, and that nothing comes twice.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("import")
struct ImportTests {
    let hub: SmallHub

    init() async throws { hub = try await .open() }

    private func bring(_ sourceID: String, by caller: Caller) async throws -> HubCase {
        let request = LayananImportRequest.with {
            $0.service = SmallHub.service
            ($0.origin.source, $0.origin.sourceID) = ("buku-lama", sourceID)
            $0.createdMs = Sample.now - 86_400_000
            $0.form = [.with { ($0.name, $0.text) = ("isi", "Lampu mati") }]
        }
        return try await hub.call(.importComplaint, request, as: LayananCaseReply.self, by: caller).case
    }

    @Test("an importer brings the register of the own department and of no other")
    func department() async throws {
        #expect(try await bring("1", by: .importer).origin.sourceID == "1")
        #expect(try await bring("2", by: .admin).origin.sourceID == "2")
        await #expect(throws: HubError(.permissionDenied, "")) { try await bring("3", by: .strangeImporter) }
        // A department's own officer may, a channel may not: it has no department of its own.
        await #expect(throws: HubError(.permissionDenied, "")) { try await bring("4", by: .portal) }
        #expect(try await hub.ledger.counts().cases == 2)
    }

    @Test("what an older register says has ended did not end tomorrow")
    func future() async throws {
        let request = LayananImportRequest.with {
            $0.service = SmallHub.service
            ($0.origin.source, $0.origin.sourceID) = ("buku-lama", "1")
            ($0.createdMs, $0.origin.closedMs) = (Sample.now - 1, Sample.now + 1)
        }
        await #expect(throws: HubError(.formInvalid, "")) {
            try await hub.call(.importComplaint, request, as: LayananCaseReply.self, by: .importer)
        }
    }

    @Test("a record of an older register comes once, whoever brings it")
    func once() async throws {
        _ = try await bring("1", by: .importer)
        await #expect(throws: HubError(.alreadyImported, "")) { try await bring("1", by: .admin) }
    }

    @Test("an imported case's clocks never run")
    func history() async throws {
        #expect(try await bring("1", by: .importer).deadlines.map(\.state) == [.history])
    }
}
