// Papers on the command line: `--document kind=FILE[:media/type]`, put into the hub before the request names them.

import ArgumentParser
import Crypto
import Glibc
import HubClient
import HubDomain
import HubProto

/// One `--document`.
struct DocumentArgument: ExpressibleByArgument, Equatable, Sendable {
    var kind: String
    var path: String
    /// Nil = by the file's ending.
    var mediaType: String?

    /// Nil without a kind or a file.
    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else { return nil }
        kind = String(argument[..<equals])
        path = String(argument[argument.index(after: equals)...])
        if let colon = path.lastIndex(of: ":"), Self.isMediaType(path[path.index(after: colon)...]) {
            mediaType = String(path[path.index(after: colon)...])
            path = String(path[..<colon])
        }
        guard !path.isEmpty else { return nil }
    }

    /// What is told to the hub; a file of unknown ending is `application/octet-stream`.
    var effectiveMediaType: String {
        if let mediaType { return mediaType }
        let ending = path.split(separator: "/").last?.split(separator: ".").last.map { $0.lowercased() } ?? ""
        return Self.mediaTypes[ending] ?? "application/octet-stream"
    }

    private static let mediaTypes = [
        "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "pdf": "application/pdf", "txt": "text/plain",
    ]

    private static func isMediaType(_ text: Substring) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, ["image", "application", "text", "audio", "video"].contains(parts[0]) else {
            return false
        }
        return !parts[1].isEmpty
            && parts[1].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".+-".contains($0)) }
    }
}

extension Session {
    /// Bytes a document may have that goes in one message (layanan.v1.Documents/Put), and any (layanan.v1.Uploads).
    static let documentBytesMax = (put: 262_144, upload: 26_214_400)

    /// Puts each paper into the hub and returns how requests refer to it.
    ///
    /// - Parameter service: Code of the service they are for; the hub then refuses a large one before it is sent.
    func put(_ documents: [DocumentArgument], for service: String) async throws(HubError) -> [HubDocument] {
        var kept: [HubDocument] = []
        for document in documents {
            let bytes = try ByteFile.whole(document.path, bytesMax: Self.documentBytesMax.upload)
            let reply =
                bytes.count > Self.documentBytesMax.put
                ? try await upload(bytes, document, for: service) : try await put(bytes, document)
            kept.append(
                HubDocument.with {
                    $0.kind = document.kind
                    $0.sha256 = reply.sha256
                    $0.size = reply.size
                    $0.mediaType = reply.mediaType
                })
        }
        return kept
    }

    private func put(
        _ bytes: [UInt8], _ document: DocumentArgument
    ) async throws(HubError) -> LayananPutDocumentReply {
        let request = LayananPutDocumentRequest.with {
            $0.mediaType = document.effectiveMediaType
            $0.body = .init(bytes)
        }
        return try await call(.putDocument, request, as: LayananPutDocumentReply.self)
    }

    /// Goes on where an earlier run of the same file was interrupted, because its id is made of the file's hash.
    private func upload(
        _ bytes: [UInt8], _ document: DocumentArgument, for service: String
    ) async throws(HubError) -> LayananPutDocumentReply {
        let hash = Array(SHA256.hash(data: bytes))
        var upload = DocumentUpload(
            id: Array(hash.prefix(16)), size: UInt64(bytes.count), sha256: hash,
            mediaType: document.effectiveMediaType)
        (upload.service, upload.kind) = (service, service.isEmpty ? "" : document.kind)
        var options = options
        // Hours over a thin line are no reason to give up; only a hub that stays away is.
        options.timeoutMillis = nil
        return try await client.upload(upload, options: options) { range throws(HubError) in
            Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
        }
    }
}
