// Backups: whole while somebody writes, refused when a byte is missing, and the beginning of a log of their own.

import Crypto
import Foundation
import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import HubStore

@Suite("Backups of a state directory")
struct BackupTests {
    /// A served state directory with its backups.
    private struct Home {
        let directory: StateDirectory
        let ledger: SQLiteLedger
        let blobs: FileBlobStore
        let backups: StateBackups

        init(_ directory: StateDirectory, folder: String? = nil) throws {
            self.directory = directory
            ledger = try directory.open()
            blobs = try FileBlobStore(path: directory.path)
            backups = StateBackups(state: directory.path, folder: folder, software: "test 1")
            for name in ["ca.key", "policy.yaml"] {
                try Data(name.utf8).write(to: URL(filePath: "\(directory.path)/\(name)"))
            }
        }

        /// A document as uploads leave it: bytes first, then the row.
        @discardableResult
        func document(_ bytes: [UInt8]) async throws -> [UInt8] {
            let hash = Array(SHA256.hash(data: bytes))
            try await blobs.put(sha256: hash, bytes)
            let document = StoredDocument(mediaType: "image/png", size: UInt64(bytes.count), owner: "warga-1")
            try await ledger.putDocument(sha256: hash, document)
            return hash
        }

        func make(_ name: String, keep: UInt32 = 0, at millis: Int64 = Sample.now) async throws -> HubBackup {
            try await backups.make(name: name, keep: keep, nowMillis: millis)
        }

        func path(_ backup: String) -> String { "\(directory.path)/\(StateBackups.folderName)/\(backup)" }

        /// Restores into a new directory beside the backups.
        func restore(_ backup: String, skipping: UInt64 = 100) throws -> String {
            let state = "\(directory.path)/restored-\(UUID().uuidString)"
            _ = try BackupRestore.restore(
                from: path(backup), to: state, hubID: Self.newID, skipping: skipping, nowMillis: Sample.now)
            return state
        }

        static let newID = [UInt8](repeating: 9, count: 16)
    }

    private func open(_ state: String) throws -> SQLiteLedger {
        try SQLiteLedger.open(path: state, nowMillis: Sample.now) { Array(0..<16) }
    }

    @Test("a backup holds ledger, documents and files, and its manifest counts them")
    func manifest() async throws {
        try await StateDirectory.use { directory in
            let home = try Home(directory)
            for number in 1...5 { try await home.ledger.write(Sample.commit(Sample.newCase(number))) }
            try await home.document([1, 2, 3])
            let made = try await home.make("a")
            let head = try await home.ledger.head()
            #expect(made.sequence == 5 && made.cases == 5 && made.casesOpen == 5 && made.documents == 1)
            #expect([UInt8](made.hubID) == head.hubID && [UInt8](made.chainHead) == head.chain)
            let manifest = try BackupCheck.verify(home.path("a"))
            #expect(manifest.backup == made)
            #expect(manifest.files.map(\.name) == ["ledger.sqlite", "ca.key", "policy.yaml"])
            #expect(try await home.backups.list() == [made])
        }
    }

    @Test("what was acknowledged before is in it, whatever is written meanwhile, and no writer waits for it")
    func whileWriting() async throws {
        try await StateDirectory.use { directory in
            let home = try Home(directory)
            let padding = String(repeating: "Jalan berlubang. ", count: 250)
            for round in 0..<20 {
                var commit = Sample.commit(Sample.newCase(round))
                commit.events = (0..<100).map { Sample.event(Sample.newCase(round), note: "\($0) \(padding)") }
                try await home.ledger.write(commit)
            }
            let before = try await home.ledger.head().sequence
            async let made = home.make("busy")
            for number in 1_000..<1_200 { try await home.ledger.write(Sample.commit(Sample.newCase(number))) }
            let backup = try await made
            let after = try await home.ledger.head().sequence
            #expect(before == 2_000 && (before...after).contains(backup.sequence) && after == 2_200)
            _ = try BackupCheck.verify(home.path("busy"))
            let restored = try open(try home.restore("busy"))
            #expect(try await restored.verifyChain().sequence == backup.sequence)
            #expect(try await restored.counts().cases == backup.cases)
            try restored.close()
        }
    }

    @Test("documents are second names where the disk is the same, and a second backup writes no document again")
    func hardLinks() async throws {
        try await StateDirectory.use { directory in
            let home = try Home(directory)
            try await home.document([UInt8](repeating: 7, count: 100_000))
            let first = try await home.make("a")
            let second = try await home.make("b", at: Sample.now + 1)
            for backup in [first, second] {
                #expect(backup.bytes == backup.bytesWritten + 100_000, "the document cost nothing")
                _ = try BackupCheck.verify(home.path(backup.name))
            }
        }
    }

    /// Where Linux keeps a file system in memory: links from elsewhere do not lead there.
    private static let otherDisk = "/dev/shm"

    @Test(
        "on another disk documents are copied once, and later backups name those of the one before",
        .enabled(if: FileManager.default.isWritableFile(atPath: otherDisk)))
    func anotherDisk() async throws {
        let folder = "\(Self.otherDisk)/backups-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await StateDirectory.use { directory in
            let home = try Home(directory, folder: folder)
            let hash = Hexadecimal.text(try await home.document([UInt8](repeating: 7, count: 100_000)))
            let first = try await home.make("a")
            let second = try await home.make("b", at: Sample.now + 1)
            #expect(first.bytesWritten == first.bytes && second.bytesWritten == second.bytes - 100_000)
            for name in ["a", "b"] { _ = try BackupCheck.verify("\(folder)/\(name)") }
            // A document that rots in the hub is not taken over into a new folder.
            let blob = URL(filePath: "\(directory.path)/blobs/\(hash.prefix(2))/\(hash.dropFirst(2))")
            try Data(repeating: 8, count: 100_000).write(to: blob)
            try FileManager.default.removeItem(atPath: folder)
            let error = await #expect(throws: HubError.self) { try await home.make("c") }
            #expect(error?.code == .backupDamaged && error?.detail.contains("other bytes") == true)
        }
    }

    @Test(
        "a document that rots in an earlier backup on another disk is copied anew from the hub",
        .enabled(if: FileManager.default.isWritableFile(atPath: otherDisk)))
    func rotElsewhere() async throws {
        let folder = "\(Self.otherDisk)/backups-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await StateDirectory.use { directory in
            let home = try Home(directory, folder: folder)
            let hash = Hexadecimal.text(try await home.document([UInt8](repeating: 7, count: 100_000)))
            _ = try await home.make("a")
            let blob = URL(filePath: "\(folder)/a/blobs/\(hash.prefix(2))/\(hash.dropFirst(2))")
            try Data(repeating: 8, count: 100_000).write(to: blob)
            let second = try await home.make("b", at: Sample.now + 1)
            #expect(second.bytesWritten == second.bytes)
            _ = try BackupCheck.verify("\(folder)/b")
        }
    }

    @Test("a backup that an older hub made is verified and restored", arguments: [3, 4])
    func olderHub(schema: Int) async throws {
        try await StateDirectory.use { directory in
            let home = try Home(directory)
            // Without anything personal, as the chain of an older hub holds its events whole.
            var commit = Sample.commit(Sample.newCase(1))
            commit.events[0].applicant = ""
            try await home.ledger.write(commit)
            try directory.close()
            let withoutOutbox = schema < 4 ? "DROP TABLE outbox;" : ""
            try directory.tamper(
                """
                \(withoutOutbox) \(OpeningTests.withoutRetention);
                UPDATE case_row SET side = substr(side, 1, length(side) - 1);
                UPDATE meta SET value = \(schema) WHERE key = 'schema_version'
                """)
            _ = try await home.make("a")
            #expect(try BackupCheck.verify(home.path("a")).schema == UInt32(schema))
            let ledger = try open(try home.restore("a"))
            #expect(try await ledger.verifyChain().sequence == 1)
            #expect(try await ledger.caseState(id: Sample.id(1))?.number == "IZN-2026-1")
            try ledger.close()
        }
    }

    @Test("secrets that the configuration names are in a backup wherever they lie in the state directory")
    func namedFiles() async throws {
        try await StateDirectory.use { directory in
            let home = try Home(directory)
            let folder = "\(directory.path)/secrets/mail"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for name in ["password", "beside"] {
                try Data("rahasia".utf8).write(to: URL(filePath: "\(folder)/\(name)"))
            }
            let backups = StateBackups(
                state: directory.path, folder: nil,
                named: ["\(directory.path)//secrets/./mail/password", "/etc/hostname"], software: "test 1")
            _ = try await backups.make(name: "a", keep: 0, nowMillis: Sample.now)
            let manifest = try BackupCheck.verify(home.path("a"))
            #expect(
                manifest.files.map(\.name) == ["ledger.sqlite", "ca.key", "policy.yaml", "secrets/mail/password"])
            let restored = try home.restore("a") + "/secrets/mail/password"
            #expect(try Data(contentsOf: URL(filePath: restored)) == Data("rahasia".utf8))
            for lost in ["secrets/none", "secrets/.hidden/mail", "secrets/../ca.key"] {
                let forgetful = StateBackups(
                    state: directory.path, folder: nil, named: ["\(directory.path)/\(lost)"], software: "test 1")
                let error = await #expect(throws: HubError.self) {
                    try await forgetful.make(name: "b", keep: 0, nowMillis: Sample.now)
                }
                #expect(error?.code == .backupRefused && error?.detail.contains(lost) == true)
            }
            let attributes = try FileManager.default.attributesOfItem(atPath: restored)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test("a clock that was once ahead costs no backup: what holds more stays, and the one just made always does")
    func wrongClock() async throws {
        try await StateDirectory.use { directory in
            let home = try Home(directory)
            for number in 1...2 { _ = try await home.make("ahead-\(number)", at: Sample.now + 1_000_000) }
            try await home.ledger.write(Sample.commit(Sample.newCase(1)))
            for number in 1...3 { _ = try await home.make("now-\(number)", keep: 2, at: Sample.now + Int64(number)) }
            #expect(try await home.backups.list().map(\.name) == ["now-3", "now-2"])
        }
    }

    @Test("backups of a line that is lost do not push out those of the one that goes on")
    func snapshotPutBack() async throws {
        try await StateDirectory.use { directory in
            let home = try Home(directory)
            let snapshot = "\(directory.path)/snapshot"
            try FileManager.default.createDirectory(atPath: snapshot, withIntermediateDirectories: true)
            try directory.close()
            try FileManager.default.copyItem(atPath: directory.file, toPath: "\(snapshot)/\(SQLiteLedger.fileName)")
            let lost = try directory.open()
            for number in 1...3 {
                try await lost.write(Sample.commit(Sample.newCase(number)))
                _ = try await home.make("lost-\(number)", keep: 2, at: Sample.now + Int64(number))
            }
            let back = StateBackups(state: snapshot, folder: home.path(""), software: "test 1")
            for number in 1...3 {
                _ = try await back.make(name: "back-\(number)", keep: 2, nowMillis: Sample.now + 10 + Int64(number))
            }
            #expect(try await back.list().map(\.name) == ["back-3", "back-2", "lost-3", "lost-2"])
        }
    }

    @Test("every kind of damage is refused with the file's name, and nothing is restored of it")
    func damage() async throws {
        try await StateDirectory.use { directory in
            let home = try Home(directory)
            try await home.ledger.write(Sample.commit(Sample.newCase(1)))
            let hash = Hexadecimal.text(try await home.document([1, 2, 3]))
            _ = try await home.make("a")
            let blob = "blobs/\(hash.prefix(2))/\(hash.dropFirst(2))"
            for name in ["ledger.sqlite", "ca.key", "policy.yaml", "manifest.json", blob] {
                let file = URL(filePath: "\(home.path("a"))/\(name)")
                let sound = try Data(contentsOf: file)
                // In place of the file, not into it: a document may have a second name in the state directory.
                var damaged = sound
                damaged[damaged.count / 2] ^= 1
                for content in name == "manifest.json" ? [nil] : [damaged, sound.dropLast(), nil] {
                    try FileManager.default.removeItem(at: file)
                    try content?.write(to: file)
                    let state = "\(directory.path)/never"
                    for attempt in [
                        { _ = try BackupCheck.verify(home.path("a")) },
                        {
                            _ = try BackupRestore.restore(
                                from: home.path("a"), to: state, hubID: Home.newID, skipping: 0, nowMillis: Sample.now)
                        },
                    ] {
                        let error = #expect(throws: HubError.self, "\(name)") { try attempt() }
                        #expect(error?.code == .backupDamaged)
                        #expect(error?.detail.contains(name) == true, "\(error?.detail ?? "")")
                    }
                    #expect(!FileManager.default.fileExists(atPath: state))
                    try sound.write(to: file)
                }
            }
            _ = try BackupCheck.verify(home.path("a"))
        }
    }

    @Test("a log that was changed before it was copied is refused by its chain")
    func brokenChain() async throws {
        try await StateDirectory.use { directory in
            let home = try Home(directory)
            for number in 1...3 { try await home.ledger.write(Sample.commit(Sample.newCase(number))) }
            try directory.tamper("UPDATE event SET body = body || x'00' WHERE sequence = 2")
            _ = try await home.make("a")
            let error = #expect(throws: HubError.self) { try BackupCheck.verify(home.path("a")) }
            #expect(error?.code == .chainBroken && error?.facts["sequence"] == "2")
        }
    }

    @Test("a document that the ledger names and the store has lost fails the backup, by name, and leaves no folder")
    func lostDocument() async throws {
        try await StateDirectory.use { directory in
            let home = try Home(directory)
            let hash = Hexadecimal.text(try await home.document([1, 2, 3]))
            let name = "blobs/\(hash.prefix(2))/\(hash.dropFirst(2))"
            try FileManager.default.removeItem(atPath: "\(directory.path)/\(name)")
            let error = await #expect(throws: HubError.self) { try await home.make("a") }
            #expect(error?.code == .backupDamaged && error?.detail.contains(name) == true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: home.path("")) == [".lock"])
            #expect(try await home.backups.list().isEmpty)
        }
    }

    @Test("a restored log has an identity of its own and goes on behind the same events")
    func newIdentity() async throws {
        try await StateDirectory.use { directory in
            let home = try Home(directory)
            try await home.ledger.write(Sample.commit(Sample.newCase(1), key: Sample.key(1)))
            _ = try await home.make("a")
            let restored = try open(try home.restore("a"))
            let (old, new) = (try await home.ledger.head(), try await restored.head())
            #expect(new.hubID == Home.newID && new.hubID != old.hubID)
            #expect(new.sequence == old.sequence && new.chain == old.chain)
            guard case .replayed = try await restored.commit(Sample.commit(Sample.newCase(1), key: Sample.key(1)))
            else {
                Issue.record("a key from before the backup was not known")
                return
            }
            try await restored.write(Sample.commit(Sample.newCase(2)))
            #expect(try await restored.verifyChain().sequence == 2)
            try restored.close()
        }
    }

    @Test("a restored log leaves numbers out in every series, also in those that began after the backup")
    func numbers() async throws {
        try await StateDirectory.use { directory in
            let home = try Home(directory)
            _ = try await home.ledger.leaseNumbers(series: "IZN/2026", count: 100)
            _ = try await home.make("a")
            // In the world, and not in the backup.
            _ = try await home.ledger.leaseNumbers(series: "IZN/2026", count: 100)
            _ = try await home.ledger.leaseNumbers(series: "IZN/2027", count: 100)
            let restored = try open(try home.restore("a", skipping: 1_000))
            #expect(try await restored.leaseNumbers(series: "IZN/2026", count: 100) == 1_101..<1_201)
            #expect(try await restored.leaseNumbers(series: "IZN/2027", count: 100) == 1_001..<1_101)
            #expect(try await restored.leaseNumbers(series: "IZN/2027", count: 100) == 1_101..<1_201)
            try restored.close()
        }
    }

    @Test("a directory that holds anything is never overwritten; an empty one may be given")
    func neverOverwrites() async throws {
        try await StateDirectory.use { directory in
            let home = try Home(directory)
            _ = try await home.make("a")
            let error = #expect(throws: HubError.self) {
                try BackupRestore.restore(
                    from: home.path("a"), to: directory.path, hubID: Home.newID, skipping: 0, nowMillis: Sample.now)
            }
            #expect(error?.code == .backupRefused)
            let empty = directory.path + "/empty"
            try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: false)
            _ = try BackupRestore.restore(
                from: home.path("a"), to: empty, hubID: Home.newID, skipping: 0, nowMillis: Sample.now)
            #expect(FileManager.default.contents(atPath: empty + "/ca.key") == Data("ca.key".utf8))
        }
    }

    @Test("only the owner can read a backup, and what is restored of it")
    func modes() async throws {
        try await StateDirectory.use { directory in
            let home = try Home(directory)
            try await home.document([1, 2, 3])
            _ = try await home.make("a")
            for root in [home.path("a"), try home.restore("a")] {
                for name in try #require(FileManager.default.enumerator(atPath: root)).compactMap({ $0 as? String }) {
                    let attributes = try FileManager.default.attributesOfItem(atPath: "\(root)/\(name)")
                    let isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
                    #expect(attributes[.posixPermissions] as? Int == (isFolder ? 0o700 : 0o600), "\(name)")
                }
            }
        }
    }

    @Test("a name is taken once; the oldest backups of a log go, drafts of a hub that died go, another log's stay")
    func keeping() async throws {
        try await StateDirectory.use { directory in
            let home = try Home(directory)
            for number in 1...3 { _ = try await home.make("n\(number)", at: Sample.now + Int64(number)) }
            let taken = await #expect(throws: HubError.self) { try await home.make("n3") }
            #expect(taken?.code == .backupRefused && taken?.status == .alreadyExists)
            let draft = home.path(".draft-dead")
            try FileManager.default.createDirectory(atPath: draft, withIntermediateDirectories: false)
            let restored = try home.restore("n1")
            let other = StateBackups(state: restored, folder: home.path(""), software: "test 1")
            _ = try await other.make(name: "other", keep: 1, nowMillis: Sample.now)
            #expect(!FileManager.default.fileExists(atPath: draft))
            _ = try await home.make("n4", keep: 2, at: Sample.now + 4)
            #expect(try await home.backups.list().map(\.name) == ["n4", "n3", "other"])
            let left = try FileManager.default.contentsOfDirectory(atPath: home.path("")).sorted()
            #expect(left == [".lock", "n3", "n4", "other"])
        }
    }

    @Test("while one is made a second is refused, from here and from another hub with the same folder")
    func oneAtATime() async throws {
        try await StateDirectory.use { directory in
            let home = try Home(directory)
            _ = try await home.make("a")
            let lock = try StateLock(path: home.path(".lock"))
            let error = await #expect(throws: HubError.self) { try await home.make("b") }
            #expect(error?.code == .backupRefused)
            #expect(try await home.backups.list().map(\.name) == ["a"], "a list waits for nobody")
            withExtendedLifetime(lock) {}
        }
    }
}
