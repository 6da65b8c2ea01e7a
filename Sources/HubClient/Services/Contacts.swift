// Calls of layanan.v1.Contacts. Written by Scripts/stubs.py from Protos/layanan/v1/contact.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `layanan.v1.Contacts`
    public var contacts: Contacts { Contacts(client: self) }

    /// Whose contact is meant follows from the call alone: the citizen for whom the caller speaks, or the caller.
    public struct Contacts: Sendable {
        let client: HubClient

        /// Replaces the person's choice; what waits goes by the new one. Needs an idempotency key.
        ///
        /// `layanan.v1.Contacts/Set`
        public func set(
            _ request: LayananSetContactRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananSetContactReply> {
            try await client.call(.setContact, request, options: options)
        }

        /// The person's choice.
        ///
        /// `layanan.v1.Contacts/Get`
        public func get(
            _ request: LayananGetContactRequest = LayananGetContactRequest(), options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananGetContactReply> {
            try await client.call(.getContact, request, options: options)
        }
    }
}
