// The manifest of a backup, and the names of backups.

import HubDomain
import HubProto
import Testing

@testable import HubCore

@Suite("Manifests of backups")
struct BackupManifestTests {
    private static let manifest = HubBackupManifest.with {
        $0.format = 1
        $0.backup.hubID = .init(repeating: 1, count: 16)
        $0.backup.chainHead = .init(repeating: 2, count: 32)
        $0.files = [.with { ($0.name, $0.sha256) = ("ledger.sqlite", String(repeating: "a", count: 64)) }]
    }

    @Test("a manifest comes back as it was written, and hashes stand in it as sha256sum writes them")
    func roundTrip() throws {
        let text = try Self.manifest.text()
        #expect(try HubBackupManifest.read(text) == Self.manifest)
        #expect(String(decoding: text, as: UTF8.self).contains(String(repeating: "a", count: 64)))
    }

    @Test(
        "a manifest that leads out of its folder, or is none, is refused",
        arguments: [
            { $0.files[0].name = "../ca.key" }, { $0.files[0].name = "/etc/passwd" }, { $0.files[0].name = "" },
            { $0.files[0].name = ".." }, { $0.files[0].sha256 = "A" }, { $0.files.append($0.files[0]) },
            { $0.files = [] }, { $0.format = 2 }, { $0.backup.hubID = .init() },
        ] as [@Sendable (inout HubBackupManifest) -> Void])
    func refused(_ change: @Sendable (inout HubBackupManifest) -> Void) throws {
        var manifest = Self.manifest
        change(&manifest)
        let text = try manifest.text()
        let error = #expect(throws: HubError.self) { try HubBackupManifest.read(text) }
        #expect(error?.code == .backupDamaged)
    }

    @Test("a backup's name is a folder's name that hides nowhere and leads nowhere else")
    func names() {
        for name in ["a", "20261126-061500", "malam.1", String(repeating: "a", count: 64)] {
            #expect(BackupName.isValid(name), "\(name)")
        }
        for name in ["", ".", "..", ".a", "-a", "a/b", "A", "a b", "ä", String(repeating: "a", count: 65)] {
            #expect(!BackupName.isValid(name), "\(name)")
        }
        #expect(BackupName.of(millis: 1_767_571_265_000) == "20260105-000105")
        #expect(BackupName.isValid(BackupName.of(millis: .max)) && BackupName.isValid(BackupName.of(millis: -1)))
    }
}
