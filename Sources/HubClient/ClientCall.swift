// One call from its start to its end, over all attempts. Lives on the client's event loop.

import HubDomain
import HubProto
import HubWire
import NIOCore
import SwiftProtobuf

/// What a caller asks for, on its way to the event loop.
struct CallOrder: Sendable {
    let id: UInt64
    let method: HubMethod
    let request: ByteBuffer
    var options: CallOptions
    /// Of a stream that was opened before.
    var deadline: NIODeadline?
    let sink: CallSink
}

/// Where the answer goes.
enum CallSink: Sendable {
    case unary(@Sendable (Result<RawAnswer, HubError>) -> Void)
    case stream(StreamInbox)
}

/// A call that has not ended.
final class ClientCall {
    /// Where a call is.
    enum Place {
        /// In the queue for a connection or a free stream.
        case queued
        /// Waiting for its next attempt.
        case resting(Scheduled<Void>)
        /// Sent.
        case open(ConnectionHandler, stream: UInt32)
        /// Ended; nothing more happens.
        case done
    }

    /// Time for the hub's own DEADLINE_EXCEEDED to arrive before the client's.
    static let slack = TimeAmount.milliseconds(250)
    /// Bytes of requests that may wait before their sender has to.
    static let unsentBytesMax = 262_144
    /// A stream that has lasted this long has brought something, even if nothing happened.
    static let fruitful = TimeAmount.seconds(10)
    /// How often a call that the hub did not begin is sent again at once; then it waits as after any failure.
    static let refusalsMax = 3
    /// Left of the caller's time, after the hub's own limit is reached, for it to be worth another attempt.
    static let worthwhile = TimeAmount.seconds(1)

    let id: UInt64
    let shape: HubMethod.Shape
    let request: ByteBuffer
    let attemptsMax: Int
    /// When the caller stops waiting, before ``slack``.
    let deadline: NIODeadline
    let sink: CallSink
    /// Sent again, it would have its effect again: only what the hub did not begin is sent twice.
    let isOnceOnly: Bool
    /// The hub may compress the answers.
    let acceptsCompressed: Bool
    /// Requests may leave compressed.
    private let mayCompress: Bool
    /// Requests of this attempt may be compressed; CALL says so.
    private(set) var isEncoding = false
    var place = Place.queued
    /// Attempts that have failed.
    var attempts = 0
    /// Times that the hub did not begin it.
    var refusals = 0
    /// Times that it was sent.
    private var sendings = 0
    /// Why the last one did.
    var lastError: HubError?
    var sentAt = NIODeadline.distantFuture
    var gotMessage = false
    /// A request that waits for the call to be open.
    var outgoing: (request: ByteBuffer, done: @Sendable (HubError?) -> Void)?
    /// Who waits until the last request has left.
    var writer: (@Sendable (HubError?) -> Void)?
    /// The caller has given its last request.
    var hasAllRequests = false
    /// The hub was not told yet that no further request comes.
    var isSendingRequests: Bool
    private var head: HubCall

    /// - Parameter makeKey: 16 random bytes; called when the method changes something and the caller gave no key.
    init(_ order: CallOrder, now: NIODeadline, makeKey: () -> [UInt8]) {
        id = order.id
        shape = order.method.shape
        isSendingRequests = shape.takesStream
        request = order.request
        // A stream of requests is not kept, so it cannot be sent again.
        attemptsMax = shape.takesStream ? 1 : max(1, order.options.attempts)
        isOnceOnly = order.method.isOnceOnly || shape.takesStream
        acceptsCompressed = !order.method.carriesSecrets
        mayCompress = order.options.compressesRequests && !order.method.carriesSecrets
        sink = order.sink
        if let deadline = order.deadline {
            self.deadline = deadline
        } else if let timeout = order.options.timeoutMillis {
            deadline = now + .milliseconds(Int64(timeout))
        } else {
            deadline =
                order.method.shape == .unary
                ? now + .milliseconds(Int64(CallLimits.unaryTimeoutMillis.standard)) : .distantFuture
        }
        head = HubCall()
        head.method = order.method.path
        if acceptsCompressed { head.acceptEncoding = [CallEncodings.zstd] }
        head.metadata = order.options.metadata
        if let citizen = order.options.onBehalfOf {
            var entry = HubMetadata()
            entry.key = HubMetadataKey.onBehalfOf
            entry.value = .init(citizen.utf8)
            head.metadata.append(entry)
        }
        if let cursor = order.options.resumeFrom { head.resumeFrom = .init(cursor) }
        if let key = order.options.idempotencyKey {
            head.idempotencyKey = .init(key)
        } else if order.method.mutating {
            head.idempotencyKey = .init(makeKey())
        }
    }

    /// The hub says where the next attempt goes on; the caller's own place comes first.
    func resume(at cursor: [UInt8]) {
        if head.resumeFrom.isEmpty { head.resumeFrom = .init(cursor) }
    }

    /// A fault that the hub would refuse anyway.
    var fault: HubError? { CallMetadata.fault(in: head) }

    /// So long that it is better to wait for the hub's hello, which says whether it may be compressed, than to send it as it
    /// is: at 64 kbit/s it takes longer than a round trip of 600 ms.
    var isWorthWaiting: Bool { mayCompress && request.readableBytes >= 16_384 }

    /// What is sent of the one request on this attempt; nil when there may be several.
    ///
    /// - Parameter compresses: The hub takes it.
    func prepare(compresses: Bool) -> PreparedRequest? {
        isEncoding = compresses && mayCompress
        guard !shape.takesStream else { return nil }
        let prepared = PreparedRequest(request, compresses: isEncoding)
        isEncoding = prepared.isCompressed
        return prepared
    }

    /// Payload of the CALL frame of an attempt that is made now.
    ///
    /// - Throws: ``HubError/Code/metadataInvalid`` when it is longer than a CALL may be.
    func callPayload(now: NIODeadline) throws(HubError) -> [UInt8] {
        let most = shape == .unary ? CallLimits.unaryTimeoutMillis.max : CallLimits.streamTimeoutMillis.max
        // A deadline of zero would mean the hub's default.
        let left = deadline == .distantFuture ? Int64(most) : max(1, (deadline - now).nanoseconds / 1_000_000)
        head.encoding = isEncoding ? CallEncodings.zstd : ""
        head.timeoutMs = UInt32(clamping: min(left, Int64(most)))
        let payload: [UInt8] = (try? numbered().serializedBytes()) ?? []
        sendings += 1
        guard payload.count <= Int(WireLimits.callBytesMax) else {
            throw HubError(.metadataInvalid, "method, key, cursor and metadata above \(WireLimits.callBytesMax) bytes")
        }
        return payload
    }

    /// The head of this attempt; from the second one on it says how often the call was sent before.
    private func numbered() -> HubCall {
        guard sendings > 0 else { return head }
        var numbered = head
        numbered.metadata.append(
            .with {
                $0.key = HubMetadataKey.attempt
                $0.value = .init(String(min(sendings, 999)).utf8)
            })
        // A caller whose own headers fill the limits does without.
        return CallMetadata.fault(in: numbered) == nil ? numbered : head
    }
}
