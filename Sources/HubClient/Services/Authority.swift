// Calls of layanan.v1.Authority. Written by Scripts/stubs.py from Protos/layanan/v1/authority.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `layanan.v1.Authority`
    public var authority: Authority { Authority(client: self) }

    /// Take, ask the authority under the inquiry's id, then Answer or Fail. An adapter sees inquiries of its own
    /// authority alone, which is the department of its certificate.
    public struct Authority: Sendable {
        let client: HubClient

        /// Inquiries to work on, those that have waited longest first. What the worker still has comes again, first of
        /// all: after a crash or a lost answer it asks once more and goes on.
        ///
        /// `layanan.v1.Authority/Take`
        public func take(
            _ request: LayananTakeInquiriesRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananTakeInquiriesReply> {
            try await client.call(.takeInquiries, request, options: options)
        }

        /// What the authority said. The same answer again is no change; another one is refused and kept for an officer to
        /// see. Needs an idempotency key.
        ///
        /// `layanan.v1.Authority/Answer`
        public func answer(
            _ request: LayananAnswerInquiryRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananAnswerInquiryReply> {
            try await client.call(.answerInquiry, request, options: options)
        }

        /// The authority could not be asked, or not understood: the inquiry waits for its next attempt. Needs an
        /// idempotency key.
        ///
        /// `layanan.v1.Authority/Fail`
        public func fail(
            _ request: LayananFailInquiryRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananFailInquiryReply> {
            try await client.call(.failInquiry, request, options: options)
        }

        /// What waits and what is parked, of the cases that the caller sees.
        ///
        /// `layanan.v1.Authority/List`
        public func list(
            _ request: LayananListInquiriesRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananListInquiriesReply> {
            try await client.call(.listInquiries, request, options: options)
        }

        /// Releases what is parked. Needs an idempotency key.
        ///
        /// `layanan.v1.Authority/Retry`
        public func retry(
            _ request: LayananRetryInquiriesRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananRetryInquiriesReply> {
            try await client.call(.retryInquiries, request, options: options)
        }

        /// How the authorities do, for everybody: nothing of any case.
        ///
        /// `layanan.v1.Authority/Status`
        public func status(
            _ request: LayananAuthorityStatusRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananAuthorityStatusReply> {
            try await client.call(.authorityStatus, request, options: options)
        }
    }
}
