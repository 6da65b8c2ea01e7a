// Notices as files, one each, for a program of the regency that reads a folder.

import Glibc
package import HubCore
package import HubDomain

/// A folder in the manner of a maildir: a notice is written in `tmp`, and is whole when it stands in `new`. Whoever reads it
/// takes it away. A notice that is delivered twice has the same name.
package struct FileCourier: NoticeCourier {
    private let folder: String
    private let threads: CourierThreads

    /// Makes the folder, which only hubd's user may enter.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` when it cannot be made.
    package init(folder: String, threads: CourierThreads) throws(HubError) {
        self.folder = folder
        self.threads = threads
        for path in [folder, folder + "/tmp", folder + "/new"] where mkdir(path, 0o700) != 0 && errno != EEXIST {
            throw HubError(.configurationInvalid, "notices: folder \(path) cannot be made (errno \(errno))")
        }
    }

    package func deliver(_ parcel: NoticeParcel) async -> CourierOutcome {
        let bytes = ParcelText.json(of: parcel, addressed: "recipient")
        let outcome = await threads.run { [folder] in Self.write(bytes, parcel.id, folder) }
        return outcome ?? .later(what: "stopping", channelFails: false)
    }

    private static func write(_ bytes: [UInt8], _ id: String, _ folder: String) -> CourierOutcome {
        let draft = "\(folder)/tmp/\(id).json"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return failure() }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            written += count
        }
        let isWhole = written == bytes.count && fsync(file) == 0
        let reason = errno
        close(file)
        guard isWhole else {
            unlink(draft)
            return .later(what: "errno \(reason)", channelFails: true)
        }
        guard rename(draft, "\(folder)/new/\(id).json") == 0, flush(folder + "/new") else { return failure() }
        return .delivered(what: "file")
    }

    /// A name is durable when its folder is.
    private static func flush(_ folder: String) -> Bool {
        let handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { return false }
        defer { close(handle) }
        return fsync(handle) == 0
    }

    private static func failure() -> CourierOutcome { .later(what: "errno \(errno)", channelFails: true) }
}
