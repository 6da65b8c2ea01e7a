// Calls of grpc.health.v1.Health. Written by Scripts/stubs.py from Protos/grpc/health/v1/health.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `grpc.health.v1.Health`
    public var health: Health { Health(client: self) }

    /// gRPC's health checking, message for message as everyone knows it (grpc/doc/health-checking.md, gRFC A90). What
    /// the names are here stands in PROTOCOL.md, section 17.
    public struct Health: Sendable {
        let client: HubClient

        /// How one name is now. One that the hub does not know: NOT_FOUND.
        ///
        /// `grpc.health.v1.Health/Check`
        public func check(
            _ request: GRPCHealthCheckRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<GRPCHealthCheckResponse> {
            try await client.call(.checkHealth, request, options: options)
        }

        /// How every name is now; RESOURCE_EXHAUSTED for more than 100.
        ///
        /// `grpc.health.v1.Health/List`
        public func list(
            _ request: GRPCHealthListRequest = GRPCHealthListRequest(), options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<GRPCHealthListResponse> {
            try await client.call(.listHealth, request, options: options)
        }

        /// How a name is now, then every change. One that the hub does not know is SERVICE_UNKNOWN until it comes.
        ///
        /// `grpc.health.v1.Health/Watch`
        public func watch(
            _ request: GRPCHealthCheckRequest, options: CallOptions = .watching
        ) -> HubStream<GRPCHealthCheckResponse> {
            client.stream(.watchHealth, request, options: options)
        }
    }
}
