// What bytes go through before they are a document: told by their content, scanned, and images encoded anew.

import Crypto
import HubDomain
import HubProto
import Logging

/// The way in. Nothing of a document that is refused is kept.
struct DocumentIntake: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let blobs: any BlobStore
    let filter: (any ImageFilter)?
    let scanner: (any DocumentScanner)?
    let policy: IntakePolicy
    let logger: Logger
    /// 100 MiB of whole documents.
    let gate = IntakeGate(bytes: 4 * DocumentService.bytesMax)

    /// Bytes that are kept.
    struct Taken: Sendable {
        var bytes: [UInt8]
        /// 32 bytes.
        var hash: [UInt8]
        /// They wait for the scanner.
        var isWaiting: Bool
    }

    /// The bytes of such a document must be looked at as a whole.
    func looksAtWhole(_ mediaType: String) -> Bool {
        scanner != nil || (filter != nil && ContentKind(rawValue: mediaType.lowercased())?.isImage == true)
    }

    /// - Throws: ``HubError/Code/documentTypeWrong``.
    func check(head: some Collection<UInt8>, declared mediaType: String) throws(HubError) {
        if policy.checksContent { _ = try ContentKind.agreed(head: head, declared: mediaType) }
    }

    /// What is to be kept of a whole document.
    ///
    /// - Throws: ``HubError/Code/documentTypeWrong``, ``HubError/Code/imageUnreadable`` or
    ///   ``HubError/Code/documentHarmful``.
    func taken(_ bytes: [UInt8], hash: [UInt8], declared mediaType: String) async throws(HubError) -> Taken {
        try check(head: bytes, declared: mediaType)
        let isWaiting = try await isWaiting(bytes)
        guard let filter, let kind = ContentKind(head: bytes), kind.isImage else {
            return Taken(bytes: bytes, hash: hash, isWaiting: isWaiting)
        }
        let clean = try await filter.encodedAnew(bytes, kind)
        return Taken(bytes: clean, hash: Array(SHA256.hash(data: clean)), isWaiting: isWaiting)
    }

    /// What was sent is scanned, not what becomes of it: what harms may lie behind an image's end.
    private func isWaiting(_ bytes: [UInt8]) async throws(HubError) -> Bool {
        guard let scanner else { return false }
        switch await scanner.scan(bytes) {
        case .clean: return false
        case .harmful(let name):
            logger.warning("a document was refused: the scanner found something harmful", metadata: ["name": "\(name)"])
            throw Self.harmful
        case .silent(let reason):
            logger.warning(
                "the scanner says nothing; see scanner_silent in hub.yaml",
                metadata: ["reason": "\(reason)", "documents": policy.waitsForScanner ? "wait" : "are accepted"])
            return policy.waitsForScanner
        }
    }

    static let harmful = HubError(
        .documentHarmful, "the scanner found something harmful in the document",
        violations: [
            Violation(
                "body", "harmful", id: "Berkas mengandung perangkat lunak berbahaya; kirim berkas lain.",
                en: "The file holds harmful software; send another file.")
        ])

    // MARK: Names of documents

    /// Leads from the bytes as they were sent to those that are kept.
    static func originalKey(_ hash: [UInt8]) -> String { "original/" + hexadecimal(hash) }

    /// Remembers that bytes are kept in place of others.
    func remember(_ original: [UInt8], keptAs kept: HubDocument, nowMillis: Int64) async throws(HubError) {
        let key = Self.originalKey(original)
        var document = kept
        document.originalSha256 = .init(original)
        let body = try document.ledgerBytes()
        let present = try await ledger.record(key)
        guard present?.body != body else { return }
        var commit = Commit(key: nil, atMillis: nowMillis)
        commit.records = [RecordWrite(key: key, expectedVersion: present?.version ?? 0, body: body)]
        // Whoever sent the same bytes at the same time has written the same.
        _ = try await journal.commit(commit)
    }

    /// The document that is kept in place of these bytes; nil = they are kept themselves, or unknown.
    func kept(for original: [UInt8]) async throws(HubError) -> HubDocument? {
        guard original.count == 32, let record = try await ledger.record(Self.originalKey(original)) else { return nil }
        return try decoded(record.body, Self.originalKey(original))
    }

    /// Documents as a case keeps them: one that is named by the bytes that were sent becomes the one that is kept.
    func resolved(_ documents: [HubDocument]) async throws(HubError) -> [HubDocument] {
        guard filter != nil, documents.count <= FormRules.documentLimit else { return documents }
        var resolved: [HubDocument] = []
        for document in documents {
            guard var kept = try await kept(for: [UInt8](document.sha256)) else {
                resolved.append(document)
                continue
            }
            kept.kind = document.kind
            resolved.append(kept)
        }
        return resolved
    }

    // MARK: Quarantine

    static let quarantinePrefix = "quarantine/"
    static func quarantineKey(_ hash: [UInt8]) -> String { quarantinePrefix + hexadecimal(hash) }

    /// How a document stands that came while the scanner was silent.
    enum Quarantine: UInt8 {
        case waiting = 1
        case harmful = 2
    }

    /// Nil = it was never in quarantine, or is free.
    func quarantine(_ hash: [UInt8]) async throws(HubError) -> Quarantine? {
        guard scanner != nil, let record = try await ledger.record(Self.quarantineKey(hash)) else { return nil }
        return record.body.first.flatMap(Quarantine.init)
    }

    /// - Throws: ``HubError/Code/documentHarmful`` when one of them waits for the scanner, or was found harmful.
    func requireFree(_ hashes: some Sequence<[UInt8]>) async throws(HubError) {
        for hash in Array(hashes) {
            switch try await quarantine(hash) {
            case nil: continue
            case .harmful: throw Self.harmful
            case .waiting:
                throw HubError(
                    .documentHarmful, "a document waits for the scanner; try again", status: .unavailable,
                    retryAfterMillis: UInt32(clamping: policy.rescanMillis))
            }
        }
    }

    func set(_ hash: [UInt8], _ state: Quarantine?, nowMillis: Int64) async throws(HubError) {
        let key = Self.quarantineKey(hash)
        let present = try await ledger.record(key)
        // The same bytes may have been scanned before, and then they are free.
        if state == .waiting, present != nil { return }
        var commit = Commit(key: nil, atMillis: nowMillis)
        commit.records = [
            RecordWrite(key: key, expectedVersion: present?.version ?? 0, body: state.map { [$0.rawValue] } ?? [])
        ]
        _ = try await journal.commit(commit)
    }
}

/// Lower-case digits.
private func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0x0F)]] })
}
