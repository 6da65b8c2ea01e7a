// Unary calls over real TLS: answered, tried again, refused, given up.

import HubClient
import HubDomain
import HubProto
import HubWire
import NIOCore
import SwiftProtobuf
import Synchronization
import Testing

@Suite("A unary call")
struct UnaryCallTests {
    let papers: Papers

    init() throws { papers = try Papers() }

    /// A hub that answers the n-th call (from 1) as told.
    func hub(
        limits: WireLimits = WireLimits(), _ script: @escaping @Sendable (Int, ScriptedCall) -> [ScriptedAction]
    ) async throws -> ScriptedHub {
        let count = Atomic(0)
        return try await ScriptedHub(papers: papers, limits: limits) { call in
            script(count.wrappingAdd(1, ordering: .relaxed).newValue, call)
        }
    }

    func echo(_ client: HubClient, _ payload: [UInt8], options: CallOptions = CallOptions()) async throws(HubError)
        -> [UInt8]
    {
        var request = HubEchoMessage()
        request.payload = .init(payload)
        let answer: Answer<HubEchoMessage> = try await client.call(.echo, request, options: options)
        return [UInt8](answer.message.payload)
    }

    func unavailable(retryAfterMillis: UInt32? = nil) -> ScriptedAction {
        .end(HubEnd(error: HubError(.moduleUnavailable, "module down", retryAfterMillis: retryAfterMillis)))
    }

    @Test("brings its answer back, short or megabytes long, over one connection")
    func answers() async throws {
        let hub = try await hub { _, call in [.answer(call.message)] }
        let client = try hub.client()
        for count in [0, 1, 64, 70_000, 3_000_000] {
            let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            #expect(try await echo(client, payload) == payload)
        }
        #expect(hub.record.connections == 1)
        #expect(hub.record.calls.map(\.stream) == [1, 3, 5, 7, 9])
        #expect(hub.record.calls.allSatisfy { $0.call.idempotencyKey.isEmpty }, "an echo changes nothing")
        await client.close()
    }

    @Test("tells method, time left, metadata and citizen, and reports that an answer was stored before")
    func head() async throws {
        let hub = try await hub { _, _ in
            var replayed = HubMetadata()
            replayed.key = HubMetadataKey.replayed
            replayed.value = .init("1".utf8)
            return [.answer([], [replayed])]
        }
        let client = try hub.client()
        var options = CallOptions()
        options.timeoutMillis = 7_000
        options.onBehalfOf = "nik:canary"
        options.idempotencyKey = Array(1...16)
        let answer: Answer<LayananCaseReply> = try await client.call(
            .submitApplication, LayananSubmitRequest(), options: options)
        #expect(answer.replayed)
        let call = try #require(hub.record.calls.first).call
        #expect(call.method == HubMethod.submitApplication.path)
        #expect((6_000...7_000).contains(call.timeoutMs))
        #expect(call.idempotencyKey.elementsEqual(Array(1...16)))
        #expect(CallMetadata.text(HubMetadataKey.onBehalfOf, in: call) == "nik:canary")
        await client.close()
    }

    @Test("that changes something keeps one key over lost connections, and another call has another key")
    func oneKey() async throws {
        let hub = try await hub { count, call in count % 3 == 0 ? [.answer([])] : [.drop] }
        let client = try hub.client()
        for _ in 0..<2 {
            _ = try await client.call(.fileComplaint, LayananSubmitRequest(), as: LayananCaseReply.self)
        }
        let keys = hub.record.calls.map { [UInt8]($0.call.idempotencyKey) }
        try #require(keys.count == 6)
        #expect(keys.allSatisfy { $0.count == 16 })
        #expect(Set(keys[0..<3]).count == 1 && Set(keys[3..<6]).count == 1 && keys[0] != keys[3])
        #expect(hub.record.connections == 5)
        await client.close()
    }

    @Test("is tried again after UNAVAILABLE, a refusal and a GOAWAY that did not start it")
    func retried() async throws {
        let hub = try await hub { count, call in
            switch count {
            case 1: return [unavailable()]
            case 2: return [.reset(.refused)]
            case 3:
                var goaway = HubGoaway()
                goaway.code = .draining
                goaway.lastStream = call.stream - 2
                return [.goaway(goaway)]
            default: return [.answer(call.message)]
            }
        }
        let client = try hub.client()
        #expect(try await echo(client, [1, 2, 3]) == [1, 2, 3])
        #expect(hub.record.calls.count == 4)
        #expect(hub.record.connections == 2)
        await client.close()
    }

    @Test("waits as long as the hub asks before it comes again")
    func retryAfter() async throws {
        let hub = try await hub { count, call in
            count == 1 ? [unavailable(retryAfterMillis: 200)] : [.answer(call.message)]
        }
        let client = try hub.client()
        let start = ContinuousClock.now
        _ = try await echo(client, [])
        #expect(ContinuousClock.now - start >= .milliseconds(200))
        var options = CallOptions()
        options.timeoutMillis = 5_000
        let late = try await self.hub { count, call in
            count == 1 ? [.answer(call.message)] : [unavailable(retryAfterMillis: 60_000)]
        }
        let other = try late.client()
        _ = try await echo(other, [])
        let error = await #expect(throws: HubError.self) { try await echo(other, [], options: options) }
        #expect(error?.code == .moduleUnavailable, "no time left to wait: the last error is told at once")
        #expect(late.record.calls.count == 2)
        await client.close()
        await other.close()
    }

    @Test("gives up after the attempts it has, with the last error")
    func attempts() async throws {
        let hub = try await hub { _, _ in [unavailable()] }
        let client = try hub.client()
        var options = CallOptions()
        options.attempts = 3
        let error = await #expect(throws: HubError.self) { try await echo(client, [], options: options) }
        #expect(error?.code == .moduleUnavailable)
        #expect(hub.record.calls.count == 3)
        await client.close()
    }

    @Test("is never tried again after any other status, and the error comes back whole")
    func otherStatuses() async throws {
        let refusal = HubError(
            .formInvalid, "form", violations: [Violation("nik", "nik", id: "16 angka", en: "16 digits")],
            facts: ["present_version": "7"])
        let hub = try await hub { count, _ in
            switch count {
            case 1: [.end(HubEnd(error: refusal))]
            case 2: [.end(HubEnd(error: HubError(.versionStale, "changed")))]
            case 3: [.reset(.protocolError)]
            case 4: [.end(.ok(finalSize: 0))]
            case 5: [.message([]), .answer([])]
            default: [.answer([0xFF])]
            }
        }
        let client = try hub.client()
        let first = await #expect(throws: HubError.self) { try await echo(client, []) }
        #expect(first?.code == .formInvalid && first?.status == .invalidArgument)
        #expect(first?.violations == refusal.violations)
        #expect(first?.facts == refusal.facts)
        for code in [
            HubError.Code.versionStale, .protocolViolation, .protocolViolation, .protocolViolation, .messageMalformed,
        ] {
            let error = await #expect(throws: HubError.self) { try await echo(client, []) }
            #expect(error?.code == code)
        }
        #expect(hub.record.calls.count == 6)
        #expect(hub.record.connections == 1, "a wrong answer costs its call, not the connection")
        await client.close()
    }

    @Test("ends at its deadline and tells the hub", .timeLimit(.minutes(5)))
    func deadline() async throws {
        let hub = try await hub { count, call in count == 1 ? [.answer(call.message)] : [] }
        let client = try hub.client()
        _ = try await echo(client, [])
        var options = CallOptions()
        options.timeoutMillis = 100
        let start = ContinuousClock.now
        let error = await #expect(throws: HubError.self) { try await echo(client, [], options: options) }
        #expect(error?.code == .deadlineExceeded)
        #expect(ContinuousClock.now - start >= .milliseconds(100))
        try await until { hub.record.cancelled == [3] }
        await client.close()
    }

    @Test("is cancelled at the hub when its task is", .timeLimit(.minutes(5)))
    func cancellation() async throws {
        let hub = try await hub { _, _ in [] }
        let client = try hub.client()
        let task = Task { try await echo(client, []) }
        try await until { hub.record.calls.count == 1 }
        task.cancel()
        await #expect(throws: HubError(.cancelled, "")) { try await task.value }
        try await until { hub.record.cancelled == [1] }
        let early = Task { () throws -> [UInt8] in
            withUnsafeCurrentTask { $0?.cancel() }
            return try await echo(client, [])
        }
        await #expect(throws: HubError(.cancelled, "")) { try await early.value }
        await client.close()
    }

    @Test("is answered, one of hundreds, over a connection that breaks again and again", .timeLimit(.minutes(5)))
    func manyBreaks() async throws {
        let hub = try await hub { count, _ in count % 40 == 0 ? [.drop] : [.answer([])] }
        let client = try hub.client()
        let options = {
            var options = CallOptions()
            options.attempts = 1_000
            return options
        }()
        let request = LayananSubmitRequest.with { $0.service = "izin" }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<300 {
                group.addTask {
                    _ = try await client.call(.fileComplaint, request, as: LayananCaseReply.self, options: options)
                }
            }
            try await group.waitForAll()
        }
        let calls = hub.record.calls
        #expect(Set(calls.map { [UInt8]($0.call.idempotencyKey) }).count == 300, "one key for each change")
        #expect(hub.record.connections > 7)
        await client.close()
    }

    @Test("waits its turn when the hub takes only so many at once", .timeLimit(.minutes(5)))
    func openCallLimit() async throws {
        let hub = try await hub(limits: WireLimits(openCallsMax: 4)) { _, call in [.answer(call.message)] }
        let client = try hub.client()
        _ = try await echo(client, [])
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let payload = [UInt8(index), 1]
                    return try await echo(client, payload) == payload
                }
            }
            for try await matches in group { #expect(matches) }
        }
        #expect(hub.record.calls.count == 201)
        #expect(hub.record.openMost <= 4)
        await client.close()
    }

    @Test("without a task is answered on the event loop, and calls made there go on")
    func raw() async throws {
        let hub = try await hub { _, call in [.answer(call.message)] }
        let client = try hub.client()
        let answers = Mutex<[[UInt8]]>([])
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            @Sendable func next(_ number: UInt8) {
                client.raw(.echo, [number]) { result in
                    answers.withLock {
                        $0.append((try? result.get()).map { Array($0.message.readableBytesView) } ?? [])
                    }
                    if number < 20 { next(number + 1) } else { done.resume() }
                }
            }
            next(1)
        }
        #expect(answers.withLock { $0 } == (1...20).map { [$0] })
        await client.close()
    }

    @Test("that would break the hub's limits is refused before it is sent")
    func localLimits() async throws {
        let hub = try await hub { _, call in [.answer(call.message)] }
        let client = try hub.client()
        var options = CallOptions()
        var entry = HubMetadata()
        entry.key = "hub-mine"
        options.metadata = [entry]
        await #expect(throws: HubError(.metadataInvalid, "")) { try await echo(client, [], options: options) }
        options.metadata = []
        options.idempotencyKey = [UInt8](repeating: 1, count: 20_000)
        await #expect(throws: HubError(.metadataInvalid, "")) { try await echo(client, [], options: options) }
        await #expect(throws: HubError(.messageTooLarge, "")) {
            try await echo(client, [UInt8](repeating: 1, count: 4_194_305))
        }
        #expect(hub.record.calls.isEmpty)
        #expect(try await echo(client, [1]) == [1])
        await client.close()
    }

    @Test("fails when the client is closed, before or during it", .timeLimit(.minutes(5)))
    func close() async throws {
        let hub = try await hub { _, _ in [] }
        let client = try hub.client()
        let task = Task { try await echo(client, []) }
        try await until { hub.record.calls.count == 1 }
        await client.close()
        await #expect(throws: HubError(.connectionClosed, "")) { try await task.value }
        await #expect(throws: HubError(.connectionClosed, "")) { try await echo(client, []) }
        await client.close()
    }
}

/// Waits until something holds that happens on another thread.
func until(_ holds: @Sendable () -> Bool) async throws {
    while !holds() { try await Task.sleep(for: .milliseconds(1)) }
}
