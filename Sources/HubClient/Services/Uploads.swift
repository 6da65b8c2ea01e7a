// Calls of layanan.v1.Uploads. Written by Scripts/stubs.py from Protos/layanan/v1/upload.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `layanan.v1.Uploads`
    public var uploads: Uploads { Uploads(client: self) }

    /// Uploads: documents of any size over any line. What the hub says it has, it has on disk.
    public struct Uploads: Sendable {
        let client: HubClient

        /// Begins an upload, or says how far an earlier one came. The same id with other facts is refused.
        ///
        /// `layanan.v1.Uploads/Open`
        public func open(
            _ request: LayananOpenUploadRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananUploadState> {
            try await client.call(.openUpload, request, options: options)
        }

        /// Takes chunks in order, from the committed offset on. Ends with what is durable, or with the fact
        /// `committed_offset`. A request has at most 262,656 bytes.
        ///
        /// `layanan.v1.Uploads/Write`
        public func write(options: CallOptions = CallOptions()) -> HubExchange<LayananUploadChunk, LayananUploadState> {
            client.exchange(.writeUpload, options: options)
        }

        /// Makes the document of an upload that is complete. A request refers to it by its hash, as to one that was put.
        ///
        /// `layanan.v1.Uploads/Commit`
        public func commit(
            _ request: LayananCommitUploadRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananPutDocumentReply> {
            try await client.call(.commitUpload, request, options: options)
        }

        /// Throws an upload away before it expires. One that is not there is no error.
        ///
        /// `layanan.v1.Uploads/Abandon`
        public func abandon(
            _ request: LayananAbandonUploadRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananAbandonUploadReply> {
            try await client.call(.abandonUpload, request, options: options)
        }
    }
}
