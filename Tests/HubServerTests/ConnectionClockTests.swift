// What a connection may take its time for, and for how long.

import HubDomain
import HubProto
import HubWire
import NIOCore
import NIOEmbedded
import Testing

@testable import HubServer

@Suite("the clock of a connection", .timeLimit(.minutes(5)))
struct ConnectionClockTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let times = ConnectionTimes()
    private let resting = ConnectionClock.State(isInFrame: false, isBusy: false)

    private func greeted(jitter: Double = 0) -> ConnectionClock {
        var clock = ConnectionClock(now: start, times: times, jitter: jitter)
        clock.secured(start)
        clock.greeted()
        return clock
    }

    private func expect(
        _ due: ConnectionClock.Due?, of clock: inout ConnectionClock, at now: NIODeadline,
        _ state: ConnectionClock.State, _ location: SourceLocation = #_sourceLocation
    ) {
        let found = clock.due(now, times, state)
        #expect(found == due, sourceLocation: location)
    }

    @Test("gives TLS ten seconds, then HELLO ten more")
    func beginning() {
        var clock = ConnectionClock(now: start, times: times, jitter: 0)
        expect(nil, of: &clock, at: start + .seconds(9), resting)
        expect(.close, of: &clock, at: start + .seconds(10), resting)
        clock.secured(start + .seconds(9))
        expect(nil, of: &clock, at: start + .seconds(18), resting)
        expect(.leave(.protocolError, "no HELLO in time"), of: &clock, at: start + .seconds(19), resting)
        clock.greeted()
        expect(nil, of: &clock, at: start + .seconds(19), resting)
    }

    @Test("ends a connection in whose frame nothing moves for thirty seconds, also in HELLO")
    func frame() {
        let inFrame = ConnectionClock.State(isInFrame: true, isBusy: true)
        let stopped = ConnectionClock.Due.leave(.protocolError, "a frame stopped in its middle")
        var clock = greeted()
        expect(nil, of: &clock, at: start + .seconds(29), inFrame)
        clock.lastHeard = start + .seconds(29)
        expect(nil, of: &clock, at: start + .seconds(58), inFrame)
        expect(stopped, of: &clock, at: start + .seconds(59), inFrame)
        var times = times
        times.hello = .minutes(1)
        var early = ConnectionClock(now: start, times: times, jitter: 0)
        early.secured(start)
        let due = early.due(start + .seconds(30), times, inFrame)
        #expect(due == stopped)
    }

    @Test("closes on a client that takes nothing for a minute, not on one that takes little or takes it again")
    func stall() {
        var clock = greeted()
        clock.writable(false, start)
        expect(nil, of: &clock, at: start + .seconds(59), resting)
        clock.writable(true, start + .seconds(59))
        expect(nil, of: &clock, at: start + .seconds(61), resting)
        clock.writable(false, start)
        // A slow line: something was taken.
        clock.moved(start + .seconds(59))
        expect(nil, of: &clock, at: start + .seconds(118), resting)
        clock.writable(false, start + .seconds(61))
        expect(.close, of: &clock, at: start + .seconds(121), resting)
    }

    @Test("ends a connection that rests for a quarter of an hour, counted from its last call or byte")
    func idle() {
        let rest = ConnectionClock.Due.leave(.idle, "no call for a long time")
        var clock = greeted()
        expect(rest, of: &clock, at: start + .minutes(15), resting)
        clock = greeted()
        expect(nil, of: &clock, at: start + .minutes(14), .init(isInFrame: false, isBusy: true))
        expect(nil, of: &clock, at: start + .minutes(28), resting)
        clock.lastHeard = start + .minutes(20)
        expect(nil, of: &clock, at: start + .minutes(34), resting)
        expect(rest, of: &clock, at: start + .minutes(35), resting)
    }

    @Test("lets a connection live two hours, give or take a tenth")
    func age() {
        for (jitter, minutes) in [(0.0, 120), (-1, 108), (1, 132), (7, 132)] as [(Double, Int64)] {
            var clock = greeted(jitter: jitter)
            clock.lastHeard = start + .hours(3)
            expect(nil, of: &clock, at: start + .minutes(minutes) - .seconds(1), resting)
            expect(.drain, of: &clock, at: start + .minutes(minutes), resting)
        }
    }

    @Test("a connection rests when nothing came between two looks, and is told so once, until something comes again")
    func rest() {
        var clock = greeted()
        clock.lastHeard = start + .milliseconds(500)
        let first = [1, 2, 3].map { clock.rests(start + .seconds($0), times) }
        clock.lastHeard = start + .milliseconds(3_500)
        let second = [4, 5].map { clock.rests(start + .seconds($0), times) }
        #expect(first == [false, true, false] && second == [false, true])
    }

    @Test("a connection that has rested answers as before, and what was open goes on")
    func rested() async throws {
        let modules = SlowModules()
        let connection = try await Connection.open(modules: modules)
        try await connection.ask(.echo, stream: 1, HubEchoMessage())
        try await connection.ask(.echo, stream: 3, slowEcho)
        for _ in 0..<4 { await connection.advance(.seconds(1)) }
        modules.letGo()
        #expect(try await connection.hears(.end, stream: 3).error == nil)
        for _ in 0..<4 { await connection.advance(.seconds(1)) }
        for stream in [5, 7, 9, 11] as [UInt32] { try await connection.ask(.echo, stream: stream, HubEchoMessage()) }
        for stream in [5, 7, 9, 11] as [UInt32] {
            #expect(try await connection.hears(.end, stream: stream).error == nil)
        }
    }

    @Test("begins the count of frames that bring nothing anew each quarter of an hour")
    func counts() {
        var clock = greeted()
        let counts = [14, 15, 29, 31].map { clock.isNewCount(start + .minutes($0), times) }
        #expect(counts == [false, true, false, true])
    }

    @Test("is looked at by the event loop: who rests is told IDLE, who has a call is not")
    func sweep() async throws {
        let watching = try await Connection.open()
        try await watching.call(.watchCases, stream: 1, timeoutMillis: 86_400_000)
        try await watching.send(.data, flags: .end, stream: 1, LayananWatchRequest())
        _ = try await watching.hears(.data, stream: 1)
        let resting = try await Connection.open()
        for connection in [watching, resting] { for _ in 0..<16 { await connection.advance(.minutes(1)) } }
        let goaway = try HubGoaway(serializedBytes: try await resting.hears(.goaway, stream: 0).payload)
        #expect(goaway.code == .idle)
        try await resting.channel.closeFuture.get()
        #expect(watching.channel.isActive)
    }

    @Test("is looked at by the event loop: who takes nothing is cut off, who takes it again is not")
    func sweepStalled() async throws {
        let connection = try await Connection.open()
        let channel = connection.channel
        func becomes(writable: Bool) async throws {
            channel.isWritable = writable
            try await channel.testingEventLoop.executeInContext { channel.pipeline.fireChannelWritabilityChanged() }
            await connection.advance(.seconds(59))
        }
        try await becomes(writable: false)
        try await becomes(writable: true)
        #expect(channel.isActive)
        try await becomes(writable: false)
        #expect(channel.isActive)
        await connection.advance(.seconds(2))
        try await channel.closeFuture.get()
    }

    @Test("a client that asks too often whether the hub is there is told to be calm, one that asks in time is answered")
    func pings() async throws {
        func ping(_ connection: Connection) async throws {
            var frame: [UInt8] = []
            frame.appendFrame(.ping, stream: 0, payload: [UInt8](repeating: 7, count: 8))
            try await connection.channel.writeInbound(ByteBuffer(bytes: frame))
        }
        let connection = try await Connection.open()
        for _ in 0..<3 { try await ping(connection) }
        for _ in 0..<3 { #expect(try await connection.hears(.ping, stream: 0).header.flags == .ack) }
        try await ping(connection)
        let goaway = try HubGoaway(serializedBytes: try await connection.hears(.goaway, stream: 0).payload)
        #expect(goaway.code == .enhanceYourCalm && goaway.reason.hasPrefix("too_many_pings"))
    }
}
