// Frames about the connection itself: PING, GOAWAY, what only the hub sends, and what nobody knows yet.

import HubDomain
import HubProto
import HubWire
import Testing

@Suite("Frames of the connection")
struct ControlFrameTests {
    private let eight: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

    @Test("PING is answered with its own bytes, its answer goes to whoever asked")
    func ping() throws {
        let client = try ScriptedClient()
        #expect(client.send(.ping, eight) == .pong(eight))
        #expect(client.send(.ping, flags: .ack, eight) == .ponged(eight))
    }

    @Test("the third PING that comes within twenty seconds of the one before ends the connection")
    func tooManyPings() throws {
        let client = try ScriptedClient()
        for millis in [0, 19_999, 30_000] as [UInt64] {
            client.machine.nowMillis = millis
            #expect(client.send(.ping, eight) == .pong(eight))
        }
        client.machine.nowMillis = 50_000
        #expect(client.send(.ping, eight) == .pong(eight))
        client.machine.nowMillis = 60_000
        #expect(client.send(.ping, eight) == .goaway(.enhanceYourCalm))
        #expect(client.goaway?.reason.hasPrefix("too_many_pings") == true)
    }

    @Test("PINGs between calls, or in their time, or in answer to the hub's, may come as they like")
    func patientPings() throws {
        let client = try ScriptedClient()
        for stream in 0..<40 as Range<UInt32> {
            #expect(client.send(.ping, eight) == .pong(eight))
            _ = try client.ask(stream * 2 + 1)
        }
        for round in 1..<40 as Range<UInt64> {
            client.machine.nowMillis = round * 20_000
            #expect(client.send(.ping, eight) == .pong(eight))
            #expect(client.send(.ping, flags: .ack, eight) == .ponged(eight))
        }
    }

    @Test("PING of another length, on a stream or with another flag ends the connection")
    func malformedPing() throws {
        for (flags, stream, payload) in [([], 0, []), ([], 0, [1]), ([], 1, eight), (.end, 0, eight)]
            as [(FrameFlags, UInt32, [UInt8])]
        {
            let client = try ScriptedClient()
            #expect(client.send(.ping, flags: flags, stream: stream, payload) == .goaway(.protocolError))
        }
    }

    @Test("GOAWAY of the client lets open calls end, whatever it says")
    func peerLeaving() throws {
        let client = try ScriptedClient()
        _ = try client.ask(1)
        #expect(client.send(.goaway, [0xFF]) == .peerLeaving)
        #expect(client.machine.isOpen(1))
        client.machine.answered(1)
    }

    @Test("GOAWAY on a stream or with flags ends the connection")
    func malformedGoaway() throws {
        for (flags, stream) in [([], 1), (.end, 0)] as [(FrameFlags, UInt32)] {
            let client = try ScriptedClient()
            #expect(client.send(.goaway, flags: flags, stream: stream) == .goaway(.protocolError))
        }
    }

    @Test(
        "a hub that leaves answers what is open and starts nothing new: RESET REFUSED is safe to send again elsewhere")
    func leaving() throws {
        let client = try ScriptedClient()
        _ = try client.call(1)
        client.machine.startDraining()
        #expect(client.machine.lastStream == 1)
        #expect(client.data(1, [5]) == .request(1, [5]))
        #expect(try client.call(3) == .reset(3, .refused))
        #expect(client.data(3, [1]) == .nothing)
        #expect(try client.call(3) == .goaway(.protocolError))
        #expect(client.goaway?.lastStream == 1)
    }

    @Test(
        "frames that only the hub sends, or that are reserved, end the connection",
        arguments: [
            FrameType.end, .head, .limits, FrameType(rawValue: 0x06), FrameType(rawValue: 0x14),
            FrameType(rawValue: 0xDF),
        ])
    func notFromClients(type: FrameType) throws {
        let client = try ScriptedClient()
        _ = try client.call(1)
        #expect(client.send(type, stream: 1) == .goaway(.protocolError))
    }

    @Test("unknown extension frames are ignored in any number, unless they must be understood")
    func extensions() throws {
        let client = try ScriptedClient()
        for raw in UInt8(0xE0)...0xFF {
            let flags = FrameFlags(rawValue: raw & 0x7F)
            #expect(client.send(FrameType(rawValue: raw), flags: flags, stream: UInt32(raw), eight) == .nothing)
        }
        #expect(try client.ask(1) == .request(1, []))
        #expect(client.send(FrameType(rawValue: 0xE7), flags: .mustUnderstand) == .goaway(.protocolError))
    }

    @Test("a reason of GOAWAY names what was found and never a payload")
    func reason() throws {
        let client = try ScriptedClient()
        _ = client.send(FrameHeader(.data, stream: 1, length: 70_000))
        #expect(client.goaway?.reason == "frame type 17 of 70000 bytes, at most 65536")
    }

    @Test("no twelve bytes and no payload can trap the machine")
    func anything() throws {
        var seed: UInt64 = 0x9E37_79B9_7F4A_7C15
        func next() -> UInt64 {
            seed ^= seed << 13
            seed ^= seed >> 7
            seed ^= seed << 17
            return seed
        }
        for _ in 0..<2_000 {
            let client = try ScriptedClient()
            for _ in 0..<8 {
                let types: [FrameType] = [
                    .call, .data, .data, .reset, .ping, .goaway, FrameType(rawValue: UInt8(next() & 0xFF)),
                ]
                let payload = (0..<Int(next() % 12)).map { _ in UInt8(truncatingIfNeeded: next()) }
                _ = client.send(
                    types[Int(next() % 7)], flags: FrameFlags(rawValue: UInt8(next() % 16)), stream: UInt32(next() % 5),
                    payload)
                #expect(client.machine.openCalls >= 0)
            }
        }
    }
}
