// The calls of one module: those that wait for their turn, those at its process, and those that outlived a process.

import HubCore
import HubDomain
import HubProto
import HubWire
import NIOCore

/// Figures of the methods that a module is asked through the hub.
struct ModuleFigures {
    private var decide = MethodFigures(method: ModuleMethod.decide)
    private var echo = MethodFigures(method: ModuleMethod.echo)

    var all: [MethodFigures] { [decide, echo] }

    mutating func record(_ method: ModuleLink.Method, nanoseconds: UInt64, error: UInt32) {
        switch method {
        case .decide: decide.record(nanoseconds: nanoseconds, error: error)
        case .echo: echo.record(nanoseconds: nanoseconds, error: error)
        case .describe: break  // The lane's own, no caller's.
        }
    }
}

/// Who is asked next, and what becomes of a call when the process ends or time passes.
///
/// A call that was at a process when it crashed is asked again *alone*: if the process dies again, this call did it, and
/// no other citizen pays for it.
struct ModuleCalls {
    private struct Asked {
        var call: ModuleCall
        let since: NIODeadline
    }

    private let limits: ModuleLimits
    private var waiting = CircularBuffer<ModuleCall>()
    private var suspects = CircularBuffer<ModuleCall>()
    private var asked = StreamTable<Asked>()
    /// Stream of a suspect; while it is at the process, nothing else is.
    private var alone: UInt32?
    /// Of all messages held here.
    private var messageBytes = 0
    /// Of the calls that had their answer.
    private(set) var figures = ModuleFigures()

    init(_ limits: ModuleLimits) { self.limits = limits }

    /// Calls at the process.
    var inFlight: Int { asked.count }
    var isEmpty: Bool { asked.isEmpty && waiting.isEmpty && suspects.isEmpty }

    /// Takes a call in. An error means that there is no room, and the call stays with the one who gave it.
    mutating func append(_ call: ModuleCall) throws(HubError) {
        guard waiting.count < limits.waitingMax, messageBytes + call.message.count <= limits.messageBytesMax else {
            throw HubError(
                .moduleUnavailable, "module has \(waiting.count) calls waiting, \(messageBytes) bytes in all",
                status: .resourceExhausted, retryAfterMillis: limits.retryAfterMillis)
        }
        messageBytes += call.message.count
        waiting.append(call)
    }

    /// Fails a call that is not kept here.
    mutating func refuse(_ call: inout ModuleCall, _ error: HubError) { finish(&call, .failure(error), took: nil) }

    /// Gives a caller its answer and counts the call, once.
    ///
    /// - Parameter took: Since the process was asked; nil = it never was, and no time is counted.
    private mutating func finish(_ call: inout ModuleCall, _ outcome: ModuleCall.Outcome, took: TimeAmount?) {
        guard !call.isOver else { return }
        let error: UInt32 = if case .failure(let error) = outcome { error.code.number } else { 0 }
        figures.record(call.method, nanoseconds: UInt64(clamping: took?.nanoseconds ?? 0), error: error)
        call.finish(outcome)
    }

    /// Hands over what may be asked now, until `ask` opens no more streams.
    mutating func dispatch(now: NIODeadline, ask: (ModuleCall) -> UInt32?) {
        while alone == nil {
            if let suspect = suspects.first {
                guard asked.isEmpty, let stream = ask(suspect) else { return }
                suspects.removeFirst()
                asked.set(stream, Asked(call: suspect, since: now))
                alone = stream
            } else {
                guard let call = waiting.first, asked.count < limits.inFlightMax, let stream = ask(call) else { return }
                waiting.removeFirst()
                asked.set(stream, Asked(call: call, since: now))
            }
        }
    }

    /// Gives the answer of a stream to its caller. False when nobody asked on this stream.
    ///
    /// - Parameter now: When the answer came.
    mutating func answer(_ stream: UInt32, _ outcome: ModuleCall.Outcome, at now: NIODeadline) -> Bool {
        guard let entry = asked.remove(stream) else { return false }
        if alone == stream { alone = nil }
        var call = entry.call
        messageBytes -= call.message.count
        finish(&call, outcome, took: now - entry.since)
        return true
    }

    /// The process has ended. What was at it is asked again, unless it has ended too many processes.
    ///
    /// - Parameters:
    ///   - blaming: Whether any of these calls may be the cause.
    ///   - why: How the process ended.
    /// - Returns: Calls that failed for good.
    mutating func processEnded(blaming: Bool, why: String) -> Int {
        let entries = asked.all.sorted { $0.stream < $1.stream }.map(\.value)
        asked.removeAll()
        alone = nil
        var failed = 0
        var blameless: [ModuleCall] = []
        for entry in entries {
            var call = entry.call
            if blaming { call.casualties += 1 }
            if call.casualties >= ModuleCall.casualtiesMax, !call.isOver {
                let error = HubError(.moduleCrashed, "module died twice on this call, last by \(why)")
                finish(&call, .failure(error), took: .now() - entry.since)
                failed += 1
            }
            if call.isOver {
                messageBytes -= call.message.count
            } else if call.casualties > 0 {
                suspects.append(call)
            } else {
                blameless.append(call)
            }
        }
        for call in blameless.reversed() { waiting.prepend(call) }
        return failed
    }

    /// Fails everything that waits; what is at the process is left to it.
    mutating func failWaiting(_ error: HubError) -> Int {
        let failed = waiting.count + suspects.count
        for queue in [suspects, waiting] {
            for var call in queue {
                messageBytes -= call.message.count
                finish(&call, .failure(error), took: nil)
            }
        }
        waiting.removeAll()
        suspects.removeAll()
        return failed
    }

    /// What has become of the calls by the clock.
    struct Overdue {
        /// Calls that were failed.
        var failed = 0
        /// A call has been at the process for longer than a decision may take.
        var hung = false
    }

    /// Fails calls whose caller waits no longer, and tells whether the process hangs.
    ///
    /// A caller in a hurry cannot end a process: only ``ModuleLimits/decideMillis`` counts against the module, and an
    /// answer that comes too late for its caller is dropped. Of several calls that are overdue together the oldest is
    /// the one that hangs, and the others merely stood behind it: they are asked once more.
    ///
    /// - Parameters:
    ///   - judging: Whether the process can be blamed, and is not already being ended.
    ///   - unasked: Error for a call that never reached the process.
    mutating func sweep(now: NIODeadline, judging: Bool, unasked: HubError) -> Overdue {
        var overdue = Overdue()
        let late = judging ? asked.all.filter { now >= $0.value.since + .milliseconds(limits.decideMillis) } : []
        overdue.hung = !late.isEmpty
        let oldest = late.map(\.stream).min()
        for (stream, entry) in late {
            if stream == oldest || entry.call.stoodBehind {
                overdue.failed += fail(
                    stream, HubError(.moduleHung, "module did not answer within \(limits.decideMillis) ms"))
            } else {
                asked.update(stream) { $0.call.stoodBehind = true }
            }
        }
        for (stream, entry) in asked.all where now >= entry.call.deadline {
            overdue.failed += fail(
                stream, HubError(.deadlineExceeded, "the caller's time passed while the module worked"))
        }
        overdue.failed += expire(\.waiting, now, unasked) + expire(\.suspects, now, unasked)
        return overdue
    }

    /// Tells the caller, but keeps the call: its answer may still come, and then has an owner. Returns calls failed.
    private mutating func fail(_ stream: UInt32, _ error: HubError) -> Int {
        guard var entry = asked[stream], !entry.call.isOver else { return 0 }
        finish(&entry.call, .failure(error), took: .now() - entry.since)
        asked.set(stream, entry)
        return 1
    }

    private mutating func expire(
        _ queue: WritableKeyPath<Self, CircularBuffer<ModuleCall>>, _ now: NIODeadline, _ error: HubError
    ) -> Int {
        guard self[keyPath: queue].contains(where: { now >= $0.deadline }) else { return 0 }
        var kept = CircularBuffer<ModuleCall>()
        var failed = 0
        for var call in self[keyPath: queue] {
            guard now >= call.deadline else {
                kept.append(call)
                continue
            }
            messageBytes -= call.message.count
            finish(&call, .failure(error), took: nil)
            failed += 1
        }
        self[keyPath: queue] = kept
        return failed
    }
}
