// The bytes that a hub sends, as a client's machine reads them while its program opens and gives up calls.

import HubDomain
import HubProto
import HubWire
import NIOCore

@testable import HubClient

extension FuzzTarget {
    static let hubStream = FuzzTarget(
        "hub_stream", bytesMax: 2_048,
        verdicts: [.accepted, "PROTOCOL_ERROR", "FRAME_SIZE", "FLOW_CONTROL", "VERSION_UNSUPPORTED", "E1001", "E1004"]
    ) { (input) throws(BrokenPromise) in
        let whole = try ClientReading(input, byBytes: false)
        let pieces = try ClientReading(input, byBytes: true)
        try promise(whole.steps == pieces.steps, "a client goes another way when bytes come one by one")
        return whole.end ?? whole.firstFailure ?? .accepted
    }
}

/// What the program does: frames of these extension types are its steps, and the machine ignores them.
private enum ProgramStep: UInt8 {
    case unary = 0xE0
    case serverStream = 0xE1
    case clientStream = 0xE2
    case exchange = 0xE3
    /// Gives the call of this stream up.
    case cancel = 0xE4
    /// Takes as many bytes of the stream's messages as the frame has.
    case take = 0xE5

    var shape: HubMethod.Shape? {
        switch self {
        case .unary: .unary
        case .serverStream: .serverStream
        case .clientStream: .clientStream
        case .exchange: .exchange
        case .cancel, .take: nil
        }
    }
}

/// One connection with limits so low that short inputs meet them. A call's name is its stream.
private struct ClientReading {
    static let limits = WireLimits(
        frameBytesMax: 16_384, messageBytesMax: 96, streamCredit: 64, connectionCredit: 160)

    private var machine = ClientConnectionMachine<UInt32>(limits: limits)
    private var shapes: [UInt32: HubMethod.Shape] = [:]
    private var next: UInt32 = 1
    private(set) var steps: [Step] = []
    /// Why the client ended the connection.
    private(set) var end: Verdict?
    private(set) var firstFailure: Verdict?

    init(_ input: UnsafeRawBufferPointer, byBytes: Bool) throws(BrokenPromise) {
        var inbound = ByteBuffer()
        var start = 0
        while start < input.count, end == nil {
            let rest = UnsafeRawBufferPointer(rebasing: input[start...])
            let header = FrameHeader(rest)
            let size = header.map { FrameHeader.size + Int($0.length) } ?? rest.count
            let frame = rest.prefix(size)
            for piece in byBytes ? frame.map({ [$0] }) : [Array(frame)] where end == nil {
                inbound.writeBytes(piece)
                while let event = machine.next(from: &inbound) { try perform(event) }
            }
            start += frame.count
            guard let header, frame.count == size, end == nil else { continue }
            if let step = ProgramStep(rawValue: header.type.rawValue) { try program(step, header) }
            for grant in machine.takeGrants() { note(1, grant.stream, grant.offset) }
            try promise(machine.openCalls == shapes.count, "open calls are miscounted")
        }
        let left = machine.close()
        try promise(Set(left) == Set(shapes.keys) && left == left.sorted(), "a call is lost, or ended twice")
    }

    private mutating func perform(_ event: ClientConnectionMachine<UInt32>.Event) throws(BrokenPromise) {
        switch event {
        case .greeted(let hello): note(2, 0, hello.features)
        case .answered(let call, let message, _):
            try ended(call, { !$0.givesStream })
            try check(message)
            note(3, call, UInt64(message.readableBytes))
        case .message(let call, let message):
            try promise(shapes[call]?.givesStream == true, "a message for a call that takes one answer")
            try check(message)
            note(4, call, UInt64(message.readableBytes))
        case .ended(let call, let end):
            try ended(call) { _ in true }
            note(5, call, UInt64(end.status))
        case .reset(let call, let reset):
            try ended(call) { _ in true }
            note(6, call, UInt64(bitPattern: Int64(reset.code.rawValue)))
        case .failed(let call, let stream, let error):
            try promise(call == stream, "the failure of another call")
            try ended(call) { _ in true }
            firstFailure = firstFailure ?? Verdict(error)
        case .credit(let stream, let offset):
            try promise(offset <= WireLimits.creditMax, "credit beyond 2^62")
            try promise(stream == 0 || shapes[stream] != nil, "credit for a call that has ended")
            note(7, stream, offset)
        case .pong(let bytes): note(8, 0, UInt64(bytes.readableBytes))
        case .leaving(let goaway, let refused):
            for call in refused {
                try promise(call > goaway.lastStream, "a call is refused that was begun")
                try ended(call) { _ in true }
            }
            note(9, goaway.lastStream, UInt64(refused.count))
        case .broken(let code, _):
            end = Verdict(code)
            try promise(machine.openCall(0, shape: .unary, requestBytes: 0) == .closing, "a broken connection is used")
        }
    }

    private mutating func program(_ step: ProgramStep, _ header: FrameHeader) throws(BrokenPromise) {
        if let shape = step.shape {
            guard case .stream(let stream) = machine.openCall(next, shape: shape, requestBytes: 0) else { return }
            try promise(stream == next, "stream \(stream) is used out of turn")
            shapes[stream] = shape
            next += 2
        } else if step == .cancel {
            let isOpen = shapes.removeValue(forKey: header.stream) != nil
            try promise(machine.cancel(stream: header.stream) == isOpen, "a call is given up that is not open")
        } else {
            machine.taken(stream: header.stream, bytes: Int(header.length))
        }
    }

    /// Every call ends once.
    private mutating func ended(
        _ call: UInt32, _ fits: (HubMethod.Shape) -> Bool
    ) throws(BrokenPromise) {
        guard let shape = shapes.removeValue(forKey: call) else {
            throw BrokenPromise(description: "call \(call) ends twice")
        }
        try promise(fits(shape), "a call ends in another shape")
    }

    private func check(_ message: ByteBuffer) throws(BrokenPromise) {
        try promise(message.readableBytes <= Int(Self.limits.messageBytesMax), "a message above the limit")
    }

    private mutating func note(_ kind: Int, _ stream: UInt32, _ detail: UInt64) {
        steps.append(Step(kind, stream, detail))
    }
}
