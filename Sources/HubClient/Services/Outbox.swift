// Calls of hub.admin.v1.Outbox. Written by Scripts/stubs.py from Protos/hub/admin/v1/outbox.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `hub.admin.v1.Outbox`
    public var outbox: Outbox { Outbox(client: self) }

    /// Notices on their way out of the hub, as whoever looks after it sees them: never with an address, a name or a
    /// text.
    public struct Outbox: Sendable {
        let client: HubClient

        /// Notices of one state, those first that were written first; with how many wait and are dead.
        ///
        /// `hub.admin.v1.Outbox/List`
        public func list(
            _ request: HubAdminListNoticesRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubAdminListNoticesReply> {
            try await client.call(.listNotices, request, options: options)
        }

        /// Makes notices wait again that were given up, and those due at once that wait for their next attempt. Needs an
        /// idempotency key.
        ///
        /// `hub.admin.v1.Outbox/Retry`
        public func retry(
            _ request: HubAdminRetryNoticesRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubAdminRetryNoticesReply> {
            try await client.call(.retryNotices, request, options: options)
        }
    }
}
