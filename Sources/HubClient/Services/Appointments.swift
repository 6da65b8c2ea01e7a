// Calls of layanan.v1.Appointments. Written by Scripts/stubs.py from Protos/layanan/v1/appointment.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `layanan.v1.Appointments`
    public var appointments: Appointments { Appointments(client: self) }

    /// A case waits for an appointment when its stage says so. Its applicant books, changes and cancels, or an
    /// officer does it on behalf; at the counter officers check in, call and serve, and then the hub sends the case
    /// on.
    public struct Appointments: Sendable {
        let client: HubClient

        /// Offices and what they offer, for everybody.
        ///
        /// `layanan.v1.Appointments/Offices`
        public func offices(
            _ request: LayananOfficesRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananOfficesReply> {
            try await client.call(.listOffices, request, options: options)
        }

        /// Places that are free, for everybody.
        ///
        /// `layanan.v1.Appointments/Slots`
        public func slots(
            _ request: LayananSlotsRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananSlotsReply> {
            try await client.call(.listSlots, request, options: options)
        }

        /// Takes a place; never more of a slot than there are. Needs an idempotency key.
        ///
        /// `layanan.v1.Appointments/Book`
        public func book(
            _ request: LayananBookRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.bookAppointment, request, options: options)
        }

        /// Takes another place and gives the first one back, both or none. Needs an idempotency key.
        ///
        /// `layanan.v1.Appointments/Change`
        public func change(
            _ request: LayananBookRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.changeAppointment, request, options: options)
        }

        /// Gives the place back. Needs an idempotency key.
        ///
        /// `layanan.v1.Appointments/Cancel`
        public func cancel(
            _ request: LayananCancelAppointmentRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.cancelAppointment, request, options: options)
        }

        /// The person is there: gives a queue number. Needs an idempotency key.
        ///
        /// `layanan.v1.Appointments/CheckIn`
        public func checkIn(
            _ request: LayananCheckInRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.checkIn, request, options: options)
        }

        /// Calls whose turn it is to a counter; two counters never call the same. Needs an idempotency key.
        ///
        /// `layanan.v1.Appointments/CallNext`
        public func callNext(
            _ request: LayananCallNextRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCallNextReply> {
            try await client.call(.callNext, request, options: options)
        }

        /// The person was served, and has proved who it is where the stage wants that. Needs an idempotency key.
        ///
        /// `layanan.v1.Appointments/Serve`
        public func serve(
            _ request: LayananServeRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.serveAtCounter, request, options: options)
        }

        /// The person whose number was given is not there. Needs an idempotency key. Whoever has booked and is not there
        /// when the grace is over has missed it without a word of anybody.
        ///
        /// `layanan.v1.Appointments/NoShow`
        public func noShow(
            _ request: LayananNoShowRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananCaseReply> {
            try await client.call(.noShow, request, options: options)
        }

        /// The queues of an office today, for a display: numbers and counters, nothing of any case.
        ///
        /// `layanan.v1.Appointments/Queue`
        public func queue(
            _ request: LayananOfficeQueueRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananOfficeQueueReply> {
            try await client.call(.officeQueue, request, options: options)
        }

        /// Appointments that an office does not keep: booked in slots that are no longer there, or have too few places;
        /// or freed and not booked anew.
        ///
        /// `layanan.v1.Appointments/Conflicts`
        public func conflicts(
            _ request: LayananConflictsRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananConflictsReply> {
            try await client.call(.listConflicts, request, options: options)
        }
    }
}
