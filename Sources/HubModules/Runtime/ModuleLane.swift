// One module on its event loop: its process, its calls, and what happens when either goes wrong.

import HubCore
import HubDomain
import HubProto
import HubWire
import Logging
import NIOCore

/// What every module's lane is given from outside.
struct LaneSurroundings: Sendable {
    let host: HostProgram
    let limits: ModuleLimits
    let clock: any HubClock
    let health: HealthBoard
    /// −1 to 1.
    let jitter: @Sendable () -> Double
    let logger: Logger
}

/// The life of a module: probed once in a process that is thrown away, then started, watched and started again.
///
/// Confined to one event loop, which is also that of its link, so that a call crosses no thread between the two.
/// See `ModuleLane+Process.swift` for processes and `ModuleLane+Calls.swift` for calls.
final class ModuleLane {
    /// What the lane is doing.
    enum State {
        /// Before ``start()``, and for good when the bundle has no library.
        case idle
        /// A process was spawned and has not described itself.
        case starting(RunningHost)
        case serving(RunningHost)
        /// The process is being ended; what follows is in its ``RunningHost/ending``.
        case ending(RunningHost)
        /// After a crash, until the timer.
        case waiting
        case quarantined
        case refused
        case stopped
    }

    /// Counters since the hub started.
    struct Counts {
        /// Without the probe.
        var starts: UInt64 = 0
        var crashes: UInt64 = 0
        var calls: UInt64 = 0
        var callsFailed: UInt64 = 0
    }

    let specification: ModuleSpecification
    let surroundings: LaneSurroundings
    let loop: any EventLoop
    let logger: Logger

    /// Written in ``enter(_:)`` alone.
    private(set) var state: State
    var calls: ModuleCalls
    var policy: RestartPolicy
    var counts = Counts()
    /// Why it was refused, or how its last process ended.
    var reasons: [String]
    var startedMillis: Int64 = 0
    /// The library has been seen to start, in a process that was thrown away.
    var probed = false
    /// Timers of the present state; cancelled when it is left.
    var timers: [Scheduled<Void>] = []
    var sweeping = false
    /// Those who wait until the lane serves, or has given up for now.
    private var settling: [EventLoopPromise<Void>] = []

    init(_ specification: ModuleSpecification, _ surroundings: LaneSurroundings, loop: any EventLoop) {
        self.specification = specification
        self.surroundings = surroundings
        self.loop = loop
        var logger = surroundings.logger
        logger[metadataKey: "module"] = "\(specification.id)"
        self.logger = logger
        state = specification.refusals.isEmpty ? .idle : .refused
        reasons = specification.refusals
        calls = ModuleCalls(surroundings.limits)
        policy = RestartPolicy(surroundings.limits)
        report()
    }

    var limits: ModuleLimits { surroundings.limits }

    /// Changes the state, stops the timers of the one before, and tells those who wait for the lane to settle.
    func enter(_ next: State) {
        for timer in timers { timer.cancel() }
        timers = []
        state = next
        report()
        switch next {
        case .starting, .ending: return
        case .idle, .serving, .waiting, .quarantined, .refused, .stopped:
            for promise in settling { promise.succeed(()) }
            settling = []
        }
    }

    /// Tells the board how the module is. A bundle that brings data alone has nothing that could serve.
    private func report() {
        guard specification.libraryPath != nil || !specification.refusals.isEmpty else { return }
        let isServing = if case .serving = state { true } else { false }
        surroundings.health.report(module: specification.id, services: specification.services, isServing: isServing)
    }

    /// Does `body` later, unless the state changes before.
    func after(_ millis: Int64, _ body: @escaping () -> Void) {
        timers.append(loop.assumeIsolated().scheduleTask(in: .milliseconds(millis), body))
    }

    /// Succeeds when the lane serves, or has given up for now.
    private func settled() -> EventLoopFuture<Void> {
        switch state {
        case .starting, .ending:
            let promise = loop.makePromise(of: Void.self)
            settling.append(promise)
            return promise.futureResult
        case .idle, .serving, .waiting, .quarantined, .refused, .stopped: return loop.makeSucceededVoidFuture()
        }
    }

    // MARK: What is asked from outside

    /// Probes and starts the module. Bundles that are refused or bring data alone stay as they are.
    func start() -> EventLoopFuture<Void> {
        if case .idle = state, specification.libraryPath != nil { spawn() }
        return settled()
    }

    /// Ends the process and starts another; lifts a quarantine.
    func restart() -> EventLoopFuture<Void> {
        policy.forgive()
        switch state {
        case .serving(let host):
            logger.notice("module restarts because an admin asked")
            end(host, .restart)
        case .waiting, .quarantined:
            logger.notice("module restarts because an admin asked")
            spawn()
        case .idle, .starting, .ending, .refused, .stopped: break
        }
        return settled()
    }

    /// Ends the process for good. Calls at it may still be answered, those that wait fail.
    func stop() -> EventLoopFuture<Void> {
        counts.callsFailed += UInt64(calls.failWaiting(HubError(.moduleUnavailable, "the hub is stopping")))
        switch state {
        case .starting(let host), .serving(let host), .ending(let host): end(host, .stop)
        case .idle, .waiting, .quarantined: enter(.stopped)
        case .refused, .stopped: break
        }
        return settled()
    }

    /// The module with what was counted of its methods.
    func instance() -> ModuleInstance { ModuleInstance(info: info(), figures: calls.figures.all) }

    /// The module as `Admin/ListModules` shows it, without its memory.
    func info() -> HubModuleInfo {
        var info = HubModuleInfo()
        info.id = specification.id
        info.version = specification.version
        info.department = specification.bundle.department
        info.services = specification.services
        info.bundleHash = .init(specification.bundleHash)
        info.state = shownState
        info.pid = UInt32(clamping: runningHost?.process.pid ?? 0)
        info.starts = counts.starts
        info.crashes = counts.crashes
        info.calls = counts.calls
        info.callsFailed = counts.callsFailed
        info.inFlight = UInt32(clamping: calls.inFlight)
        info.startedMs = startedMillis
        info.reasons = reasons
        return info
    }

    private var runningHost: RunningHost? {
        switch state {
        case .starting(let host), .serving(let host), .ending(let host): host
        case .idle, .waiting, .quarantined, .refused, .stopped: nil
        }
    }

    private var shownState: HubModuleState {
        switch state {
        case .idle, .stopped: .stopped
        case .starting, .ending: .starting
        case .serving: .serving
        case .waiting: .waiting
        case .quarantined: .quarantined
        case .refused: .refused
        }
    }
}
