// Calls of layanan.v1.Desk. Written by Scripts/stubs.py from Protos/layanan/v1/desk.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `layanan.v1.Desk`
    public var desk: Desk { Desk(client: self) }

    /// Cases in the hands of officers. A case is held by a unit, and by nobody or one officer of it. Holding says who
    /// answers for the next step; which action a role may take is the definition's matter.
    public struct Desk: Sendable {
        let client: HubClient

        /// What waits for the caller, the most urgent first.
        ///
        /// `layanan.v1.Desk/Queue`
        public func queue(
            _ request: LayananQueueRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananQueueReply> {
            try await client.call(.queue, request, options: options)
        }

        /// Takes a case that nobody holds. Needs an idempotency key.
        ///
        /// `layanan.v1.Desk/Claim`
        public func claim(
            _ request: LayananHoldRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.claimCase, request, options: options)
        }

        /// Gives a case back to its unit. Needs an idempotency key.
        ///
        /// `layanan.v1.Desk/Release`
        public func release(
            _ request: LayananHoldRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.releaseCase, request, options: options)
        }

        /// Gives a case to an officer of its unit: who leads the unit may, and who holds the case. Needs an idempotency
        /// key.
        ///
        /// `layanan.v1.Desk/Assign`
        public func assign(
            _ request: LayananAssignRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.assignCase, request, options: options)
        }

        /// Gives a case to another unit of its department, with a reason. Needs an idempotency key.
        ///
        /// `layanan.v1.Desk/HandOver`
        public func handOver(
            _ request: LayananHandOverRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.handOverCase, request, options: options)
        }

        /// Gives the advice for which the caller's unit is asked. With the last one the case goes on. Needs an
        /// idempotency key.
        ///
        /// `layanan.v1.Desk/Advise`
        public func advise(
            _ request: LayananAdviseRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.adviseOnCase, request, options: options)
        }

        /// The units, posts and officers that are in force.
        ///
        /// `layanan.v1.Desk/Organisation`
        public func organisation(
            _ request: LayananOrganisationRequest = LayananOrganisationRequest(), options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananOrganisationReply> {
            try await client.call(.organisation, request, options: options)
        }

        /// Says that an officer is away, and who stands in: the officer may, and who leads its unit. Needs an idempotency
        /// key.
        ///
        /// `layanan.v1.Desk/SetAbsence`
        public func setAbsence(
            _ request: LayananSetAbsenceRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananSetAbsenceReply> {
            try await client.call(.setAbsence, request, options: options)
        }

        /// Who is away today or later.
        ///
        /// `layanan.v1.Desk/Absences`
        public func absences(
            _ request: LayananAbsencesRequest = LayananAbsencesRequest(), options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananAbsencesReply> {
            try await client.call(.absences, request, options: options)
        }
    }
}
