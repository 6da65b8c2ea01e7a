// A module's process that the conformance kit talks to in the hub's place.

import Foundation
import Glibc
import HubDomain
import HubModules

/// Starts one process for each case.
struct ModuleUnderTest: Sendable {
    /// The module's dynamic library.
    let library: String
    /// `hub-module-host`; nil = the one beside this program.
    let host: String?

    /// The hub's end of a new process's socket. The process ends when that is closed.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` when there is no socket.
    func start() throws(HubError) -> CInt {
        var ends: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw HubError(.configurationInvalid, "no socket pair: \(String(cString: strerror(errno)))")
        }
        let beside = Bundle.main.executableURL?.deletingLastPathComponent().appendingPathComponent("hub-module-host")
        let environment = ProcessInfo.processInfo.environment.filter { $0.key == "LD_LIBRARY_PATH" }
        let program = HostProgram(path: host ?? beside?.path ?? "hub-module-host", environment: environment)
        _ = HostProcess.start(program, arguments: arguments, socket: ends[1]) { _ in }
        return ends[0]
    }

    /// The id is the folder's name, as the hub's configuration has it.
    private var arguments: [String] {
        let folder = URL(fileURLWithPath: library).deletingLastPathComponent().lastPathComponent
        return ["--id", folder, "--library", library, "--data-limit", "\(ModuleLimits().dataBytesMax)"]
    }
}
