// A document as it lies on the disk: AES-256-GCM in frames, so that any place is read alone and every changed bit is found.

import Crypto
import Foundation
import HubDomain

/// A sealed file: a header of 32 bytes (8 of magic, 8 that name the key, 16 of salt), then frames of 65,536 bytes of the
/// document, the last one shorter, each followed by its tag of 16.
///
/// Each file has a key of its own, derived from the hub's with the salt (HKDF, RFC 5869), so that the frames' counter is a
/// nonce that never comes twice (NIST SP 800-38D, 8.2.1). The nonce of the last frame is marked, so that a file that was cut
/// at a frame's end is not taken for a whole one; the header is authenticated with every frame. The document's SHA-256 is part
/// of what the key is derived from, so that a file under another document's name does not open; in files of the first
/// format, `ELMSEAL1`, it is not, and whoever reads them must compare.
struct SealedBlob {
    /// What sealed files are called after the document's hash.
    static let suffix = ".sealed"
    static let headerBytes = 32
    static let frameBytes = 65_536
    static let tagBytes = 16
    private static let magic = Array("ELMSEAL2".utf8)
    private static let firstMagic = Array("ELMSEAL1".utf8)
    private static let saltBytes = 16

    let header: [UInt8]
    private let key: SymmetricKey

    /// For a new file.
    ///
    /// - Parameter document: Its SHA-256.
    init(sealing document: [UInt8], with keys: BlobKeys) throws(HubError) {
        guard let newest = keys.keys.first else { throw HubError(.internalFault, "there is no key to seal with") }
        var random = SystemRandomNumberGenerator()
        let salt = (0..<Self.saltBytes).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        self.init(newest, header: Self.magic + newest.id + salt, document)
    }

    /// For a file that is there.
    ///
    /// - Parameter document: SHA-256 of the document that it must hold.
    /// - Throws: ``HubError/Code/documentDamaged`` when the header is none, or of a key that is not here.
    init(header: [UInt8], of document: [UInt8], keys: BlobKeys, file: String) throws(HubError) {
        guard header.count == Self.headerBytes,
            header.starts(with: Self.magic) || header.starts(with: Self.firstMagic)
        else {
            throw Self.damaged(file, "its header")
        }
        let id = header[Self.magic.count..<Self.magic.count + BlobKeys.idBytes]
        guard let key = keys.key(id) else {
            throw HubError(
                .documentDamaged,
                "\(file) was sealed with a key \(Hexadecimal.text(id)) that \(BlobKeys.fileName) lacks")
        }
        self.init(key, header: header, document)
    }

    private init(_ key: BlobKeys.Key, header: [UInt8], _ document: [UInt8]) {
        self.header = header
        let name = header.starts(with: Self.magic) ? document : []
        self.key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key.key, salt: header.suffix(Self.saltBytes), info: Array("elayanan blob".utf8) + name,
            outputByteCount: 32)
    }

    // MARK: Sizes

    /// Bytes of the file of a document of this size.
    static func fileBytes(of size: UInt64) -> UInt64 {
        let frames = max(1, (size &+ UInt64(frameBytes - 1)) / UInt64(frameBytes))
        return UInt64(headerBytes) &+ size &+ frames &* UInt64(tagBytes)
    }

    /// Bytes of the document in a file of this size; nil = no sealed file has it.
    static func documentBytes(in file: UInt64) -> UInt64? {
        guard file >= UInt64(headerBytes + tagBytes) else { return nil }
        let sealed = file - UInt64(headerBytes)
        let frames = (sealed + UInt64(frameBytes + tagBytes - 1)) / UInt64(frameBytes + tagBytes)
        let size = sealed &- frames &* UInt64(tagBytes)
        return fileBytes(of: size) == file ? size : nil
    }

    /// Where a frame begins in the file.
    static func place(of frame: UInt64) -> UInt64 {
        UInt64(headerBytes) &+ frame &* UInt64(frameBytes + tagBytes)
    }

    // MARK: Frames

    func seal(_ bytes: some DataProtocol, frame: UInt64, isLast: Bool) throws(HubError) -> [UInt8] {
        guard let nonce = Self.nonce(frame, isLast),
            let box = try? AES.GCM.seal(bytes, using: key, nonce: nonce, authenticating: header)
        else { throw HubError(.internalFault, "a frame of a document cannot be sealed") }
        return Array(box.ciphertext) + Array(box.tag)
    }

    /// - Throws: ``HubError/Code/documentDamaged`` naming file and frame.
    func open(_ bytes: ArraySlice<UInt8>, frame: UInt64, isLast: Bool, file: String) throws(HubError) -> [UInt8] {
        guard bytes.count >= Self.tagBytes, let nonce = Self.nonce(frame, isLast),
            let box = try? AES.GCM.SealedBox(
                nonce: nonce, ciphertext: bytes.dropLast(Self.tagBytes), tag: bytes.suffix(Self.tagBytes)),
            let plain = try? AES.GCM.open(box, using: key, authenticating: header)
        else { throw Self.damaged(file, "frame \(frame)") }
        return Array(plain)
    }

    private static func nonce(_ frame: UInt64, _ isLast: Bool) -> AES.GCM.Nonce? {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: frame >> (56 - 8 * $0)) }
        return try? AES.GCM.Nonce(data: [isLast ? 1 : 0, 0, 0, 0] + counter)
    }

    static func damaged(_ file: String, _ what: String) -> HubError {
        HubError(.documentDamaged, "\(file): \(what) was changed on the disk; take the file from a backup")
    }
}

extension DurableFolder {
    /// A sealed file with these bytes, durable.
    ///
    /// - Parameters:
    ///   - document: SHA-256 of the bytes.
    ///   - piece: Bytes of the document from an offset on, as many as are asked for.
    func seal(
        _ name: String, of document: [UInt8], size: UInt64, with keys: BlobKeys,
        _ piece: (_ offset: UInt64, _ count: Int) throws(HubError) -> [UInt8]
    ) throws(HubError) {
        let blob = try SealedBlob(sealing: document, with: keys)
        try write(name) { (add) throws(HubError) in
            try add(blob.header)
            var (offset, frame) = (UInt64(0), UInt64(0))
            repeat {
                let count = Int(min(UInt64(SealedBlob.frameBytes), size - offset))
                let bytes = try piece(offset, count)
                guard bytes.count == count else { throw HubError(.ledgerFailed, "a document grew shorter meanwhile") }
                offset += UInt64(count)
                try add(blob.seal(bytes, frame: frame, isLast: offset == size))
                frame += 1
            } while offset < size
        }
    }

    /// At most `count` bytes of a sealed document from `offset` on; nil when there is no such file.
    ///
    /// - Throws: ``HubError/Code/documentDamaged`` when a bit of what is read was changed, or it is another document's file.
    func readSealed(
        _ name: String, of document: [UInt8], offset: UInt64, count: Int, _ keys: BlobKeys
    ) throws(HubError) -> [UInt8]? {
        guard let file = try size(name) else { return nil }
        guard let size = SealedBlob.documentBytes(in: file) else { throw SealedBlob.damaged(name, "its length") }
        let header = try read(name, offset: 0, count: SealedBlob.headerBytes) ?? []
        let blob = try SealedBlob(header: header, of: document, keys: keys, file: name)
        guard offset < size, count > 0 else { return [] }
        let end = offset + min(UInt64(count), size - offset)
        let width = UInt64(SealedBlob.frameBytes)
        let last = (size - 1) / width
        var found: [UInt8] = []
        found.reserveCapacity(Int(end - offset))
        for frame in offset / width...(end - 1) / width {
            let start = SealedBlob.place(of: frame)
            let sealed = try read(name, offset: start, count: SealedBlob.frameBytes + SealedBlob.tagBytes) ?? []
            let plain = try blob.open(sealed[...], frame: frame, isLast: frame == last, file: name)
            let from = Int(max(offset, frame * width) - frame * width)
            let until = Int(min(end, (frame + 1) * width) - frame * width)
            guard until <= plain.count else { throw SealedBlob.damaged(name, "frame \(frame)") }
            found += plain[from..<until]
        }
        return found
    }

    /// Bytes and SHA-256 of the document in a sealed file; in one of the first format it may be another document.
    func digestSealed(_ name: String, of document: [UInt8], _ keys: BlobKeys) throws(HubError) -> FileCopy.Digest {
        var hasher = SHA256()
        var offset: UInt64 = 0
        let piece = 4 * SealedBlob.frameBytes
        while let bytes = try readSealed(name, of: document, offset: offset, count: piece, keys), !bytes.isEmpty {
            hasher.update(data: bytes)
            offset += UInt64(bytes.count)
        }
        return FileCopy.Digest(size: offset, sha256: Hexadecimal.text(hasher.finalize()))
    }
}
