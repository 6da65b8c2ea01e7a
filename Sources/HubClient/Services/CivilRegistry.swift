// Calls of layanan.v1.CivilRegistry. Written by Scripts/stubs.py from Protos/layanan/v1/registry.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `layanan.v1.CivilRegistry`
    public var civilRegistry: CivilRegistry { CivilRegistry(client: self) }

    /// Births, deaths, family cards: the civil registry.
    public struct CivilRegistry: Sendable {
        let client: HubClient

        /// A new declaration.
        ///
        /// `layanan.v1.CivilRegistry/Declare`
        public func declare(
            _ request: LayananSubmitRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.declare, request, options: options)
        }

        /// The declarant's answer to a repair request.
        ///
        /// `layanan.v1.CivilRegistry/Amend`
        public func amend(
            _ request: LayananActRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.amendDeclaration, request, options: options)
        }

        /// An officer's step.
        ///
        /// `layanan.v1.CivilRegistry/Act`
        public func act(
            _ request: LayananActRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.actOnDeclaration, request, options: options)
        }

        /// The declarant takes it back.
        ///
        /// `layanan.v1.CivilRegistry/Withdraw`
        public func withdraw(
            _ request: LayananActRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.withdrawDeclaration, request, options: options)
        }

        /// An event of an older register, through the ordinary path. Key = source and source_id.
        ///
        /// `layanan.v1.CivilRegistry/Import`
        public func `import`(
            _ request: LayananImportRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.importDeclaration, request, options: options)
        }
    }
}
