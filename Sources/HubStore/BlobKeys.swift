// The keys with which documents are sealed on the disk: a file of the state directory, one key a line, the newest first.

import Crypto
import Foundation
package import HubDomain

/// Keys of one state directory. The first one seals; all of them open.
package struct BlobKeys: Sendable {
    /// One key under the name that sealed files give it.
    struct Key: Sendable {
        let key: SymmetricKey
        /// The first 8 bytes of the key's SHA-256.
        let id: [UInt8]

        init(_ bytes: [UInt8]) {
            key = SymmetricKey(data: bytes)
            id = Array(SHA256.hash(data: bytes).prefix(BlobKeys.idBytes))
        }
    }

    /// The file in the state directory; a backup holds it as it holds every key.
    package static let fileName = "blobs.key"
    static let idBytes = 8
    private static let keyBytes = 32
    private static let fileBytesMax = 4_096
    /// Beside the blobs: names of the keys that were ever used, so that a key that was lost is missed before anything is sealed
    /// with another one.
    private static let usedName = "sealed-with"

    let keys: [Key]

    private init(_ keys: [Key]) { self.keys = keys }

    func key(_ id: some Sequence<UInt8>) -> Key? { keys.first { $0.id.elementsEqual(id) } }

    /// The keys of a state directory; makes one where there is none and nothing was ever sealed.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` when the file is no list of keys, or a key is missing with which
    ///   documents were sealed.
    package static func open(state: String) throws(HubError) -> BlobKeys {
        let folder = try DurableFolder(state)
        let blobs = try folder.folder(FileBlobStore.folderName)
        let used = try names(usedWith: blobs)
        let keys: BlobKeys
        if let present = try read(state: state) {
            keys = present
        } else {
            guard used.isEmpty else { throw missing(used) }
            let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
            try folder.write(fileName, Array((Hexadecimal.text(bytes) + "\n").utf8))
            keys = BlobKeys([Key(bytes)])
        }
        let own = keys.keys.map { Hexadecimal.text($0.id) }
        let lost = used.filter { !own.contains($0) }
        guard lost.isEmpty else { throw missing(lost) }
        if let newest = own.first, !used.contains(newest) {
            try blobs.write(usedName, Array((used + [newest]).joined(separator: "\n").utf8))
        }
        return keys
    }

    /// The keys of a state directory or of a backup; nil when it has none.
    static func read(state: String) throws(HubError) -> BlobKeys? {
        guard let bytes = try DurableFolder(state).read(fileName, offset: 0, count: fileBytesMax) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let keys = lines.compactMap { self.bytes(ofHex: $0) }
        guard !keys.isEmpty, keys.count == lines.count else {
            throw HubError(
                .configurationInvalid, "\(fileName) must hold keys of \(keyBytes * 2) hexadecimal digits, one a line")
        }
        return BlobKeys(keys.map(Key.init))
    }

    private static func names(usedWith blobs: DurableFolder) throws(HubError) -> [String] {
        let bytes = try blobs.read(usedName, offset: 0, count: fileBytesMax) ?? []
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private static func missing(_ names: [String]) -> HubError {
        HubError(
            .configurationInvalid,
            "\(fileName) lacks the key \(names.joined(separator: ", ")) with which documents were sealed: put it back from "
                + "a backup; without it they cannot be read")
    }

    private static func bytes(ofHex text: Substring) -> [UInt8]? {
        let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == keyBytes * 2, !digits.contains(nil) else { return nil }
        let values = digits.compactMap(\.self)
        return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] * 16 + values[$0 + 1]) }
    }
}
