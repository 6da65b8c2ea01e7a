// hub.yaml as a value: every key has a default, an unknown one is refused by name.

import Foundation
import HubDomain
import HubModules
import HubWire
import Logging
import Yams

/// What the daemon is told. The command line wins over the file.
struct HubConfiguration {
    var stateDirectory: String
    /// `host:port`
    var listen = "127.0.0.1:7443"
    /// One folder for each module.
    var modulesDirectory = besideProgram("modules")
    /// What opens a module's library.
    var hostProgram = HostProgram(path: besideProgram("hub-module-host"), environment: runtimeEnvironment)
    var clock = ClockKind.system
    /// Event loops; 0 = as many as there are processors that hubd may use.
    var threads = 0
    /// Seconds that clients and open calls get when the hub stops.
    var drainSeconds: Int64 = 30
    /// Seconds after which a connection is made anew, give or take a tenth.
    var connectionAgeSeconds: Int64 = 7_200
    /// Connections at once.
    var connectionsMax = 16_384
    /// Of one principal; nil = half of all, so that nobody shuts everybody else out.
    var principalConnectionsMax: Int?
    private var accountLimits = AccountLimits()
    /// Other addresses that serve the same log.
    var alternates: [String] = []
    /// What new certificates say of the place of the revocation list; nil = nothing.
    var crlURI: String?
    /// Where that list is written; nil = `ca.crl` in the state directory.
    var crlFile: String?
    /// Seconds that a reader may take nothing of what waits for it.
    var slowReaderSeconds: Int64 = 30
    /// Where backups go; nil = a folder in the state directory.
    var backupFolder: String?
    /// How people are told; nil = they are not.
    var notices: NoticesConfiguration?
    /// Where officers sign; nil = nowhere, the hub's seal is enough.
    var signature: SignatureConfiguration?
    /// What documents go through before they are kept.
    var documents = DocumentsConfiguration()
    /// What encodes images anew.
    var imageProgram = besideProgram("hub-image")
    var logLevel = Logger.Level.notice
    var moduleLimits = ModuleLimits()

    /// What one principal may hold at once.
    var accounts: AccountLimits {
        var limits = accountLimits
        limits.connections = principalConnectionsMax ?? max(1, connectionsMax / 2)
        return limits
    }

    /// Files without which the parts that name them do not start.
    var namedFiles: [String] { (notices?.files ?? []) + (signature?.files ?? []) }

    /// Reads the file; without one everything has its default.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` naming file, key and remedy.
    static func load(path: String?, stateDirectory: String) throws(HubError) -> HubConfiguration {
        let file = path ?? stateDirectory + "/hub.yaml"
        guard path != nil || FileManager.default.fileExists(atPath: file) else {
            return HubConfiguration(stateDirectory: stateDirectory)
        }
        return try read(try YAMLFile.bytes(file), file: file, stateDirectory: stateDirectory)
    }

    /// Reads the content of a file; `file` is its name in errors.
    static func read(_ bytes: Data, file: String, stateDirectory: String) throws(HubError) -> HubConfiguration {
        var configuration = HubConfiguration(stateDirectory: stateDirectory)
        for (key, value) in try YAMLFile.mapping(bytes, file: file) { try configuration.set(key, value, file: file) }
        return configuration
    }

    private mutating func set(_ key: String, _ node: Node, file: String) throws(HubError) {
        func wrong(_ expected: String) -> HubError {
            HubError(.configurationInvalid, "\(file): \(key) must be \(expected)")
        }
        func text() throws(HubError) -> String {
            guard let text = node.string else { throw wrong("text") }
            return text
        }
        func number(_ range: ClosedRange<Int>) throws(HubError) -> Int {
            guard let number = YAMLFile.number(node), range.contains(number) else {
                throw wrong("a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        switch key {
        case "version": _ = try number(1...1)
        case "listen": listen = try text()
        case "modules": modulesDirectory = try text()
        case "host_program": hostProgram.path = try text()
        case "clock":
            guard let kind = ClockKind(rawValue: try text()) else { throw wrong("system or manual") }
            clock = kind
        case "threads": threads = try number(0...256)
        case "drain_seconds": drainSeconds = Int64(try number(0...600))
        case "connection_age_seconds": connectionAgeSeconds = Int64(try number(60...86_400))
        case "connections_max": connectionsMax = try number(1...1_000_000)
        case "principal_connections_max": principalConnectionsMax = try number(1...1_000_000)
        case "principal_calls_max": accountLimits.calls = try number(1...1_000_000)
        case "principal_mib_max": accountLimits.bytes = try number(16...65_536) << 20
        case "principal_cuts_free": accountLimits.cutsFree = try number(0...1_000_000)
        case "alternates":
            guard let names = node.sequence?.map({ $0.string ?? "" }), names.count <= 8,
                names.allSatisfy(Self.isAlternate)
            else { throw wrong("a list of at most 8 HOST:PORT") }
            alternates = names
        case "crl_uri": crlURI = try text()
        case "crl_file": crlFile = try text()
        case "slow_reader_seconds": slowReaderSeconds = Int64(try number(1...600))
        case "backup_folder":
            backupFolder = try text()
            if backupFolder?.isEmpty != false { throw wrong("a folder") }
        case "notices": notices = try NoticesConfiguration(node, file: file, stateDirectory: stateDirectory)
        case "signature":
            signature = try SignatureConfiguration(node, file: file, stateDirectory: stateDirectory)
        case "documents":
            documents = try DocumentsConfiguration(node, file: file, stateDirectory: stateDirectory)
        case "image_program": imageProgram = try text()
        case "log_level": logLevel = try Self.level(try text())
        case "module_decide_timeout_ms": moduleLimits.decideMillis = Int64(try number(10...300_000))
        case "module_start_timeout_ms": moduleLimits.startMillis = Int64(try number(100...300_000))
        case "module_crashes_max": moduleLimits.crashesMax = try number(1...1_000_000)
        case "module_crash_window_seconds": moduleLimits.crashWindowMillis = Int64(try number(1...86_400)) * 1_000
        case "module_data_limit_mib": moduleLimits.dataBytesMax = UInt64(try number(16...65_536)) << 20
        case "module_backoff_ms": moduleLimits.backoffMillis = Int64(try number(0...60_000))
        default:
            throw HubError(.configurationInvalid, "\(file): unknown key \(key); see README.md, section Configuration")
        }
    }

    /// Path of something that lies beside hubd.
    private static func besideProgram(_ name: String) -> String {
        let program = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        return program?.appendingPathComponent(name).path ?? name
    }

    /// What a host needs to find the Swift runtime, where it is not in a standard place.
    private static var runtimeEnvironment: [String: String] {
        ProcessInfo.processInfo.environment.filter { $0.key == "LD_LIBRARY_PATH" }
    }

    static func level(_ text: String) throws(HubError) -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            throw HubError(.configurationInvalid, "log level must be trace, debug, info, notice, warning or error")
        }
        return level
    }

    /// Host and port of ``listen``; `[::1]:7443` for IPv6.
    func address() throws(HubError) -> (host: String, port: Int) {
        guard let address = Self.address(listen) else {
            throw HubError(.configurationInvalid, "listen must be HOST:PORT")
        }
        return address
    }

    private static func isAlternate(_ text: String) -> Bool {
        guard text.utf8.count <= 260, let (host, port) = address(text) else { return false }
        return !host.isEmpty && port > 0
    }

    private static func address(_ text: String) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        return (text[..<colon].trimmingCharacters(in: ["[", "]"]), port)
    }
}

/// Which time the hub lives in.
enum ClockKind: String, CaseIterable {
    case system
    case manual
}

/// A YAML file whose top is a mapping.
enum YAMLFile {
    /// - Throws: ``HubError/Code/configurationInvalid`` naming the file.
    static func bytes(_ path: String) throws(HubError) -> Data {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw HubError(.configurationInvalid, "\(path): cannot be read")
        }
        return bytes
    }

    /// - Throws: ``HubError/Code/configurationInvalid`` naming the file.
    static func mapping(_ bytes: Data, file: String) throws(HubError) -> [(String, Node)] {
        guard bytes.count <= 262_144, let text = String(data: bytes, encoding: .utf8) else {
            throw HubError(.configurationInvalid, "\(file): is not UTF-8 text of at most 256 KiB")
        }
        if let line = YAMLAnchor.line(in: text) {
            throw HubError(.configurationInvalid, "\(file):\(line): anchors are not read; write the value out")
        }
        do {
            guard let top = try Yams.compose(yaml: text) else { return [] }
            guard let mapping = top.mapping else {
                throw HubError(.configurationInvalid, "\(file): must be a list of `key: value` lines")
            }
            return mapping.map { ($0.key.string ?? "", $0.value) }
        } catch let error as HubError {
            throw error
        } catch {
            throw HubError(.configurationInvalid, "\(file): not valid YAML: \(error)")
        }
    }

    /// A whole number in decimal digits. YAML's own numbers know base 60, whose reader traps beyond 64 bits.
    static func number(_ node: Node) -> Int? { node.scalar.flatMap { Int($0.string) } }
}
