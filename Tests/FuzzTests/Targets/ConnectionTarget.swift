// The bytes of a client's connection, from its first to its last, and what the hub does meanwhile.

import HubDomain
import HubProto
import NIOCore

@testable import HubWire

extension FuzzTarget {
    static let connection = FuzzTarget(
        "connection", bytesMax: 2_048,
        verdicts: [
            .accepted, "PROTOCOL_ERROR", "FRAME_SIZE", "VERSION_UNSUPPORTED", "STREAM_LIMIT", "FLOW_CONTROL",
            "ENHANCE_YOUR_CALM", "E1001", "E1004", "E1005", "E1006", "E1007", "E1010",
        ]
    ) { (input) throws(BrokenPromise) in
        let whole = try ConnectionReading(input, pieces: [])
        let pieces = try ConnectionReading(input, pieces: Array(input.suffix(16)))
        try promise(whole.steps == pieces.steps, "a connection goes another way when its bytes come in pieces")
        return whole.end ?? whole.firstRefusal ?? .accepted
    }
}

/// What the hub does with a call beside reading: frames of these extension types are its steps. The machine ignores
/// them, so that what the hub does, and when, is part of the input.
private enum HubStep: UInt8 {
    /// The work on the call of this stream has ended, and its answer has as many bytes as the frame.
    case answer = 0xE0
    /// Nobody waits any more, as at a deadline; the work goes on.
    case abandon = 0xE1
    /// Work that nobody waited for has ended.
    case release = 0xE2
    /// The handler takes the next request.
    case take = 0xE3
    /// The hub stops.
    case drain = 0xE4
}

/// One connection with limits so low that short inputs meet them.
private struct ConnectionReading {
    static let limits = WireLimits(
        frameBytesMax: 16_384, messageBytesMax: 96, openCallsMax: 3, streamCredit: 64, connectionCredit: 160)

    private struct Call {
        let method: HubMethod
        /// Requests that the handler has not taken, bytes of each.
        var waiting: [Int] = []
        var isWhole = false
        var isAnswered = false
    }

    private var machine = ServerConnectionMachine(limits: limits)
    private var calls: [UInt32: Call] = [:]
    private var sending = SendingCheck()
    private var opened: UInt32 = 0
    private var announced: [UInt32: UInt64] = [:]
    private(set) var steps: [Step] = []
    /// Why the hub ended the connection.
    private(set) var end: Verdict?
    private(set) var firstRefusal: Verdict?

    init(_ input: UnsafeRawBufferPointer, pieces: [UInt8]) throws(BrokenPromise) {
        var broken: BrokenPromise?
        Pieces(input, sizes: pieces).read { header in
            guard let refusal = machine.check(header) else { return true }
            do throws(BrokenPromise) { try perform(refusal, []) } catch { broken = error }
            return false
        } take: { header, payload in
            do throws(BrokenPromise) {
                try perform(machine.receive(header, payload), payload.map { $0 })
                if !machine.isClosed, let step = HubStep(rawValue: header.type.rawValue) {
                    try hub(step, header.stream, payload.count)
                }
                for grant in machine.takeGrants(withOthers: true) { try check(grant) }
                if !machine.isClosed { try machine.keepsItsBooks(limits: Self.limits) }
            } catch { broken = error }
            return !machine.isClosed && broken == nil
        }
        if let broken { throw broken }
        if end != nil { try staysClosed() }
    }

    // MARK: What the machine says

    private mutating func perform(
        _ action: ServerConnectionMachine.Action, _ payload: [UInt8]
    ) throws(BrokenPromise) {
        switch action {
        case .ready(let peer):
            sending.begin(peer)
            note(1, 0, UInt64(peer.frameBytesMax))
        case .opened(let stream, let head): try open(stream, head, payload)
        case .request(let stream, let joined, let isLast):
            try request(stream, bytes: joined?.count ?? payload.count, isLast)
        case .compressed(let stream, let joined, let isLast, let longest):
            try promise(longest > 0, "a request that may have no byte")
            try request(stream, bytes: joined?.count ?? payload.count, isLast)
            note(16, stream, UInt64(longest))
        case .requestsEnded(let stream):
            try promise(calls[stream]?.method.shape.takesStream == true, "requests end where one is due")
            try finish(stream)
            note(2, stream, 0)
        case .cancelled(let stream):
            try drop(stream, mustBeOpen: true)
            note(3, stream, 0)
        case .credit(let stream, let offset):
            try promise(stream == 0 || machine.isOpen(stream), "credit for a call that has ended")
            try sending.grant(stream, offset)
            note(4, stream, offset)
        case .refuse(let stream, let error):
            firstRefusal = firstRefusal ?? Verdict(error)
            try drop(stream, mustBeOpen: false)
            note(5, stream, UInt64(error.code.number))
        case .reset(let stream, let code):
            try drop(stream, mustBeOpen: false)
            note(6, stream, UInt64(code.rawValue))
        case .pong(let bytes):
            try promise(bytes.count == Int(WireLimits.pingBytes), "PING of another length")
            note(7, 0, UInt64(bytes[0]))
        case .ponged(let bytes): note(15, 0, UInt64(bytes.count))
        case .goaway(let goaway):
            try promise(machine.isClosed && end == nil, "GOAWAY that does not end the connection")
            try promise(goaway.lastStream == machine.lastStream, "GOAWAY names another stream")
            end = Verdict(goaway.code)
            note(8, goaway.lastStream, UInt64(goaway.code.rawValue))
        case .peerLeaving: note(9, 0, 0)
        case .ignore: note(10, 0, 0)
        }
    }

    private mutating func open(_ stream: UInt32, _ head: CallHead, _ payload: [UInt8]) throws(BrokenPromise) {
        try promise(stream % 2 == 1 && stream > opened && machine.isOpen(stream), "stream \(stream) is opened twice")
        opened = stream
        let path =
            switch head {
            case .plain(let method, _, _): String(decoding: payload[method], as: UTF8.self)
            case .whole(let call): call.method
            }
        note(11, stream, UInt64(path.utf8.count) << 32 | UInt64(head.timeoutMillis ?? 0))
        guard let method = HubMethod.all.first(where: { $0.path == path }) else {
            firstRefusal = firstRefusal ?? Verdict(HubError(.methodUnknown, ""))
            machine.release(stream)
            return machine.answered(stream)
        }
        machine.expect(stream, method)
        calls[stream] = Call(method: method)
    }

    private mutating func request(_ stream: UInt32, bytes: Int, _ isLast: Bool) throws(BrokenPromise) {
        note(12, stream, UInt64(bytes) << 1 | (isLast ? 1 : 0))
        guard let call = calls[stream], !call.isWhole else {
            throw BrokenPromise(description: "a request comes on stream \(stream), where none is due")
        }
        try promise(bytes <= Int(Self.limits.messageBytesMax), "a request of \(bytes) bytes")
        try promise(isLast || call.method.shape.takesStream, "a method that takes one request is given more")
        if call.method.shape.takesStream { calls[stream]?.waiting.append(bytes) }
        if isLast { try finish(stream) }
    }

    private mutating func finish(_ stream: UInt32) throws(BrokenPromise) {
        try promise(calls[stream]?.isWhole == false, "requests end twice")
        calls[stream]?.isWhole = true
    }

    /// Nobody waits for the answer any more; work that was begun goes on.
    private mutating func drop(_ stream: UInt32, mustBeOpen: Bool) throws(BrokenPromise) {
        sending.drop(stream)
        guard let call = calls[stream], !call.isAnswered else {
            return try promise(!mustBeOpen, "a call is cancelled that is not open")
        }
        try promise(!machine.isOpen(stream), "a call that was given up is open")
        if call.isWhole || call.method.shape.takesStream {
            calls[stream]?.isAnswered = true
        } else {
            release(stream)
        }
    }

    private mutating func check(_ grant: ServerConnectionMachine.Grant) throws(BrokenPromise) {
        note(13, grant.stream, grant.offset ?? 0)
        note(14, grant.maxStream ?? 0, 0)
        guard let offset = grant.offset else { return }
        let before = announced.updateValue(offset, forKey: grant.stream)
        let first = UInt64(grant.stream == 0 ? Self.limits.connectionCredit : Self.limits.streamCredit)
        try promise(offset > before ?? first && offset <= WireLimits.creditMax, "credit that says nothing")
    }

    // MARK: What the hub does

    private mutating func hub(_ step: HubStep, _ stream: UInt32, _ bytes: Int) throws(BrokenPromise) {
        switch step {
        case .answer:
            guard let call = calls[stream], !call.isAnswered else { return }
            let wasOpen = machine.isOpen(stream)
            try promise(wasOpen, "a call that nobody ended is not open")
            try sending.send(stream, bytes)
            machine.answered(stream)
            machine.succeeded()
            release(stream)
        case .abandon:
            guard calls[stream]?.isAnswered == false else { return }
            calls[stream]?.isAnswered = true
            sending.drop(stream)
            machine.answered(stream)
        case .release: if calls[stream]?.isAnswered == true { release(stream) }
        case .take:
            guard let bytes = calls[stream]?.waiting.first else { return }
            calls[stream]?.waiting.removeFirst()
            machine.taken(stream, bytes: bytes)
        case .drain: machine.startDraining()
        }
        if sending.hasSent() { machine.progressed() }
    }

    private mutating func release(_ stream: UInt32) {
        calls[stream] = nil
        machine.release(stream)
    }

    // MARK: Parts

    private mutating func note(_ kind: Int, _ stream: UInt32, _ detail: UInt64) {
        steps.append(Step(kind, stream, detail))
    }

    private mutating func staysClosed() throws(BrokenPromise) {
        let ping = FrameHeader(.ping, stream: 0, length: WireLimits.pingBytes)
        guard case .ignore? = machine.check(ping),
            case .ignore = machine.receive(ping, UnsafeRawBufferPointer(start: nil, count: 0))
        else { throw BrokenPromise(description: "a connection that was ended does not stay closed") }
        try promise(machine.isClosed, "a connection that was ended is open again")
    }
}

extension ServerConnectionMachine {
    /// What it counts is what it holds, and stays within its bounds.
    fileprivate func keepsItsBooks(limits: WireLimits) throws(BrokenPromise) {
        let all = streams.all
        let most = Int(limits.openCallsMax)
        try promise(all.count == streams.count, "a stream is counted that is not there")
        try promise(open == all.count { $0.value.isOpen }, "open calls are miscounted")
        try promise(working == all.count { $0.value.isWorking }, "calls that are worked on are miscounted")
        try promise(unfinished == all.count { $0.value.side != .over }, "unfinished calls are miscounted")
        try promise(working <= most, "\(working) calls are worked on, of \(most)")
        try promise(unfinished <= 2 * most, "\(unfinished) calls are unfinished, of \(2 * most)")
        try promise(partialBytes == joiners.all.reduce(0) { $0 + $1.value.held }, "bytes of requests are miscounted")
        try promise((0...joinedMax).contains(partialBytes), "\(partialBytes) bytes of unfinished requests are held")
        try promise(
            workingBytes == all.reduce(0) { $0 + $1.value.workingBytes }, "bytes of whole requests are miscounted")
        try promise(joiners.count == all.count { $0.value.isJoining }, "a request in parts is lost")
        try promise(lastStream <= highestStream && highestStream <= maxStream, "a stream above its credit")
        try promise(
            idleFrames <= Self.idleFramesMax && vainCalls <= Self.vainCallsMax && lateFrames <= Self.lateFramesMax,
            "a flood goes on")
    }
}
