// The kit through the C ABI, as the host sees it: frames in, frames out.

import CHubModule
import HubDomain
import HubModuleKit
import HubProto
import HubWire
import SwiftProtobuf
import Testing

@Suite("A module built with the kit speaks the module profile", .serialized)
struct KitLinkTests {
    @Test("the table says what the host checks")
    func table() {
        let table = ModuleEntry.table(for: Sample.self).pointee
        #expect(table.magic == HUB_ABI_MAGIC)
        #expect(table.struct_size == 48)
        #expect(table.abi_major == 1)
        #expect(String(cString: table.name) == "sample")
    }

    @Test("it says HELLO first, describes itself, decides and echoes")
    func calls() throws {
        let module = try KitModule()
        #expect(module.take().map(\.type) == [.hello])
        #expect(module.give(.hello) == HUB_OK)

        let describe = try module.ask(ModuleMethod.describe, [])
        let reply = try HubDescribeReply(serializedBytes: describe.message)
        #expect(reply.id == "sample")
        #expect(reply.version == "1.0.0")
        #expect(reply.services == ["contoh"])

        var question = HubDecideRequest()
        question.command.note = "go"
        let decide = try module.ask(ModuleMethod.decide, try question.serializedBytes())
        #expect(try HubDecision(serializedBytes: decide.message).accepted.stage == "go")

        // Echo does not look into the message: these bytes are no EchoMessage.
        #expect(try module.ask(ModuleMethod.echo, [0xff, 0xff]).message == [0xff, 0xff])
        #expect(try module.ask(ModuleMethod.echo, []).message == [])
        let big = [UInt8](repeating: 7, count: ModuleLinkLimits.messageBytesMax)
        #expect(try module.ask(ModuleMethod.echo, big).message == big)
    }

    @Test("an unknown method and a message that is none end the call alone")
    func failures() throws {
        let module = try KitModule(greeted: true)
        #expect(try module.ask("hub.v1.Module/Invent", []).error == HubError(.methodUnknown, ""))
        #expect(try module.ask(ModuleMethod.decide, [0xff]).error == HubError(.messageMalformed, ""))
        #expect(module.give(.call, stream: 9, [0xff]) == HUB_OK)
        #expect(module.give(.data, flags: .end, stream: 9) == HUB_OK)
        #expect(try module.end(of: module.take()) == HubError(.messageMalformed, ""))
        #expect(try module.ask(ModuleMethod.echo, [1]).message == [1])
    }

    @Test("PING is answered at once, RESET and unknown extensions are dropped")
    func control() throws {
        let module = try KitModule(greeted: true)
        #expect(module.give(.ping, [1, 2, 3, 4, 5, 6, 7, 8]) == HUB_OK)
        let answers = module.take()
        #expect(answers.map(\.type) == [.ping])
        #expect(answers.first?.flags == .ack)
        #expect(answers.first?.payload == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(module.give(.reset, stream: 1) == HUB_OK)
        #expect(module.give(.init(rawValue: 0xE1), [1]) == HUB_OK)
        #expect(module.take().isEmpty)
    }

    @Test("what breaks the profile ends the process: first frame, stray DATA, short frames, frames of other links")
    func breaches() throws {
        #expect(try KitModule().give(.call, stream: 1) == HUB_E_PROTOCOL)
        #expect(try KitModule(greeted: true).give(.data, flags: .end, stream: 1) == HUB_E_PROTOCOL)
        #expect(try KitModule(greeted: true).give(.call, stream: 2) == HUB_E_PROTOCOL)
        #expect(try KitModule(greeted: true).give(.goaway) == HUB_E_PROTOCOL)
        #expect(try KitModule(greeted: true).give(.ping, [1]) == HUB_E_PROTOCOL)
        #expect(try KitModule(greeted: true).give(raw: [1, 2, 3]) == HUB_E_PROTOCOL)
        #expect(try KitModule(greeted: true).give(raw: [0, 0, 0, 9, 0x11, 0, 0, 0, 0, 0, 0, 1]) == HUB_E_PROTOCOL)
        let twice = try KitModule(greeted: true)
        #expect(twice.give(.call, stream: 1) == HUB_OK)
        #expect(twice.give(.call, stream: 1) == HUB_E_PROTOCOL)
        let many = try KitModule(greeted: true)
        for call in 0..<UInt32(ModuleLinkLimits.openCallsMax) {
            #expect(many.give(.call, stream: 2 * call + 1) == HUB_OK)
        }
        #expect(many.give(.call, stream: 9_999) == HUB_E_PROTOCOL)
    }
}

/// Decides by the note.
struct Sample: DepartmentModule {
    static let id = "sample"
    static let version = "1.0.0"
    static let services = ["contoh"]
    func decide(_ question: Question) -> Answer { .go(to: question.note) }
}

/// A started module and what it has sent, with the test as its host.
private final class KitModule {
    struct Frame {
        let type: FrameType
        let flags: FrameFlags
        let stream: UInt32
        let payload: [UInt8]
    }

    private final class Sent { var bytes: [UInt8] = [] }

    private let sent = Sent()
    private let table = ModuleEntry.table(for: Sample.self).pointee
    private var module: UnsafeMutableRawPointer?
    private var nextStream: UInt32 = 1

    init(greeted: Bool = false) throws {
        var host = hub_host(
            struct_size: UInt32(MemoryLayout<hub_host>.size), abi_major: 1, abi_minor: 0,
            context: Unmanaged.passUnretained(sent).toOpaque(),
            send: { context, frames in
                guard let context, let data = frames.data else { return HUB_E_FAILED }
                Unmanaged<Sent>.fromOpaque(context).takeUnretainedValue().bytes += UnsafeBufferPointer(
                    start: data, count: frames.size)
                return HUB_OK
            })
        try #require(table.start(&host, &module) == HUB_OK)
        if greeted {
            _ = give(.hello)
            _ = take()
        }
    }

    deinit { table.stop(module) }

    func give(_ type: FrameType, flags: FrameFlags = [], stream: UInt32 = 0, _ payload: [UInt8] = []) -> Int32 {
        var frame: [UInt8] = []
        frame.appendFrame(type, flags: flags, stream: stream, payload: payload)
        return give(raw: frame)
    }

    func give(raw frame: [UInt8]) -> Int32 {
        frame.withUnsafeBufferPointer {
            table.receive(module, hub_bytes_borrowed(data: $0.baseAddress, size: $0.count))
        }
    }

    /// The frames sent since the last time.
    func take() -> [Frame] {
        var frames: [Frame] = []
        var rest = sent.bytes[...]
        sent.bytes = []
        while let header = rest.withUnsafeBytes({ FrameHeader($0) }) {
            let payload = [UInt8](rest.dropFirst(FrameHeader.size).prefix(Int(header.length)))
            frames.append(Frame(type: header.type, flags: header.flags, stream: header.stream, payload: payload))
            rest = rest.dropFirst(FrameHeader.size + Int(header.length))
        }
        return frames
    }

    func ask(_ method: String, _ message: [UInt8]) throws -> (message: [UInt8], error: HubError?) {
        let stream = nextStream
        nextStream += 2
        var call = HubCall()
        call.method = method
        #expect(give(.call, stream: stream, try call.serializedBytes()) == HUB_OK)
        #expect(give(.data, flags: .end, stream: stream, message) == HUB_OK)
        let frames = take()
        #expect(frames.allSatisfy { $0.stream == stream })
        return (frames.first { $0.type == .data }?.payload ?? [], try end(of: frames))
    }

    /// What the END among the frames says; it must be there, and last.
    func end(of frames: [Frame]) throws -> HubError? {
        let last = try #require(frames.last)
        #expect(last.type == .end)
        return HubError(end: try HubEnd(serializedBytes: last.payload))
    }
}
