// Backups, as administrators ask for them: the hub chooses where they lie, a caller only names one.

import HubDomain
import HubProto

extension AdminService {
    func makeBackup(_ context: CallContext, _ request: HubMakeBackupRequest) async throws(HubError) -> HubBackup {
        let now = clock.nowMillis()
        let name = request.name.isEmpty ? BackupName.of(millis: now) : request.name
        guard BackupName.isValid(name) else {
            throw HubError(
                .backupRefused,
                "a backup's name has 1 to 64 of a-z, 0-9, dot and hyphen, and begins with none of the two",
                status: .invalidArgument)
        }
        return try await backups.make(name: name, keep: request.keep, nowMillis: now)
    }

    func listBackups(
        _ context: CallContext, _ request: HubListBackupsRequest
    ) async throws(HubError) -> HubListBackupsReply {
        let all = try await backups.list()
        return .with { $0.backups = all }
    }
}
