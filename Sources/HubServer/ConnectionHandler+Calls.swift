// The calls of a connection: opened, started, worked on in tasks, ended.

import Crypto
import HubCore
import HubDomain
import HubProto
import HubWire
import NIOCore

extension ConnectionHandler {
    func open(_ stream: UInt32, _ call: HubCall, _ context: ChannelHandlerContext) {
        server.hub.counters.calls.add(1, ordering: .relaxed)
        do throws(HubError) {
            guard let urn = principalURN, let principal = server.hub.principals.principal(urn) else {
                throw HubError(.principalUnknown, "the certificate names no principal that this hub knows")
            }
            let route = try server.hub.router.route(call.method, role: principal.role)
            machine.expect(stream, route.method)
            let opened = OpenCall(call, route: route, principal: principal, now: .now())
            calls[stream] = opened
            if route.method.shape.takesStream { start(stream, opened, [], context) }
        } catch {
            fail(stream, error, context)
        }
    }

    /// A request of a call is whole.
    func receive(_ stream: UInt32, _ message: [UInt8], isLast: Bool, _ context: ChannelHandlerContext) {
        // A call that was refused when it was opened is no longer here; its request is dropped.
        guard let call = calls[stream] else { return }
        guard let inbox = call.inbox else { return start(stream, call, message, context) }
        inbox.put(message)
        if isLast { inbox.finish() }
    }

    private func start(_ stream: UInt32, _ call: OpenCall, _ message: [UInt8], _ context: ChannelHandlerContext) {
        guard let left = call.millisLeft(.now()) else {
            return fail(stream, HubError(.deadlineExceeded, "expired before it was started"), context)
        }
        var about = call.context(timeoutMillis: left)
        if call.route.method.mutating { about.requestHash = [UInt8](SHA256.hash(data: message)) }
        switch call.route.handler {
        case .immediate(let body, let otherwise):
            do throws(HubError) {
                if let reply = try body(about, message) {
                    answer(stream, CallAnswer(body: reply), requestHash: [], context)
                    machine.release(stream)
                } else {
                    answerLater(stream, call, about, context) { (about) async throws(HubError) in
                        try await otherwise(about, message)
                    }
                }
            } catch { fail(stream, error, context) }
        case .unary(let body):
            answerLater(stream, call, about, context) { (about) async throws(HubError) in
                try await body(about, message)
            }
        case .gather(let body):
            let inbox = inbox(stream, context)
            call.inbox = inbox
            answerLater(stream, call, about, context) { (about) async throws(HubError) in
                try await body(about, inbox)
            }
        case .stream(let body):
            streamLater(stream, call, about, context) { (about, sink) async throws(StreamInterruption) in
                try await body(about, message, sink)
            }
        case .exchange(let body):
            let inbox = inbox(stream, context)
            call.inbox = inbox
            streamLater(stream, call, about, context) { (about, sink) async throws(StreamInterruption) in
                try await body(about, inbox, sink)
            }
        }
    }

    private func answerLater(
        _ stream: UInt32, _ call: OpenCall, _ about: CallContext, _ context: ChannelHandlerContext,
        _ body: @escaping @Sendable (CallContext) async throws(HubError) -> CallAnswer
    ) {
        work(stream, call, context) { () async -> Result<CallAnswer, HubError> in
            do throws(HubError) { return .success(try await body(about)) } catch { return .failure(error) }
        } then: { handler, context, result in
            switch result {
            case .success(let reply): handler.answer(stream, reply, requestHash: about.requestHash, context)
            case .failure(let error): handler.fail(stream, error, context)
            }
        }
    }

    private func streamLater(
        _ stream: UInt32, _ call: OpenCall, _ about: CallContext, _ context: ChannelHandlerContext,
        _ body: @escaping @Sendable (CallContext, any StreamSink) async throws(StreamInterruption) -> Void
    ) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        let sink = ChannelSink(patience: server.times.watcherPatience, loop: loop) { message, cursor, left in
            let waiting = WaitingMessage(cursor: cursor, left: left)
            loop.execute { bound.value.0.push(stream, message, waiting, bound.value.1) }
        }
        call.cursorSent = about.resumeFrom
        call.sink = sink
        work(stream, call, context) { () async -> StreamInterruption? in
            do throws(StreamInterruption) {
                try await body(about, sink)
                return nil
            } catch { return error }
        } then: { handler, context, end in
            handler.finish(stream, end, context)
        }
    }

    /// Where a stream's requests wait. What the handler takes may be sent again.
    private func inbox(_ stream: UInt32, _ context: ChannelHandlerContext) -> RequestInbox {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        return RequestInbox { bytes in
            loop.execute {
                let (handler, context) = bound.value
                handler.machine.taken(stream, bytes: bytes)
                handler.sendGrants(context)
            }
        }
    }

    /// Works on a call beside the connection, and goes on with the outcome on the event loop.
    ///
    /// Work that nobody waits for any more may still go on for a while. Its credit comes back only when it has ended, so
    /// that a client that opens and gives up calls cannot make the hub do more at once than one that waits.
    private func work<Outcome: Sendable>(
        _ stream: UInt32, _ call: OpenCall, _ context: ChannelHandlerContext,
        _ body: @escaping @Sendable () async -> Outcome,
        then: @escaping @Sendable (ConnectionHandler, ChannelHandlerContext, Outcome) -> Void
    ) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        call.task = Task {
            let outcome = await body()
            loop.execute {
                let (handler, context) = bound.value
                then(handler, context, outcome)
                handler.machine.release(stream)
                handler.sendGrants(context)
            }
        }
    }

    // MARK: Ends that the hub brings about

    /// The call's time is up, whether its request has come or not.
    func expire(_ stream: UInt32, _ context: ChannelHandlerContext) {
        guard let call = calls[stream] else { return }
        interrupt(stream, call, HubError(.deadlineExceeded, "time is up"), context)
    }

    /// A stream that runs says itself where to go on; any other call ends here.
    func interrupt(_ stream: UInt32, _ call: OpenCall, _ error: HubError, _ context: ChannelHandlerContext) {
        if call.sink != nil {
            call.interrupt(error)
        } else {
            fail(stream, error, context)
        }
    }

    /// Nobody wants the answer any more. Work that has begun ends by itself; until then it counts.
    func drop(_ stream: UInt32) {
        guard let call = calls.removeValue(forKey: stream) else { return machine.release(stream) }
        call.count(.cancelled)
        call.cancel()
        if call.task == nil { machine.release(stream) }
    }

    private func finish(_ stream: UInt32, _ interruption: StreamInterruption?, _ context: ChannelHandlerContext) {
        guard let call = calls.removeValue(forKey: stream) else { return }
        call.settle()
        guard let interruption else {
            call.count(nil)
            return end(stream, .ok(finalSize: call.sink?.bytesSent ?? 0), context)
        }
        let cancelled = interruption.error.code == .cancelled
        let error = cancelled ? call.interruption ?? interruption.error : interruption.error
        call.count(error.code)
        var cursor = interruption.cursor
        if error.code == .slowConsumer || error.code == .deadlineExceeded {
            // What the reader has not taken is thrown away: it goes on after what is on its way.
            if !cursor.isEmpty { cursor = call.cursorSent }
            forget(stream)
        }
        end(stream, error, cursor: cursor.isEmpty ? nil : cursor, context)
    }
}
