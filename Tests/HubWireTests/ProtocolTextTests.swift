// PROTOCOL.md against the code: its limits and its worked example are what the hub does.

import Foundation
import HubDomain
import HubProto
import HubWire
import Testing

@Suite("PROTOCOL.md")
struct ProtocolTextTests {
    private let text: String

    init() throws {
        text = try String(contentsOf: Project.folder.appending(path: "Protos/PROTOCOL.md"), encoding: .utf8)
    }

    @Test("the table of limits says what the code enforces")
    func limits() throws {
        let defaults = WireLimits()
        let account = AccountLimits()
        let expected: [Int] = [
            Int(defaults.frameBytesMax), Int(defaults.messageBytesMax), Int(defaults.openCallsMax),
            Int(WireLimits.helloBytesMax), Int(WireLimits.callBytesMax), Int(WireLimits.pingBytes),
            Int(WireLimits.controlBytesMax), WireLimits.endBytesMax, CallLimits.methodBytesMax,
            CallLimits.keyBytes.lowerBound, CallLimits.metadataEntriesMax, CallLimits.metadataKeyBytesMax,
            CallLimits.metadataValueBytesMax, CallLimits.metadataBytesMax, CallLimits.referenceBytesMax,
            CallLimits.messageDepthMax, CallLimits.watcherUnsentBytesMax, ServerConnectionMachine.lateFramesMax,
            Int(CallLimits.unaryTimeoutMillis.standard), Int(CallLimits.streamTimeoutMillis.standard),
            Int(HubMethod.requestBytesStandard), ServerConnectionMachine.idleFramesMax,
            Int(defaults.streamCredit), Int(defaults.connectionCredit), ServerConnectionMachine.vainCallsMax,
            CallLimits.unsentBytesMax, account.connections, account.calls, account.bytes, CallLimits.expansionMax,
            CallLimits.expansionBytesFree, account.cutsFree,
        ]
        let rows = text.matches(of: /\| \*\*L-(\d+)\*\* [^|]*\| ([\d,]+) \| ([^|]*) \|/)
        #expect(rows.map { Int($0.1) } == Array(1...expected.count))
        #expect(rows.map { Int($0.2.replacing(",", with: "")) } == expected)
        let bounds = WireLimits.frameBytesBounds
        #expect(rows[0].3.replacing(",", with: "") == "\(bounds.lowerBound) to \(bounds.upperBound)")
        #expect(rows[9].3 == "to \(CallLimits.keyBytes.upperBound)")
        #expect(rows[18].3.replacing(",", with: "") == "to \(CallLimits.unaryTimeoutMillis.max)")
        #expect(rows[19].3.replacing(",", with: "") == "to \(CallLimits.streamTimeoutMillis.max)")
        #expect(rows[20].3.replacing(",", with: "") == "to \(HubMethod.requestBytesLimit)")
    }

    @Test("the table of frames has the types and flags of the code")
    func types() {
        let expected: [(FrameType, String)] = [
            (.hello, "HELLO"), (.limits, "LIMITS"), (.ping, "PING"), (.goaway, "GOAWAY"), (.credit, "CREDIT"),
            (.reset, "RESET"), (.call, "CALL"), (.data, "DATA"), (.head, "HEAD"), (.end, "END"),
        ]
        let rows = text.matches(of: /\n\| `0x([0-9A-F]{2})` \| ([A-Z]+) \|/)
        #expect(rows.map { UInt8($0.1, radix: 16) } == expected.map(\.0.rawValue))
        #expect(rows.map { String($0.2) } == expected.map(\.1))
        for (name, flag) in [
            ("END", FrameFlags.end), ("MORE", .more), ("COMPRESSED", .compressed), ("ACK", .ack),
            ("NONE", .none), ("MUST_UNDERSTAND", .mustUnderstand),
        ] {
            let digits = String(flag.rawValue, radix: 16)
            #expect(text.contains("\(name) `0x\(flag.rawValue < 16 ? "0" : "")\(digits)`"))
        }
    }

    @Test("the ALPN name is the one that is negotiated")
    func alpn() { #expect(text.contains("ALPN is `\(ProtocolVersion.alpn)`")) }

    @Test("the worked example is what both sides encode")
    func exampleEncodes() throws {
        let hello = HubHello.with { $0.software = "loket 1.0" }
        let call = HubCall.echo { $0.timeoutMs = 5_000 }
        let message: [UInt8] = try HubEchoMessage.with { $0.payload = .init("halo".utf8) }.serializedBytes()
        var client: [UInt8] = []
        client.appendFrame(.hello, stream: 0, payload: try hello.serializedBytes())
        client.appendFrame(.call, stream: 1, payload: try call.serializedBytes())
        client.appendFrame(.data, flags: .end, stream: 1, payload: message)
        #expect(example("C>H") == client)

        let limits = WireLimits()
        let answer = HubHello.with {
            $0.features = ProtocolVersion.featureZstd
            $0.limits.frameBytesMax = limits.frameBytesMax
            $0.limits.messageBytesMax = limits.messageBytesMax
            $0.limits.openCallsMax = limits.openCallsMax
            $0.limits.streamCredit = limits.streamCredit
            $0.limits.connectionCredit = limits.connectionCredit
            $0.software = "hubd 0.1.0"
            $0.instanceID = .init(0xA0...0xAF)
        }
        var hub: [UInt8] = []
        hub.appendFrame(.hello, stream: 0, payload: try answer.serializedBytes())
        hub.appendFrame(.data, flags: .end, stream: 1, payload: message)
        hub.appendFrame(.end, stream: 1, payload: try HubEnd.ok(finalSize: UInt64(message.count)).serializedBytes())
        #expect(example("H>C") == hub)
    }

    @Test("the hub's machine understands the worked example")
    func exampleIsUnderstood() throws {
        let client = try ScriptedClient(greeted: false)
        var bytes = example("C>H")[...]
        var heard: [Heard] = []
        while let header = bytes.withUnsafeBytes({ FrameHeader($0) }) {
            bytes = bytes.dropFirst(FrameHeader.size)
            heard.append(client.send(header, [UInt8](bytes.prefix(Int(header.length)))))
            bytes = bytes.dropFirst(Int(header.length))
        }
        #expect(
            heard == [
                .ready(frameBytesMax: 65_536, messageBytesMax: 4_194_304),
                .opened(1, method: "hub.v1.Diagnostics/Echo"),
                .request(1, [0x0A, 0x04] + Array("halo".utf8)),
            ])
        #expect(bytes.isEmpty)
    }

    /// All bytes of one direction, without the comments.
    private func example(_ direction: String) -> [UInt8] {
        var taking = false
        var bytes: [UInt8] = []
        for line in text.split(separator: "\n") where line.contains("  ; ") || line.hasPrefix("     ") {
            if line.hasPrefix("C>H") || line.hasPrefix("H>C") { taking = line.hasPrefix(direction) }
            guard taking else { continue }
            let hex = line.split(separator: ";")[0].dropFirst(5)
            bytes += hex.split(separator: " ").compactMap { UInt8($0, radix: 16) }
        }
        return bytes
    }
}
