// Calls of grpc.reflection.v1.ServerReflection. Written by Scripts/stubs.py from Protos/grpc/reflection/v1/reflection.proto.

public import HubProto

extension HubClient {
    /// `grpc.reflection.v1.ServerReflection`
    public var serverReflection: ServerReflection { ServerReflection(client: self) }

    /// gRPC's reflection, message for message as everyone knows it (grpc/doc/server-reflection.md). What the hub
    /// shows stands in PROTOCOL.md, section 17.
    public struct ServerReflection: Sendable {
        let client: HubClient

        /// One answer for each request, in order. What is not found is an answer too, not the end of the call. A request
        /// has at most 16,384 bytes.
        ///
        /// `grpc.reflection.v1.ServerReflection/ServerReflectionInfo`
        public func serverReflectionInfo(options: CallOptions = CallOptions()) -> HubExchange<
            GRPCServerReflectionRequest, GRPCServerReflectionResponse
        > {
            client.exchange(.reflect, options: options)
        }
    }
}
