// The calls of a connection: opened, started, worked on in tasks, ended.

import Crypto
import HubCompression
import HubCore
import HubDomain
import HubProto
import HubWire
import NIOCore

extension ConnectionHandler {
    /// - Parameter payload: Of the CALL frame.
    func open(_ stream: UInt32, _ head: CallHead, _ payload: UnsafeRawBufferPointer, _ context: ChannelHandlerContext) {
        server.hub.counters.calls.add(1, ordering: .relaxed)
        do throws(HubError) {
            let access = try currentCaller().access
            let route =
                switch head {
                case .plain(let method, _, _):
                    try server.hub.router.route(UnsafeRawBufferPointer(rebasing: payload[method]), access)
                case .whole(let call): try server.hub.router.route(call.method, access)
                }
            try admit()
            machine.expect(stream, route.method)
            let opened = OpenCall(head, route: route, now: lastHeard)
            calls.set(stream, opened)
            nextDeadline = min(nextDeadline, opened.deadline)
            if route.method.shape.takesStream {
                start(stream, opened, UnsafeRawBufferPointer(start: nil, count: 0), context)
            }
        } catch {
            fail(stream, error, context)
        }
    }

    /// - Throws: ``HubError/Code/tooManyCalls`` when the principal has as many as it may have.
    private func admit() throws(HubError) {
        // This one counts already.
        guard let share, machine.working > share.callRoom else { return }
        throw HubError(
            .tooManyCalls, "more than \(share.account.limits.calls) calls of one principal", retryAfterMillis: 1_000)
    }

    /// A request of a call is whole.
    func receive(
        _ stream: UInt32, _ message: UnsafeRawBufferPointer, isLast: Bool, _ context: ChannelHandlerContext
    ) {
        // A call that was refused when it was opened is no longer here; its request is dropped.
        guard let call = calls[stream] else { return }
        guard let inbox = call.work?.inbox else { return start(stream, call, message, context) }
        inbox.put([UInt8](message))
        if isLast { inbox.finish() }
    }

    /// A request of a call is whole, as a zstd frame. Of a call that takes several the task that takes it decompresses it.
    func expand(
        _ stream: UInt32, _ frame: UnsafeRawBufferPointer, isLast: Bool, caps: ExpansionCaps,
        _ context: ChannelHandlerContext
    ) {
        guard var call = calls[stream] else { return }
        if let inbox = call.work?.inbox {
            inbox.put([UInt8](frame), caps: caps)
            if isLast { inbox.finish() }
            return
        }
        do throws(HubError) {
            let message = try Zstandard.message(frame, caps: caps)
            try machine.expanded(stream, by: message.count - frame.count)
            call.cameCompressed = true
            message.withUnsafeBytes { start(stream, call, $0, context) }
        } catch {
            // It cost the hub more than the client.
            if let calm = machine.wasInVain() { return perform(calm, context) }
            fail(stream, error, context)
        }
    }

    private func start(
        _ stream: UInt32, _ call: OpenCall, _ message: UnsafeRawBufferPointer, _ context: ChannelHandlerContext
    ) {
        guard let left = call.millisLeft(lastHeard) else {
            return fail(stream, HubError(.deadlineExceeded, "expired before it was started"), context)
        }
        do throws(HubError) {
            if case .direct(let body) = call.route.handler {
                switch try body(message) {
                case .request: answer(stream, call, message, context)
                case .message(let reply): reply.withUnsafeBytes { answer(stream, call, $0, context) }
                case .module(let module): relay(stream, [UInt8](message), to: module, timeoutMillis: left)
                }
            } else {
                let about = call.context(for: try currentCaller().principal, timeoutMillis: left)
                work(stream, call, about, [UInt8](message), context)
            }
        } catch { fail(stream, error, context) }
    }

    /// A call that needs a task.
    private func work(
        _ stream: UInt32, _ call: OpenCall, _ about: CallContext, _ message: [UInt8], _ context: ChannelHandlerContext
    ) {
        let work = CallWork()
        calls.update(stream) { $0.work = work }
        var about = about
        if call.route.method.mutating { about.requestHash = [UInt8](SHA256.hash(data: message)) }
        switch call.route.handler {
        case .direct: break  // Answered where it was received.
        case .unary(let body):
            answerLater(stream, call, work, about) { (about) async throws(HubError) in try await body(about, message) }
        case .gather(let body):
            let inbox = inbox(stream)
            work.inbox = inbox
            answerLater(stream, call, work, about) { (about) async throws(HubError) in try await body(about, inbox) }
        case .stream(let body):
            streamLater(stream, call, work, about, context) { (about, sink) async throws(StreamInterruption) in
                try await body(about, message, sink)
            }
        case .exchange(let body):
            let inbox = inbox(stream)
            work.inbox = inbox
            streamLater(stream, call, work, about, context) { (about, sink) async throws(StreamInterruption) in
                try await body(about, inbox, sink)
            }
        }
    }

    // MARK: Modules

    /// Lets a module answer: no task, no thread but its own.
    private func relay(_ stream: UInt32, _ message: [UInt8], to module: String, timeoutMillis: UInt32) {
        calls.update(stream) { $0.isRelayed = true }
        let arrivals = arrivals
        server.hub.modules.relay(module: module, message, timeoutMillis: timeoutMillis) { outcome in
            arrivals?.put(.relayed(stream: stream, outcome))
        }
    }

    /// A module's answer has come.
    func relayed(_ stream: UInt32, _ outcome: ModuleOutcome, at now: NIODeadline, _ context: ChannelHandlerContext) {
        if let call = calls[stream] {
            switch outcome {
            case .success(let reply): reply.withUnsafeBytes { answer(stream, call, $0, at: now, context) }
            case .failure(let error): fail(stream, error, context)
            }
        }
        machine.release(stream)
    }

    // MARK: Tasks

    private func answerLater(
        _ stream: UInt32, _ call: OpenCall, _ work: CallWork, _ about: CallContext,
        _ body: @escaping @Sendable (CallContext) async throws(HubError) -> CallAnswer
    ) {
        let compresses = call.compresses
        run(stream, work) { () async -> Result<(WireMessage, replayed: Bool), HubError> in
            do throws(HubError) {
                let reply = try await body(about)
                return .success((WireMessage(reply.body, compresses: compresses), reply.replayed))
            } catch { return .failure(error) }
        } then: { handler, context, result in
            switch result {
            case .success(let (reply, replayed)):
                handler.answer(stream, reply, replayed: replayed, requestHash: about.requestHash, context)
            case .failure(let error): handler.fail(stream, error, context)
            }
        }
    }

    private func streamLater(
        _ stream: UInt32, _ call: OpenCall, _ work: CallWork, _ about: CallContext, _ context: ChannelHandlerContext,
        _ body: @escaping @Sendable (CallContext, any StreamSink) async throws(StreamInterruption) -> Void
    ) {
        let arrivals = arrivals
        let sink = ChannelSink(
            patience: server.times.watcherPatience, compresses: call.compresses, loop: context.eventLoop
        ) { message, cursor, left in
            let waiting = WaitingMessage(cursor: cursor, left: left)
            arrivals?.put { handler, context in handler.push(stream, message, waiting, context) }
        }
        work.cursorSent = about.resumeFrom
        work.sink = sink
        run(stream, work) { () async -> StreamInterruption? in
            do throws(StreamInterruption) {
                try await body(about, sink)
                return nil
            } catch { return error }
        } then: { handler, context, end in
            handler.finish(stream, end, context)
        }
    }

    /// Where a stream's requests wait. What the handler takes may be sent again.
    private func inbox(_ stream: UInt32) -> RequestInbox {
        let arrivals = arrivals
        return RequestInbox { bytes in
            arrivals?.put { handler, _ in handler.machine.taken(stream, bytes: bytes) }
        }
    }

    /// Works on a call beside the connection, and goes on with the outcome on the event loop.
    ///
    /// Work that nobody waits for any more may still go on for a while. Its credit comes back only when it has ended, so
    /// that a client that opens and gives up calls cannot make the hub do more at once than one that waits.
    private func run<Outcome: Sendable>(
        _ stream: UInt32, _ work: CallWork, _ body: @escaping @Sendable () async -> Outcome,
        then: @escaping @Sendable (ConnectionHandler, ChannelHandlerContext, Outcome) -> Void
    ) {
        let arrivals = arrivals
        work.task = Task {
            let outcome = await body()
            arrivals?.put { handler, context in
                then(handler, context, outcome)
                handler.machine.release(stream)
            }
        }
    }

    // MARK: Ends that the hub brings about

    /// Sets the alarm for the calls that this batch left open, so that a call that is answered at once costs none.
    func watchDeadlines(_ context: ChannelHandlerContext) {
        defer { nextDeadline = .distantFuture }
        guard !calls.isEmpty, nextDeadline < deadlineAlarm?.at ?? .distantFuture else { return }
        deadlineAlarm?.alarm.cancel()
        let alarm = schedule(in: nextDeadline - .now(), context) { $0.expireCalls($1.eventLoop.now, $1) }
        deadlineAlarm = (nextDeadline, alarm)
    }

    /// Ends the calls whose time is up, whether their requests have come or not.
    func expireCalls(_ now: NIODeadline, _ context: ChannelHandlerContext) {
        // An alarm may ring late, on a busy machine much later: then the time of other calls is up as well, and no answer
        // that comes together with it may go before it.
        guard let set = deadlineAlarm?.at else { return }
        let due = max(set, now)
        deadlineAlarm = nil
        isBatching = true
        for (stream, call) in calls.all {
            if call.deadline > due {
                nextDeadline = min(nextDeadline, call.deadline)
            } else if call.work?.interruption == nil {
                interrupt(stream, call, HubError(.deadlineExceeded, "time is up"), context)
            }
        }
        endBatch(context)
    }

    /// A stream that runs says itself where to go on; any other call ends here.
    func interrupt(_ stream: UInt32, _ call: OpenCall, _ error: HubError, _ context: ChannelHandlerContext) {
        if let work = call.work, work.sink != nil {
            work.interrupt(error)
        } else {
            fail(stream, error, context)
        }
    }

    /// Nobody wants the answer any more. Work that has begun ends by itself; until then it counts.
    ///
    /// - Parameter reason: With what the call is counted.
    func drop(_ stream: UInt32, _ reason: HubError.Code = .cancelled) {
        guard let call = calls.remove(stream) else { return machine.release(stream) }
        call.count(reason)
        call.cancel()
        if !call.isBusy { machine.release(stream) }
    }

    private func finish(_ stream: UInt32, _ interruption: StreamInterruption?, _ context: ChannelHandlerContext) {
        guard let call = calls.remove(stream), let work = call.work else { return }
        guard let interruption else {
            call.count(nil)
            return end(stream, .ok(finalSize: work.sink?.bytesSent ?? 0), context)
        }
        let cancelled = interruption.error.code == .cancelled
        let error = cancelled ? work.interruption ?? interruption.error : interruption.error
        call.count(error.code)
        var cursor = interruption.cursor
        if error.code == .slowConsumer || error.code == .deadlineExceeded {
            // What the reader has not taken is thrown away: it goes on after what is on its way.
            if !cursor.isEmpty { cursor = work.cursorSent }
            forget(stream)
        }
        end(stream, error, cursor: cursor.isEmpty ? nil : cursor, context)
    }
}
