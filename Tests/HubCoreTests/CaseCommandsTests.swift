// Commands: one key one change, one's own documents, and what a module may say.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Synchronization
import Testing

@Suite("case commands")
struct CaseCommandsTests {
    let key = [UInt8]("0123456789abcdef".utf8)

    @Test("the same key and message for another citizen is another request")
    func keyOfAnotherCitizen() async throws {
        let hub = try await SmallHub.open()
        let first = try await hub.submit(for: SmallHub.anna, key: key)
        #expect(try await hub.submit(for: SmallHub.anna, key: key).number == first.number)
        for other in [SmallHub.budi, ""] {
            await #expect(throws: HubError(.keyReused, "")) { try await hub.submit(for: other, key: key) }
        }
        #expect(try await hub.ledger.counts().cases == 1)
    }

    @Test("what is overdue passes before an action that comes too late, which then decides on the case as it is")
    func overdueFirst() async throws {
        let hub = try await SmallHub.open()
        let state = try await hub.submit(for: SmallHub.anna)
        hub.wait(hours: 73)
        let after = try await hub.act("tangani", on: state, by: .officer)
        #expect(after.escalation == 1 && after.escalatedTo == "kepala-seksi")
        #expect(after.stage == "ditangani" && after.version == 3)
        #expect(after.deadlines.map(\.state) == [.passed])
        let events = try await hub.history(of: state, by: .officer).events
        #expect(events.map(\.kind) == [.submitted, .deadlinePassed, .acted])
        #expect(hub.hub.counters.deadlinesPassed.load(ordering: .relaxed) == 1)
    }

    @Test("an action in time leaves the clock met")
    func inTime() async throws {
        let hub = try await SmallHub.open()
        let state = try await hub.submit(for: SmallHub.anna)
        hub.wait(hours: 71)
        let after = try await hub.act("tangani", on: state, by: .officer)
        #expect(after.escalation == 0 && after.deadlines.map(\.state) == [.met])
    }

    @Test("a case's data stands in the definition's order, whatever the module decided first")
    func order() async throws {
        let hub = try await SmallHub.open { _, acceptance in
            var acceptance = acceptance
            acceptance.data = ["alasan", "kelas"].map { name in .with { ($0.name, $0.text) = (name, "x") } }
            return acceptance
        }
        #expect(try await hub.submit().data.map(\.name) == ["kelas", "isi", "alasan"])
    }

    @Test("what a module says beyond its definition is refused and not repeated")
    func beyondDefinition() async throws {
        let canary = String(repeating: "kanari", count: 1_000)
        for spoil: @Sendable (inout HubAcceptance) -> Void in [
            { $0.stage = canary }, { $0.data = [.with { $0.name = canary }] },
        ] {
            let hub = try await SmallHub.open { _, acceptance in
                var acceptance = acceptance
                spoil(&acceptance)
                return acceptance
            }
            let error = await #expect(throws: HubError.self) { try await hub.submit() }
            #expect(error?.code == .decisionInvalid)
            #expect(error?.description.contains("kanari") == false)
            #expect(try await hub.ledger.counts().cases == 0)
        }
    }

    // MARK: Documents

    private func put(_ hub: SmallHub, by caller: Caller, for citizen: String = "") async throws -> HubDocument {
        let request = LayananPutDocumentRequest.with {
            $0.mediaType = "image/png"
            $0.body = .init([1, 2, 3])
        }
        let reply = try await hub.call(
            .putDocument, request, as: LayananPutDocumentReply.self, by: caller, for: citizen)
        return .with {
            ($0.kind, $0.sha256, $0.size, $0.mediaType) = ("bukti", reply.sha256, reply.size, reply.mediaType)
        }
    }

    @Test("a document that somebody else put cannot be attached, though its hash be known")
    func foreignDocument() async throws {
        let hub = try await SmallHub.open()
        let paper = try await put(hub, by: .portal, for: SmallHub.anna)
        #expect(try await hub.submit(for: SmallHub.anna, documents: [paper]).documents == [paper])
        await #expect(throws: HubError(.documentInvalid, "")) {
            try await hub.submit(for: SmallHub.budi, documents: [paper])
        }
        await #expect(throws: HubError(.documentInvalid, "")) {
            try await hub.submit(by: .stranger, documents: [paper])
        }
    }

    @Test("the same bytes put by two are both one's own")
    func sameBytes() async throws {
        let hub = try await SmallHub.open()
        _ = try await put(hub, by: .portal, for: SmallHub.anna)
        let paper = try await put(hub, by: .portal, for: SmallHub.budi)
        #expect(try await hub.submit(for: SmallHub.budi, documents: [paper]).documents == [paper])
    }

    @Test("whoever acts on a case may name the documents it already has")
    func documentOfTheCase() async throws {
        let hub = try await SmallHub.open()
        let paper = try await put(hub, by: .portal, for: SmallHub.anna)
        let state = try await hub.submit(for: SmallHub.anna, documents: [paper])
        #expect(try await hub.act("tangani", on: state, by: .officer, documents: [paper]).documents == [paper])
    }

    @Test("a module sees the documents that the case has, though a later command does not name them again")
    func documentsOfCase() async throws {
        let seen = Mutex<[[String]]>([])
        let hub = try await SmallHub.open { question, answer in
            seen.withLock { $0.append(question.command.documents.map(\.kind)) }
            return answer
        }
        let paper = try await put(hub, by: .portal, for: SmallHub.anna)
        let state = try await hub.submit(for: SmallHub.anna, documents: [paper])
        try await hub.act("tangani", on: state, by: .officer)
        #expect(seen.withLock { $0 } == [["bukti"], ["bukti"]])
    }

    @Test("more documents than a case can have are refused without a look into the ledger")
    func tooManyDocuments() async throws {
        let ledger = FlakyLedger()
        let hub = try await SmallHub.open(ledger: ledger)
        let many = [HubDocument](repeating: .with { $0.kind = "bukti" }, count: 10_000)
        await #expect(throws: HubError(.documentInvalid, "")) { try await hub.submit(documents: many) }
        #expect(ledger.factsAsked == 0)
    }
}
