// The drill: a backup under load, a hub that loses its directory, and what it is after the backup was restored.

import Foundation
import HubClient
import HubDomain
import HubProto
import HubWire
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Backups", .timeLimit(.minutes(3)))
    struct BackupTests {
        private static let settings = RunningHub.settings + "backup_folder: ../backups\n"

        @Test(
            "a hub that lost its directory goes on from a backup made under load, with all that was acknowledged before it"
        )
        func drill() async throws {
            try await RunningHub.serve(settings: Self.settings) { hub in
                let bench = try await Bench(hub)
                let before = try await bench.cases(Service.complaint, count: 40, seed: 41).map(\.number)
                let photo = try await Self.complaintWithPhoto(hub)
                let batch = try await bench.petitions(Service.complaint, count: 200, seed: 42)
                async let stormed = bench.storm.run(batch)
                let made = try await hub.regency.admin(["backup", "--name", "drill", "-o", "name"])
                #expect(made.status == 0 && made.output == "drill\n", "\(made.output)")
                let after = try await stormed.cases.map(\.number)
                let backups = try await hub.town.admin.admin.listBackups(HubListBackupsRequest()).message.backups
                let backup = try #require(backups.first)
                let full = try await hub.town.status()
                #expect(full.cases == 241 && (41...241).contains(backup.cases))
                print("backup under load: \(backup.cases) of \(full.cases) cases")
                let cursor = try await Self.cursor(hub)

                try await hub.regency.crash()
                let folder = hub.regency.folder + "/backups/drill"
                try FileManager.default.moveItem(atPath: hub.regency.state, toPath: hub.regency.state + ".lost")
                try await Self.restore(hub, from: folder)
                try await hub.regency.start()

                let now = try await hub.town.status()
                #expect(now.cases == backup.cases && now.casesOpen == backup.casesOpen)
                #expect(now.sequence == backup.sequence)
                #expect(now.hubID != full.hubID)
                let audit = try await hub.regency.admin(["audit", "verify", "-o", "name"])
                #expect(audit.status == 0, "\(audit.output)")
                #expect(audit.output == backup.chainHead.map { String(format: "%02x", $0) }.joined() + "\n")
                for number in before { _ = try await hub.town.read(number, as: hub.town.admin) }
                try await Self.photo(of: photo, in: hub, is: Self.picture)
                let error = try await Self.resumed(hub, cursor)
                #expect(error?.code == .cursorInvalid)
                // What is lost may be known outside by its number: nobody else gets it.
                let new = try await bench.cases(Service.complaint, count: 20, seed: 43).map(\.number)
                #expect(Set(new).isDisjoint(with: before + after + [photo]))
                let sequences = new.compactMap { CaseNumber(parsing: $0)?.sequence }
                #expect(sequences.count == 20 && sequences.allSatisfy { $0 > 10_000 })
            }
        }

        @Test("a backup with one other byte is refused by name, and a directory in use is never overwritten")
        func refusals() async throws {
            try await RunningHub.serve(settings: Self.settings) { hub in
                _ = try await Self.complaintWithPhoto(hub)
                let watchdog = ["backup", "list", "--newest-within", "26h"]
                #expect(try await hub.regency.admin(watchdog).status == 3)
                #expect(try await hub.regency.admin(["backup", "--name", "a"]).status == 0)
                #expect(try await hub.regency.admin(watchdog).status == 0)
                #expect(try await hub.regency.admin(["backup", "--name", "a"]).status == 7)
                #expect(try await hub.regency.admin(["backup", "--name", "../a"]).status == 1)
                let (folder, ledger) = (
                    hub.regency.folder + "/backups/a", hub.regency.folder + "/backups/a/ledger.sqlite"
                )
                let restore = ["restore", "--from", folder, "--state"]
                let inUse = try await OperationTests.hubd(restore + [hub.regency.state], in: hub.regency.folder)
                #expect(inUse.status == 1 && inUse.said.contains("not empty"), "\(inUse.said)")
                var bytes = try #require(TextFile.bytes(ledger))
                bytes[bytes.count / 2] ^= 1
                try TextFile.write(bytes, to: ledger)
                let state = hub.regency.folder + "/new"
                for arguments in [["backup", "verify", folder], restore + [state]] {
                    let refused = try await OperationTests.hubd(arguments, in: hub.regency.folder)
                    #expect(refused.status == 1 && refused.said.contains("ledger.sqlite"), "\(refused.said)")
                }
                #expect(!FileManager.default.fileExists(atPath: state))
                let officer = try hub.town.office(Service.complaint).counter
                let denied = try await refusal { try await officer.admin.makeBackup(HubMakeBackupRequest()) }
                #expect(denied.code == .permissionDenied)
            }
        }

        private static let picture =
            Array("%PDF-1.7\n".utf8) + (9..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ $0 >> 10) }

        /// Files a complaint whose photograph is an upload; gives its number.
        private static func complaintWithPhoto(_ hub: RunningHub) async throws -> String {
            let file = hub.regency.folder + "/foto.pdf"
            try TextFile.write(picture, to: file)
            let filed = try await hub.regency.admin([
                "submit", "aduan", "--set", "jenis=aduan", "--set", "kategori=jalan", "--set",
                "kerahasiaan=anonim", "--set", "isi=Jalan berlubang di depan pasar", "--document", "foto=\(file)",
                "-o", "name",
            ])
            try #require(filed.status == 0, "\(filed.output)")
            return filed.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        private static func photo(of number: String, in hub: RunningHub, is bytes: [UInt8]) async throws {
            let back = hub.regency.folder + "/kembali.pdf"
            let saved = try await hub.regency.admin(["case", "document", number, "foto", "--out", back])
            #expect(saved.status == 0, "\(saved.output)")
            #expect(TextFile.bytes(back) == bytes)
        }

        /// Verifies a backup and makes a new state directory of it, as an administrator would.
        private static func restore(_ hub: RunningHub, from folder: String) async throws {
            for arguments in [
                ["backup", "verify", folder], ["restore", "--from", folder, "--state", hub.regency.state],
            ] {
                let done = try await OperationTests.hubd(arguments, in: hub.regency.folder)
                try #require(done.status == 0, "\(done.said)")
            }
        }

        /// A watcher's place at the end of the log.
        private static func cursor(_ hub: RunningHub) async throws -> [UInt8] {
            let watcher = try await RawConnection.open(port: hub.regency.port, hub.greeting(hub.town.auditor))
            try await watcher.hello()
            try await watcher.call(HubMethod.watchCases.path, stream: 1, LayananWatchRequest())
            let first = try #require(try await watcher.next(.data)).message(LayananWatchUpdate.self)
            await watcher.close()
            return [UInt8](first.cursor)
        }

        /// What a watcher is told that comes back with its cursor.
        private static func resumed(_ hub: RunningHub, _ cursor: [UInt8]) async throws -> HubError? {
            let watcher = try await RawConnection.open(port: hub.regency.port, hub.greeting(hub.town.auditor))
            try await watcher.hello()
            try await watcher.call(HubMethod.watchCases.path, stream: 1, LayananWatchRequest(), resumeFrom: cursor)
            let end = try #require(try await watcher.next(.end)).message(HubEnd.self)
            await watcher.close()
            return HubError(end: end)
        }
    }
}
