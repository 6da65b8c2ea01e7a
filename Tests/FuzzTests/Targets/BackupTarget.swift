// The manifest of a backup that somebody brings.

import HubDomain
import HubProto

@testable import HubCore

extension FuzzTarget {
    static let backupManifest = FuzzTarget(
        "backup_manifest", verdicts: [.accepted, "E5010"]
    ) { (input) throws(BrokenPromise) in
        do throws(HubError) {
            let manifest = try HubBackupManifest.read([UInt8](input))
            for file in manifest.files {
                let parts = file.name.split(separator: "/", omittingEmptySubsequences: false)
                let isInside =
                    parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") } && (parts.count == 1 || parts[0] != "blobs")
                try promised(isInside, "a file of a manifest lies elsewhere")
            }
            let again = try HubBackupManifest.read(try manifest.text())
            try promised(again == manifest, "a manifest is not read as it is written")
            return .accepted
        } catch {
            guard error.code != .internalFault else { throw BrokenPromise(description: error.detail) }
            return Verdict(error)
        }
    }

    /// A promise among calls that throw the hub's error.
    private static func promised(_ holds: Bool, _ sentence: String) throws(HubError) {
        if !holds { throw HubError(.internalFault, sentence) }
    }
}
