// Answers on their way out while the client's credit comes as it likes.

import HubWire

/// The hub's queue, and beside it what the client has allowed, counted a second time.
struct SendingCheck {
    private var queue = SendQueue<[UInt8]>(peer: WireLimits())
    private var streamCredit: UInt64 = 0
    private var connection: (sent: UInt64, allowed: UInt64) = (0, 0)
    private var streams: [UInt32: (sent: UInt64, allowed: UInt64)] = [:]
    private var sentAnything = false

    /// The client has said hello.
    mutating func begin(_ peer: WireLimits) {
        queue.adopt(peer, insteadOf: WireLimits())
        streamCredit = UInt64(peer.streamCredit)
        connection.allowed = UInt64(peer.connectionCredit)
    }

    mutating func grant(_ stream: UInt32, _ offset: UInt64) throws(BrokenPromise) {
        if stream == 0 {
            queue.grantConnection(offset: offset)
            connection.allowed = max(connection.allowed, offset)
        } else {
            queue.grant(stream, offset: offset)
            let known = streams[stream] ?? (0, streamCredit)
            streams[stream] = (known.sent, max(known.allowed, offset))
        }
        try pump()
    }

    /// An answer of so many bytes, and the end of its stream.
    mutating func send(_ stream: UInt32, _ bytes: Int) throws(BrokenPromise) {
        if queue.pass(stream, bytes: bytes) {
            try count(stream, bytes)
        } else {
            queue.add([UInt8](repeating: 0, count: bytes), to: stream, isLast: true)
        }
        _ = queue.close(stream)
        try pump()
    }

    mutating func drop(_ stream: UInt32) { queue.drop(stream) }

    /// Since it was asked before.
    mutating func hasSent() -> Bool {
        defer { sentAnything = false }
        return sentAnything
    }

    private mutating func pump() throws(BrokenPromise) {
        while let outgoing = queue.next() {
            switch outgoing {
            case .data(let stream, let piece, let flags, let isWhole):
                try promise(piece.count <= WireLimits.quantum, "a turn of \(piece.count) bytes")
                try promise(flags.contains(.more) != isWhole, "a piece is whole and goes on, or neither")
                try count(stream, piece.count)
            case .end(let stream): queue.drop(stream)
            }
        }
        try promise(queue.waiting >= 0, "less than nothing waits")
    }

    private mutating func count(_ stream: UInt32, _ bytes: Int) throws(BrokenPromise) {
        sentAnything = true
        var known = streams[stream] ?? (0, streamCredit)
        known.sent += UInt64(bytes)
        connection.sent += UInt64(bytes)
        streams[stream] = known
        try promise(known.sent <= known.allowed, "stream \(stream) is sent more than it may")
        try promise(connection.sent <= connection.allowed, "the connection is sent more than it may")
    }
}
