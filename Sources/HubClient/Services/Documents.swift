// Calls of layanan.v1.Documents. Written by Scripts/stubs.py from Protos/layanan/v1/document.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `layanan.v1.Documents`
    public var documents: Documents { Documents(client: self) }

    /// Papers: kept by the hub under the hash of their bytes.
    public struct Documents: Sendable {
        let client: HubClient

        /// Keeps the bytes. The same bytes twice are one document. At most 256 KiB; larger ones go through Uploads.
        ///
        /// `layanan.v1.Documents/Put`
        public func put(
            _ request: LayananPutDocumentRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananPutDocumentReply> {
            try await client.call(.putDocument, request, options: options)
        }

        /// Gives them back to whoever may see the case. At most 1 MiB; larger ones are read with Read.
        ///
        /// `layanan.v1.Documents/Get`
        public func get(
            _ request: LayananGetDocumentRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananGetDocumentReply> {
            try await client.call(.getDocument, request, options: options)
        }

        /// Gives them back in chunks, from any offset on.
        ///
        /// `layanan.v1.Documents/Read`
        public func read(
            _ request: LayananReadDocumentRequest, options: CallOptions = .watching
        ) -> HubStream<LayananDocumentChunk> {
            client.stream(.readDocument, request, options: options)
        }

        /// Whether a paper holds, for whoever has it in hand: by the text of its QR code, or by its number.
        ///
        /// `layanan.v1.Documents/Verify`
        public func verify(
            _ request: LayananVerifyPaperRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananVerifyPaperReply> {
            try await client.call(.verifyPaper, request, options: options)
        }

        /// Prints a paper that holds once more; each copy says which it is. Needs an idempotency key.
        ///
        /// `layanan.v1.Documents/Reprint`
        public func reprint(
            _ request: LayananReprintPaperRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananReprintPaperReply> {
            try await client.call(.reprintPaper, request, options: options)
        }

        /// Signs a paper that waits for it, with the officer's own certificate at the e-signature service. A paper that
        /// is signed already is the answer, so that asking again is safe.
        ///
        /// `layanan.v1.Documents/Sign`
        public func sign(
            _ request: LayananSignPaperRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananSignPaperReply> {
            try await client.call(.signPaper, request, options: options)
        }
    }
}
