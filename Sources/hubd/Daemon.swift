// The daemon: opens the ledger, starts the modules, listens; stops in the reverse order.

import Foundation
import HubCore
import HubDomain
import HubModules
import HubServer
import HubStore
import HubTrust
import Logging
import NIOPosix
import ServiceLifecycle

/// One run of hubd.
struct Daemon {
    let configuration: HubConfiguration

    func run() async throws(HubError) {
        let logger = Self.logger(configuration.logLevel)
        let paths = StatePaths(configuration.stateDirectory)
        let policy = try PolicyFile.load(paths.policy)
        let clock = makeClock()
        let random = { @Sendable in UInt64.random(in: .min ... .max) }
        let ledger = try await SQLiteLedger.open(
            directory: configuration.stateDirectory, newHubID: { Self.bytes(16, random) })
        let group = MultiThreadedEventLoopGroup(
            numberOfThreads: configuration.threads == 0 ? System.coreCount : configuration.threads)
        let modules = ModuleSupervisor(
            specifications: BundleReader.discover(directory: modulesDirectory), hostProgram: hostProgram,
            limits: configuration.moduleLimits, group: group, logger: logger, clock: clock, random: random)
        await modules.start()
        let facts = ProcessFacts(
            instanceID: Self.bytes(16, random), software: softwareVersion, startedMillis: clock.nowMillis(),
            pid: UInt32(ProcessInfo.processInfo.processIdentifier))
        let hub = try await Hub.assemble(
            HubPorts(
                ledger: ledger, modules: modules, clock: clock,
                signer: try StateSigner(paths: paths, random: random), random: random),
            policy: policy, facts: facts, logger: logger)
        let server = try await listen(hub, paths: paths, facts: facts, group: group, logger: logger)
        try paths.writeAddress(server.address)
        announce(server.address)
        await serve(hub, server: server, modules: modules, logger: logger)
        await ledger.close()
        try? await group.shutdownGracefully()
    }
}
