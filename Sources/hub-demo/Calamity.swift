// Processes killed while requests are unanswered.

import Glibc
import HubClient
import HubDomain
import HubProto

/// What a crash met, and what came of it.
struct Calamity: Sendable {
    /// What was killed.
    let victim: String
    /// Keys of the submits that were sent and unanswered when it died.
    var unanswered: Set<[UInt8]>
    /// The clients' connections died with it.
    let cutsConnections: Bool
    /// Milliseconds until it served again.
    let backAfterMillis: Double
}

/// A kill that is prepared and waits for its moment.
typealias Blow = @Sendable () async throws -> Calamity

/// Kills a module's host or the hub in the middle of the work.
struct Saboteur: Sendable {
    let regency: Regency
    let admin: HubClient
    let traffic: Traffic
    /// No process is killed before so many submits wait for their answer.
    static let unansweredMin = 8

    /// Looks for the host of the module that decides on a service. The blow kills it in the middle of the work, and
    /// waits until another one serves.
    ///
    /// - Parameter sent: Not before so many further submits were sent.
    func aimAtHost(of service: String, after sent: Int, seconds: Int = 20) async throws -> Blow {
        guard let before = try await module(of: service), before.pid > 0 else {
            throw DemoFailure("no running module decides on \(service)")
        }
        let start = traffic.sent.first
        return {
            try await busy(service, from: start + sent, seconds: seconds)
            kill(pid_t(before.pid), SIGKILL)
            let unanswered = traffic.waiting(service)
            let died = ContinuousClock.now
            while true {
                if let now = try await module(of: service), now.state == .serving, now.pid != before.pid { break }
                guard ContinuousClock.now - died < .seconds(seconds) else {
                    throw DemoFailure("the module host of \(service) has not come back within \(seconds) s")
                }
                try await Task.sleep(for: .milliseconds(2))
            }
            return Calamity(
                victim: "module host of \(before.id)", unanswered: unanswered, cutsConnections: false,
                backAfterMillis: (ContinuousClock.now - died).inMillis)
        }
    }

    /// The blow kills hubd in the middle of the work and starts it again, on the same state directory and port.
    func aimAtHub(after sent: Int, seconds: Int = 20) -> Blow {
        let start = traffic.sent.first
        return {
            try await busy(nil, from: start + sent, seconds: seconds)
            let unanswered = traffic.waiting()
            let died = ContinuousClock.now
            try await regency.crash()
            try await regency.start()
            _ = try await admin.call(.status, HubStatusRequest(), as: HubStatusReply.self)
            return Calamity(
                victim: "hubd", unanswered: unanswered, cutsConnections: true,
                backAfterMillis: (ContinuousClock.now - died).inMillis)
        }
    }

    /// The module that decides on a service, as the hub sees it.
    func module(of service: String) async throws -> HubModuleInfo? {
        let reply = try await admin.call(.listModules, HubListModulesRequest(), as: HubListModulesReply.self)
        return reply.message.modules.first { $0.services.contains(service) }
    }

    /// Waits until so many submits were sent and enough of them are unanswered. Never sleeps: a hub that answers in a
    /// millisecond would be through with everything.
    private func busy(_ service: String?, from sent: Int, seconds: Int) async throws {
        let began = ContinuousClock.now
        while traffic.sent.first < sent || traffic.waiting(service).count < Self.unansweredMin + 4 {
            guard ContinuousClock.now - began < .seconds(seconds) else {
                throw DemoFailure("fewer than \(Self.unansweredMin) submits were in flight for \(seconds) s")
            }
            await Task.yield()
        }
    }
}
