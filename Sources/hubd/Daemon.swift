// The daemon: opens the ledger, starts the modules, listens; stops in the reverse order.

import Foundation
import HubCore
import HubCouriers
import HubDomain
import HubModules
import HubPapers
import HubServer
import HubStore
import HubTrust
import Logging
import NIOPosix
import ServiceLifecycle

/// One run of hubd over one state directory.
struct Daemon {
    let configuration: HubConfiguration

    func run() async throws(HubError) {
        let logger = Self.logger(configuration.logLevel)
        let state = StateDirectory(path: configuration.stateDirectory)
        let policy = try PolicyFile.load(state.policy)
        let files = FileLimit.raise()
        if files < configuration.connectionsMax + 256 {
            logger.notice(
                "fewer files may be open than connections_max; raise the limit", metadata: ["files": "\(files)"])
        }
        let clock = makeClock()
        let ledger = try SQLiteLedger.open(
            path: state.path, nowMillis: clock.nowMillis(), hubID: { Self.randomBytes(16) })
        defer { close(ledger, logger) }
        let blobs = try FileBlobStore(path: state.path, keys: try BlobKeys.open(state: state.path))
        let health = HealthBoard()
        let group = MultiThreadedEventLoopGroup(
            numberOfThreads: configuration.threads == 0 ? Processors.available : configuration.threads)
        let modules = ModuleSupervisor(
            BundleReader.discover(directory: configuration.modulesDirectory), host: configuration.hostProgram,
            limits: configuration.moduleLimits, clock: clock, health: health,
            jitter: { Double.random(in: -1...1) }, group: group, logger: logger)
        await modules.start()
        let threads = OutsideThreads(configuration)
        do throws(HubError) {
            let (hub, server) = try await assemble(
                ledger, blobs, modules, clock, health, policy: policy, state: state, group: group, threads: threads,
                logger: logger)
            try Self.announce(server.address, state)
            try await serve(hub, server, logger: logger)
        } catch {
            await modules.shutdown()
            throw error
        }
        await modules.shutdown()
        await threads.stop()
        // Fails only when it was shut down before, which nobody did.
        try? await group.shutdownGracefully()
    }

    private func assemble(
        _ ledger: SQLiteLedger, _ blobs: FileBlobStore, _ modules: ModuleSupervisor, _ clock: any HubClock,
        _ health: HealthBoard, policy: Policy, state: StateDirectory, group: MultiThreadedEventLoopGroup,
        threads: OutsideThreads, logger: Logger
    ) async throws(HubError) -> (Hub, HubServer) {
        let facts = ProcessFacts(
            instanceID: Self.randomBytes(16), software: softwareVersion, startedMillis: clock.nowMillis(),
            pid: UInt32(ProcessInfo.processInfo.processIdentifier))
        let signer = try StateSigner(state, configuration)
        var ports = HubPorts(
            ledger: ledger, blobs: blobs, modules: modules, rules: RuleFileReader(), clock: clock,
            signer: signer, cursorKey: signer.authority.secret(for: "cursors"),
            random: { UInt64.random(in: .min ... .max) })
        ports.health = health
        ports.backups = StateBackups(
            state: state.path, folder: configuration.backupFolder, named: configuration.namedFiles,
            software: softwareVersion)
        try Self.equip(&ports, state, logger)
        try Self.equip(&ports, configuration.notices, threads.notices, clock: SystemClock())
        if let signature = configuration.signature, let own = threads.signatures {
            ports.signatory = try signature.service(own)
        }
        try configuration.documents.equip(&ports, program: configuration.imageProgram)
        let pid = ProcessInfo.processInfo.processIdentifier
        ports.memory = { ProcessMemory.proportionalBytes(pid: pid) ?? 0 }
        let hub = try await Hub.assemble(ports, policy: policy, facts: facts, logger: logger)
        // A list is there before anybody can ask for it.
        await hub.revocations.renewIfDue()
        let (host, port) = try configuration.address()
        var listening = HubServerConfiguration(
            host: host, port: port, authorityPath: state.authorityCertificate, certificatePath: state.hubCertificate,
            keyPath: state.hubKey, software: softwareVersion, instanceID: facts.instanceID,
            random: { Double.random(in: 0...1) })
        listening.connectionsMax = configuration.connectionsMax
        listening.accounts = configuration.accounts
        listening.alternates = configuration.alternates
        listening.times.age = .seconds(configuration.connectionAgeSeconds)
        listening.times.watcherPatience = .seconds(configuration.slowReaderSeconds)
        let server = try await HubServer.start(listening, hub: hub, group: group, logger: logger) { certificate in
            // A certificate of ours that cannot be read is answered like one of an unknown principal.
            guard let names = try? PrincipalReader.names(fromDER: certificate) else { return nil }
            return Credential(principal: names.principal, serial: names.serial)
        }
        return (hub, server)
    }

    /// What papers need. A machine without fonts serves everything else: its papers wait.
    private static func equip(
        _ ports: inout HubPorts, _ state: StateDirectory, _ logger: Logger
    ) throws(HubError) {
        let key = try state.loadPaperKey()
        (ports.paperSigner, ports.paperKeys) = (key, [key.publicKey])
        do throws(HubError) { ports.printer = try PaperPress() } catch {
            logger.error("papers wait: this hub cannot print", metadata: ["error": "\(error)"])
        }
    }

    /// Ways out for notices.
    private static func equip(
        _ ports: inout HubPorts, _ notices: NoticesConfiguration?, _ threads: CourierThreads?, clock: SystemClock
    ) throws(HubError) {
        guard let notices, let threads else { return }
        ports.outbox = notices.policy
        ports.couriers = try notices.couriers(threads, nowMillis: { clock.nowMillis() })
    }

    /// Serves until SIGTERM or SIGINT.
    ///
    /// - Throws: When a service failed, so that whoever started hubd sees it fail and starts it anew.
    private func serve(_ hub: Hub, _ server: HubServer, logger: Logger) async throws(HubError) {
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: LoopService("deadlines") { await hub.deadlines.run(sleep: $0) }),
                    .init(service: LoopService("revocations") { await hub.revocations.run(sleep: $0) }),
                    .init(service: LoopService("drafts") { await hub.drafts.run(sleep: $0) }),
                    .init(service: LoopService("retention") { await hub.retention.run(sleep: $0) }),
                    .init(service: LoopService("outbox") { await hub.outbox?.run(sleep: $0) }),
                    .init(service: LoopService("quarantine") { _ in await hub.quarantine.run() }),
                    .init(
                        service: ListenerService(
                            server: server, health: hub.health, drainSeconds: configuration.drainSeconds)),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do { try await group.run() } catch {
            throw error as? HubError ?? HubError(.internalFault, "the hub stops because a service failed: \(error)")
        }
    }

    private func makeClock() -> any HubClock {
        switch configuration.clock {
        case .system: SystemClock()
        case .manual: ManualClock(startMillis: SystemClock().nowMillis())
        }
    }

    private func close(_ ledger: SQLiteLedger, _ logger: Logger) {
        do { try ledger.close() } catch {
            logger.error("the ledger was not closed cleanly; it repairs itself at the next start")
        }
    }

    /// Says where the hub listens, to whoever started it and to `hubctl --state`.
    private static func announce(_ address: String, _ state: StateDirectory) throws(HubError) {
        do {
            try (address + "\n").write(toFile: state.path + "/address", atomically: true, encoding: .utf8)
        } catch {
            throw HubError(.configurationInvalid, "\(state.path)/address cannot be written")
        }
        FileHandle.standardOutput.write(Data("\(softwareVersion) serves on \(address)\n".utf8))
    }

    private static func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "hubd") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return logger
    }

    private static func randomBytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max) }
    }
}

/// Threads for what speaks with servers of others: a signature never waits for a mail.
private struct OutsideThreads {
    let notices: CourierThreads?
    let signatures: CourierThreads?

    init(_ configuration: HubConfiguration) {
        notices = configuration.notices.map { CourierThreads(count: $0.threads) }
        signatures = configuration.signature.map { CourierThreads(count: $0.threads) }
    }

    func stop() async {
        await notices?.stop()
        await signatures?.stop()
    }
}

/// A loop that sleeps between its rounds, as a service. Logs call it by its name: what it holds may be secret.
private struct LoopService: Service, CustomStringConvertible {
    /// Runs until its task is cancelled, and is given what waits for so many milliseconds.
    typealias Loop = @Sendable (_ sleep: @escaping @Sendable (Int64) async -> Void) async -> Void

    let description: String
    let loop: Loop

    init(_ description: String, _ loop: @escaping Loop) { (self.description, self.loop) = (description, loop) }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await loop { millis in try? await Task.sleep(for: .milliseconds(millis)) }
        }
        // A loop with nothing to do ends at once, and nothing else shall end because of it.
        try? await gracefulShutdown()
    }
}

/// The listener as a service: it runs until it is told to stop, then says goodbye to every client.
private struct ListenerService: Service, CustomStringConvertible {
    let description = "listener"
    let server: HubServer
    let health: HealthBoard
    let drainSeconds: Int64

    func run() async throws {
        try? await gracefulShutdown()
        health.drain()
        await server.stop(drainSeconds: drainSeconds)
    }
}
