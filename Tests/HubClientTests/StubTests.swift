// Typed calls: each goes to the method whose name it bears.

import HubClient
import HubProto
import Testing

@Suite("A typed call")
struct StubTests {
    @Test("goes to its method, with a key where it changes something, and brings its reply")
    func methods() async throws {
        let hub = try await ScriptedHub(papers: try Papers()) { _ in [.answer([])] }
        let client = try hub.client()
        _ = try await client.applications.submit(LayananSubmitRequest())
        _ = try await client.civilRegistry.declare(LayananSubmitRequest())
        _ = try await client.complaints.import(LayananImportRequest())
        _ = try await client.cases.get(LayananGetCaseRequest())
        _ = try await client.catalogue.list()
        _ = try await client.admin.status()
        for try await _ in client.cases.watch(LayananWatchRequest()) {}
        let wanted: [HubMethod] = [
            .submitApplication, .declare, .importComplaint, .getCase, .listServices, .status, .watchCases,
        ]
        let called = hub.record.calls.map(\.call)
        #expect(called.map(\.method) == wanted.map(\.path))
        #expect(called.map { !$0.idempotencyKey.isEmpty } == wanted.map(\.mutating))
        await client.close()
    }
}
