// Calls of layanan.v1.Drafts. Written by Scripts/stubs.py from Protos/layanan/v1/draft.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `layanan.v1.Drafts`
    public var drafts: Drafts { Drafts(client: self) }

    /// Whose drafts are meant follows from the call alone: the citizen for whom the caller speaks, or the caller. A
    /// draft is seen by nobody else, is in no log, and is gone after 30 days without being saved.
    public struct Drafts: Sendable {
        let client: HubClient

        /// Keeps a draft, new or in place of the one with its id. Needs an idempotency key.
        ///
        /// `layanan.v1.Drafts/Save`
        public func save(
            _ request: LayananSaveDraftRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananSaveDraftReply> {
            try await client.call(.saveDraft, request, options: options)
        }

        /// `layanan.v1.Drafts/Get`.
        public func get(
            _ request: LayananGetDraftRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananGetDraftReply> {
            try await client.call(.getDraft, request, options: options)
        }

        /// Without forms, the last saved first.
        ///
        /// `layanan.v1.Drafts/List`
        public func list(
            _ request: LayananListDraftsRequest = LayananListDraftsRequest(), options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananListDraftsReply> {
            try await client.call(.listDrafts, request, options: options)
        }

        /// Throws a draft away; one that is not there is no error. Needs an idempotency key.
        ///
        /// `layanan.v1.Drafts/Discard`
        public func discard(
            _ request: LayananDiscardDraftRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananDiscardDraftReply> {
            try await client.call(.discardDraft, request, options: options)
        }
    }
}
