// A server stream that resumes by itself.

public import HubDomain
import HubProto
import HubWire
import NIOCore

/// Updates in order, each event once, over any number of lost connections. For one consumer at a time.
///
/// A consumer that does not read costs a bounded amount of memory: its stream is given back to the hub and resumed, at
/// the last update it took, when it reads again.
public struct HubStream<Reply: ResumableUpdate>: AsyncSequence, Sendable {
    /// Failures come as ``HubError``.
    public typealias Failure = HubError

    let source: StreamSource

    /// Where to go on after the last update that was taken; goes into ``CallOptions/resumeFrom`` of a later program.
    public var cursor: [UInt8]? { source.position.cursor }

    /// Starts to read, or goes on where the last reader stopped.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(reader: StreamReader(source)) }

    /// Takes one update after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let reader: StreamReader

        /// The next update; nil when the hub has ended the stream well.
        ///
        /// - Throws: The hub's error, 1008 at the caller's deadline, 1009 when the task is cancelled, 1014 when the hub
        ///   stayed away for all attempts.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(HubError) -> Reply? {
            while let message = try await reader.next(isolation: actor) {
                guard let update = Reply(frame: message) else {
                    throw HubError(.messageMalformed, "an update of the stream cannot be decoded")
                }
                if let fresh = reader.source.position.accept(update) { return fresh }
            }
            return nil
        }

        /// As ``next(isolation:)``, from no actor.
        public mutating func next() async throws(HubError) -> Reply? { try await next(isolation: nil) }
    }
}

/// What is asked for again after each interruption.
struct StreamSource: Sendable {
    let client: HubClient
    let method: HubMethod
    let request: Result<ByteBuffer, HubError>
    let options: CallOptions
    let deadline: NIODeadline
    let position: StreamPosition
}

/// Opens the stream anew as often as needed; cancels it when the consumer goes away.
final class StreamReader {
    let source: StreamSource
    private var attempt: (id: UInt64, inbox: StreamInbox)?
    /// Bytes that were taken since the hub was last told.
    private var untold = 0
    /// Bytes after which it is told; what is below holds nothing up.
    private static let tellBytes = WireLimits.quantum

    init(_ source: StreamSource) { self.source = source }

    deinit {
        if let attempt { source.client.cancel(attempt.id) }
    }

    /// The next message's bytes; nil at the good end.
    func next(isolation: isolated (any Actor)?) async throws(HubError) -> ByteBuffer? {
        while true {
            switch try await open().next(isolation: isolation) {
            case .message(let message):
                untold += message.readableBytes
                if untold >= Self.tellBytes, let attempt {
                    source.client.taken(attempt.id, bytes: untold)
                    untold = 0
                }
                return message
            case .end(.complete): return nil
            case .end(.failed(let error)):
                if let attempt { source.client.cancel(attempt.id) }
                throw error
            case .end(.interrupted(let cursor)):
                source.position.fallBack(to: cursor)
                attempt = nil
            }
        }
    }

    private func open() throws(HubError) -> StreamInbox {
        if let attempt { return attempt.inbox }
        let inbox = StreamInbox()
        var options = source.options
        options.resumeFrom = source.position.cursor
        let id = source.client.place(
            source.method, try source.request.get(), options: options, deadline: source.deadline, sink: .stream(inbox))
        attempt = (id, inbox)
        untold = 0
        return inbox
    }
}
