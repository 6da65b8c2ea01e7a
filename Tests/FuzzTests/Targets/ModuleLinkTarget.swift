// The bytes that a module's process sends, while the hub opens calls.

import HubDomain
import HubProto
import HubWire
import NIOCore

extension FuzzTarget {
    static let moduleLink = FuzzTarget(
        "module_link", bytesMax: 2_048, verdicts: [.accepted, "refused", "failed", "E1001", "E1002"]
    ) { (input) throws(BrokenPromise) in
        let whole = try ModuleReading(input, pieces: [])
        let pieces = try ModuleReading(input, pieces: Array(input.suffix(16)))
        try promise(whole.steps == pieces.steps, "a link goes another way when its bytes come in pieces")
        return whole.end ?? whole.firstFailure ?? .accepted
    }
}

/// One link. A frame of this extension type is a call that the hub opens; the machine ignores it.
private struct ModuleReading {
    static let opening: UInt8 = 0xE0

    private var machine = ModuleLinkMachine()
    private var asked: Set<UInt32> = []
    private(set) var steps: [Step] = []
    /// Why the link was ended.
    private(set) var end: Verdict?
    private(set) var firstFailure: Verdict?

    init(_ input: UnsafeRawBufferPointer, pieces: [UInt8]) throws(BrokenPromise) {
        var broken: BrokenPromise?
        Pieces(input, sizes: pieces).read { header in
            guard let error = machine.check(header) else { return true }
            end = end ?? Verdict(error)
            return false
        } take: { header, payload in
            do throws(BrokenPromise) {
                try perform(machine.receive(header, payload))
                if header.type.rawValue == Self.opening { try open() }
                try promise(end != nil || machine.openCalls == asked.count, "open calls are miscounted")
            } catch { broken = error }
            return end == nil && broken == nil
        }
        if let broken { throw broken }
        if end != nil { try promise(machine.open() == nil, "a call is opened on a link that was ended") }
    }

    private mutating func open() throws(BrokenPromise) {
        guard let stream = machine.open() else { return }
        try promise(stream % 2 == 1 && asked.insert(stream).inserted, "stream \(stream) is used twice")
    }

    private mutating func perform(_ action: ModuleLinkMachine.Action) throws(BrokenPromise) {
        switch action {
        case .greeted(let hello):
            try roundTrip(hello)
            note(1, 0, 0)
        case .refused(let reason):
            // A character that was cut in its middle becomes a sign of three bytes.
            try promise(reason.utf8.count <= ModuleLinkMachine.reasonBytesMax + 9, "a reason without end")
            end = "refused"
        case .answered(let stream, let message):
            try promise(asked.remove(stream) != nil, "an answer to a call that nobody waits for")
            note(2, stream, message.count)
        case .failed(let stream, let error):
            try promise(asked.remove(stream) != nil, "a failure of a call that nobody waits for")
            try FuzzTarget.relayed(error)
            firstFailure = firstFailure ?? "failed"
            note(3, stream, Int(error.code.number))
        case .pong(let bytes): note(4, 0, bytes.count)
        case .alive(let bytes): note(5, 0, bytes.count)
        case .ignore: note(6, 0, 0)
        case .broken(let error): end = Verdict(error)
        }
    }

    private mutating func note(_ kind: Int, _ stream: UInt32, _ detail: Int) {
        steps.append(Step(kind, stream, UInt64(detail)))
    }
}
