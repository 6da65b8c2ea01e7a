// The first frames of a connection, and what is refused before any payload is read.

import HubDomain
import HubProto
import HubWire
import Testing

@Suite("Hello and headers")
struct HelloTests {
    @Test("a hello that says nothing means the defaults")
    func defaults() throws {
        let client = try ScriptedClient(greeted: false)
        #expect(try client.hello() == .ready(frameBytesMax: 65_536, messageBytesMax: 4_194_304))
    }

    @Test("the limits of the client's hello hold for what the hub sends")
    func limits() throws {
        let client = try ScriptedClient(greeted: false)
        let hello = HubHello.with {
            $0.limits.frameBytesMax = 16_384
            $0.limits.messageBytesMax = 100_000
        }
        #expect(try client.hello(hello) == .ready(frameBytesMax: 16_384, messageBytesMax: 100_000))
    }

    @Test("a frame limit outside 16 KiB to 1 MiB ends the connection", arguments: [1, 16_383, 1_048_577, .max])
    func limitsOutOfBounds(bytes: UInt32) throws {
        let client = try ScriptedClient(greeted: false)
        #expect(try client.hello(HubHello.with { $0.limits.frameBytesMax = bytes }) == .goaway(.protocolError))
    }

    @Test(
        "any other first frame ends the connection, and its payload is not waited for",
        arguments: [
            FrameType.call, .data, .ping, .goaway, .reset, .end, .limits, .credit, .head, FrameType(rawValue: 0xE0),
        ])
    func helloFirst(type: FrameType) throws {
        let client = try ScriptedClient(greeted: false)
        #expect(client.show(FrameHeader(type, stream: 0, length: 60_000)) == .goaway(.protocolError))
    }

    @Test("a second hello ends the connection")
    func secondHello() throws {
        let client = try ScriptedClient()
        #expect(try client.hello() == .goaway(.protocolError))
    }

    @Test("a hello on a stream, with flags, or not decodable ends the connection")
    func malformedHello() throws {
        for (flags, stream, payload) in [([], 1, []), (.end, 0, []), ([], 0, [0xFF, 0xFF])]
            as [(FrameFlags, UInt32, [UInt8])]
        {
            let client = try ScriptedClient(greeted: false)
            #expect(client.send(.hello, flags: flags, stream: stream, payload) == .goaway(.protocolError))
        }
    }

    @Test("a hello above 4 KiB ends the connection before its payload is read")
    func longHello() throws {
        let client = try ScriptedClient(greeted: false)
        #expect(client.show(FrameHeader(.hello, stream: 0, length: 4_096)) == nil)
        #expect(client.show(FrameHeader(.hello, stream: 0, length: 4_097)) == .goaway(.protocolError))
    }

    @Test("a client of a later minor version is served, one that needs a later one is told what the hub speaks")
    func versions() throws {
        let later = try ScriptedClient(greeted: false)
        #expect(try later.hello(HubHello.with { $0.versionMax = 7 }) != .goaway(.versionUnsupported))
        let tooLate = try ScriptedClient(greeted: false)
        let hello = HubHello.with {
            $0.versionMin = 3
            $0.versionMax = 7
        }
        #expect(try tooLate.hello(hello) == .goaway(.versionUnsupported))
        #expect(tooLate.goaway?.versionMin == ProtocolVersion.minorMin)
        #expect(tooLate.goaway?.versionMax == ProtocolVersion.minorMax)
    }

    @Test("a version range that is upside down ends the connection")
    func upsideDown() throws {
        let client = try ScriptedClient(greeted: false)
        #expect(try client.hello(HubHello.with { $0.versionMin = 1 }) == .goaway(.protocolError))
    }

    @Test("unknown features are no reason to refuse")
    func features() throws {
        let client = try ScriptedClient(greeted: false)
        #expect(try client.hello(HubHello.with { $0.features = .max }) != .goaway(.protocolError))
    }

    @Test("a longer frame than announced is refused by its header alone")
    func frameSize() throws {
        let client = try ScriptedClient(limits: WireLimits(frameBytesMax: 16_384))
        #expect(client.show(FrameHeader(.data, stream: 1, length: 16_384)) == nil)
        #expect(client.send(FrameHeader(.data, stream: 1, length: 16_385)) == .goaway(.frameSize))
        #expect(client.goaway?.lastStream == 0)
    }

    @Test(
        "every type has its own longest payload",
        arguments: zip([FrameType.call, .ping, .reset, .goaway], [16_384, 8, 65_536, 65_536] as [UInt32]))
    func sizesByType(type: FrameType, bytes: UInt32) throws {
        let client = try ScriptedClient(limits: WireLimits(frameBytesMax: 1_048_576))
        #expect(client.show(FrameHeader(type, stream: 1, length: bytes)) == nil)
        let expected: Heard = type == .ping ? .goaway(.protocolError) : .goaway(.frameSize)
        #expect(client.send(FrameHeader(type, stream: 1, length: bytes + 1)) == expected)
    }

    @Test("bytes of another protocol are refused by the first twelve")
    func otherProtocol() throws {
        let http = try #require(Array("GET / HTTP/1.1\r\n".utf8).withUnsafeBytes { FrameHeader($0) })
        let client = try ScriptedClient(greeted: false)
        #expect(client.send(http) == .goaway(.protocolError))
    }

    @Test("reserved bits end the connection")
    func reservedBits() throws {
        let client = try ScriptedClient()
        var header = FrameHeader(.ping, stream: 0, length: 8)
        header.reserved = 1
        #expect(client.send(header, [UInt8](repeating: 0, count: 8)) == .goaway(.protocolError))
    }

    @Test("after the end of a connection nothing more is answered, not even another violation")
    func closed() throws {
        let client = try ScriptedClient()
        #expect(try client.hello() == .goaway(.protocolError))
        #expect(client.machine.isClosed)
        #expect(try client.ask(1) == .nothing)
        #expect(client.send(FrameHeader(.data, stream: 2, length: .max)) == .nothing)
    }
}
