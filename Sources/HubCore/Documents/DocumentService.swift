// Papers: the bytes lie in the ledger under their hash, the case refers to them.

import Crypto
import HubDomain
import HubProto

/// `layanan.v1.Documents`
struct DocumentService: Sendable {
    let ledger: any Ledger
    let policy: Policy

    /// Bytes of one document until uploads come.
    static let bodyBytesMax = 262_144
    /// Bytes of a media type.
    static let mediaTypeBytesMax = 64

    func put(
        _ context: CallContext, _ request: LayananPutDocumentRequest
    ) async throws(HubError) -> LayananPutDocumentReply {
        guard (1...Self.bodyBytesMax).contains(request.body.count) else {
            throw HubError(.documentRefused, "body must have 1 to \(Self.bodyBytesMax) bytes")
        }
        guard Self.isMediaType(request.mediaType) else {
            throw HubError(.documentRefused, "media_type must be type/subtype, at most \(Self.mediaTypeBytesMax) bytes")
        }
        let hash = [UInt8](SHA256.hash(data: request.body))
        guard request.sha256.isEmpty || [UInt8](request.sha256) == hash else {
            throw HubError(.documentRefused, "body does not have the announced sha256")
        }
        let document = StoredDocument(
            mediaType: request.mediaType, body: [UInt8](request.body), owner: context.actor.applicantReference)
        try await ledger.putDocument(sha256: hash, document)
        // The same bytes may have come before under another type; the first one stays.
        let stored = try await ledger.documentFacts([hash], owners: [document.owner])[hash]
        return .with {
            $0.sha256 = .init(hash)
            $0.size = stored?.size ?? UInt64(request.body.count)
            $0.mediaType = stored?.mediaType ?? request.mediaType
        }
    }

    func get(
        _ context: CallContext, _ request: LayananGetDocumentRequest
    ) async throws(HubError) -> LayananGetDocumentReply {
        let state = try await CaseReads(ledger: ledger, policy: policy).find(request.case, context.actor)
        guard state.documents.contains(where: { $0.sha256 == request.sha256 }),
            let document = try await ledger.document(sha256: [UInt8](request.sha256))
        else { throw HubError(.documentNotFound, "the case has no such document") }
        return .with {
            $0.mediaType = document.mediaType
            $0.body = .init(document.body)
        }
    }

    private static func isMediaType(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return text.utf8.count <= mediaTypeBytesMax && parts.count == 2
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy { byte in
                        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.".utf8.contains(byte)
                    }
            }
    }
}
