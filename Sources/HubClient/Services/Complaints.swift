// Calls of layanan.v1.Complaints. Written by Scripts/stubs.py from Protos/layanan/v1/complaint.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `layanan.v1.Complaints`
    public var complaints: Complaints { Complaints(client: self) }

    /// Complaints, suggestions and reports.
    public struct Complaints: Sendable {
        let client: HubClient

        /// A new complaint.
        ///
        /// `layanan.v1.Complaints/File`
        public func file(
            _ request: LayananSubmitRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.fileComplaint, request, options: options)
        }

        /// The complainant adds what was asked for.
        ///
        /// `layanan.v1.Complaints/Supplement`
        public func supplement(
            _ request: LayananActRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.supplementComplaint, request, options: options)
        }

        /// An officer's step: route, answer, close.
        ///
        /// `layanan.v1.Complaints/Act`
        public func act(
            _ request: LayananActRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.actOnComplaint, request, options: options)
        }

        /// The complainant is not content; goes to the same owner and starts a clock anew.
        ///
        /// `layanan.v1.Complaints/Reopen`
        public func reopen(
            _ request: LayananActRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.reopenComplaint, request, options: options)
        }

        /// The complainant takes it back.
        ///
        /// `layanan.v1.Complaints/Withdraw`
        public func withdraw(
            _ request: LayananActRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.withdrawComplaint, request, options: options)
        }

        /// A complaint of an older register, through the ordinary path. Key = source and source_id.
        ///
        /// `layanan.v1.Complaints/Import`
        public func `import`(
            _ request: LayananImportRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.importComplaint, request, options: options)
        }

        /// Public complaints near a place that have not ended: look before you complain.
        ///
        /// `layanan.v1.Complaints/Nearby`
        public func nearby(
            _ request: LayananNearbyRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananNearbyReply> {
            try await client.call(.nearbyComplaints, request, options: options)
        }

        /// What everybody may read: no text of a complainant, no name, no place finer than three decimals of a degree.
        ///
        /// `layanan.v1.Complaints/Public`
        public func `public`(
            _ request: LayananPublicCasesRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananPublicCasesReply> {
            try await client.call(.publicComplaints, request, options: options)
        }

        /// What happened to one public complaint, day by day.
        ///
        /// `layanan.v1.Complaints/Timeline`
        public func timeline(
            _ request: LayananTimelineRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananTimelineReply> {
            try await client.call(.complaintTimeline, request, options: options)
        }

        /// Be told what becomes of somebody else's public complaint. Again changes nothing.
        ///
        /// `layanan.v1.Complaints/Follow`
        public func follow(
            _ request: LayananFollowRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananFollowReply> {
            try await client.call(.followComplaint, request, options: options)
        }

        /// Be told no more. Again changes nothing.
        ///
        /// `layanan.v1.Complaints/Unfollow`
        public func unfollow(
            _ request: LayananFollowRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananFollowReply> {
            try await client.call(.unfollowComplaint, request, options: options)
        }

        /// Public complaints that the caller follows.
        ///
        /// `layanan.v1.Complaints/Following`
        public func following(
            _ request: LayananFollowingRequest = LayananFollowingRequest(), options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananFollowingReply> {
            try await client.call(.followedComplaints, request, options: options)
        }

        /// An officer lets a complaint go on with another one of its service; it ends, its complainant and whoever
        /// followed it follow the other, and that one keeps the earlier deadline of each clock. A public one does not go
        /// on with a secret one.
        ///
        /// `layanan.v1.Complaints/Merge`
        public func merge(
            _ request: LayananMergeRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.mergeComplaints, request, options: options)
        }

        /// An officer makes a second complaint out of one, with clocks from the day on which the first was received.
        ///
        /// `layanan.v1.Complaints/Split`
        public func split(
            _ request: LayananSplitRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.splitComplaint, request, options: options)
        }
    }
}
