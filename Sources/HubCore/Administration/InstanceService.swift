// `hub.admin.v1.Services`: who answers calls here, and how it fares; the hub and each module's process are instances.

import HubDomain
import HubProto

/// Reads counters; asks a module only for Ping.
struct InstanceService: Sendable {
    let facts: ProcessFacts
    let modules: any ModuleRuntime
    let clock: any HubClock
    /// Methods of the hub, and what was counted of each.
    let methods: [HubMethod]
    let figures: @Sendable () -> [MethodFigures]
    /// Waits so many milliseconds of real time, or until the task is cancelled.
    let pause: @Sendable (UInt32) async -> Void

    /// Name of the hub among the instances.
    static let hubName = "hub"
    /// Longest wait for a module's answer to Ping, milliseconds.
    static let pingMillis: UInt32 = 2_000
    static let intervalMillis: (least: UInt32, standard: UInt32, most: UInt32) = (250, 5_000, 300_000)

    func ping(_ context: CallContext, _ request: HubAdminInstanceSelector) async throws(HubError) -> HubAdminPingReply {
        let found = try await instances(request)
        let pongs = await withTaskGroup(of: HubAdminPong?.self) { group in
            for one in found {
                group.addTask { await pong(one, patienceMillis: min(Self.pingMillis, context.timeoutMillis)) }
            }
            return await group.reduce(into: [HubAdminPong]()) { list, pong in if let pong { list.append(pong) } }
        }
        return .with { $0.instances = pongs.sorted { $0.instance.name < $1.instance.name } }
    }

    func info(_ context: CallContext, _ request: HubAdminInstanceSelector) async throws(HubError) -> HubAdminInfoReply {
        let found = try await instances(request)
        return .with { $0.instances = found.map(info) }
    }

    func stats(
        _ context: CallContext, _ request: HubAdminInstanceSelector
    ) async throws(HubError) -> HubAdminStatsReply {
        let found = try await instances(request)
        return .with {
            $0.instances = found.map(stats)
            $0.nowMs = clock.nowMillis()
        }
    }

    func watch(
        _ context: CallContext, _ request: HubAdminWatchStatsRequest, into sink: any StreamSink
    ) async throws(StreamInterruption) {
        do throws(HubError) {
            let interval = request.intervalMs == 0 ? Self.intervalMillis.standard : request.intervalMs
            guard (Self.intervalMillis.least...Self.intervalMillis.most).contains(interval) else {
                throw HubError(
                    .filterInvalid,
                    "interval_ms must be \(Self.intervalMillis.least) to \(Self.intervalMillis.most), or 0")
            }
            while !Task.isCancelled {
                try await sink.send(try await stats(context, request.instances).ledgerBytes(), cursor: [])
                await pause(interval)
            }
            throw HubError(.cancelled, "the watcher left")
        } catch {
            throw StreamInterruption(error: error, cursor: [])
        }
    }

    // MARK: Instances

    /// The hub, or a module's process; bundles without one are none.
    private enum Subject: Sendable {
        case hub
        case module(ModuleInstance)
    }

    private func instances(_ selector: HubAdminInstanceSelector) async throws(HubError) -> [Subject] {
        var all: [Subject] = [.hub]
        for module in await modules.instances() where module.info.pid != 0 { all.append(.module(module)) }
        let found = all.filter { subject in
            let one = instance(subject)
            return [(selector.name, one.name), (selector.id, one.id)].allSatisfy { $0.isEmpty || $0 == $1 }
        }
        guard !found.isEmpty else {
            throw HubError(.moduleUnknown, "no instance of this name and id runs now; see Services/Info without them")
        }
        return found
    }

    private var hubID: String { Hexadecimal.text(facts.instanceID) }

    private func instance(_ subject: Subject) -> HubAdminInstance {
        switch subject {
        case .hub:
            .with {
                $0.name = Self.hubName
                $0.id = hubID
                $0.version = facts.software
                $0.metadata = ["pid": "\(facts.pid)"]
            }
        case .module(let module):
            .with {
                $0.name = module.info.id
                $0.id = "\(hubID)-\(module.info.id)-\(module.info.starts)"
                $0.version = module.info.version
                $0.metadata = [
                    "department": module.info.department, "pid": "\(module.info.pid)",
                    "bundle_hash": Hexadecimal.text(module.info.bundleHash),
                ]
            }
        }
    }

    private func pong(_ subject: Subject, patienceMillis: UInt32) async -> HubAdminPong? {
        var pong = HubAdminPong()
        pong.instance = instance(subject)
        if case .module(let module) = subject {
            // One that does not answer is not in the list: that is what Ping tells.
            guard let time = try? await modules.roundTrip(module: module.info.id, timeoutMillis: patienceMillis) else {
                return nil
            }
            pong.roundTripNs = time
        }
        return pong
    }

    private func info(_ subject: Subject) -> HubAdminInstanceInfo {
        var info = HubAdminInstanceInfo()
        info.instance = instance(subject)
        switch subject {
        case .hub:
            info.description_p = "The hub: checks who asks, hands cases to modules and remembers what was decided."
            info.endpoints = methods.sorted { $0.path < $1.path }.map { method in
                .with {
                    $0.method = method.path
                    $0.shape = method.shape.word
                }
            }
            info.startedMs = facts.startedMillis
        case .module(let module):
            info.description_p = "The module \(module.info.id) of department \(module.info.department)."
            info.endpoints = [ModuleMethod.describe, ModuleMethod.decide, ModuleMethod.echo].map { path in
                .with {
                    $0.method = path
                    $0.shape = HubMethod.Shape.unary.word
                }
            }
            info.services = module.info.services
            info.startedMs = module.info.startedMs
        }
        return info
    }

    private func stats(_ subject: Subject) -> HubAdminInstanceStats {
        var stats = HubAdminInstanceStats()
        stats.instance = instance(subject)
        let counted: [MethodFigures]
        switch subject {
        case .hub:
            stats.startedMs = facts.startedMillis
            counted = figures()
        case .module(let module):
            stats.startedMs = module.info.startedMs
            counted = module.figures
        }
        stats.methods = counted.filter { $0.requests > 0 }.sorted { $0.method < $1.method }.map(\.message)
        return stats
    }
}

extension MethodFigures {
    var message: HubAdminMethodStats {
        .with {
            $0.method = method
            $0.numRequests = requests
            $0.numErrors = errors
            $0.lastError = lastError
            $0.processingTimeNs = nanoseconds
            $0.averageProcessingTimeNs = requests == 0 ? 0 : nanoseconds / requests
        }
    }
}

extension HubMethod.Shape {
    /// As `hub.admin.v1.Endpoint` says it.
    var word: String {
        switch self {
        case .unary: "unary"
        case .clientStream: "client_stream"
        case .serverStream: "server_stream"
        case .exchange: "exchange"
        }
    }
}
