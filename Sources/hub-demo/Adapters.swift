// Adapters of outside authorities as processes of their own, which may be killed.

import HubClient
import HubDomain
import HubProto

/// One adapter of one authority.
final class Adapter: Sendable {
    let authority: String
    private let regency: Regency
    private let desk: Desk

    /// Registers it; it does not run yet.
    static func enrol(_ authority: String, _ regency: Regency) async throws -> Adapter {
        Adapter(authority, regency, try await regency.enrol(authority, "adapter-1", role: "authority"))
    }

    private init(_ authority: String, _ regency: Regency, _ desk: Desk) {
        (self.authority, self.regency, self.desk) = (authority, regency, desk)
    }

    /// Starts a process.
    ///
    /// - Parameter options: Of ``AdapterProgram``.
    func start(_ options: [String] = []) throws -> ChildProcess {
        try ChildProcess(
            regency.programs.folder + "/hub-demo",
            [
                "adapter", "--address", "127.0.0.1:\(regency.port)", "--cert", desk.certificate, "--key", desk.key,
                "--ca", desk.authority, "--register", "\(regency.folder)/\(authority).numbers",
            ] + options, output: "\(regency.logs)/adapter-\(authority).log")
    }
}

extension Town {
    /// Whether authorities have answered what a case asks; waits a moment for it.
    func isAnswered(_ number: String) async throws -> Bool {
        for _ in 0..<20 {
            let state = try await read(number, as: admin)
            if !state.inquiries.contains(where: { [.waiting, .taken, .parked].contains($0.state) }) { return true }
            // One that is put off comes when the clock has moved.
            if state.inquiries.contains(where: { $0.state == .waiting && $0.failures > 0 }) { return false }
            try await Task.sleep(for: .milliseconds(100))
        }
        return false
    }
}
