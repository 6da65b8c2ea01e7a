// Calls of layanan.v1.Catalogue. Written by Scripts/stubs.py from Protos/layanan/v1/catalogue.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `layanan.v1.Catalogue`
    public var catalogue: Catalogue { Catalogue(client: self) }

    /// What can be asked for, and what it takes.
    public struct Catalogue: Sendable {
        let client: HubClient

        /// `layanan.v1.Catalogue/List`.
        public func list(
            _ request: LayananListServicesRequest = LayananListServicesRequest(), options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananListServicesReply> {
            try await client.call(.listServices, request, options: options)
        }

        /// The definition that is valid now.
        ///
        /// `layanan.v1.Catalogue/Get`
        public func get(
            _ request: LayananGetServiceRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananGetServiceReply> {
            try await client.call(.getService, request, options: options)
        }
    }
}
