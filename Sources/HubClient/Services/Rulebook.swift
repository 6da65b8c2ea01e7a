// Calls of hub.v1.Rulebook. Written by Scripts/stubs.py from Protos/hub/v1/rulebook.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `hub.v1.Rulebook`
    public var rulebook: Rulebook { Rulebook(client: self) }

    /// A rule belongs to the department that published it first; nobody else may change it, but for roles of all
    /// departments.
    public struct Rulebook: Sendable {
        let client: HubClient

        /// Reads rules as Publish would: everything that is wrong with them, what they change and which cases they
        /// concern. Changes nothing.
        ///
        /// `hub.v1.Rulebook/Check`
        public func check(
            _ request: HubCheckRulesRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubCheckRulesReply> {
            try await client.call(.checkRules, request, options: options)
        }

        /// Puts rules in force, all or none. A running case stays on the definition with which it began; its deadlines
        /// are counted anew when a calendar changed. Refused with E4017 and every finding. Needs an idempotency key.
        ///
        /// `hub.v1.Rulebook/Publish`
        public func publish(
            _ request: HubPublishRulesRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubPublishRulesReply> {
            try await client.call(.publishRules, request, options: options)
        }

        /// What was published, newest first.
        ///
        /// `hub.v1.Rulebook/History`
        public func history(
            _ request: HubRulesHistoryRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubRulesHistoryReply> {
            try await client.call(.rulesHistory, request, options: options)
        }

        /// Where a request would go by the routes in force, or by those that are given. Changes nothing.
        ///
        /// `hub.v1.Rulebook/TryRoute`
        public func tryRoute(
            _ request: HubTryRouteRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubTryRouteReply> {
            try await client.call(.tryRoute, request, options: options)
        }
    }
}
