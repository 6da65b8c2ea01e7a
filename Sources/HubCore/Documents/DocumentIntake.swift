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
        /// Under which they are kept.
        var mediaType: String
        /// They wait for the scanner.
        var isWaiting: Bool
    }

    /// The bytes of such a document must be looked at as a whole.
    func looksAtWhole(_ mediaType: String) -> Bool {
        scanner != nil || (filter != nil && ContentKind(rawValue: mediaType.lowercased())?.isImage == true)
    }

    /// The media type under which a document is kept: the first one stays for everybody who has the same bytes, so that it is
    /// what the bytes themselves say, where they do, and never a matter of spelling.
    ///
    /// - Throws: ``HubError/Code/documentTypeWrong``.
    func mediaType(head: some Collection<UInt8>, declared mediaType: String) throws(HubError) -> String {
        let kind =
            policy.checksContent
            ? try ContentKind.agreed(head: head, declared: mediaType) : ContentKind(head: head)
        return kind?.mediaType ?? mediaType.lowercased()
    }

    /// What is to be kept of a whole document.
    ///
    /// - Throws: ``HubError/Code/documentTypeWrong``, ``HubError/Code/imageUnreadable`` or
    ///   ``HubError/Code/documentHarmful``.
    func taken(_ bytes: [UInt8], hash: [UInt8], declared mediaType: String) async throws(HubError) -> Taken {
        let mediaType = try self.mediaType(head: bytes, declared: mediaType)
        let isWaiting = try await isWaiting(bytes)
        guard let filter, let kind = ContentKind(head: bytes), kind.isImage else {
            return Taken(bytes: bytes, hash: hash, mediaType: mediaType, isWaiting: isWaiting)
        }
        let clean = try await filter.encodedAnew(bytes, kind)
        return Taken(
            bytes: clean, hash: Array(SHA256.hash(data: clean)), mediaType: mediaType, isWaiting: isWaiting)
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
    static func originalKey(_ hash: [UInt8]) -> String { "original/" + Hexadecimal.text(hash) }

    /// Leads from the bytes that are kept to how many were sent for them, and to each of those.
    private static func sentKey(_ hash: [UInt8]) -> String { "sent/" + Hexadecimal.text(hash) }
    private static func sentPrefix(_ hash: [UInt8]) -> String { sentKey(hash) + "/" }

    /// Originals of one document that lead to it: whoever sends one image in ever new clothes is told what it is kept as,
    /// and no more is remembered of it.
    private static let originalsMax = 256

    /// Remembers that bytes are kept in place of others, in the turn of those that are kept.
    ///
    /// - Parameter size: Bytes of the original.
    func remember(
        _ original: [UInt8], size: UInt64, keptAs kept: HubDocument, nowMillis: Int64
    ) async throws(HubError) {
        let hash = [UInt8](kept.sha256)
        var documents: [String: HubDocument] = [:]
        // Of several originals the shortest: it is enough that it can be sent like that.
        let known = try await sentSize(of: hash)
        if known > size || (known == 0 && original != hash) {
            documents[Self.sentKey(hash)] = .with { $0.originalSize = size }
        }
        if original != hash, try await hasRoom(for: original, of: hash) {
            documents[Self.originalKey(original)] = kept
            documents[Self.originalKey(original)]?.originalSha256 = .init(original)
            documents[Self.sentPrefix(hash) + Hexadecimal.text(original)] = .with {
                $0.originalSha256 = .init(original)
            }
        }
        var commit = Commit(key: nil, atMillis: nowMillis)
        for (key, document) in documents {
            let (present, body) = (try await ledger.record(key), try document.ledgerBytes())
            guard present?.body != body else { continue }
            commit.records.append(RecordWrite(key: key, expectedVersion: present?.version ?? 0, body: body))
        }
        if !commit.records.isEmpty { _ = try await journal.commit(commit) }
    }

    private func hasRoom(for original: [UInt8], of hash: [UInt8]) async throws(HubError) -> Bool {
        let known = try await ledger.records(prefix: Self.sentPrefix(hash)).map(\.key)
        return known.count < Self.originalsMax || known.contains(Self.sentPrefix(hash) + Hexadecimal.text(original))
    }

    /// Bytes that were sent of a document that is kept encoded anew; 0 = it is kept as it was sent, or unknown.
    func sentSize(of hash: [UInt8]) async throws(HubError) -> UInt64 {
        guard hash.count == 32, let record = try await ledger.record(Self.sentKey(hash)) else { return 0 }
        let document: HubDocument = try decoded(record.body, Self.sentKey(hash))
        return document.originalSize
    }

    /// Nothing leads any more to bytes that are removed, in their turn. What was found harmful is known for good.
    ///
    /// - Throws: When somebody else wrote the same records at this moment; at the next look nobody does.
    func forget(_ hash: [UInt8], nowMillis: Int64) async throws(HubError) {
        var commit = Commit(key: nil, atMillis: nowMillis)
        for record in try await ledger.records(prefix: Self.sentKey(hash)) {
            commit.records.append(RecordWrite(removing: record.key, version: record.version))
            let sent: HubDocument = try decoded(record.body, record.key)
            let key = Self.originalKey([UInt8](sent.originalSha256))
            guard let original = try await ledger.record(key) else { continue }
            // The same bytes may be kept otherwise since: another encoder, other settings.
            let kept: HubDocument = try decoded(original.body, key)
            if [UInt8](kept.sha256) == hash {
                commit.records.append(RecordWrite(removing: key, version: original.version))
            }
        }
        let key = Self.quarantineKey(hash)
        if let record = try await ledger.record(key), record.body.first != Quarantine.harmful.rawValue {
            commit.records.append(RecordWrite(removing: key, version: record.version))
        }
        guard !commit.records.isEmpty else { return }
        guard case .committed = try await journal.commit(commit) else {
            throw HubError(.versionStale, "what leads to a document that is removed changes at this moment")
        }
    }

    /// The document that is kept in place of these bytes; nil = they are kept themselves, or unknown.
    func kept(for original: [UInt8]) async throws(HubError) -> HubDocument? {
        guard original.count == 32, let record = try await ledger.record(Self.originalKey(original)) else { return nil }
        return try decoded(record.body, Self.originalKey(original))
    }

    // MARK: Quarantine

    static let quarantinePrefix = "quarantine/"
    static func quarantineKey(_ hash: [UInt8]) -> String { quarantinePrefix + Hexadecimal.text(hash) }

    /// How a document stands that came while the scanner was silent.
    enum Quarantine: UInt8 {
        case waiting = 1
        case harmful = 2
    }

    /// Nil = it was never in quarantine, or is free.
    func quarantine(_ hash: [UInt8]) async throws(HubError) -> Quarantine? {
        guard hash.count == 32, let record = try await ledger.record(Self.quarantineKey(hash)) else { return nil }
        return record.body.first.flatMap(Quarantine.init)
    }

    /// - Throws: ``HubError/Code/documentHarmful`` when one of them waits for the scanner, or was found harmful.
    func requireFree(_ hashes: some Sequence<[UInt8]>) async throws(HubError) {
        for hash in Array(hashes) {
            switch try await quarantine(hash) {
            case nil: continue
            case .harmful: throw Self.harmful
            case .waiting:
                // Nobody will look at it; what is sent now is taken as it is.
                guard scanner != nil else {
                    throw HubError(.documentHarmful, "a document was never scanned; send it again")
                }
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

    /// What waited is free: the same bytes came again and need not wait. What was found harmful stays so.
    func release(_ hash: [UInt8], nowMillis: Int64) async throws(HubError) {
        if try await quarantine(hash) == .waiting { try await set(hash, nil, nowMillis: nowMillis) }
    }
}
