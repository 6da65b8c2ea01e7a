// `manifest.json` of a backup as text and back. Whoever restores one may have it from anywhere: nothing in it is believed
// before it was compared.

package import HubDomain
package import HubProto
import SwiftProtobuf

/// Names of backups.
package enum BackupName {
    /// `[a-z0-9][a-z0-9.-]{0,63}`: a folder's name that hides nowhere and leads nowhere else.
    package static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (1...64).contains(bytes.count), let first = bytes.first, isSmallOrDigit(first) else { return false }
        return bytes.allSatisfy { isSmallOrDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    /// `20261126-061500`, UTC.
    package static func of(millis: Int64) -> String {
        let millisPerDay: Int64 = 86_400_000
        let seconds = (millis % millisPerDay + millisPerDay) % millisPerDay / 1_000
        let date = CalendarDate(epochMillis: millis, utcOffsetMinutes: 0).description.filter(\.isNumber)
        let time = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(date)-\(time.joined())"
    }

    private static func isSmallOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension HubBackupManifest {
    /// What makes a folder a backup.
    package static let fileName = "manifest.json"
    /// The most that is read, bytes.
    package static let bytesMax = 262_144
    /// What this hub writes and reads.
    package static let formatKnown: UInt32 = 1
    private static let filesMax = 256

    /// The text of the file.
    package func text() throws(HubError) -> [UInt8] {
        do { return try jsonUTF8Bytes() as [UInt8] } catch {
            throw HubError(.internalFault, "a manifest cannot be written")
        }
    }

    /// Reads the text of a file.
    ///
    /// - Throws: ``HubError/Code/backupDamaged`` when it is no manifest, or one of another format.
    package static func read(_ bytes: [UInt8]) throws(HubError) -> HubBackupManifest {
        var options = JSONDecodingOptions()
        options.ignoreUnknownFields = true  // A newer hub may say more of the same format.
        options.messageDepthLimit = 8
        guard bytes.count <= bytesMax,
            let manifest = try? HubBackupManifest(jsonUTF8Bytes: bytes, options: options)
        else { throw HubError(.backupDamaged, "\(fileName) cannot be read") }
        guard manifest.format == formatKnown else {
            throw HubError(.backupDamaged, "\(fileName) has format \(manifest.format), this hub knows \(formatKnown)")
        }
        guard manifest.backup.hubID.count == 16, manifest.backup.chainHead.count == 32,
            (1...filesMax).contains(manifest.files.count),
            Set(manifest.files.map(\.name)).count == manifest.files.count,
            manifest.files.allSatisfy({ isFilePath($0.name) && isHash($0.sha256) })
        else { throw HubError(.backupDamaged, "\(fileName) is not what a hub writes") }
        return manifest
    }

    /// A file of the folder, or of folders in it that are neither the documents' nor hidden; such as `secrets/mail`.
    package static func isFilePath(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return (1...4).contains(parts.count) && parts.allSatisfy { isName($0.utf8) }
            && (parts.count == 1 || parts[0] != "blobs")
    }

    private static func isName(_ name: some Collection<UInt8>) -> Bool {
        (1...255).contains(name.count) && name.first != UInt8(ascii: ".")
            && name.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "/") && $0 != 0x7F }
    }

    private static func isHash(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
