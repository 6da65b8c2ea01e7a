// What this hub has heard of each authority lately, so that citizens know before they travel.

import HubDomain
import HubProto
import SwiftProtobuf
import Synchronization

/// Kept in memory; the last answer also in the ledger, to the minute, because an outage outlives a hub.
final class AuthorityBoard: Sendable {
    /// What is known of one authority; milliseconds since 1970 UTC, 0 = never.
    struct Heard: Sendable {
        var answeredMillis: Int64 = 0
        /// Since when every attempt failed; 0 = the last one did not.
        var failingMillis: Int64 = 0
        var problem = HubInquiryProblem.unspecified
        /// When an adapter asked for something to do.
        var attendedMillis: Int64 = 0
        /// Version of its record, and what that says.
        var version: UInt64 = 0
        var keptMillis: Int64 = 0
    }

    /// Authorities that are remembered; more have no place, whoever calls.
    private static let authoritiesMax = 256
    private static let keepMillis: Int64 = 60_000
    private static let recordPrefix = "authority/"
    private let heard: Mutex<[String: Heard]>

    private init(_ heard: [String: Heard]) { self.heard = Mutex(heard) }

    static func load(from ledger: any Ledger) async throws(HubError) -> AuthorityBoard {
        var heard: [String: Heard] = [:]
        for record in try await ledger.records(prefix: recordPrefix) {
            let status: LayananAuthorityStatus = try decoded(record.body, record.key)
            heard[status.authority] = Heard(
                answeredMillis: status.answeredMs, version: record.version, keptMillis: status.answeredMs)
        }
        return AuthorityBoard(heard)
    }

    func heard(of authority: String) -> Heard { heard.withLock { $0[authority] ?? Heard() } }

    func attended(_ authority: String, nowMillis: Int64) {
        change(authority) { $0.attendedMillis = nowMillis }
    }

    func failed(_ authority: String, _ problem: HubInquiryProblem, nowMillis: Int64) {
        change(authority) {
            if $0.failingMillis == 0 { $0.failingMillis = nowMillis }
            $0.problem = problem
        }
    }

    /// Its last word came through.
    func answered(_ authority: String, nowMillis: Int64, _ ledger: any Ledger) async throws(HubError) {
        change(authority) {
            ($0.answeredMillis, $0.failingMillis, $0.problem) = (nowMillis, 0, .unspecified)
        }
        let known = heard(of: authority)
        guard nowMillis.subtractingReportingOverflow(known.keptMillis).partialValue >= Self.keepMillis else { return }
        var commit = Commit(key: nil, atMillis: nowMillis)
        let status = LayananAuthorityStatus.with { ($0.authority, $0.answeredMs) = (authority, nowMillis) }
        commit.records = [
            RecordWrite(
                key: Self.recordPrefix + authority, expectedVersion: known.version, body: try status.ledgerBytes())
        ]
        // Somebody else may have written it a moment ago: that says the same.
        guard case .committed = try await ledger.commit(commit) else { return }
        change(authority) { ($0.version, $0.keptMillis) = (known.version + 1, nowMillis) }
    }

    private func change(_ authority: String, _ body: (inout Heard) -> Void) {
        heard.withLock { heard in
            guard heard[authority] != nil || heard.count < Self.authoritiesMax else { return }
            body(&heard[authority, default: Heard()])
        }
    }
}

extension LayananAuthorityStatus {
    /// Milliseconds after which an authority is unattended for which something waits.
    private static let attendedMillis: Int64 = 300_000

    /// How an authority does.
    init(_ authority: String, _ heard: AuthorityBoard.Heard, waiting: UInt64, oldestMillis: Int64, nowMillis: Int64) {
        self.init()
        (self.authority, self.waiting, oldestMs) = (authority, waiting, oldestMillis)
        (answeredMs, failingMs, problem) = (heard.answeredMillis, heard.failingMillis, heard.problem)
        let silent = nowMillis.subtractingReportingOverflow(max(heard.attendedMillis, oldestMillis)).partialValue
        condition =
            heard.failingMillis > 0
            ? .failing : waiting > 0 && silent > Self.attendedMillis ? .unattended : .answering
        text = condition.text
    }
}

extension LayananAuthorityCondition {
    /// What citizens read.
    var text: HubText {
        switch self {
        case .failing:
            .with {
                $0.id = "Sedang terganggu. Permohonan tetap tersimpan dan dilanjutkan sendiri; tidak perlu datang lagi."
                $0.en = "Out of order now. Requests are kept and go on by themselves; there is no need to come again."
            }
        case .unattended:
            .with {
                $0.id = "Belum terhubung. Permohonan tetap tersimpan dan menunggu."
                $0.en = "Not connected at present. Requests are kept and wait."
            }
        case .answering, .unspecified, .UNRECOGNIZED:
            .with { ($0.id, $0.en) = ("Berjalan.", "Works.") }
        }
    }
}
