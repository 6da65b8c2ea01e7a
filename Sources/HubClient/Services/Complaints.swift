// Calls of layanan.v1.Complaints. Written by Scripts/stubs.py from Protos/layanan/v1/complaint.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `layanan.v1.Complaints`
    public var complaints: Complaints { Complaints(client: self) }

    /// Complaints, suggestions and reports.
    public struct Complaints: Sendable {
        let client: HubClient

        /// A new complaint.
        ///
        /// `layanan.v1.Complaints/File`
        public func file(
            _ request: LayananSubmitRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.fileComplaint, request, options: options)
        }

        /// The complainant adds what was asked for.
        ///
        /// `layanan.v1.Complaints/Supplement`
        public func supplement(
            _ request: LayananActRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.supplementComplaint, request, options: options)
        }

        /// An officer's step: route, answer, close.
        ///
        /// `layanan.v1.Complaints/Act`
        public func act(
            _ request: LayananActRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.actOnComplaint, request, options: options)
        }

        /// The complainant is not content; goes to the same owner and starts a clock anew.
        ///
        /// `layanan.v1.Complaints/Reopen`
        public func reopen(
            _ request: LayananActRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.reopenComplaint, request, options: options)
        }

        /// The complainant takes it back.
        ///
        /// `layanan.v1.Complaints/Withdraw`
        public func withdraw(
            _ request: LayananActRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.withdrawComplaint, request, options: options)
        }

        /// A complaint of an older register, through the ordinary path. Key = source and source_id.
        ///
        /// `layanan.v1.Complaints/Import`
        public func `import`(
            _ request: LayananImportRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.importComplaint, request, options: options)
        }
    }
}
