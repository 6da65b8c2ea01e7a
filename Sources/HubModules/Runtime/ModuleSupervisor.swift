// All modules of a hub, behind the port that the core asks.

package import HubCore
package import HubDomain
package import HubProto
import HubWire
package import Logging
package import NIOCore
import SwiftProtobuf
import Synchronization

/// Runs each module in a process of its own, and lets none of them harm the hub or each other.
///
/// Used by the hub as a whole: ``start()`` before it serves, ``shutdown()`` after it has stopped serving and before the
/// event loops stop.
package final class ModuleSupervisor: ModuleRuntime {
    /// A lane and what reaches it from other threads.
    private final class Desk: Sendable {
        private struct Mail {
            var calls: [ModuleCall] = []
            var closed = false
        }

        let specification: ModuleSpecification
        private let loop: any EventLoop
        private let lane: NIOLoopBoundBox<ModuleLane>
        private let mail = Mutex(Mail())

        init(_ specification: ModuleSpecification, _ surroundings: LaneSurroundings, loop: any EventLoop) {
            self.specification = specification
            self.loop = loop
            lane = .makeBoxSendingValue(ModuleLane(specification, surroundings, loop: loop), eventLoop: loop)
        }

        /// Brings a call to the lane. Calls that come together wake the event loop once and leave in one write.
        func submit(_ call: ModuleCall) {
            let (first, closed) = mail.withLock { mail in
                guard !mail.closed else { return (false, true) }
                mail.calls.append(call)
                return (mail.calls.count == 1, false)
            }
            if closed {
                var call = call
                call.finish(.failure(HubError(.moduleUnavailable, "the hub is stopping")))
            } else if first {
                loop.execute { self.lane.value.accept(self.collect()) }
            }
        }

        private func collect() -> [ModuleCall] {
            mail.withLock { mail in
                var calls: [ModuleCall] = []
                calls.reserveCapacity(min(mail.calls.count, 256))
                swap(&calls, &mail.calls)
                return calls
            }
        }

        func start() async { await onLane { $0.start() } }
        func restart() async { await onLane { $0.restart() } }

        func stop() async {
            mail.withLock { $0.closed = true }
            await onLane { $0.stop() }
        }

        /// The module with its figures; nil when the event loop has stopped.
        func instance() async -> ModuleInstance? {
            try? await loop.submit { self.lane.value.instance() }.get()
        }

        /// The module as it is now; nil when the event loop has stopped.
        func info() async -> HubModuleInfo? {
            try? await loop.submit { self.lane.value.info() }.get()
        }

        private func onLane(_ body: @escaping @Sendable (ModuleLane) -> EventLoopFuture<Void>) async {
            // Fails only when the event loop has stopped, and the processes with it.
            _ = try? await loop.flatSubmit { body(self.lane.value) }.get()
        }
    }

    private let desks: [Desk]
    private let desksByID: [String: Desk]

    /// - Parameters:
    ///   - specifications: Every bundle that was found, refused ones included; ids are unique, as the reader made sure.
    ///   - host: The program that opens libraries.
    ///   - clock: For the times that an admin is shown.
    ///   - jitter: −1 to 1, anew at each call; spreads restarts.
    ///   - health: Told how each module is, from the first moment on.
    ///   - group: Each module lives on one of its event loops.
    package init(
        _ specifications: [ModuleSpecification], host: HostProgram, limits: ModuleLimits = ModuleLimits(),
        clock: any HubClock, health: HealthBoard = HealthBoard(), jitter: @escaping @Sendable () -> Double,
        group: any EventLoopGroup, logger: Logger
    ) {
        let surroundings = LaneSurroundings(
            host: host, limits: limits, clock: clock, health: health, jitter: jitter, logger: logger)
        desks = specifications.map { Desk($0, surroundings, loop: group.next()) }
        desksByID = Dictionary(desks.map { ($0.specification.id, $0) }) { first, _ in first }
    }

    /// Probes and starts all modules at the same time; returns when each serves, is refused or waits after a crash.
    package func start() async {
        await withTaskGroup(of: Void.self) { group in
            for desk in desks { group.addTask { await desk.start() } }
        }
    }

    /// Ends all processes, the last started first. Calls at a module may still be answered; all others fail.
    package func shutdown() async {
        for desk in desks.reversed() { await desk.stop() }
    }

    // MARK: Port

    package func bundles() async -> [LoadedBundle] {
        var accepted: [LoadedBundle] = []
        for desk in desks where await desk.info()?.state != .refused { accepted.append(desk.specification.bundle) }
        return accepted
    }

    package func decide(module: String, _ question: HubDecideRequest, timeoutMillis: UInt32) async throws(HubError)
        -> HubDecision
    {
        let message: [UInt8]
        do { message = try question.serializedBytes() } catch {
            throw HubError(.internalFault, "question cannot be serialised")
        }
        let answer = try await ask(module, .decide, message, timeoutMillis)
        guard let decision = try? HubDecision(serializedBytes: answer), decision.outcome != nil else {
            throw HubError(.decisionInvalid, "the module's answer is no Decision")
        }
        return decision
    }

    package func relay(
        module: String, _ message: [UInt8], timeoutMillis: UInt32,
        reply: @escaping @Sendable (ModuleOutcome) -> Void
    ) {
        do throws(HubError) { try submit(module, .echo, message, timeoutMillis, reply) } catch {
            reply(.failure(error))
        }
    }

    package func roundTrip(module: String, timeoutMillis: UInt32) async throws(HubError) -> UInt64 {
        let start = NIODeadline.now()
        _ = try await ask(module, .echo, [], timeoutMillis)
        return UInt64(clamping: (NIODeadline.now() - start).nanoseconds)
    }

    package func instances() async -> [ModuleInstance] {
        var all: [ModuleInstance] = []
        for desk in desks { if let instance = await desk.instance() { all.append(instance) } }
        return all
    }

    package func serving() async -> Set<String> {
        var ids: Set<String> = []
        for desk in desks where await desk.info()?.state == .serving { ids.insert(desk.specification.id) }
        return ids
    }

    package func modules() async -> [HubModuleInfo] {
        var all: [HubModuleInfo] = []
        for desk in desks { if let info = await shown(desk) { all.append(info) } }
        return all
    }

    package func restart(module: String) async throws(HubError) -> HubModuleInfo {
        let desk = try desk(module)
        if let info = await desk.info(), info.state == .refused {
            throw HubError(.moduleRefused, "\(info.id): \(info.reasons.joined(separator: "; "))")
        }
        await desk.restart()
        guard let info = await shown(desk) else { throw HubError(.moduleUnavailable, "the hub is stopping") }
        return info
    }

    // MARK: Parts

    // A caller whose task is cancelled still waits for its answer or its deadline: both are near, and a decision that
    // nobody waits for has no effect.

    private func desk(_ module: String) throws(HubError) -> Desk {
        guard let desk = desksByID[module] else {
            throw HubError(.moduleUnknown, "no module of this name", facts: ["module": String(module.prefix(64))])
        }
        return desk
    }

    private func ask(_ module: String, _ method: ModuleLink.Method, _ message: [UInt8], _ timeoutMillis: UInt32)
        async throws(HubError) -> [UInt8]
    {
        let outcome: ModuleCall.Outcome = await withCheckedContinuation { caller in
            do throws(HubError) {
                try submit(module, method, message, timeoutMillis) { caller.resume(returning: $0) }
            } catch { caller.resume(returning: .failure(error)) }
        }
        return try outcome.get()
    }

    private func submit(
        _ module: String, _ method: ModuleLink.Method, _ message: [UInt8], _ timeoutMillis: UInt32,
        _ reply: @escaping ModuleCall.Reply
    ) throws(HubError) {
        let desk = try desk(module)
        guard message.count <= ModuleLinkLimits.messageBytesMax else {
            throw HubError(.messageTooLarge, "\(message.count) bytes, at most \(ModuleLinkLimits.messageBytesMax)")
        }
        let deadline = NIODeadline.now() + .milliseconds(Int64(timeoutMillis))
        desk.submit(ModuleCall(method, message, deadline: deadline, reply: reply))
    }

    private func shown(_ desk: Desk) async -> HubModuleInfo? {
        guard var info = await desk.info() else { return nil }
        if info.pid != 0 { info.memoryBytes = ProcessMemory.proportionalBytes(pid: Int32(clamping: info.pid)) ?? 0 }
        return info
    }
}
