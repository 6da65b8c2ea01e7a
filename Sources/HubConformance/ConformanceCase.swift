// One case of the kit: what is done to a hub, and the one answer that is allowed.

import HubDomain
import NIOCore

/// A case, as its YAML file writes it.
package struct ConformanceCase: Sendable {
    /// What the case is about.
    package enum Kind: String, Sendable, CaseIterable {
        /// Correct use: any client must be able to do it.
        case positive
        /// Wrong input: it has exactly one answer.
        case malformed
    }

    /// Whom a case is for.
    package enum Target: String, Sendable, CaseIterable {
        /// A hub's TLS port.
        case hub
        /// The socket of a module's host process (PROTOCOL.md, section 13).
        case module
    }

    /// Unique, `[a-z0-9_]+`; gRPC's name where the case is gRPC's.
    package let id: String
    package let kind: Kind
    package let target: Target
    /// Heading under which reports show it, such as `handshake`.
    package let group: String
    /// Rules of PROTOCOL.md that it proves, such as `W-7`.
    package let rules: [String]
    /// One sentence for people.
    package let about: String
    /// It waits for a limit of many seconds: run beside the others.
    package let isSlow: Bool
    /// The case can be run by a client library.
    package let isForClients: Bool
    /// The YAML it was read from.
    let text: String

    /// What is done. Frames are for the wire itself; calls can be made by any client.
    enum Script: Sendable {
        case frames([FrameStep])
        case calls([CallStep])
    }

    /// Reads the steps.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid`` naming the step that is wrong.
    func script() throws(HubError) -> Script { try CaseReader.script(self) }
}

// MARK: Frames

/// A step on one connection, byte by byte.
enum FrameStep: Sendable {
    /// Opens a connection; nothing before it needs one. `isRefused`: TLS fails, or it closes before any frame.
    case connect(Introduction, isRefused: Bool)
    /// `isPaced`: only as far as the peer's credit goes.
    case send([FrameTemplate], times: Int, isPaced: Bool)
    /// Bytes that need not be frames.
    case raw([UInt8])
    case pause(millis: Int64)
    /// The next frame must be this one.
    case expect(Expectation)
    /// No frame comes for so long.
    case silence(millis: Int64)
    /// The peer closes within so long; frames that still come are dropped.
    case closed(millis: Int64)
    /// PING is answered, and a call succeeds on a new stream.
    case alive
}

/// How a connection is begun.
struct Introduction: Sendable {
    /// Which certificate is shown.
    enum Paper: String, Sendable {
        case own
        case none
        /// Of an authority that the hub does not know.
        case foreign
        /// Of the hub's authority, but no longer valid.
        case expired
    }

    var paper = Paper.own
    var protocols = ["elayanan/1"]
    /// `1.2` or `1.3`, the only version that is offered.
    var tlsVersion = "1.3"
    /// Without TLS.
    var isPlain = false
    /// HELLO is sent at once, and the peer's is awaited.
    var greets = true
}

/// A frame to send. `stream` grows by `step` with each repetition.
struct FrameTemplate: Sendable {
    var type: UInt8
    var flags: UInt8 = 0
    var reserved: UInt16 = 0
    var stream: UInt32 = 0
    var step: UInt32 = 0
    /// Announced instead of the payload's own length.
    var length: UInt32?
    var payload: [UInt8] = []

    /// Stream of the `repetition`th copy.
    func stream(_ repetition: Int) -> UInt32 { stream &+ step &* UInt32(truncatingIfNeeded: repetition) }

    /// The bytes of the `repetition`th copy.
    func bytes(_ repetition: Int) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(12 + payload.count)
        bytes.writeInteger(length ?? UInt32(payload.count))
        bytes.writeMultipleIntegers(type, flags, reserved)
        bytes.writeInteger(stream(repetition))
        bytes.writeBytes(payload)
        return bytes
    }
}

/// What must come next.
enum Expectation: Sendable {
    /// A whole message.
    case message(stream: UInt32, MessageExpectation)
    /// `skips`: DATA may come before, of any stream.
    case end(stream: UInt32, EndExpectation, skips: Bool)
    case reset(stream: UInt32, code: String)
    /// `skips`: whatever else is on its way comes first.
    case goaway(code: String, lastStream: UInt32?, skips: Bool)
    /// PING with ACK and these eight bytes.
    case pong([UInt8])
}

/// What a message must be. Nil = anything.
struct MessageExpectation: Sendable {
    var bytes: [UInt8]?
    /// Its last frame carries END.
    var isLast: Bool?
    /// No frame of it is longer.
    var frameBytesMax: Int?
    /// It must come as a zstd frame; otherwise it must not.
    var isCompressed = false
}

/// What an END must say. Nil = anything.
struct EndExpectation: Sendable {
    var status: UInt32 = 0
    /// Number of the error catalogue.
    var code: UInt32?
    /// RetryInfo is there.
    var retries: Bool?
    /// Resume is there.
    var resumes: Bool?
    var metadata: [String: String] = [:]
    var finalSize: UInt64?
    /// SHA-256 of the request is there.
    var hasRequestHash: Bool?
    /// Facts of the error that must be there.
    var facts: [String: String] = [:]
}

// MARK: Calls

/// One call, or several of the same, through a client.
struct CallStep: Sendable {
    var method: String
    /// The request messages: one, unless the method takes several.
    var requests: [[UInt8]]
    var timeoutMillis: UInt32?
    var metadata: [String: [UInt8]] = [:]
    /// Steps with the same word carry the same random key.
    var key: String?
    /// Goes on after this many messages of the step before.
    var resumeAfter: Int?
    /// A cursor as it is.
    var resumeFrom: [UInt8]?
    /// The caller gives up after so long.
    var cancelAfterMillis: Int64?
    /// The requests go as they are.
    var isUncompressed = false
    /// Made so often, so many at once.
    var times = 1
    var together = 1
    var expect = CallExpectation()
}

/// What a call must lead to. Nil = anything.
struct CallExpectation: Sendable {
    var status: UInt32 = 0
    /// Another status that is as right, where two ends race.
    var orStatus: UInt32?
    var code: UInt32?
    /// The text that END carries, after the number of the error.
    var text: String?
    /// Facts of the error that must be there.
    var facts: [String: String] = [:]
    /// JSON that the one reply must contain.
    var reply: String?
    /// JSON that each answer must contain, in order; no others may come.
    var replies: [String]?
    /// Bytes of `payload` of each message, in order.
    var sizes: [Int]?
    /// Numbers of `hub.v1.InteropNumber`, in order.
    var numbers: ClosedRange<Int>?
    /// Trailing metadata that must be there.
    var metadata: [String: String] = [:]
    var isReplayed: Bool?
    /// The reply is byte for byte the one of the step before.
    var isSameReply = false
    var withinMillis: Int64?
    var retries: Bool?
}
