// Processes of a module: spawn, greet, describe, watch, end, and what follows an end.

import Glibc
import HubDomain
import HubProto
import HubWire
import NIOCore
import SwiftProtobuf

extension ModuleLane {
    /// Starts a process: the first is a probe, which is thrown away.
    func spawn() {
        guard let library = specification.libraryPath else { return enter(.idle) }
        var ends: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            return crashed("no socket pair: \(String(cString: strerror(errno)))")
        }
        var arguments = ["--id", specification.id, "--library", library, "--data-limit", "\(limits.dataBytesMax)"]
        if probed { counts.starts += 1 } else { arguments.append("--probe") }
        let link = ModuleLink()
        let this = NIOLoopBound(self, eventLoop: loop)
        let ended = NIOLoopBoundBox<RunningHost?>(nil, eventLoop: loop)
        let process = HostProcess.start(surroundings.host, arguments: arguments, socket: ends[1]) { [loop] exit in
            loop.execute {
                guard let host = ended.value else { return }
                host.exit = exit
                this.value.processExited(host)
            }
        }
        let host = RunningHost(process: process, link: link)
        ended.value = host
        startedMillis = surroundings.clock.nowMillis()
        link.delegate = self
        enter(.starting(host))
        after(limits.startMillis) { [self] in
            kill(host, .broken("not started within \(limits.startMillis) ms"))
        }
        link.connect(ends[0], on: loop)
    }

    /// The process described itself: a probe is thrown away, any other serves.
    private func described(_ host: RunningHost, _ outcome: ModuleCall.Outcome) {
        host.describe = nil
        guard case .starting = state else { return }  // It is being ended; what it says no longer matters.
        let mismatches =
            switch outcome {
            case .success(let message): specification.mismatches(with: message)
            case .failure(let error): ["Describe ended with \(error)"]
            }
        guard mismatches.isEmpty else { return kill(host, .refused(mismatches.joined(separator: "; "))) }
        guard probed else {
            probed = true
            return end(host, .probed)
        }
        enter(.serving(host))
        logger.info("module serves", metadata: ["pid": "\(host.process.pid ?? 0)"])
        schedulePing(host)
        dispatch()
    }

    private func schedulePing(_ host: RunningHost) {
        after(limits.pingMillis) { [self] in
            guard host.pingsMissed < limits.pingsMissedMax else {
                return kill(host, .broken("\(host.pingsMissed) PINGs without an answer"))
            }
            host.pingsMissed += 1
            host.link.ping([UInt8](repeating: 0, count: Int(WireLimits.pingBytes)))
            host.link.flush()
            timers.removeAll()
            schedulePing(host)
        }
    }

    // MARK: Ends

    /// Lets the module answer what it was asked and stop; kills it when it does not.
    func end(_ host: RunningHost, _ why: RunningHost.Ending) {
        if case .stop = why { host.ending = why } else { host.ending = host.ending ?? why }
        enter(.ending(host))
        host.link.finish()
        after(limits.stopMillis) { host.process.kill() }
    }

    /// Ends the process at once.
    func kill(_ host: RunningHost, _ why: RunningHost.Ending) {
        host.ending = host.ending ?? why
        enter(.ending(host))
        host.process.kill()
        host.link.close()
    }

    private func processExited(_ host: RunningHost) {
        guard !host.linkClosed else { return over(host) }
        // What the module said before it ended is still read. But a child of its own may hold the socket open.
        let link = host.link
        loop.assumeIsolated().scheduleTask(in: .milliseconds(limits.stopMillis)) { link.close() }
    }

    /// Both the process and its link have ended.
    private func over(_ host: RunningHost) {
        let exit = host.exit.map(\.description) ?? "no exit status"
        switch host.ending {
        case .probed, .restart:
            settleCalls(blaming: false, exit)
            spawn()
        case .stop:
            settleCalls(blaming: false, exit)
            counts.callsFailed += UInt64(calls.failWaiting(HubError(.moduleUnavailable, "the hub is stopping")))
            enter(.stopped)
        case .refused(let reason):
            probed ? crashed("\(reason) (\(exit))") : refused(reason)
        case .hung(let reason):
            settleCalls(blaming: false, reason)
            crashed(reason)
        case .broken(let reason):
            settleCalls(blaming: true, reason)
            probed ? crashed(reason) : refused(reason)
        case nil:
            settleCalls(blaming: true, exit)
            probed ? crashed(exit) : refused("process ended before it described itself: \(exit)")
        }
    }

    private func settleCalls(blaming: Bool, _ why: String) {
        counts.callsFailed += UInt64(calls.processEnded(blaming: blaming, why: why))
    }

    /// The probe failed: this bundle is not run, and the others are.
    private func refused(_ reason: String) {
        reasons = [reason]
        logger.error("module refused", metadata: ["reason": "\(reason)"])
        enter(.refused)
        counts.callsFailed += UInt64(calls.failWaiting(refusal))
    }

    /// Counts a crash and starts again, at once, later or not any more.
    private func crashed(_ reason: String) {
        counts.crashes += 1
        reasons = [reason]
        let now = Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000)
        switch policy.crashed(nowMillis: now, jitter: surroundings.jitter()) {
        case .restart(afterMillis: 0):
            logger.error("module ended and is started again", metadata: ["reason": "\(reason)"])
            spawn()
        case .restart(let wait):
            logger.error(
                "module ended and will be started again", metadata: ["reason": "\(reason)", "after_ms": "\(wait)"])
            enter(.waiting)
            after(wait) { [self] in spawn() }
        case .quarantine:
            logger.critical("module quarantined, it crashed too often", metadata: ["reason": "\(reason)"])
            enter(.quarantined)
            counts.callsFailed += UInt64(calls.failWaiting(quarantine))
        }
    }
}

extension ModuleLane: ModuleLinkDelegate {
    func link(_ link: ModuleLink, says action: ModuleLinkMachine.Action) {
        guard let host = current(link) else { return }
        switch action {
        case .greeted:
            host.describe = link.ask(.describe, [])
        case .refused(let reason): host.ending = host.ending ?? .refused(reason)
        case .answered(let stream, let message): answered(host, stream, .success(message))
        case .failed(let stream, let error):
            // The module's own words stay out of the hub's: they may say anything.
            answered(
                host, stream,
                .failure(HubError(.decisionInvalid, "module ended the call with status \(error.status.rawValue)")))
        case .alive: host.pingsMissed = 0
        case .pong(let payload): link.ping(payload, acknowledging: true)
        case .ignore: break
        case .broken(let error): kill(host, .broken(error.description))
        }
    }

    func linkDidRead(_ link: ModuleLink) {
        dispatch()
        link.flush()
    }

    func linkClosed(_ link: ModuleLink) {
        guard let host = current(link) else { return }
        host.linkClosed = true
        // A process without a link is of no use.
        host.process.kill()
        if host.isOver { over(host) }
    }

    private func answered(_ host: RunningHost, _ stream: UInt32, _ outcome: ModuleCall.Outcome) {
        if stream == host.describe { return described(host, outcome) }
        if case .failure = outcome { counts.callsFailed += 1 }
        _ = calls.answer(stream, outcome, at: host.link.readAt)
    }

    private func current(_ link: ModuleLink) -> RunningHost? {
        switch state {
        case .starting(let host), .serving(let host), .ending(let host): host.link === link ? host : nil
        case .idle, .waiting, .quarantined, .refused, .stopped: nil
        }
    }
}

extension ModuleSpecification {
    /// Everything in which a module's own words differ from its manifest.
    fileprivate func mismatches(with describe: [UInt8]) -> [String] {
        guard let said = try? HubDescribeReply(serializedBytes: describe) else {
            return ["DescribeReply cannot be decoded"]
        }
        var wrong: [String] = []
        if said.id != id { wrong.append("id expected \(id), found \(said.id.prefix(64))") }
        if said.version != version { wrong.append("version expected \(version), found \(said.version.prefix(64))") }
        let found = said.services.sorted()
        if found != services {
            let list = found.prefix(64).map { $0.prefix(64) }.joined(separator: ", ")
            wrong.append("services expected \(services.joined(separator: ", ")), found \(list)")
        }
        return wrong
    }
}
