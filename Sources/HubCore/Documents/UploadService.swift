// `layanan.v1.Uploads`: a document in chunks over a line that breaks; what was told to be here is on disk.

import Crypto
import HubDomain
import HubProto

/// An upload is found again by the client's id together with the principal and the citizen: nobody can reach another's.
struct UploadService: Sendable {
    let documents: DocumentService
    let rulebook: Rulebook
    let clock: any HubClock
    let desk: UploadDesk

    /// Bytes of data in one chunk.
    static let chunkBytesMax = 262_144
    /// Bytes of a client's id of an upload.
    static let idBytes = 16...64

    private var blobs: any BlobStore { documents.blobs }

    func open(_ context: CallContext, _ request: LayananOpenUploadRequest) async throws(HubError) -> LayananUploadState
    {
        let id = try partID(request.uploadID, context.actor)
        guard (1...DocumentService.bytesMax).contains(request.size) else {
            throw HubError(.documentRefused, "size must be 1 to \(DocumentService.bytesMax) bytes")
        }
        guard request.sha256.count == 32 else { throw HubError(.documentRefused, "sha256 must have 32 bytes") }
        try DocumentService.check(mediaType: request.mediaType)
        let mediaType = request.mediaType.lowercased()
        try checkPurpose(request, mediaType)
        let part = try await desk.begin(
            BlobPart(
                id: id, principal: context.actor.principal, owner: context.actor.applicantReference,
                size: request.size, sha256: [UInt8](request.sha256), mediaType: mediaType, expiresMillis: 0),
            nowMillis: clock.nowMillis())
        return try await state(of: part)
    }

    func write(_ context: CallContext, _ requests: any RequestSource) async throws(HubError) -> CallAnswer {
        var part: BlobPart?
        var name: [UInt8] = []
        while let bytes = try await requests.next() {
            let chunk = try LayananUploadChunk(edge: bytes)
            if part == nil {
                name = [UInt8](chunk.uploadID)
                part = try await find(chunk.uploadID, context.actor)
            }
            guard let part else { throw Self.unknown }
            guard chunk.uploadID.isEmpty || [UInt8](chunk.uploadID) == name else {
                throw HubError(.documentRefused, "all chunks of a call belong to one upload")
            }
            try await add(chunk, to: part)
        }
        guard let part else { throw HubError(.uploadUnknown, "no chunk came, so no upload was named") }
        return CallAnswer(body: try await state(of: part).ledgerBytes())
    }

    func commit(
        _ context: CallContext, _ request: LayananCommitUploadRequest
    ) async throws(HubError) -> LayananPutDocumentReply {
        let id = try partID(request.uploadID, context.actor)
        let hash = [UInt8](request.sha256)
        guard let part = await desk.part(id) else {
            // An answer that was lost is asked for again: the document is there, and the upload is not any more.
            guard let known = try await documents.reply(hash, owner: context.actor.applicantReference) else {
                throw Self.unknown
            }
            return known
        }
        guard part.sha256 == hash else { throw HubError(.documentRefused, "the upload was opened with another sha256") }
        guard let reached = try await blobs.sync(id) else { throw Self.unknown }
        guard reached == part.size else {
            throw offset(reached, "the upload has \(reached) of \(part.size) bytes")
        }
        let mediaType: String
        do throws(HubError) {
            let head = try await blobs.readPart(id, offset: 0, count: ContentKind.headBytes) ?? []
            mediaType = try documents.intake.mediaType(head: head, declared: part.mediaType)
            if documents.intake.looksAtWhole(part.mediaType) {
                let gate = documents.intake.gate
                try await gate.enter(part.size)
                do throws(HubError) {
                    let reply = try await take(part, hash)
                    await gate.leave(part.size)
                    return reply
                } catch {
                    await gate.leave(part.size)
                    throw error
                }
            }
        } catch {
            // What is refused for what it is will not be another thing when it is committed once more.
            if Self.refusals.contains(error.code) { try await desk.end(id) }
            throw error
        }
        let sealed = try await documents.turns.alone(with: hash) {
            () async throws(HubError) -> LayananPutDocumentReply? in
            guard try await blobs.seal(id, as: hash) else { return nil }
            return try await documents.record(
                hash, StoredDocument(mediaType: mediaType, size: part.size, owner: part.owner))
        }
        guard let reply = sealed else {
            try await desk.end(id)
            throw HubError(.uploadDamaged, "the bytes do not have the announced sha256; the upload is thrown away")
        }
        // Only now: a hub that dies before finds the upload complete, and the client commits once more.
        try await desk.end(id)
        return reply
    }

    /// A document that is looked at as a whole before it is kept.
    private func take(_ part: BlobPart, _ hash: [UInt8]) async throws(HubError) -> LayananPutDocumentReply {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(part.size))
        while bytes.count < Int(part.size) {
            let piece = try await blobs.readPart(part.id, offset: UInt64(bytes.count), count: Self.pieceBytes) ?? []
            guard !piece.isEmpty else { throw Self.unknown }
            bytes += piece
        }
        guard Array(SHA256.hash(data: bytes)) == hash else {
            try await desk.end(part.id)
            throw HubError(.uploadDamaged, "the bytes do not have the announced sha256; the upload is thrown away")
        }
        let reply = try await documents.take(bytes, hash, mediaType: part.mediaType, owner: part.owner)
        try await desk.end(part.id)
        return reply
    }

    private static let pieceBytes = 1_048_576
    private static let refusals: [HubError.Code] = [.documentTypeWrong, .imageUnreadable, .documentHarmful]

    func abandon(
        _ context: CallContext, _ request: LayananAbandonUploadRequest
    ) async throws(HubError) -> LayananAbandonUploadReply {
        try await desk.end(try partID(request.uploadID, context.actor))
        return LayananAbandonUploadReply()
    }

    // MARK: Chunks

    private func add(_ chunk: LayananUploadChunk, to part: BlobPart) async throws(HubError) {
        guard (1...Self.chunkBytesMax).contains(chunk.data.count) else {
            throw HubError(.documentRefused, "a chunk has 1 to \(Self.chunkBytesMax) bytes of data")
        }
        let data = [UInt8](chunk.data)
        guard CRC32C.of(data) == chunk.crc32C else {
            let reached = try await blobs.sync(part.id) ?? 0
            throw HubError(
                .uploadDamaged, "the data of a chunk does not have its crc32c; it was dropped",
                facts: ["committed_offset": "\(reached)"])
        }
        let (end, isBeyond) = chunk.offset.addingReportingOverflow(UInt64(data.count))
        guard !isBeyond, end <= part.size else {
            throw HubError(.documentRefused, "a chunk ends beyond the announced size of \(part.size) bytes")
        }
        switch try await blobs.append(data, to: part.id, at: chunk.offset) {
        case .added: return
        case .elsewhere:
            let reached = try await blobs.sync(part.id) ?? 0
            throw offset(reached, "a chunk begins at \(chunk.offset), the upload stands at \(reached)")
        case .unknown: throw Self.unknown
        }
    }

    private func state(of part: BlobPart) async throws(HubError) -> LayananUploadState {
        guard let reached = try await blobs.sync(part.id) else { throw Self.unknown }
        return .with {
            $0.committedOffset = reached
            $0.size = part.size
            $0.expiresMs = part.expiresMillis
            $0.chunkBytesMax = UInt32(Self.chunkBytesMax)
        }
    }

    private func find(_ uploadID: some Sequence<UInt8>, _ actor: HubActor) async throws(HubError) -> BlobPart {
        guard let part = await desk.part(try partID(uploadID, actor)) else { throw Self.unknown }
        return part
    }

    /// - Throws: ``HubError/Code/documentRefused`` when the client's id is too short or too long.
    private func partID(_ uploadID: some Sequence<UInt8>, _ actor: HubActor) throws(HubError) -> [UInt8] {
        let own = Array(uploadID)
        guard Self.idBytes.contains(own.count) else {
            throw HubError(
                .documentRefused, "upload_id must have \(Self.idBytes.lowerBound) to \(Self.idBytes.upperBound) bytes")
        }
        return Array(SHA256.hash(data: Array("\(actor.principal)\n\(actor.applicantReference)\n".utf8) + own))
    }

    /// What the service asks for is checked before anybody sends for an hour what `Submit` would refuse.
    private func checkPurpose(_ request: LayananOpenUploadRequest, _ mediaType: String) throws(HubError) {
        guard !request.service.isEmpty else { return }
        let catalogue = rulebook.catalogue
        let today = catalogue.today(clock.nowMillis())
        guard let definition = catalogue.current(request.service, today: today) else {
            throw HubError(.serviceUnknown, "no such service")
        }
        guard let rule = definition.documents.first(where: { $0.kind == request.kind }) else {
            throw HubError(.documentRefused, "the service asks for no document of this kind")
        }
        guard rule.effectiveMediaTypes.contains(mediaType) else {
            throw HubError(
                .documentRefused, "the service takes \(rule.effectiveMediaTypes.joined(separator: ", ")) for this kind")
        }
        guard request.size <= rule.effectiveSizeMax else {
            throw HubError(.documentRefused, "the service takes at most \(rule.effectiveSizeMax) bytes for this kind")
        }
    }

    private func offset(_ reached: UInt64, _ detail: String) -> HubError {
        HubError(.uploadOffset, detail, facts: ["committed_offset": "\(reached)"])
    }

    private static let unknown = HubError(.uploadUnknown, "no open upload of this id; open it again")
}

extension HubDocumentRule {
    /// What a rule without media types of its own takes.
    static let usualMediaTypes = ["image/jpeg", "image/png", "application/pdf"]

    var effectiveMediaTypes: [String] { mediaTypes.isEmpty ? Self.usualMediaTypes : mediaTypes }

    /// Bytes.
    var effectiveSizeMax: UInt64 {
        sizeMax == 0 ? DocumentService.bytesMax : min(sizeMax, DocumentService.bytesMax)
    }
}
