// Documents of any size: uploads that go on where they stood, over any number of lost connections.

public import HubDomain
public import HubProto

/// What shall be uploaded. The bytes are asked for piece by piece.
public struct DocumentUpload: Sendable {
    /// 16 to 64 bytes; the same for every attempt, also by a later run of the program, so that it goes on.
    public var id: [UInt8]
    /// Bytes of the whole document.
    public var size: UInt64
    /// SHA-256 of the whole document, 32 bytes.
    public var sha256: [UInt8]
    /// Such as "image/jpeg".
    public var mediaType: String
    /// Service and kind of document it is for; then its limits are checked before a byte is sent. May be empty.
    public var service = ""
    /// See ``service``.
    public var kind = ""

    /// Describes a document.
    public init(id: [UInt8], size: UInt64, sha256: [UInt8], mediaType: String) {
        self.id = id
        self.size = size
        self.sha256 = sha256
        self.mediaType = mediaType
    }
}

extension HubClient {
    /// Bytes of data in a chunk: a line that breaks loses little, and the hub answers others in between.
    private static let chunkBytes = 65_536

    /// Uploads a document and gives how requests refer to it.
    ///
    /// - Parameters:
    ///   - options: `attempts` counts attempts in a row that bring nothing.
    ///   - bytes: Gives the bytes of the document in a range; called in order, again from an earlier place after a break.
    /// - Throws: The hub's error; 1014 when the hub stayed away for all attempts; what `bytes` throws.
    public func upload(
        _ document: DocumentUpload, options: CallOptions = CallOptions(),
        bytes: (Range<UInt64>) throws(HubError) -> [UInt8]
    ) async throws(HubError) -> LayananPutDocumentReply {
        var reached: UInt64 = 0
        var vain = 0
        while true {
            let state = try await open(document, options)
            if state.committedOffset > reached { vain = 0 }
            reached = state.committedOffset
            do throws(HubError) {
                if reached < document.size { try await send(document, from: reached, options, bytes) }
                return try await commit(document, options)
            } catch {
                // Opening it again waits for the hub, with growing waits, as every call does. A caller in no hurry does
                // not mind that the hub ends each call after a while.
                vain += 1
                let isCut = error.code == .deadlineExceeded && options.timeoutMillis == nil
                guard error.isWorthAnotherUpload || isCut, vain < options.attempts else { throw error }
            }
        }
    }

    private func open(
        _ document: DocumentUpload, _ options: CallOptions
    ) async throws(HubError) -> LayananUploadState {
        let request = LayananOpenUploadRequest.with {
            $0.uploadID = .init(document.id)
            $0.size = document.size
            $0.sha256 = .init(document.sha256)
            $0.mediaType = document.mediaType
            $0.service = document.service
            $0.kind = document.kind
        }
        return try await call(.openUpload, request, as: LayananUploadState.self, options: options).message
    }

    private func send(
        _ document: DocumentUpload, from start: UInt64, _ options: CallOptions,
        _ bytes: (Range<UInt64>) throws(HubError) -> [UInt8]
    ) async throws(HubError) {
        let call = exchange(
            .writeUpload, LayananUploadChunk.self, as: LayananUploadState.self, options: options)
        var offset = start
        while offset < document.size {
            let data = try bytes(offset..<min(offset + UInt64(Self.chunkBytes), document.size))
            let chunk = LayananUploadChunk.with {
                if offset == start { $0.uploadID = .init(document.id) }
                $0.offset = offset
                $0.crc32C = CRC32C.of(data)
                $0.data = .init(data)
            }
            // A call that the hub has ended takes no more; its end says why.
            do throws(HubError) { try await call.send(chunk) } catch { break }
            offset += UInt64(data.count)
        }
        call.finish()
        _ = try await call.next()
    }

    private func commit(
        _ document: DocumentUpload, _ options: CallOptions
    ) async throws(HubError) -> LayananPutDocumentReply {
        let request = LayananCommitUploadRequest.with {
            $0.uploadID = .init(document.id)
            $0.sha256 = .init(document.sha256)
        }
        return try await call(.commitUpload, request, as: LayananPutDocumentReply.self, options: options).message
    }
}

extension HubError {
    /// The line broke, or the hub stands elsewhere than was thought: it says where when the upload is opened again.
    fileprivate var isWorthAnotherUpload: Bool {
        switch code {
        case .connectionClosed, .uploadOffset, .uploadUnknown, .slowConsumer: true
        case .uploadDamaged: facts["committed_offset"] != nil
        default: status == .unavailable
        }
    }
}
