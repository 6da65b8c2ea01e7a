// The hub's side of the link to a module's process: frames in, decisions out. Owns no socket, clock or timer.

public import HubDomain
public import HubProto
import SwiftProtobuf

/// One link to a module's process, from its first byte to its last.
///
/// The peer is a department's code: whatever breaks the module profile ends the link, because a module that answers
/// twice may be answering the wrong citizen. Harmless and dropped: extension frames without MUST_UNDERSTAND.
public struct ModuleLinkMachine: Sendable {
    /// What the driver does next; it decides nothing.
    public enum Action: Sendable {
        /// The module said hello; calls may be opened.
        indirect case greeted(HubHello)
        /// The host could not start the module and says why; it ends by itself.
        case refused(reason: String)
        /// The call has its one answer.
        case answered(stream: UInt32, message: [UInt8])
        /// The module ended the call without an answer.
        indirect case failed(stream: UInt32, HubError)
        /// Send PING with ACK and these bytes.
        case pong([UInt8])
        /// The module answered a PING of the hub.
        case alive([UInt8])
        /// Nothing to do.
        case ignore
        /// The profile was broken: end the process.
        indirect case broken(HubError)
    }

    private enum Phase { case awaitingHello, open, closed }
    private enum Call {
        case asked
        case answering([UInt8])
    }

    private var phase = Phase.awaitingHello
    private var calls = StreamTable<Call>()
    /// Next id to be used; nil when all 2³¹ odd ones are.
    private var nextStream: UInt32?

    /// Largest reason a host may give, bytes; the rest is cut.
    public static let reasonBytesMax = 1_024

    /// A link on which nothing was said yet.
    ///
    /// - Parameter firstStream: Odd id of the first call; a test of the last ids begins late.
    public init(firstStream: UInt32 = 1) { nextStream = firstStream | 1 }

    /// Every id has been used; only a new link opens calls again.
    public var isUsedUp: Bool { nextStream == nil }

    /// Calls without an answer.
    public var openCalls: Int { calls.count }

    /// Opens a call; send CALL and DATA on the stream.
    ///
    /// - Returns: Nil when the module has not said hello, too many calls are open, or every id has been used. Ids are
    ///   never used twice, so that a late second answer cannot be taken for another call's.
    public mutating func open() -> UInt32? {
        guard phase == .open, calls.count < ModuleLinkLimits.openCallsMax, let stream = nextStream else { return nil }
        let (next, overflow) = stream.addingReportingOverflow(2)
        nextStream = overflow ? nil : next
        calls.set(stream, .asked)
        return stream
    }

    /// Whether a header may be followed by its payload: checked before memory is taken. Nil = it may.
    public mutating func check(_ header: FrameHeader) -> HubError? {
        guard header.reserved == 0 else { return fail(.protocolViolation, "reserved bits are not zero") }
        let limit =
            switch header.type {
            case .hello: WireLimits.helloBytesMax
            case .ping: WireLimits.pingBytes
            case .data: UInt32(ModuleLinkLimits.messageBytesMax)
            default: WireLimits.controlBytesMax
            }
        guard header.length <= limit else {
            return fail(
                .frameTooLarge, "frame type \(header.type.rawValue) of \(header.length) bytes, at most \(limit)")
        }
        return nil
    }

    /// Takes one whole frame that ``check(_:)`` let pass.
    public mutating func receive(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Action {
        switch phase {
        case .closed: .ignore
        case .awaitingHello: first(header, payload)
        case .open:
            switch header.type {
            case .data: data(header, payload)
            case .end: end(header, payload)
            case .ping: ping(header, payload)
            default:
                if header.type.isExtension, !header.flags.contains(.mustUnderstand) {
                    .ignore
                } else {
                    broken("frame type \(header.type.rawValue) is not of the module profile")
                }
            }
        }
    }

    /// The driver has ended the process; whatever still comes is dropped.
    public mutating func close() { phase = .closed }

    // MARK: Frames

    private mutating func first(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Action {
        guard header.stream == 0, header.flags.isEmpty else { return broken("first frame is on a stream") }
        switch header.type {
        case .hello:
            guard let hello = try? HubHello(serializedBytes: [UInt8](payload)) else {
                return broken("HELLO cannot be decoded")
            }
            phase = .open
            return .greeted(hello)
        case .end:
            guard let end = try? HubEnd(serializedBytes: [UInt8](payload)), end.status != 0 else {
                return broken("END in place of HELLO gives no reason")
            }
            phase = .closed
            return .refused(reason: String(decoding: end.message.utf8.prefix(Self.reasonBytesMax), as: UTF8.self))
        default: return broken("first frame is not HELLO")
        }
    }

    private mutating func data(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Action {
        switch calls[header.stream] {
        case .asked where header.flags.isSubset(of: .end):
            calls.set(header.stream, .answering([UInt8](payload)))
            return .ignore
        case .asked: return broken("DATA with flags \(header.flags.rawValue)")
        case .answering: return broken("second answer on one call")
        case nil: return broken("answer on a stream that is not open")
        }
    }

    private mutating func end(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Action {
        guard let call = calls.remove(header.stream) else {
            return broken("END on a stream that is not open")
        }
        // An empty END is OK, and the usual one: every field has its default.
        guard let end = payload.isEmpty ? HubEnd() : try? HubEnd(serializedBytes: [UInt8](payload)) else {
            return broken("END cannot be decoded")
        }
        switch (call, HubError(end: end)) {
        case (.answering(let message), nil): return .answered(stream: header.stream, message: message)
        case (.asked, let error?): return .failed(stream: header.stream, error)
        case (.asked, nil): return broken("END without an answer")
        case (.answering, .some): return broken("answer and failure on one call")
        }
    }

    private mutating func ping(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Action {
        guard header.stream == 0, payload.count == Int(WireLimits.pingBytes) else {
            return broken("PING of \(payload.count) bytes on stream \(header.stream)")
        }
        return header.flags.contains(.ack) ? .alive([UInt8](payload)) : .pong([UInt8](payload))
    }

    private mutating func broken(_ detail: String) -> Action { .broken(fail(.protocolViolation, detail)) }

    private mutating func fail(_ code: HubError.Code, _ detail: String) -> HubError {
        phase = .closed
        return HubError(code, detail)
    }
}
