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
            machine.limitRequest(stream, to: route.method.requestBytesMax)
            calls[stream] = OpenCall(call, route: route, principal: principal, now: .now())
        } catch {
            fail(stream, error, context)
        }
    }

    func start(_ stream: UInt32, _ message: [UInt8], _ context: ChannelHandlerContext) {
        // A call that was refused when it was opened is no longer here; its request is dropped.
        guard let call = calls[stream] else { return }
        guard let left = call.millisLeft(.now()) else {
            fail(stream, HubError(.deadlineExceeded, "expired before it was started"), context)
            return
        }
        var about = call.context(timeoutMillis: left)
        if call.route.method.mutating { about.requestHash = [UInt8](SHA256.hash(data: message)) }
        switch call.route.handler {
        case .immediate(let body, let otherwise):
            do throws(HubError) {
                if let reply = try body(about, message) {
                    answer(stream, CallAnswer(body: reply), requestHash: [], context)
                } else {
                    run(stream, call, about, message, otherwise, context)
                }
            } catch { fail(stream, error, context) }
        case .unary(let body): run(stream, call, about, message, body, context)
        case .stream(let body): run(stream, call, about, message, stream: body, context)
        }
    }

    private func run(
        _ stream: UInt32, _ call: OpenCall, _ about: CallContext, _ message: [UInt8],
        _ body: @escaping @Sendable (CallContext, [UInt8]) async throws(HubError) -> CallAnswer,
        _ context: ChannelHandlerContext
    ) {
        work(stream, call, context) { () async -> Result<CallAnswer, HubError> in
            do throws(HubError) { return .success(try await body(about, message)) } catch { return .failure(error) }
        } then: { handler, context, result in
            switch result {
            case .success(let reply): handler.answer(stream, reply, requestHash: about.requestHash, context)
            case .failure(let error): handler.fail(stream, error, context)
            }
        }
    }

    private func run(
        _ stream: UInt32, _ call: OpenCall, _ about: CallContext, _ message: [UInt8],
        stream body:
            @escaping @Sendable (CallContext, [UInt8], any StreamSink) async throws(StreamInterruption) -> Void,
        _ context: ChannelHandlerContext
    ) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        let sink = ChannelSink(patience: server.times.watcherPatience, loop: loop) { message, left in
            loop.execute { bound.value.0.push(stream, message, left, bound.value.1) }
        }
        call.sink = sink
        work(stream, call, context) { () async -> StreamInterruption? in
            do throws(StreamInterruption) {
                try await body(about, message, sink)
                return nil
            } catch { return error }
        } then: { handler, context, end in
            handler.finish(stream, end, context)
        }
    }

    /// Works on a call beside the connection, and goes on with the outcome on the event loop.
    ///
    /// Work that nobody waits for any more may still go on for a while. It counts, so that a client that opens and gives up
    /// calls cannot make the hub do more at once than one that waits for its answers.
    private func work<Outcome: Sendable>(
        _ stream: UInt32, _ call: OpenCall, _ context: ChannelHandlerContext,
        _ body: @escaping @Sendable () async -> Outcome,
        then: @escaping @Sendable (ConnectionHandler, ChannelHandlerContext, Outcome) -> Void
    ) {
        guard working < Int(server.limits.openCallsMax) else {
            let error = HubError(.tooManyCalls, "calls that were given up are still worked on", retryAfterMillis: 100)
            return fail(stream, error, context)
        }
        working += 1
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        call.task = Task {
            let outcome = await body()
            loop.execute {
                let (handler, context) = bound.value
                handler.working -= 1
                then(handler, context, outcome)
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
        if call.route.method.shape == .serverStream, call.task != nil {
            call.interrupt(error)
        } else {
            fail(stream, error, context)
        }
    }

    private func finish(_ stream: UInt32, _ interruption: StreamInterruption?, _ context: ChannelHandlerContext) {
        guard let call = calls.removeValue(forKey: stream) else { return }
        call.settle()
        guard let interruption else { return end(stream, .ok(finalSize: call.sink?.bytesSent ?? 0), context) }
        let cancelled = interruption.error.code == .cancelled
        let error = cancelled ? call.interruption ?? interruption.error : interruption.error
        end(stream, error, cursor: interruption.cursor.isEmpty ? nil : interruption.cursor, context)
    }
}
