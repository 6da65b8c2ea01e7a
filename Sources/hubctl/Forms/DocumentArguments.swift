// Papers on the command line: `--document kind=FILE[:media/type]`, put into the hub before the request names them.

import ArgumentParser
import Glibc
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
    /// Bytes a document may have (layanan.v1.Documents/Put).
    static let documentBytesMax = 262_144

    /// Puts each paper into the hub and returns how requests refer to it.
    func put(_ documents: [DocumentArgument]) async throws(HubError) -> [HubDocument] {
        var kept: [HubDocument] = []
        for document in documents {
            let bytes = try ByteFile.whole(document.path, bytesMax: Self.documentBytesMax)
            let request = LayananPutDocumentRequest.with {
                $0.mediaType = document.effectiveMediaType
                $0.body = .init(bytes)
            }
            let reply = try await call(.putDocument, request, as: LayananPutDocumentReply.self)
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
}
