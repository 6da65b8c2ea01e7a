// One call as the decisions see it: who, what, until when.

import Crypto
package import HubDomain
package import HubProto

/// Made by the server from the connection's certificate and the CALL frame.
package struct CallContext: Sendable {
    package var method: HubMethod
    package var actor: HubActor
    /// Empty when the caller gave none.
    package var idempotencyKey: [UInt8]
    /// Cursor of a watch that goes on; empty for a new one.
    package var resumeFrom: [UInt8]
    /// Milliseconds that were left when the request was whole.
    package var timeoutMillis: UInt32
    /// SHA-256 of the request message; empty for methods that change nothing.
    package var requestHash: [UInt8]
    /// What came with the CALL.
    package var metadata: [HubMetadata]
    /// The one request came compressed.
    package var cameCompressed = false
    /// Answers may leave compressed.
    package var acceptsCompressed = false

    package init(
        method: HubMethod, actor: HubActor, idempotencyKey: [UInt8] = [], resumeFrom: [UInt8] = [],
        timeoutMillis: UInt32 = 30_000, requestHash: [UInt8] = [], metadata: [HubMetadata] = []
    ) {
        self.method = method
        self.actor = actor
        self.idempotencyKey = idempotencyKey
        self.resumeFrom = resumeFrom
        self.timeoutMillis = timeoutMillis
        self.requestHash = requestHash
        self.metadata = metadata
    }

    /// The key under which the ledger keeps this call's answer. The same message for another citizen is another request.
    var commitKey: CommitKey {
        let fingerprint =
            actor.onBehalfOf.isEmpty
            ? requestHash : [UInt8](SHA256.hash(data: requestHash + Array(actor.onBehalfOf.utf8)))
        return CommitKey(scope: "\(actor.principal)\n\(method.path)", key: idempotencyKey, fingerprint: fingerprint)
    }
}

/// The answer to a unary call.
package struct CallAnswer: Sendable {
    /// Serialised reply message.
    package var body: [UInt8]
    /// The answer is the stored one of an earlier call with the same key.
    package var replayed: Bool

    package init(body: [UInt8], replayed: Bool = false) {
        self.body = body
        self.replayed = replayed
    }
}

/// Where a stream's messages go.
package protocol StreamSink: Sendable {
    /// Hands over one message, and waits a while for room when the reader is behind.
    ///
    /// - Parameter cursor: Where the stream goes on after this message; empty = it cannot.
    /// - Throws: ``HubError/Code/slowConsumer`` when more than ``HubWire``'s watcher limit still waits unsent then, or
    ///   ``HubError/Code/cancelled`` when nobody listens any more.
    func send(_ message: [UInt8], cursor: [UInt8]) async throws(HubError)
}

/// Where a call's requests come from, when there may be several.
package protocol RequestSource: Sendable {
    /// The next request; waits for it. Nil when the caller has sent the last. Whoever does not ask slows the caller down.
    ///
    /// - Throws: ``HubError/Code/cancelled`` when the caller has gone.
    func next() async throws(HubError) -> [UInt8]?

    /// The request that ``next()`` gave last came compressed.
    var lastCameCompressed: Bool { get }
}

extension RequestSource {
    package var lastCameCompressed: Bool { false }
}

/// A stream that ended with an error and can go on at a cursor.
package struct StreamInterruption: Error, Sendable {
    package let error: HubError
    /// Empty when the caller must begin anew.
    package let cursor: [UInt8]
}

/// What becomes of a call that needs no task.
package enum DirectAnswer: Sendable {
    /// The request is its own answer.
    case request
    /// Answered.
    case message([UInt8])
    /// This module answers; the request goes to it as it is.
    case module(String)
}

/// How a method is answered. The kinds differ in what they cost: the first needs no task and no hop.
package enum CallHandler: Sendable {
    /// On the connection's own thread, from the request where it lies.
    case direct(@Sendable (UnsafeRawBufferPointer) throws(HubError) -> DirectAnswer)
    /// In a task.
    case unary(@Sendable (CallContext, [UInt8]) async throws(HubError) -> CallAnswer)
    /// In a task, with many requests.
    case gather(@Sendable (CallContext, any RequestSource) async throws(HubError) -> CallAnswer)
    /// In a task, with many requests and many answers.
    case exchange(
        @Sendable (CallContext, any RequestSource, any StreamSink) async throws(StreamInterruption) -> Void)
    /// In a task, with many answers.
    case stream(@Sendable (CallContext, [UInt8], any StreamSink) async throws(StreamInterruption) -> Void)
}
