// Whose cases one sees, and for whom one may speak.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("scope")
struct ScopeTests {
    let hub: SmallHub

    init() async throws { hub = try await .open() }

    @Test("a citizens' channel sees the cases of the citizen it speaks for, and of no other")
    func channel() async throws {
        let state = try await hub.submit(for: SmallHub.anna)
        #expect(try await hub.get(state, by: .portal, for: SmallHub.anna).number == state.number)
        for other in [SmallHub.budi, ""] {
            await #expect(throws: HubError(.caseNotFound, "")) { try await hub.get(state, by: .portal, for: other) }
        }
    }

    @Test("another department's officer who claims to speak for a citizen opens nothing")
    func claim() async throws {
        let state = try await hub.submit(for: SmallHub.anna)
        let hidden = HubError(.caseNotFound, "")
        await #expect(throws: hidden) { try await hub.get(state, by: .stranger, for: SmallHub.anna) }
        await #expect(throws: hidden) { try await hub.history(of: state, by: .stranger, for: SmallHub.anna) }
        await #expect(throws: hidden) {
            try await hub.act("tarik", .withdrawComplaint, on: state, by: .stranger, for: SmallHub.anna)
        }
        let list = try await hub.call(
            .listCases, LayananListCasesRequest(), as: LayananListCasesReply.self, by: .stranger, for: SmallHub.anna)
        #expect(list.cases.isEmpty)
        await #expect(throws: HubError(.permissionDenied, "")) {
            try await hub.submit(by: .stranger, for: SmallHub.anna)
        }
    }

    @Test("an officer speaks for a citizen at the own department's counter, and not for another citizen's case")
    func counter() async throws {
        let state = try await hub.submit(by: .officer, for: SmallHub.anna)
        #expect(state.applicant == SmallHub.anna)
        for other in [SmallHub.budi, ""] {
            await #expect(throws: HubError(.permissionDenied, "")) {
                try await hub.act("tarik", .withdrawComplaint, on: state, by: .officer, for: other)
            }
        }
        #expect(try await hub.act("tarik", .withdrawComplaint, on: state, by: .officer, for: SmallHub.anna).ended)
    }

    @Test("a program's own case is its own in whatever department it lies")
    func own() async throws {
        let state = try await hub.submit(by: .stranger)
        #expect(state.applicant == Caller.stranger.principal.urn)
        #expect(try await hub.get(state, by: .stranger).number == state.number)
        #expect(try await hub.act("tarik", .withdrawComplaint, on: state, by: .stranger).ended)
    }

    @Test("a citizen reads in the history what happened, but not which officer did it")
    func history() async throws {
        let state = try await hub.submit(for: SmallHub.anna)
        try await hub.act("tangani", on: state, by: .officer, note: "sedang dikerjakan")
        let own = try await hub.history(of: state, by: .portal, for: SmallHub.anna).events
        #expect(own.map(\.kind) == [.submitted, .acted])
        #expect(own[1].actor == .with { ($0.role, $0.department) = ("officer", "pengaduan") })
        #expect(own[1].note == "sedang dikerjakan")
        let office = try await hub.history(of: state, by: .officer).events
        #expect(office[1].actor.principal == Caller.officer.principal.urn)
        #expect(office[1].actor.unit == "loket-3")
        #expect(office[0].form.map(\.name) == ["isi"])
    }

    @Test("a long history comes in pages of bytes, and they hold it all")
    func longHistory() async throws {
        let state = try await hub.submit(for: SmallHub.anna)
        let note = String(repeating: "é", count: 4_000)
        for _ in 1...180 { try await hub.act("catat", on: state, by: .officer, note: note) }
        var versions: [UInt64] = []
        var pages = 0
        while true {
            let page = try await hub.history(of: state, after: versions.last ?? 0, by: .officer)
            let bytes: [UInt8] = try page.serializedBytes()
            #expect(bytes.count < 1_100_000)
            versions += page.events.map(\.caseVersion)
            pages += 1
            guard page.more else { break }
            try #require(!page.events.isEmpty)
        }
        #expect(versions == Array(1...181))
        #expect(pages == 2)
    }

    @Test("a list of 450 cases in pages of 200 shows every case once")
    func pages() async throws {
        for _ in 1...450 { try await hub.submit(for: SmallHub.anna) }
        var numbers: [String] = []
        var sizes: [Int] = []
        var request = LayananListCasesRequest.with { $0.pageSize = 200 }
        repeat {
            let page = try await hub.call(.listCases, request, as: LayananListCasesReply.self, by: .officer)
            numbers += page.cases.map(\.number)
            sizes.append(page.cases.count)
            request.pageToken = page.nextPageToken
        } while !request.pageToken.isEmpty
        #expect(sizes == [200, 200, 50])
        #expect(Set(numbers).count == 450)
    }

    @Test("a principal of the policy file cannot be replaced over the wire")
    func policyPrincipal() async throws {
        func add(_ name: String) async throws -> HubAddPrincipalReply {
            let request = HubAddPrincipalRequest.with {
                ($0.department, $0.name, $0.role) = ("hub", name, "officer")
            }
            return try await hub.call(.addPrincipal, request, as: HubAddPrincipalReply.self, by: .admin)
        }
        await #expect(throws: HubError(.principalInvalid, "")) { try await add("admin") }
        #expect(try await add("admin-2").principal == "urn:elayanan:hub:admin-2")
        #expect(hub.hub.principals.principal("urn:elayanan:hub:admin")?.role == "admin")
    }
}
