// Papers: the bytes lie in the blob store under their hash, the ledger knows what they are and whose, a case refers to them.

import Crypto
import HubDomain
import HubProto

/// `layanan.v1.Documents`
struct DocumentService: Sendable {
    let ledger: any Ledger
    let blobs: any BlobStore
    let access: CaseAccess
    let intake: DocumentIntake
    let turns: DocumentTurns
    let clock: any HubClock

    private var policy: Policy { access.policy }

    /// Bytes of a document that comes in one message; larger ones are uploaded.
    static let putBytesMax = 262_144
    /// Bytes of a document that goes out in one message; larger ones are read in chunks.
    static let getBytesMax: UInt64 = 1_048_576
    /// Bytes of a chunk that goes out.
    static let readBytesMax = 65_536
    /// Bytes of any document: 25 MiB.
    static let bytesMax: UInt64 = 26_214_400
    /// Bytes of a media type.
    static let mediaTypeBytesMax = 64

    func put(
        _ context: CallContext, _ request: LayananPutDocumentRequest
    ) async throws(HubError) -> LayananPutDocumentReply {
        guard (1...Self.putBytesMax).contains(request.body.count) else {
            throw HubError(
                .documentRefused, "body must have 1 to \(Self.putBytesMax) bytes; larger documents go through Uploads")
        }
        try Self.check(mediaType: request.mediaType)
        let hash = [UInt8](SHA256.hash(data: request.body))
        guard request.sha256.isEmpty || [UInt8](request.sha256) == hash else {
            throw HubError(.documentRefused, "body does not have the announced sha256")
        }
        return try await take(
            [UInt8](request.body), hash, mediaType: request.mediaType, owner: context.actor.applicantReference)
    }

    /// Makes a document of bytes that are here as a whole, or of what is kept in their place.
    func take(
        _ bytes: [UInt8], _ hash: [UInt8], mediaType: String, owner: String
    ) async throws(HubError) -> LayananPutDocumentReply {
        let taken = try await intake.taken(bytes, hash: hash, declared: mediaType)
        return try await turns.alone(with: taken.hash) { () async throws(HubError) in
            try await blobs.put(sha256: taken.hash, taken.bytes)
            // Before anybody can use it.
            if taken.isWaiting { try await intake.set(taken.hash, .waiting, nowMillis: clock.nowMillis()) }
            let document = StoredDocument(mediaType: taken.mediaType, size: UInt64(taken.bytes.count), owner: owner)
            let reply = try await record(taken.hash, document, isWaiting: taken.isWaiting)
            let kept = HubDocument.with {
                ($0.sha256, $0.size, $0.mediaType) = (reply.sha256, reply.size, reply.mediaType)
            }
            try await intake.remember(hash, size: UInt64(bytes.count), keptAs: kept, nowMillis: clock.nowMillis())
            return reply
        }
    }

    /// Makes a document of bytes that are durable in the blob store, in the turn in which they were put there.
    func record(
        _ hash: [UInt8], _ document: StoredDocument, isWaiting: Bool = false
    ) async throws(HubError) -> LayananPutDocumentReply {
        if !isWaiting { try await intake.release(hash, nowMillis: clock.nowMillis()) }
        try await ledger.putDocument(sha256: hash, document)
        // The same bytes may have come before under another type; the first one stays.
        return try await reply(hash, owner: document.owner)
            ?? .with {
                $0.sha256 = .init(hash)
                $0.size = document.size
                $0.mediaType = document.mediaType
            }
    }

    /// What is known of an owner's document; nil when this owner has none of this hash, or of what is kept in its place.
    func reply(_ sent: [UInt8], owner: String) async throws(HubError) -> LayananPutDocumentReply? {
        let hash = try await intake.kept(for: sent).map { [UInt8]($0.sha256) } ?? sent
        guard let stored = try await ledger.documentFacts([hash], owners: [owner])[hash] else { return nil }
        return .with {
            $0.sha256 = .init(hash)
            $0.size = stored.size
            $0.mediaType = stored.mediaType
        }
    }

    func get(
        _ context: CallContext, _ request: LayananGetDocumentRequest
    ) async throws(HubError) -> LayananGetDocumentReply {
        let hash = [UInt8](request.sha256)
        let document = try await find(hash, of: request.case, context.actor)
        guard document.size <= Self.getBytesMax else {
            throw HubError(
                .messageTooLarge, "the document has \(document.size) bytes, Get gives \(Self.getBytesMax); use Read")
        }
        let body = try await bytes(hash, document, offset: 0, count: Int(document.size))
        return .with {
            $0.mediaType = document.mediaType
            $0.body = .init(body)
        }
    }

    /// Whoever is cut off asks again from the last byte; so no cursor is needed.
    func read(
        _ context: CallContext, _ request: LayananReadDocumentRequest, into sink: any StreamSink
    ) async throws(StreamInterruption) {
        do throws(HubError) {
            let hash = [UInt8](request.sha256)
            let document = try await find(hash, of: request.case, context.actor)
            guard request.offset <= document.size else {
                throw HubError(
                    .cursorInvalid, "offset is beyond the end", status: .outOfRange,
                    facts: ["size": "\(document.size)"])
            }
            var offset = request.offset
            while offset < document.size {
                let count = Int(min(UInt64(Self.readBytesMax), document.size - offset))
                let bytes = try await bytes(hash, document, offset: offset, count: count)
                let chunk = LayananDocumentChunk.with {
                    $0.mediaType = document.mediaType
                    $0.size = document.size
                    $0.offset = offset
                    $0.crc32C = CRC32C.of(bytes)
                    $0.data = .init(bytes)
                }
                try await sink.send(try chunk.ledgerBytes(), cursor: [])
                offset += UInt64(count)
            }
        } catch {
            throw StreamInterruption(error: error, cursor: [])
        }
    }

    // MARK: Parts

    /// A document of a case that the actor may see.
    private func find(_ hash: [UInt8], of name: String, _ actor: HubActor) async throws(HubError) -> StoredDocument {
        let state = try await CaseReads(ledger: ledger, access: access).find(name, actor)
        let isOfCase =
            state.documents.contains { [UInt8]($0.sha256) == hash }
            || state.papers.contains { [UInt8]($0.sha256) == hash || [UInt8]($0.copySha256) == hash }
        guard isOfCase, !hash.isEmpty, let document = try await ledger.document(sha256: hash)
        else { throw HubError(.documentNotFound, "the case has no such document") }
        return document
    }

    private func bytes(
        _ hash: [UInt8], _ document: StoredDocument, offset: UInt64, count: Int
    ) async throws(HubError) -> [UInt8] {
        if let body = document.body { return Array(body.dropFirst(Int(clamping: offset)).prefix(count)) }
        guard let bytes = try await blobs.read(sha256: hash, offset: offset, count: count), bytes.count == count else {
            throw HubError(.ledgerFailed, "bytes of a document are missing in the blob store; restore a backup")
        }
        return bytes
    }

    /// - Throws: ``HubError/Code/documentRefused`` unless it is `type/subtype`.
    static func check(mediaType text: String) throws(HubError) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isSound =
            text.utf8.count <= mediaTypeBytesMax && parts.count == 2
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy { byte in
                        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.".utf8.contains(byte)
                    }
            }
        guard isSound else {
            throw HubError(.documentRefused, "media_type must be type/subtype, at most \(mediaTypeBytesMax) bytes")
        }
    }
}
