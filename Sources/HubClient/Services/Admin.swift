// Calls of hub.v1.Admin. Written by Scripts/stubs.py from Protos/hub/v1/admin.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `hub.v1.Admin`
    public var admin: Admin { Admin(client: self) }

    /// What administrators ask and do; hubctl has no other door.
    public struct Admin: Sendable {
        let client: HubClient

        /// How the hub is.
        ///
        /// `hub.v1.Admin/Status`
        public func status(
            _ request: HubStatusRequest = HubStatusRequest(), options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubStatusReply> {
            try await client.call(.status, request, options: options)
        }

        /// `hub.v1.Admin/ListModules`.
        public func listModules(
            _ request: HubListModulesRequest = HubListModulesRequest(), options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubListModulesReply> {
            try await client.call(.listModules, request, options: options)
        }

        /// `hub.v1.Admin/GetModule`.
        public func getModule(
            _ request: HubGetModuleRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubModuleInfo> {
            try await client.call(.getModule, request, options: options)
        }

        /// Ends the module's process and starts it anew; lifts a quarantine. Changes nothing that is remembered.
        ///
        /// `hub.v1.Admin/RestartModule`
        public func restartModule(
            _ request: HubGetModuleRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubModuleInfo> {
            try await client.call(.restartModule, request, options: options)
        }

        /// Registers a principal and signs its certificate. Needs an idempotency key.
        ///
        /// `hub.v1.Admin/AddPrincipal`
        public func addPrincipal(
            _ request: HubAddPrincipalRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubAddPrincipalReply> {
            try await client.call(.addPrincipal, request, options: options)
        }

        /// Who may speak with the hub, with which certificates; in the order of their names.
        ///
        /// `hub.v1.Admin/ListPrincipals`
        public func listPrincipals(
            _ request: HubListPrincipalsRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubListPrincipalsReply> {
            try await client.call(.listPrincipals, request, options: options)
        }

        /// Takes certificates out of use for good: from the answer on the hub accepts no call and no connection with
        /// them. Needs an idempotency key. Revoking what is revoked changes nothing.
        ///
        /// `hub.v1.Admin/RevokeCertificate`
        public func revokeCertificate(
            _ request: HubRevokeCertificateRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubRevokeCertificateReply> {
            try await client.call(.revokeCertificate, request, options: options)
        }

        /// With `hubd --clock manual` only: lets time pass, and everything that becomes due happen.
        ///
        /// `hub.v1.Admin/AdvanceClock`
        public func advanceClock(
            _ request: HubAdvanceClockRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubAdvanceClockReply> {
            try await client.call(.advanceClock, request, options: options)
        }

        /// Recomputes the hash chain over all events.
        ///
        /// `hub.v1.Admin/VerifyAudit`
        public func verifyAudit(
            _ request: HubVerifyAuditRequest = HubVerifyAuditRequest(), options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubVerifyAuditReply> {
            try await client.call(.verifyAudit, request, options: options)
        }

        /// Copies everything that the hub remembers into its folder for backups, while it serves. It takes as long as the
        /// disk needs; a caller that leaves does not end it.
        ///
        /// `hub.v1.Admin/MakeBackup`
        public func makeBackup(
            _ request: HubMakeBackupRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubBackup> {
            try await client.call(.makeBackup, request, options: options)
        }

        /// The backups of that folder.
        ///
        /// `hub.v1.Admin/ListBackups`
        public func listBackups(
            _ request: HubListBackupsRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<HubListBackupsReply> {
            try await client.call(.listBackups, request, options: options)
        }
    }
}
