// The door for departments' programs: calls and streams that survive a lost connection.

import Glibc
public import HubDomain
public import HubProto
public import NIOCore
public import NIOPosix
import NIOSSL
public import SwiftProtobuf
import Synchronization

/// A client of a hub. Connects when it is first used, with one connection for all calls.
///
/// A call that changes something carries one idempotency key over all its attempts, so that it happens once however
/// often it is sent. Calls are tried again after lost connections, refusals and UNAVAILABLE, within the caller's time.
public final class HubClient: Sendable {
    private let loop: any EventLoop
    private let dispatcher: NIOLoopBoundBox<CallDispatcher>
    private let lastID = Atomic<UInt64>(0)
    private let isClosed = Atomic(false)

    /// Reads the PEM files and prepares TLS; does not connect.
    ///
    /// - Parameters:
    ///   - configuration: Where the hub is, and who calls.
    ///   - group: One of its event loops carries everything.
    ///   - random: Makes idempotency keys and spreads waits.
    /// - Throws: ``HubError/Code/configurationInvalid`` naming the file that is wrong.
    public init(
        configuration: HubClientConfiguration, group: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup,
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) throws(HubError) {
        guard !configuration.addresses.isEmpty else {
            throw HubError(.configurationInvalid, "the client needs the address of a hub")
        }
        let tls = try NIOSSLContext.client(configuration)
        loop = group.next()
        dispatcher = NIOLoopBoundBox.makeBoxSendingValue(
            CallDispatcher(loop: loop, configuration: configuration, tls: tls, random: ClientRandom(source: random)),
            eventLoop: loop)
    }

    deinit {
        guard !isClosed.load(ordering: .relaxed) else { return }
        let dispatcher = dispatcher
        loop.execute { _ = dispatcher.value.close() }
    }

    /// Makes a unary call.
    ///
    /// A cancelled task cancels the call at the hub.
    /// - Throws: The hub's error; 1008 when the time is up, 1009 when the task is cancelled, 1014 when there is no hub.
    public func call<Request: Message, Reply: Message>(
        _ method: HubMethod, _ request: Request, as: Reply.Type = Reply.self, options: CallOptions = CallOptions()
    ) async throws(HubError) -> Answer<Reply> {
        let answer = try await answer(method, try serialize(request), options: options)
        guard let message = Reply(frame: answer.message) else {
            throw HubError(.messageMalformed, "the answer to \(method.path) cannot be decoded", status: .internalError)
        }
        return Answer(message: message, metadata: answer.metadata, replayed: answer.replayed)
    }

    /// Makes a unary call with serialised messages, for programs that pass on what they do not read.
    ///
    /// - Throws: As ``call(_:_:as:options:)``.
    public func answer(
        _ method: HubMethod, serialized request: [UInt8], options: CallOptions = CallOptions()
    ) async throws(HubError) -> RawAnswer {
        try await answer(method, ByteBuffer(bytes: request), options: options)
    }

    private func answer(
        _ method: HubMethod, _ request: ByteBuffer, options: CallOptions
    ) async throws(HubError) -> RawAnswer {
        guard !method.shape.takesStream else {
            throw HubError(.methodUnknown, "\(method.path) takes several requests; use exchange")
        }
        let id = makeID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<RawAnswer, HubError>, Never>) in
                start(
                    CallOrder(
                        id: id, method: method, request: request, options: options,
                        sink: .unary { continuation.resume(returning: $0) }))
                // The task may have been cancelled before the call existed.
                if Task.isCancelled { cancel(id) }
            }
        } onCancel: {
            cancel(id)
        }
        return try result.get()
    }

    /// Makes a unary call with serialised messages and without a task.
    ///
    /// - Parameter completion: Runs on the client's event loop, once; must not block. Calls made from it leave together.
    public func raw(
        _ method: HubMethod, _ request: [UInt8], options: CallOptions = CallOptions(),
        completion: @escaping @Sendable (Result<RawAnswer, HubError>) -> Void
    ) {
        start(
            CallOrder(
                id: makeID(), method: method, request: ByteBuffer(bytes: request), options: options,
                sink: .unary(completion)))
    }

    /// A server stream that resumes by itself. Nothing is sent, and nothing fails, before it is read.
    public func stream<Request: Message, Reply: ResumableUpdate>(
        _ method: HubMethod, _ request: Request, as: Reply.Type = Reply.self, options: CallOptions = .watching
    ) -> HubStream<Reply> {
        do throws(HubError) {
            return stream(method, .success(try serialize(request)), options: options)
        } catch {
            return stream(method, .failure(error), options: options)
        }
    }

    /// As ``stream(_:_:as:options:)``, with a serialised request.
    public func stream<Reply: ResumableUpdate>(
        _ method: HubMethod, serialized request: [UInt8], as: Reply.Type = Reply.self, options: CallOptions = .watching
    ) -> HubStream<Reply> {
        stream(method, .success(ByteBuffer(bytes: request)), options: options)
    }

    private func stream<Reply: ResumableUpdate>(
        _ method: HubMethod, _ request: Result<ByteBuffer, HubError>, options: CallOptions
    ) -> HubStream<Reply> {
        let deadline = options.timeoutMillis.map { loop.now + .milliseconds(Int64($0)) }
        return HubStream(
            source: StreamSource(
                client: self, method: method, request: request, options: options, deadline: deadline ?? .distantFuture,
                position: StreamPosition(cursor: options.resumeFrom)))
    }

    /// Opens a call that takes several requests: answers come while requests still go.
    ///
    /// What was sent is not kept, so a lost connection ends the call with ``HubError/Code/connectionClosed``.
    public func exchange<Request: Message, Reply: Message>(
        _ method: HubMethod, _: Request.Type = Request.self, as: Reply.Type = Reply.self,
        options: CallOptions = CallOptions()
    ) -> HubExchange<Request, Reply> {
        let inbox = StreamInbox()
        let deadline = options.timeoutMillis.map { loop.now + .milliseconds(Int64($0)) }
        let id = place(
            method, ByteBuffer(), options: options, deadline: deadline ?? .distantFuture, sink: .stream(inbox))
        return HubExchange(client: self, id: id, inbox: inbox)
    }

    /// Ends the connection as a lost network would; open calls and streams go on over a new one. For drills and tests.
    package func cutConnection() async {
        let dispatcher = dispatcher
        _ = try? await loop.submit { dispatcher.value.connection?.cut() }.get()
    }

    /// Milliseconds within which the machine at the other end must confirm what was sent; nil without a connection.
    package func confirmationMillis() async -> Int? {
        let dispatcher = dispatcher
        return try? await loop.submit {
            let options = dispatcher.value.connection?.context?.channel.syncOptions
            return try options?.getOption(.tcpOption(.init(rawValue: TCP_USER_TIMEOUT)))
        }.get()
    }

    /// Cancels what is open and closes the connection. Further calls fail with ``HubError/Code/connectionClosed``.
    public func close() async {
        let dispatcher = dispatcher
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        let closed: EventLoopFuture<Void> = loop.flatSubmit { dispatcher.value.close() }
        try? await closed.get()
    }

    // MARK: For streams

    /// Starts a call and returns its id.
    func place(
        _ method: HubMethod, _ request: ByteBuffer, options: CallOptions, deadline: NIODeadline, sink: CallSink
    ) -> UInt64 {
        let id = makeID()
        start(CallOrder(id: id, method: method, request: request, options: options, deadline: deadline, sink: sink))
        return id
    }

    /// Gives a call up; does nothing when it has ended.
    func cancel(_ id: UInt64) {
        let dispatcher = dispatcher
        loop.execute { dispatcher.value.cancel(id) }
    }

    /// The consumer of a stream took so many bytes.
    func taken(_ id: UInt64, bytes: Int) {
        let dispatcher = dispatcher
        loop.execute { dispatcher.value.taken(id, bytes: bytes) }
    }

    /// Hands over the next request of a call; waits while too much waits to be sent.
    func write(_ id: UInt64, _ request: some Message) async throws(HubError) {
        let bytes = try serialize(request)
        let dispatcher = dispatcher
        let error: HubError? = await withCheckedContinuation { continuation in
            loop.execute { dispatcher.value.write(id, bytes) { continuation.resume(returning: $0) } }
        }
        if let error { throw error }
    }

    /// Says that no further request comes.
    func finishRequests(_ id: UInt64) {
        let dispatcher = dispatcher
        loop.execute { dispatcher.value.finishRequests(id) }
    }

    private func start(_ order: CallOrder) {
        if loop.inEventLoop { return dispatcher.value.start(order) }
        let dispatcher = dispatcher
        loop.execute { dispatcher.value.start(order) }
    }

    private func makeID() -> UInt64 { lastID.wrappingAdd(1, ordering: .relaxed).newValue }

    private func serialize(_ request: some Message) throws(HubError) -> ByteBuffer {
        do {
            let bytes: [UInt8] = try request.serializedBytes()
            return ByteBuffer(bytes: bytes)
        } catch {
            throw HubError(.messageMalformed, "the request cannot be encoded")
        }
    }
}
