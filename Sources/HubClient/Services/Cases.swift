// Calls of layanan.v1.Cases. Written by Scripts/stubs.py from Protos/layanan/v1/case.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `layanan.v1.Cases`
    public var cases: Cases { Cases(client: self) }

    /// Reads. They never ask a module, so they work while one is down.
    public struct Cases: Sendable {
        let client: HubClient

        /// `layanan.v1.Cases/Get`.
        public func get(
            _ request: LayananGetCaseRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananGetCaseReply> {
            try await client.call(.getCase, request, options: options)
        }

        /// `layanan.v1.Cases/List`.
        public func list(
            _ request: LayananListCasesRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananListCasesReply> {
            try await client.call(.listCases, request, options: options)
        }

        /// `layanan.v1.Cases/History`.
        public func history(
            _ request: LayananHistoryRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananHistoryReply> {
            try await client.call(.caseHistory, request, options: options)
        }

        /// The state first, then every change, in order. Resumes at Call.resume_from.
        ///
        /// `layanan.v1.Cases/Watch`
        public func watch(
            _ request: LayananWatchRequest, options: CallOptions = .watching
        ) -> HubStream<LayananWatchUpdate> {
            client.stream(.watchCases, request, options: options)
        }
    }
}
