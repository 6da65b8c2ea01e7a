// A regency for a day: a state directory, a running hub, and the departments' programs with their certificates.

import Glibc
import HubClient
import HubDomain
import HubProto
import NIOPosix
import Synchronization

/// Where the built programs lie.
struct Programs: Sendable {
    /// Such as `.build/debug`.
    let folder: String
    var hubd: String { folder + "/hubd" }
    var hubctl: String { folder + "/hubctl" }
    /// One folder for each module, as `make build` assembles them.
    var modules: String { folder + "/modules" }
}

/// Somebody with a certificate.
struct Desk: Sendable, Hashable {
    let department: String
    let name: String
    let role: String
    /// PEM files, in one folder.
    let folder: String
    var certificate: String { "\(folder)/\(name).pem" }
    var key: String { "\(folder)/\(name).key" }
    var authority: String { "\(folder)/ca.pem" }
}

/// One hub with everything around it, in a folder that can be thrown away.
final class Regency: Sendable {
    /// What a run of hubctl printed, and how it ended.
    struct Answer: Sendable {
        let status: Int32
        let output: String
    }

    let programs: Programs
    /// Holds `state`, `desks` and `logs`.
    let folder: String
    let group: MultiThreadedEventLoopGroup
    private let modules: String
    private let running = Mutex<ChildProcess?>(nil)
    private let boundPort = Atomic<Int>(0)
    private let runs = Atomic<Int>(0)
    private let starts = Atomic<Int>(0)

    var state: String { folder + "/state" }
    var logs: String { folder + "/logs" }
    /// Where the hub listens on 127.0.0.1; 0 before it first served.
    var port: Int { boundPort.load(ordering: .relaxed) }
    /// The hub's process id; nil when it does not run.
    var pid: pid_t? { running.withLock { $0?.status() == nil ? $0?.pid : nil } }

    private init(programs: Programs, folder: String, modules: String?, group: MultiThreadedEventLoopGroup) {
        self.programs = programs
        self.folder = folder
        self.modules = modules ?? programs.modules
        self.group = group
    }

    /// Makes the folder and, with `hubctl init`, the state directory.
    ///
    /// - Parameters:
    ///   - folder: Must not exist, or be empty.
    ///   - modules: Another folder of modules than the built one.
    ///   - settings: Lines that are added to `hub.yaml`.
    static func found(
        _ programs: Programs, in folder: String, modules: String? = nil, settings: String = "",
        group: MultiThreadedEventLoopGroup = .singleton
    ) async throws -> Regency {
        let regency = Regency(programs: programs, folder: folder, modules: modules, group: group)
        for path in [folder, regency.logs, folder + "/desks", folder + "/papers"]
        where mkdir(path, 0o700) != 0 && errno != EEXIST {
            throw DemoFailure("\(path) cannot be made: \(String(cString: strerror(errno)))")
        }
        let made = try await regency.hubctl(["init", "--state", regency.state])
        guard made.status == 0 else { throw DemoFailure("hubctl init failed: \(made.output)") }
        if !settings.isEmpty {
            let path = regency.state + "/hub.yaml"
            try TextFile.write((TextFile.bytes(path) ?? []) + Array(settings.utf8), to: path)
        }
        return regency
    }

    // MARK: The hub

    /// Starts hubd and waits until it serves; at the port it had before, if it ran before.
    func start(clock: String = "manual", seconds: Int = 30) async throws {
        let address = state + "/address"
        unlink(address)
        let number = starts.wrappingAdd(1, ordering: .relaxed).newValue
        let log = "\(logs)/hubd-\(number).log"
        let child = try ChildProcess(
            programs.hubd,
            [
                "--state", state, "--listen", "127.0.0.1:\(port)", "--clock", clock, "--modules", modules,
                "--log-level", "debug",
            ], output: log)
        running.withLock { $0 = child }
        for _ in 0..<seconds * 100 {
            if let text = TextFile.text(address), let found = HubAddress(text.filter { !$0.isWhitespace }) {
                boundPort.store(found.port, ordering: .relaxed)
                return
            }
            if let status = child.status() {
                throw DemoFailure("hubd ended with \(status): \(TextFile.text(log) ?? "")")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw DemoFailure("hubd does not serve after \(seconds) s; see \(log)")
    }

    /// Kills hubd as a power cut would.
    func crash() async throws {
        guard let child = running.withLock({ $0 }) else { return }
        child.signal(SIGKILL)
        try await child.wait(seconds: 10)
    }

    /// Asks hubd to end.
    func stop() async {
        await running.withLock { $0 }?.stop()
    }

    /// Leaves the hub running when this program ends.
    func release() {
        running.withLock { $0?.release() }
    }

    // MARK: Those who speak with it

    /// Runs hubctl to its end; its output also stays in the logs.
    func hubctl(_ arguments: [String], seconds: Int = 120) async throws -> Answer {
        let log = "\(logs)/hubctl-\(runs.wrappingAdd(1, ordering: .relaxed).newValue).log"
        let child = try ChildProcess(programs.hubctl, arguments, output: log)
        let status = try await child.wait(seconds: seconds)
        return Answer(status: status, output: TextFile.text(log) ?? "")
    }

    /// Runs hubd's offline commands to their end.
    func hubd(_ arguments: [String], seconds: Int = 60) async throws -> Answer {
        let log = "\(logs)/hubd-offline-\(runs.wrappingAdd(1, ordering: .relaxed).newValue).log"
        let child = try ChildProcess(programs.hubd, arguments, output: log)
        let status = try await child.wait(seconds: seconds)
        return Answer(status: status, output: TextFile.text(log) ?? "")
    }

    /// Runs hubctl with the admin's certificate.
    func admin(_ arguments: [String], seconds: Int = 120) async throws -> Answer {
        try await hubctl(arguments + ["--state", state, "--address", "127.0.0.1:\(port)"], seconds: seconds)
    }

    /// Registers a program or a person with `hubctl client add`.
    func enrol(_ department: String, _ name: String, role: String) async throws -> Desk {
        let desk = Desk(department: department, name: name, role: role, folder: "\(folder)/desks/\(department)-\(name)")
        let answer = try await admin([
            "client", "add", "--department", department, "--name", name, "--role", role, "--out", desk.folder,
        ])
        guard answer.status == 0 else { throw DemoFailure("hubctl client add failed: \(answer.output)") }
        return desk
    }

    /// A client with a desk's certificate. `through` is the port of a relay.
    func client(_ desk: Desk, through port: Int? = nil) throws(HubError) -> HubClient {
        try client(certificate: desk.certificate, key: desk.key, authority: desk.authority, port: port)
    }

    /// A client with the administrator's certificate.
    func adminClient() throws(HubError) -> HubClient {
        try client(
            certificate: state + "/admin.pem", key: state + "/admin.key", authority: state + "/ca.pem", port: nil)
    }

    private func client(
        certificate: String, key: String, authority: String, port: Int?
    ) throws(HubError) -> HubClient {
        var configuration = HubClientConfiguration(
            addresses: [HubAddress(host: "127.0.0.1", port: port ?? self.port)], certificatePath: certificate,
            keyPath: key, authorityPath: authority)
        configuration.software = "hub-demo"
        configuration.backoff = Backoff(firstMillis: 20, capMillis: 250)
        return try HubClient(configuration: configuration, group: group)
    }

    /// Everything hubd and hubctl have printed.
    func printed() -> [(file: String, bytes: [UInt8])] {
        let numbers = 1...max(starts.load(ordering: .relaxed), runs.load(ordering: .relaxed), 1)
        return numbers.flatMap { ["hubd-\($0).log", "hubctl-\($0).log"] }.compactMap { file in
            TextFile.bytes("\(logs)/\(file)").map { (file, $0) }
        }
    }
}
