// Brings complaints of an invented older register through the ordinary path.

import HubClient
import HubDomain
import HubProto

@testable import hub_demo

/// Imports with the administrator's certificate.
struct Importer: Sendable {
    let hub: RunningHub

    init(_ hub: RunningHub) { self.hub = hub }

    /// A record of the older register.
    ///
    /// - Parameters:
    ///   - closed: Nil = still open there.
    ///   - note: The answer that was given.
    func record(_ id: String, created: Int64, closed: Int64? = nil, note: String = "") -> LayananImportRequest {
        LayananImportRequest.with {
            $0.service = Service.complaint
            $0.origin.source = "older-register"
            $0.origin.sourceID = id
            $0.origin.closedMs = closed ?? 0
            $0.origin.category = "Street Condition"
            $0.createdMs = created
            $0.form = [
                .text("jenis", "aduan"), .text("kategori", "jalan"), .text("kerahasiaan", "anonim"),
                .text("isi", "Jalan berlubang di depan pasar lama."),
            ]
            $0.note = note
        }
    }

    /// Brings one record.
    func bring(_ record: LayananImportRequest) async throws(HubError) -> HubCase {
        try await hub.town.admin.call(.importComplaint, record, as: LayananCaseReply.self).message.case
    }

    /// Brings so many closed ones, each with a long answer.
    func bring(_ count: Int, noteLength: Int) async throws {
        let now = try await hub.town.status().nowMs
        let note = String(repeating: "Sudah diperbaiki. ", count: noteLength / 18)
        _ = try await concurrently(Array(0..<count), width: 32) { index in
            try await bring(
                record("\(index)", created: now - 86_400_000, closed: now - 3_600_000, note: note)
            ).number
        }
    }
}
