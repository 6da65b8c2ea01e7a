// Every call of a client: which wait, which are sent, which are tried again. Lives on the client's event loop.

import HubDomain
import HubProto
import HubWire
import NIOCore
import NIOSSL

/// Brings calls to a connection and their answers back. Connecting is in CallDispatcher+Connecting.swift.
final class CallDispatcher {
    let loop: any EventLoop
    let configuration: HubClientConfiguration
    let tls: NIOSSLContext
    var random: ClientRandom
    let greeting: ConnectionHandler.Greeting

    /// Calls that have not ended, by id.
    var calls: [UInt64: ClientCall] = [:]
    /// Those of them that are not sent, in order.
    private var queue = CircularBuffer<ClientCall>()
    /// Wakes at the earliest deadline.
    private var alarm: (at: NIODeadline, timer: Scheduled<Void>)?

    /// The connection that takes new calls.
    var connection: ConnectionHandler?
    /// All that have not closed: the one above, and those that drain.
    var connections: [ObjectIdentifier: ConnectionHandler] = [:]
    var connecting = Connecting.idle
    var addresses: AddressBook
    /// Rounds through all addresses, and connections, in a row that brought nothing.
    var failures = 0
    /// Not to connect before, as the hub asked.
    var notBefore = NIODeadline.uptimeNanoseconds(0)
    /// The hub of the last connection leaves, and the next one is made before a call needs it.
    var wantsSuccessor = false
    /// Grows when a hub asks for calm.
    var keepAliveFactor = 1.0
    var throttle = RetryThrottle()
    /// When a program last asked for something.
    private(set) var lastStart = NIODeadline.uptimeNanoseconds(0)
    /// A hub has said hello to this client at some time.
    var wasGreeted = false
    private(set) var isClosed = false

    init(
        loop: any EventLoop, configuration: HubClientConfiguration, tls: NIOSSLContext,
        random: ClientRandom
    ) {
        self.loop = loop
        self.configuration = configuration
        self.tls = tls
        self.random = random
        addresses = AddressBook(configuration.addresses)
        greeting = ConnectionHandler.Greeting(
            software: configuration.software, instanceID: self.random.bytes(16))
    }

    var connectTimeout: TimeAmount { .milliseconds(Int64(configuration.connectTimeoutMillis)) }

    // MARK: From the caller

    func start(_ order: CallOrder) {
        let now = loop.now
        lastStart = now
        let call = ClientCall(order, now: now) { random.bytes(16) }
        guard !isClosed else { return deliver(.failure(Self.closedError), to: call) }
        if let fault = call.fault { return deliver(.failure(fault), to: call) }
        calls[call.id] = call
        setAlarm(for: call)
        send(call)
    }

    /// The caller gave up.
    func cancel(_ id: UInt64) {
        if let call = calls[id] { giveUp(call, HubError(.cancelled, "the caller cancelled")) }
    }

    /// Ends everything. Done when every connection is closed.
    @discardableResult
    func close() -> EventLoopFuture<Void> {
        isClosed = true
        stopConnecting()
        for call in calls.values { giveUp(call, Self.closedError) }
        alarm?.timer.cancel()
        alarm = nil
        connection = nil
        let closing = connections.values.compactMap { $0.close() }
        return EventLoopFuture.andAllComplete(closing, on: loop)
    }

    // MARK: To the hub

    /// Sends a call now, or as soon as it can be.
    private func send(_ call: ClientCall) {
        guard queue.isEmpty, let connection, attempt(call, on: connection) else {
            guard case .queued = call.place else { return }
            queue.append(call)
            if call.shape == .unary { hasten() }
            return connectIfNeeded()
        }
    }

    /// Sends what waits, in order, as far as the hub takes it.
    func sendQueue() {
        while let connection, let call = queue.first {
            if case .queued = call.place, !attempt(call, on: connection) { return }
            // The attempt may have ended calls and emptied the queue.
            if queue.first === call { queue.removeFirst() }
        }
        if !queue.isEmpty { connectIfNeeded() }
    }

    /// True when the call left the queue, one way or the other.
    private func attempt(_ call: ClientCall, on connection: ConnectionHandler) -> Bool {
        let now = loop.now
        switch connection.open(call, now: now) {
        case .stream(let stream):
            call.place = .open(connection, stream: stream)
            call.sentAt = now
            sendRequests(of: call)
            return true
        case .full: return false
        case .closing:
            if self.connection === connection { self.connection = nil }
            return false
        case .refused(let error):
            finish(call, .failure(error))
            return true
        }
    }

    // MARK: From the hub

    /// A unary call has its answer.
    func answered(_ call: ClientCall, _ message: ByteBuffer, _ end: HubEnd) {
        throttle.succeeded()
        let replayed = end.metadata.contains { $0.key == HubMetadataKey.replayed && $0.value.elementsEqual([0x31]) }
        finish(call, .success(RawAnswer(message: message, metadata: end.metadata, replayed: replayed)))
    }

    /// A stream has a message.
    func received(_ call: ClientCall, _ message: ByteBuffer) {
        call.attempts = 0
        call.gotMessage = true
        guard case .stream(let inbox) = call.sink, !inbox.put(message) else { return }
        // The consumer is behind: the hub keeps the rest, and the reader asks again when it has caught up.
        let open = call.place
        finish(call, interruption: nil)
        if case .open(let connection, let stream) = open { connection.cancel(stream: stream) }
    }

    /// A stream is at its end, or a call failed at the hub.
    func ended(_ call: ClientCall, _ end: HubEnd) {
        if let error = HubError(end: end) {
            attemptFailed(call, .answered(error), cursor: end.resumeCursor)
        } else if case .stream(let inbox) = call.sink {
            throttle.succeeded()
            finish(call, then: { inbox.finish(.complete) })
        }
    }

    /// An attempt brought no answer: tries again, or tells the caller.
    func attemptFailed(_ call: ClientCall, _ failure: AttemptFailure, cursor: [UInt8]? = nil) {
        if case .done = call.place { return }
        var consequence = failure.consequence
        if consequence == .atOnce {
            call.refusals += 1
            guard call.refusals > ClientCall.refusalsMax || call.shape.takesStream else { return sendAgain(call) }
            consequence = .wait
        } else if consequence == .wait, call.shape == .unary {
            throttle.failed()
            if !throttle.allowsRetry { consequence = .final }
        }
        // Only the hub's own limit was reached; the caller waits longer.
        if failure.error.code == .deadlineExceeded, call.deadline > loop.now + ClientCall.worthwhile {
            consequence = .reconnect
        }
        if consequence == .reconnect, call.isOnceOnly { consequence = .final }
        if case .open = call.place, call.shape == .serverStream, loop.now - call.sentAt >= ClientCall.fruitful {
            call.attempts = 0
        }
        call.attempts += 1
        call.lastError = failure.error
        if call.gotMessage, consequence != .final { return finish(call, interruption: cursor) }
        if let cursor { call.resume(at: cursor) }
        guard consequence != .final, call.attempts < call.attemptsMax else {
            return finish(call, .failure(failure.error))
        }
        if consequence == .reconnect { return sendAgain(call) }
        rest(call, failure.error)
    }

    private func sendAgain(_ call: ClientCall) {
        call.place = .queued
        send(call)
    }

    /// Waits before the next attempt, unless the caller's time ends before.
    private func rest(_ call: ClientCall, _ error: HubError) {
        let spread = configuration.backoff.millis(afterFailures: call.attempts, random: &random)
        let wait = TimeAmount.milliseconds(max(spread, Int64(error.retryAfterMillis ?? 0)))
        guard loop.now + wait < call.deadline else { return finish(call, .failure(error)) }
        call.place = .resting(
            loop.assumeIsolated().scheduleTask(in: wait) { [self] in sendAgain(call) })
    }

    // MARK: While there is no connection

    /// All addresses have failed: calls that have no attempt left learn why.
    ///
    /// A hub that was there before is expected to come back: unary calls then wait as long as their caller does.
    func roundFailed(_ error: HubError) {
        for call in Array(queue) {
            guard case .queued = call.place else { continue }
            call.lastError = error
            if wasGreeted, call.shape == .unary { continue }
            call.attempts += 1
            if call.attempts >= call.attemptsMax { finish(call, .failure(error)) }
        }
        dropEnded()
    }

    /// Sent over a connection that never said hello; counted with the calls that wait.
    func requeue(_ call: ClientCall) {
        // It may have come through although the hub never said hello.
        if call.isOnceOnly {
            return finish(call, .failure(call.lastError ?? HubError(.connectionClosed, "the connection was lost")))
        }
        call.place = .queued
        queue.append(call)
    }

    /// No attempt makes sense: every call that waits learns why.
    func failQueue(_ error: HubError) {
        for call in Array(queue) where calls[call.id] != nil { finish(call, .failure(error)) }
        dropEnded()
    }

    /// Nobody waits for a connection.
    var isQueueEmpty: Bool { queue.isEmpty }

    /// Somebody waits for the answer to a call that needs a connection.
    var isAttended: Bool { queue.contains { $0.shape == .unary } }

    private func dropEnded() {
        queue.removeAll { call in
            if case .queued = call.place { false } else { true }
        }
    }

    // MARK: The end of a call

    /// Ends a call before its answer.
    private func giveUp(_ call: ClientCall, _ error: HubError) {
        let place = call.place
        finish(call, .failure(error))
        switch place {
        case .open(let connection, let stream):
            connection.cancel(stream: stream)
            sendQueue()
        case .resting(let timer): timer.cancel()
        case .queued: dropEnded()
        case .done: break
        }
    }

    private func finish(_ call: ClientCall, _ result: Result<RawAnswer, HubError>) {
        finish(call, then: { [self] in deliver(result, to: call) })
    }

    private func finish(_ call: ClientCall, interruption cursor: [UInt8]?) {
        guard case .stream(let inbox) = call.sink else { return }
        finish(call, then: { inbox.finish(.interrupted(cursor: cursor)) })
    }

    private func finish(_ call: ClientCall, then tell: () -> Void) {
        guard calls.removeValue(forKey: call.id) != nil else { return }
        call.place = .done
        let gone = HubError(.cancelled, "the call has ended")
        call.writer.take()?(gone)
        call.outgoing.take()?.done(gone)
        tell()
    }

    private func deliver(_ result: Result<RawAnswer, HubError>, to call: ClientCall) {
        switch (call.sink, result) {
        case (.unary(let completion), _): completion(result)
        case (.stream(let inbox), .failure(let error)): inbox.finish(.failed(error))
        case (.stream(let inbox), .success(let answer)):
            _ = inbox.put(answer.message)
            inbox.finish(.complete)
        }
    }

    // MARK: Deadlines

    private func setAlarm(for call: ClientCall) {
        guard call.deadline < .distantFuture else { return }
        let at = call.deadline + ClientCall.slack
        if let alarm, alarm.at <= at { return }
        alarm?.timer.cancel()
        alarm = (at, loop.assumeIsolated().scheduleTask(deadline: at) { [self] in ring() })
    }

    private func ring() {
        alarm = nil
        let now = loop.now
        for call in Array(calls.values) {
            guard call.deadline < .distantFuture, call.deadline + ClientCall.slack <= now else { continue }
            let last = call.lastError.map { "; before that: \($0.detail)" } ?? ""
            giveUp(call, HubError(.deadlineExceeded, "no answer in the caller's time\(last)"))
        }
        if let next = calls.values.min(by: { $0.deadline < $1.deadline }) { setAlarm(for: next) }
    }

    private static var closedError: HubError {
        HubError(.connectionClosed, "this client is closed", status: .cancelled)
    }
}
