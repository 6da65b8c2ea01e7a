// Calls of hub.v1.Diagnostics. Written by Scripts/stubs.py from Protos/hub/v1/diagnostics.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `hub.v1.Diagnostics`
    public var diagnostics: Diagnostics { Diagnostics(client: self) }

    /// Measuring and probing; answered by the hub and by every module.
    public struct Diagnostics: Sendable {
        let client: HubClient

        /// Sends the message back.
        ///
        /// `hub.v1.Diagnostics/Echo`
        public func echo(
            _ request: HubEchoMessage, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubEchoMessage> {
            try await client.call(.echo, request, options: options)
        }
    }
}
