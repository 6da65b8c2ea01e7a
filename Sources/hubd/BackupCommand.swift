// `hubd backup verify` and `hubd restore`: what is done with a backup where no hub serves.

import ArgumentParser
import Foundation
import HubDomain
import HubProto
import HubStore

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Look at a backup offline; `hubctl backup` makes one.",
        subcommands: [Verify.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Compare every file of a backup with its manifest and recompute the chain; exit 1 names what is wrong.")

        @Argument(help: "The backup's folder.")
        var folder: String

        func run() throws {
            try OfflineCommand.run { () throws(HubError) in
                let backup = try BackupCheck.verify(folder).backup
                return "backup holds: \(backup.sentence)"
            }
        }
    }
}

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make a state directory of a backup, after it was verified whole.",
        discussion: """
            What was acknowledged after the backup was made is not in it: clients with certificates of that time are \
            unknown, certificates revoked since are valid again, and watchers begin anew, because the log has a new \
            identity. Numbers that may be in the world are left out.

            EXAMPLE
              hubd restore --from /backup/20261126-061500 --state /var/lib/elayanan
            """)

    @Option(help: "The backup's folder.")
    var from: String

    @Option(help: "State directory to make; it must not exist, or be empty.")
    var state: String

    @Option(help: "Numbers of every series that are left out, 0 to \(BackupRestore.skippingMax).")
    var skipNumbers = BackupRestore.skippingStandard

    func validate() throws {
        guard skipNumbers <= BackupRestore.skippingMax else {
            throw ValidationError("--skip-numbers must be at most \(BackupRestore.skippingMax)")
        }
    }

    func run() throws {
        try OfflineCommand.run { () throws(HubError) in
            let backup = try BackupRestore.restore(
                from: from, to: state, hubID: (0..<16).map { _ in UInt8.random(in: .min ... .max) },
                skipping: skipNumbers, nowMillis: SystemClock().nowMillis())
            return "restored: \(backup.sentence)\nnumbers: \(skipNumbers) of every series are left out"
        }
    }
}

extension HubBackup {
    /// For people who restore.
    fileprivate var sentence: String {
        let head = chainHead.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
        return "\(cases) cases, \(documents) documents, \(sequence) events, head \(head)"
    }
}

/// What commands without a hub have in common: an answer on standard output, or an error and exit code 1.
private enum OfflineCommand {
    static func run(_ body: () throws(HubError) -> String) throws {
        do throws(HubError) {
            FileHandle.standardOutput.write(Data((try body() + "\n").utf8))
        } catch {
            FileHandle.standardError.write(Data("hubd: \(error)\n".utf8))
            throw ExitCode(1)
        }
    }
}
