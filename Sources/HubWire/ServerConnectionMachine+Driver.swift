// What the driver tells the machine: which method it is, what was answered, what was taken, that the hub leaves.

public import HubDomain
public import HubProto

extension ServerConnectionMachine {
    /// Whether the stream has not been answered yet, and still can be.
    public func isOpen(_ stream: UInt32) -> Bool { phase != .closed && streams[stream]?.isOpen ?? false }

    /// The driver knows the method: how long its requests may be, and whether there may be several.
    public mutating func expect(_ stream: UInt32, _ method: HubMethod) {
        let longest = WireRule.requestLength.forbids(true) ? method.requestBytesMax : .max
        let takesStream = method.shape.takesStream
        streams.update(stream) {
            $0.longest = min($0.longest, longest)
            $0.takesStream = takesStream
        }
    }

    /// The handler is done with a request of so many bytes from a stream of them.
    public mutating func taken(_ stream: UInt32, bytes: Int) {
        guard var entry = streams[stream], entry.isWorking else { return }
        let memory = min(entry.workingBytes, bytes + Self.requestCost)
        workingBytes -= memory
        entry.workingBytes -= memory
        let returned = min(entry.held, bytes)
        window.giveBack(returned)
        entry.held -= returned
        if entry.side == .receiving {
            entry.window.giveBack(bytes)
            if let due = entry.window.due() { grant(stream, due) }
        }
        streams.set(stream, entry)
    }

    /// A whole request became longer by so many bytes, because it came compressed.
    ///
    /// - Throws: ``HubError/Code/tooManyCalls`` when requests then hold more than ``requestRoom``.
    public mutating func expanded(_ stream: UInt32, by bytes: Int) throws(HubError) {
        guard bytes > 0 else { return }
        guard requestBytes + bytes <= requestRoom else {
            throw Self.tooMuch
        }
        let isWorking = streams.update(stream) { entry -> Bool? in
            guard entry.isWorking else { return nil }
            entry.workingBytes += bytes
            return true
        }
        if isWorking == true { workingBytes += bytes }
    }

    /// The driver sent END or RESET for this stream.
    public mutating func answered(_ stream: UInt32) {
        switch streams[stream]?.side {
        case .complete: leave(stream, for: .over)
        case .receiving: leave(stream, for: .draining)
        case .draining, .over, nil: break
        }
    }

    /// A call came to nothing although its form was good.
    ///
    /// - Returns: What to do when there were too many in a row.
    public mutating func wasInVain() -> Action? { vain() }

    /// A call ended well.
    public mutating func succeeded() { vainCalls = 0 }

    /// The work on a call has ended, whether anybody still waited for it or not: only now its credit is given back.
    public mutating func release(_ stream: UInt32) {
        let ended = streams.update(stream) { entry -> (held: Int, workingBytes: Int)? in
            guard entry.isWorking else { return nil }
            defer { entry.workingBytes = 0 }
            entry.isWorking = false
            return (entry.held, entry.workingBytes)
        }
        guard let ended else { return }
        working -= 1
        workingBytes -= ended.workingBytes
        window.giveBack(ended.held)
        if streams[stream]?.side == .over { streams.remove(stream) }
    }

    /// Bytes went out, or much time has passed: frames that brought nothing are counted anew.
    public mutating func progressed() {
        idleFrames = 0
        pings.rest()
    }

    /// The CREDIT frames that are due.
    ///
    /// - Parameter withOthers: Other frames leave at the same time. While calls are worked on, credit for streams waits for
    ///   their answers, and leaves in a packet of its own only when three quarters of it are used.
    public mutating func takeGrants(withOthers: Bool) -> [Grant] {
        var due = grants
        grants = []
        // As many streams as were used, and one for each call that may still be worked on.
        let used = (UInt64(highestStream) + 1) / 2
        let free = UInt64(max(0, Int(limits.openCallsMax) - working))
        let allowed = UInt32(clamping: max(1, used + free) * 2 - 1)
        var told: UInt32?
        let offset = window.due()
        let hasCompany = withOthers || working == 0 || offset != nil || !due.isEmpty
        let left = (maxStream - min(maxStream, highestStream)) / 2
        if allowed > maxStream, left <= limits.openCallsMax / (hasCompany ? 2 : 4) {
            maxStream = allowed
            told = allowed
        }
        let connection = Grant(stream: 0, offset: offset, maxStream: told)
        if !connection.isEmpty { due.append(connection) }
        return due
    }

    /// Nothing has come for a while: gives the memory of streams back, if there is none.
    public mutating func shrink() {
        streams.shrink()
        joiners.shrink()
        if grants.isEmpty { grants = [] }
    }

    /// The driver announces the end with GOAWAY and ``lastStream``: calls that come later are not started.
    public mutating func startDraining() { isDraining = true }

    /// The driver closes the connection; nothing more is accepted.
    public mutating func close() {
        phase = .closed
        joiners = StreamTable()
        partialBytes = 0
    }
}
