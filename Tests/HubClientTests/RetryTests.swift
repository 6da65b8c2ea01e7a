// Which calls are sent again, how often, and what the hub is told about it.

import HubClient
import HubDomain
import HubProto
import HubWire
import Synchronization
import Testing

@Suite("A call that fails", .timeLimit(.minutes(5)))
struct RetryTests {
    let papers: Papers

    init() throws { papers = try Papers() }

    func hub(_ script: @escaping @Sendable (Int, ScriptedCall) -> [ScriptedAction]) async throws -> ScriptedHub {
        let count = Atomic(0)
        return try await ScriptedHub(papers: papers) { call in
            script(count.wrappingAdd(1, ordering: .relaxed).newValue, call)
        }
    }

    func failed(_ error: HubError) -> ScriptedAction { .end(HubEnd(error: error)) }

    func echo(_ client: HubClient, _ options: CallOptions = CallOptions()) async throws(HubError) {
        _ = try await client.diagnostics.echo(HubEchoMessage(), options: options)
    }

    /// What each sending said of those before it.
    func attempts(_ hub: ScriptedHub) -> [String?] {
        hub.record.calls.map { CallMetadata.text(HubMetadataKey.attempt, in: $0.call) }
    }

    @Test("says at each further sending how often it was sent before")
    func attemptIsTold() async throws {
        let hub = try await hub { count, call in count < 4 ? [.drop] : [.answer(call.message)] }
        let client = try hub.client()
        var options = CallOptions()
        options.metadata = [
            .with {
                $0.key = "desk"
                $0.value = .init("3".utf8)
            }
        ]
        try await echo(client, options)
        #expect(attempts(hub) == [nil, "1", "2", "3"])
        #expect(hub.record.calls.allSatisfy { CallMetadata.text("desk", in: $0.call) == "3" })
        await client.close()
    }

    @Test("does without that where the caller's own headers fill the limit")
    func attemptWithoutRoom() async throws {
        let hub = try await hub { count, call in count == 1 ? [.drop] : [.answer(call.message)] }
        let client = try hub.client()
        var options = CallOptions()
        options.metadata = (0..<64).map { number in .with { $0.key = "k\(number)" } }
        try await echo(client, options)
        #expect(attempts(hub) == [nil, nil])
        await client.close()
    }

    @Test("is sent again at once when the hub did not begin it, without an attempt of the caller's")
    func refused() async throws {
        let hub = try await hub { count, call in count <= 3 ? [.reset(.refused)] : [.answer(call.message)] }
        let client = try hub.client()
        var options = CallOptions()
        options.attempts = 1
        try await echo(client, options)
        #expect(hub.record.calls.count == 4)
        let always = try await self.hub { _, _ in [.reset(.refused)] }
        let other = try always.client()
        let error = await #expect(throws: HubError.self) { try await echo(other, options) }
        #expect(error?.code == .connectionClosed)
        #expect(always.record.calls.count == 4, "three times at once, then as after any failure")
        await client.close()
        await other.close()
    }

    @Test("comes again after any answer with RetryInfo, as late as it says")
    func retryInfo() async throws {
        let full = HubError(.tooManyCalls, "full", retryAfterMillis: 150)
        let hub = try await hub { count, call in count == 1 ? [failed(full)] : [.answer(call.message)] }
        let client = try hub.client()
        let start = ContinuousClock.now
        try await echo(client)
        #expect(ContinuousClock.now - start >= .milliseconds(150))
        let forGood = try await self.hub { _, _ in [failed(HubError(.tooManyCalls, "full"))] }
        let other = try forGood.client()
        await #expect(throws: HubError(.tooManyCalls, "")) { try await echo(other) }
        #expect(forGood.record.calls.count == 1)
        await client.close()
        await other.close()
    }

    @Test("is not sent again once too many have failed, until enough have ended well")
    func throttled() async throws {
        let fails = Mutex(true)
        let hub = try await hub { _, call in
            fails.withLock { $0 } ? [failed(HubError(.moduleUnavailable, "down"))] : [.answer(call.message)]
        }
        let client = try hub.client()
        var options = CallOptions()
        options.attempts = 100
        await #expect(throws: HubError(.moduleUnavailable, "")) { try await echo(client, options) }
        #expect(hub.record.calls.count == 5, "the fifth failure leaves half of the tokens")
        await #expect(throws: HubError(.moduleUnavailable, "")) { try await echo(client, options) }
        #expect(hub.record.calls.count == 6)
        fails.withLock { $0 = false }
        for _ in 0..<30 { try await echo(client, options) }
        fails.withLock { $0 = true }
        await #expect(throws: HubError(.moduleUnavailable, "")) { try await echo(client, options) }
        #expect(hub.record.calls.count == 6 + 30 + 2)
        await client.close()
    }

    @Test("and would have its effect twice is not sent again when its answer is lost, but is when it was not begun")
    func onceOnly() async throws {
        let hub = try await hub { count, call in count == 1 ? [.drop] : [.answer(call.message)] }
        let client = try hub.client()
        let error = await #expect(throws: HubError.self) {
            try await client.admin.advanceClock(HubAdvanceClockRequest())
        }
        #expect(error?.code == .connectionClosed)
        #expect(hub.record.calls.count == 1)
        let refusing = try await self.hub { count, call in
            count == 1 ? [.reset(.refused)] : [.answer(call.message)]
        }
        let other = try refusing.client()
        _ = try await other.admin.advanceClock(HubAdvanceClockRequest())
        #expect(refusing.record.calls.count == 2)
        await client.close()
        await other.close()
    }

    @Test("at the hub's own limit goes on while its caller waits longer")
    func hubsLimit() async throws {
        let hub = try await hub { count, call in
            count == 1 ? [failed(HubError(.deadlineExceeded, "time is up"))] : [.answer(call.message)]
        }
        let client = try hub.client()
        try await echo(client)
        #expect(hub.record.calls.count == 2)
        await client.close()
    }

    @Test("because the line was dark for longer than the hub's patience is sent again, but not when a rule was broken")
    func dark() async throws {
        let blame = ScriptedAction.goaway(
            .with {
                $0.code = .protocolError
                $0.reason = "a frame stopped in its middle"
                $0.lastStream = .max
            })
        // A machine that stands still for seconds makes a line that may have been dark: such a try says nothing.
        for _ in 1...10 {
            let hub = try await hub { count, call in count == 2 ? [blame, .drop] : [.answer(call.message)] }
            let client = try hub.client()
            let start = ContinuousClock.now
            try await echo(client)
            var blamed: HubError?
            do throws(HubError) { try await echo(client) } catch { blamed = error }
            await client.close()
            guard ContinuousClock.now - start < .seconds(7) else { continue }
            #expect(blamed == HubError(.protocolViolation, ""))
            #expect(hub.record.calls.count == 2)
            break
        }
        let late = try await self.hub { count, call in
            switch count {
            case 1: []
            case 2: [blame, .drop]
            default: [.answer(call.message)]
            }
        }
        let patient = try late.client()
        async let first: Void = echo(patient)
        try await until { late.record.calls.count == 1 }
        try await Task.sleep(for: .seconds(9))
        try await echo(patient)
        try await first
        #expect(late.record.calls.count == 4 && late.record.connections == 2)
        await patient.close()
    }

    @Test("because the hub wants its calm is sent again, and the next connection is quieter")
    func calm() async throws {
        let hub = try await hub { count, call in
            guard count == 1 else { return [.answer(call.message)] }
            return [
                .goaway(
                    .with {
                        $0.code = .enhanceYourCalm
                        $0.reason = "too_many_pings"
                    })
            ]
        }
        let client = try hub.client()
        try await echo(client)
        #expect(hub.record.connections == 2)
        await client.close()
    }

    @Test("because nothing it sends is confirmed, is known as early as one that is met with silence")
    func userTimeout() async throws {
        let hub = try await hub { _, call in [.answer(call.message)] }
        let client = try hub.client { $0.keepAliveTimeoutMillis = 12_345 }
        try await echo(client)
        #expect(await client.confirmationMillis() == 12_345)
        await client.close()
    }
}
