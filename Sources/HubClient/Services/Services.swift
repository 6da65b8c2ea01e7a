// Calls of hub.admin.v1.Services. Written by Scripts/stubs.py from Protos/hub/admin/v1/services.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `hub.admin.v1.Services`
    public var services: Services { Services(client: self) }

    /// Who answers here, and how it fares: the hub and each module's process as an instance with figures per method.
    /// The fields follow the NATS services API (nats-architecture-and-design, ADR-32).
    public struct Services: Sendable {
        let client: HubClient

        /// Which instances answer now, and how long each takes for an empty message.
        ///
        /// `hub.admin.v1.Services/Ping`
        public func ping(
            _ request: HubAdminInstanceSelector, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubAdminPingReply> {
            try await client.call(.pingInstances, request, options: options)
        }

        /// What each instance is and which methods it answers.
        ///
        /// `hub.admin.v1.Services/Info`
        public func info(
            _ request: HubAdminInstanceSelector, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubAdminInfoReply> {
            try await client.call(.describeInstances, request, options: options)
        }

        /// Figures per method since the hub started; of a module over all its processes, so that a crash hides nothing.
        ///
        /// `hub.admin.v1.Services/Stats`
        public func stats(
            _ request: HubAdminInstanceSelector, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubAdminStatsReply> {
            try await client.call(.instanceStats, request, options: options)
        }

        /// The figures now, then again and again.
        ///
        /// `hub.admin.v1.Services/Watch`
        public func watch(
            _ request: HubAdminWatchStatsRequest, options: CallOptions = .watching
        ) -> HubStream<HubAdminStatsReply> {
            client.stream(.watchInstanceStats, request, options: options)
        }
    }
}
