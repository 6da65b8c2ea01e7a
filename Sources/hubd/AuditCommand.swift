// `hubd audit verify`: checks the chain of a state directory that no hub serves.

import ArgumentParser
import Foundation
import HubDomain
import HubStore

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Check the log of a state directory offline.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recompute the hash chain over all events; exit 1 names the first that does not hold.")

        @Option(help: "State directory; no hub may be serving it.")
        var state: String

        func run() async throws {
            do throws(HubError) {
                guard FileManager.default.fileExists(atPath: "\(state)/\(SQLiteLedger.fileName)") else {
                    throw HubError(.configurationInvalid, "\(state) holds no ledger; start hubd once")
                }
                let ledger = try SQLiteLedger.open(
                    path: state, nowMillis: SystemClock().nowMillis(), hubID: { [UInt8](repeating: 0, count: 16) })
                let head = try await ledger.verifyChain()
                try ledger.close()
                let chain = head.chain.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }
                FileHandle.standardOutput.write(
                    Data("chain holds: \(head.sequence) events, head \(chain.joined())\n".utf8))
            } catch {
                FileHandle.standardError.write(Data("hubd: \(error)\n".utf8))
                throw ExitCode(1)
            }
        }
    }
}
