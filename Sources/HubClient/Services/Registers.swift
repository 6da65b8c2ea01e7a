// Calls of layanan.v1.Registers. Written by Scripts/stubs.py from Protos/layanan/v1/register.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `layanan.v1.Registers`
    public var registers: Registers { Registers(client: self) }

    /// For those who work in the register's department, and roles of all departments.
    public struct Registers: Sendable {
        let client: HubClient

        /// An entry as it is, or as it was at a moment. E4025 when there was none.
        ///
        /// `layanan.v1.Registers/Get`
        public func get(
            _ request: LayananGetEntryRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananGetEntryReply> {
            try await client.call(.getEntry, request, options: options)
        }

        /// Every version of an entry, the oldest first.
        ///
        /// `layanan.v1.Registers/History`
        public func history(
            _ request: LayananEntryHistoryRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananEntryHistoryReply> {
            try await client.call(.entryHistory, request, options: options)
        }

        /// Entries by a field that the register marks for search.
        ///
        /// `layanan.v1.Registers/Search`
        public func search(
            _ request: LayananSearchEntriesRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananSearchEntriesReply> {
            try await client.call(.searchEntries, request, options: options)
        }
    }
}
