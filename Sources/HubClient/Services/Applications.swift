// Calls of layanan.v1.Applications. Written by Scripts/stubs.py from Protos/layanan/v1/application.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `layanan.v1.Applications`
    public var applications: Applications { Applications(client: self) }

    /// Permits and other applications.
    public struct Applications: Sendable {
        let client: HubClient

        /// A new application.
        ///
        /// `layanan.v1.Applications/Submit`
        public func submit(
            _ request: LayananSubmitRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.submitApplication, request, options: options)
        }

        /// The applicant's answer to a repair request.
        ///
        /// `layanan.v1.Applications/Resubmit`
        public func resubmit(
            _ request: LayananActRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.resubmitApplication, request, options: options)
        }

        /// An officer's step.
        ///
        /// `layanan.v1.Applications/Act`
        public func act(
            _ request: LayananActRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.actOnApplication, request, options: options)
        }

        /// The applicant takes it back.
        ///
        /// `layanan.v1.Applications/Withdraw`
        public func withdraw(
            _ request: LayananActRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.withdrawApplication, request, options: options)
        }

        /// An application or permit of an older register, through the ordinary path. Key = source and source_id.
        ///
        /// `layanan.v1.Applications/Import`
        public func `import`(
            _ request: LayananImportRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.importApplication, request, options: options)
        }
    }
}
