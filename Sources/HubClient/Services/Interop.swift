// Calls of hub.v1.Interop. Written by Scripts/stubs.py from Protos/hub/v1/interop.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `hub.v1.Interop`
    public var interop: Interop { Interop(client: self) }

    /// Methods with known answers: with them a client, the hub and the wire between them prove that they agree. The
    /// cases follow gRPC's (grpc/doc/interop-test-descriptions.md); nothing of the regency can be reached through
    /// them.
    public struct Interop: Sendable {
        let client: HubClient

        /// Nothing in, nothing out.
        ///
        /// `hub.v1.Interop/Empty`
        public func empty(
            _ request: HubInteropEmpty = HubInteropEmpty(), options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubInteropEmpty> {
            try await client.call(.interopEmpty, request, options: options)
        }

        /// Waits, answers or fails, as it is asked.
        ///
        /// `hub.v1.Interop/Unary`
        public func unary(
            _ request: HubInteropRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubInteropReply> {
            try await client.call(.interopUnary, request, options: options)
        }

        /// One reply for each size that is asked for.
        ///
        /// `hub.v1.Interop/Output`
        public func output(
            _ request: HubInteropOutputRequest, options: CallOptions = .watching
        ) -> HubStream<HubInteropReply> {
            client.stream(.interopOutput, request, options: options)
        }

        /// Counts what comes in.
        ///
        /// `hub.v1.Interop/Input`
        public func input(options: CallOptions = CallOptions()) -> HubExchange<HubInteropRequest, HubInteropTotal> {
            client.exchange(.interopInput, options: options)
        }

        /// Answers each request as Unary does, as it comes.
        ///
        /// `hub.v1.Interop/Exchange`
        public func exchange(options: CallOptions = CallOptions()) -> HubExchange<HubInteropRequest, HubInteropReply> {
            client.exchange(.interopExchange, options: options)
        }

        /// The numbers after the one in the cursor, each with its own cursor.
        ///
        /// `hub.v1.Interop/Count`
        public func count(
            _ request: HubInteropCountRequest, options: CallOptions = .watching
        ) -> HubStream<HubInteropNumber> {
            client.stream(.interopCount, request, options: options)
        }

        /// Keeps its answer under the call's key, and changes nothing else. Needs an idempotency key.
        ///
        /// `hub.v1.Interop/Remember`
        public func remember(
            _ request: HubInteropRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubInteropRemembered> {
            try await client.call(.interopRemember, request, options: options)
        }
    }
}
