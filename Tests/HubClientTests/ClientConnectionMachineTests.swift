// The client's connection, fed whole, in drops and in floods, with good frames and with wrong ones.

import HubDomain
import HubProto
import HubWire
import NIOCore
import SwiftProtobuf
import Testing

@testable import HubClient

/// What a machine said, in a form that can be compared.
enum Heard: Equatable {
    case greeted, pong([UInt8])
    case credit(UInt32, UInt64)
    case answered(Int, [UInt8])
    case message(Int, [UInt8])
    case ended(Int, UInt32)
    case reset(Int, HubResetCode)
    case failed(Int, UInt32, HubError.Code)
    case leaving(UInt32, [Int])
    case broken(HubGoawayCode, HubError.Code)

    init(_ event: ClientConnectionMachine<Int>.Event) {
        switch event {
        case .greeted: self = .greeted
        case .answered(let call, let message, _): self = .answered(call, Array(message.readableBytesView))
        case .message(let call, let message): self = .message(call, Array(message.readableBytesView))
        case .ended(let call, let end): self = .ended(call, end.status)
        case .reset(let call, let reset): self = .reset(call, reset.code)
        case .failed(let call, let stream, let error): self = .failed(call, stream, error.code)
        case .credit(let stream, let offset): self = .credit(stream, offset)
        case .pong(let bytes): self = .pong(Array(bytes.readableBytesView))
        case .leaving(let goaway, let refused): self = .leaving(goaway.lastStream, refused)
        case .broken(let code, let error): self = .broken(code, error.code)
        }
    }
}

/// Frames as a hub writes them.
struct Frames {
    var bytes: [UInt8] = []

    static func hello(_ change: (inout HubHello) -> Void = { _ in }) -> Frames {
        var hello = HubHello()
        change(&hello)
        return Frames().add(.hello, message: hello)
    }

    func add(_ type: FrameType, flags: FrameFlags = [], stream: UInt32 = 0, _ payload: [UInt8] = []) -> Frames {
        var copy = self
        copy.bytes.appendFrame(type, flags: flags, stream: stream, payload: payload)
        return copy
    }

    func add(_ type: FrameType, stream: UInt32 = 0, message: some Message) -> Frames {
        add(type, stream: stream, (try? message.serializedBytes()) ?? [])
    }

    func end(_ stream: UInt32, size: Int = 0) -> Frames {
        add(.end, stream: stream, message: HubEnd.ok(finalSize: UInt64(size)))
    }
}

extension ClientConnectionMachine<Int> {
    /// Takes the bytes in pieces of the given length and tells what was heard.
    mutating func hear(_ frames: Frames, pieces: Int = .max) -> [Heard] {
        var inbound = ByteBuffer()
        var heard: [Heard] = []
        var rest = frames.bytes[...]
        while !rest.isEmpty {
            inbound.writeBytes(rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
            while let event = next(from: &inbound) { heard.append(Heard(event)) }
        }
        return heard
    }

    /// A machine with calls 0, 1, 2… open on streams 1, 3, 5…
    static func open(_ shapes: [HubMethod.Shape], limits: WireLimits = WireLimits()) -> Self {
        var machine = Self(limits: limits)
        for (call, shape) in shapes.enumerated() { _ = machine.openCall(call, shape: shape, requestBytes: 0) }
        return machine
    }
}

@Suite("The client's connection machine")
struct ClientConnectionMachineTests {
    static let pieces = [1, 2, 3, 7, 13, 64, Int.max]

    @Test("understands the same frames in the same way in pieces of any length", arguments: pieces)
    func anyPieces(_ length: Int) {
        var machine = ClientConnectionMachine<Int>.open([.unary, .serverStream, .unary])
        let frames = Frames.hello()
            .add(.ping, Array(1...8))
            .add(.data, stream: 5, [5, 5])
            .add(.data, flags: .more, stream: 3, [1])
            .add(.data, stream: 1, [])
            .add(FrameType(rawValue: 0xE7), flags: FrameFlags(rawValue: 0x55), stream: 99, [9, 9, 9])
            .add(.data, stream: 3, [2, 3])
            .end(5, size: 2)
            .add(.data, stream: 3, [4])
            .add(.ping, flags: .ack, Array(1...8))
            .end(1)
            .end(3, size: 4)
        #expect(
            machine.hear(frames, pieces: length) == [
                .greeted, .pong(Array(1...8)), .message(1, [1, 2, 3]), .answered(2, [5, 5]), .message(1, [4]),
                .answered(0, []), .ended(1, 0),
            ])
        #expect(machine.openCalls == 0)
    }

    @Test("joins a message that comes in many frames and refuses one above the limit, keeping the connection")
    func joining() {
        var machine = ClientConnectionMachine<Int>.open(
            [.unary, .unary], limits: WireLimits(frameBytesMax: 16_384, messageBytesMax: 20_000))
        let piece = [UInt8](repeating: 7, count: 10_000)
        let whole = Frames.hello().add(.data, flags: .more, stream: 1, piece).add(.data, stream: 1, piece)
        #expect(machine.hear(whole.end(1, size: 20_000)) == [.greeted, .answered(0, piece + piece)])
        let long = Frames().add(.data, flags: .more, stream: 3, piece).add(.data, flags: .more, stream: 3, piece)
        #expect(machine.hear(long.add(.data, stream: 3, [1])) == [.failed(1, 3, .messageTooLarge)])
        #expect(machine.openCall(9, shape: .unary, requestBytes: 0) == .stream(5))
    }

    @Test(
        "ends the connection for frames that break the protocol",
        arguments: [
            (Frames().add(.data, stream: 1, [1]), HubGoawayCode.protocolError),
            (Frames().add(.ping, Array(1...8)), .protocolError),
            (Frames.hello().add(.hello), .protocolError),
            (
                Frames.hello {
                    $0.versionMin = 3; $0.versionMax = 2
                }, .protocolError
            ),
            (
                Frames.hello {
                    $0.versionMin = 7; $0.versionMax = 9
                }, .versionUnsupported
            ),
            (Frames.hello { $0.limits.frameBytesMax = 100 }, .protocolError),
            (Frames.hello { $0.limits.frameBytesMax = 2_000_000 }, .protocolError),
            (Frames.hello { $0.software = String(repeating: "x", count: 5_000) }, .frameSize),
            (Frames().add(.hello, stream: 1), .protocolError),
            (Frames().add(.hello, flags: .end), .protocolError),
            (Frames().add(.hello, [0xFF]), .protocolError),
            (Frames.hello().add(.call, stream: 2), .protocolError),
            (Frames.hello().add(.limits), .protocolError),
            (Frames.hello().add(.credit, stream: 3), .protocolError),
            (Frames.hello().add(.credit, [0xFF]), .protocolError),
            (Frames.hello().add(.head, stream: 1), .protocolError),
            (Frames.hello().add(FrameType(rawValue: 0x42)), .protocolError),
            (Frames.hello().add(FrameType(rawValue: 0xE0), flags: .mustUnderstand), .protocolError),
            (Frames.hello().add(.ping, [1, 2, 3]), .protocolError),
            (Frames.hello().add(.ping, Array(1...9)), .frameSize),
            (Frames.hello().add(.ping, stream: 1, Array(1...8)), .protocolError),
            (Frames.hello().add(.data, stream: 0, [1]), .protocolError),
            (Frames.hello().add(.data, stream: 2, [1]), .protocolError),
            (Frames.hello().add(.data, stream: 3, [1]), .protocolError),
            (Frames.hello().add(.data, flags: [.more, .end], stream: 1, [1]), .protocolError),
            (Frames.hello().add(.data, flags: .init(rawValue: 0x40), stream: 1, [1]), .protocolError),
            (Frames.hello().add(.data, stream: 1, [UInt8](repeating: 0, count: 65_537)), .frameSize),
            (Frames.hello().add(.end, stream: 3), .protocolError),
            (Frames.hello().add(.end, stream: 1, [0xFF]), .protocolError),
            (Frames.hello().add(.reset, stream: 3), .protocolError),
            (Frames.hello().add(.reset, stream: 1, [0xFF]), .protocolError),
            (Frames.hello().add(.goaway, stream: 1), .protocolError),
            (Frames.hello().add(.goaway, [0xFF]), .protocolError),
        ])
    func wrongFrames(_ frames: Frames, _ code: HubGoawayCode) {
        for pieces in [1, Int.max] {
            var machine = ClientConnectionMachine<Int>.open([.unary])
            let heard = machine.hear(frames.add(.ping, Array(1...8)), pieces: pieces)
            guard case .broken(code, _)? = heard.last else {
                Issue.record("\(heard)")
                return
            }
            #expect(machine.hear(Frames.hello()).isEmpty, "nothing is heard after the end")
            #expect(machine.close() == [0], "and the open call is handed back")
        }
    }

    @Test("a header with reserved bits or an absurd length is refused before its payload has come")
    func headers() {
        var header = FrameHeader(.hello, stream: 0, length: .max)
        for reserved in [UInt16(0), 1] {
            header.reserved = reserved
            var inbound = ByteBuffer()
            inbound.writeWithUnsafeMutableBytes(minimumWritableBytes: FrameHeader.size) {
                header.write(to: $0)
                return FrameHeader.size
            }
            var machine = ClientConnectionMachine<Int>(limits: WireLimits())
            let event = machine.next(from: &inbound).map(Heard.init)
            #expect(
                event
                    == (reserved == 0
                        ? .broken(.frameSize, .frameTooLarge) : .broken(.protocolError, .protocolViolation)))
        }
    }

    @Test("a unary call with no answer, two answers, half an answer or a wrong size fails alone")
    func wrongAnswers() {
        var machine = ClientConnectionMachine<Int>.open([.unary, .unary, .unary, .unary, .unary])
        let frames = Frames.hello()
            .end(1)
            .add(.data, stream: 3, [1]).add(.data, stream: 3, [2]).end(3, size: 2)
            .add(.data, flags: .more, stream: 5, [1]).end(5, size: 1)
            .add(.data, stream: 7, [1]).end(7, size: 2)
            .add(.data, stream: 9, [1]).end(9, size: 1)
        #expect(
            machine.hear(frames) == [
                .greeted, .failed(0, 1, .protocolViolation), .failed(1, 3, .protocolViolation),
                .failed(2, 5, .protocolViolation), .failed(3, 7, .protocolViolation), .answered(4, [1]),
            ])
    }

    @Test("an error ends a call whatever came before it")
    func errorEnds() {
        var machine = ClientConnectionMachine<Int>.open([.unary, .serverStream])
        let end = HubEnd(error: HubError(.moduleUnavailable, "down"))
        let frames = Frames.hello()
            .add(.data, flags: .more, stream: 1, [1]).add(.end, stream: 1, message: end)
            .add(.data, stream: 3, [1]).add(.end, stream: 3, message: end)
        #expect(machine.hear(frames) == [.greeted, .ended(0, 14), .message(1, [1]), .ended(1, 14)])
    }

    @Test("frames that cross with a cancellation are dropped")
    func lateFrames() {
        var machine = ClientConnectionMachine<Int>.open([.serverStream, .unary])
        let first = machine.cancel(stream: 1)
        let second = machine.cancel(stream: 1)
        #expect(first && !second)
        let frames = Frames.hello()
            .add(.data, stream: 1, [1]).end(1).add(.reset, stream: 1, message: HubReset())
            .add(.data, stream: 3, [2]).end(3)
        #expect(machine.hear(frames) == [.greeted, .answered(1, [2])])
    }

    @Test("GOAWAY hands back what was not started, lets the rest end, and takes nothing new")
    func goaway() {
        var machine = ClientConnectionMachine<Int>.open([.unary, .unary, .unary])
        var goaway = HubGoaway()
        goaway.lastStream = 1
        let frames = Frames.hello().add(.goaway, message: goaway)
        #expect(machine.hear(frames) == [.greeted, .leaving(1, [1, 2])])
        #expect(machine.openCall(9, shape: .unary, requestBytes: 0) == .closing)
        #expect(machine.hear(Frames().add(.data, stream: 1, [1]).end(1)) == [.answered(0, [1])])
        #expect(machine.close().isEmpty)
    }

    @Test("GOAWAY in two steps refuses nothing at first")
    func goawayTwice() {
        var machine = ClientConnectionMachine<Int>.open([.unary, .unary])
        var first = HubGoaway()
        first.lastStream = .max
        var second = HubGoaway()
        second.lastStream = 1
        let frames = Frames.hello().add(.goaway, message: first).add(.goaway, message: second)
        #expect(machine.hear(frames) == [.greeted, .leaving(.max, []), .leaving(1, [1])])
    }

    @Test("a hub may refuse a connection with GOAWAY instead of a hello")
    func goawayFirst() {
        var machine = ClientConnectionMachine<Int>.open([.unary])
        var goaway = HubGoaway()
        goaway.code = .unauthenticated
        #expect(machine.hear(Frames().add(.goaway, message: goaway)) == [.leaving(0, [0])])
        #expect(!machine.isGreeted)
    }

    @Test("the hub's limits hold from its hello on; before it, those that every hub accepts")
    func limits() {
        var machine = ClientConnectionMachine<Int>(limits: WireLimits())
        #expect(machine.peer.frameBytesMax == 16_384)
        #expect(machine.openCall(0, shape: .unary, requestBytes: 4_194_304) == .stream(1))
        #expect(machine.openCall(0, shape: .unary, requestBytes: 4_194_305) == .refused(HubError(.messageTooLarge, "")))
        _ = machine.hear(
            Frames.hello {
                $0.limits.openCallsMax = 2
                $0.limits.messageBytesMax = 10
                $0.limits.frameBytesMax = 32_768
            })
        #expect(machine.peer.frameBytesMax == 32_768)
        #expect(machine.openCall(1, shape: .unary, requestBytes: 11) == .refused(HubError(.messageTooLarge, "")))
        #expect(machine.openCall(1, shape: .unary, requestBytes: 10) == .stream(3))
        #expect(machine.openCall(2, shape: .unary, requestBytes: 0) == .full)
        #expect(machine.hear(Frames().add(.data, stream: 1).end(1)) == [.answered(0, [])])
        #expect(machine.openCall(2, shape: .unary, requestBytes: 0) == .full, "an answer is no credit")
        #expect(machine.hear(Frames().add(.credit, message: HubCredit.with { $0.maxStream = 5 })) == [.credit(0, 0)])
        #expect(machine.openCall(2, shape: .unary, requestBytes: 0) == .stream(5))
    }

    @Test("no bytes at all can make it trap", arguments: 0..<64)
    func noise(_ seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func random() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        // Good frames with a few bytes changed reach deeper than noise alone.
        var frames = Frames.hello().add(.data, flags: .more, stream: 1, [1, 2]).add(.data, stream: 1, [3]).end(
            1, size: 3
        )
        .add(.data, stream: 3, Array(0..<40)).add(.goaway, message: HubGoaway()).end(3)
        for _ in 0..<(1 + random() % 6) {
            frames.bytes[Int(random() % UInt64(frames.bytes.count))] = UInt8(truncatingIfNeeded: random())
        }
        var machine = ClientConnectionMachine<Int>.open([.unary, .serverStream])
        let whole = machine.hear(frames)
        var again = ClientConnectionMachine<Int>.open([.unary, .serverStream])
        #expect(again.hear(frames, pieces: 1) == whole, "seed \(seed)")
    }
}
