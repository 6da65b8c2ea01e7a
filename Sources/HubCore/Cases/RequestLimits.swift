// How many requests one account or device may make: counted in records, so that the count is exact whoever sends at once.

import Crypto
import HubDomain
import HubProto

/// The definition's `limits`, before one request.
///
/// Each subject has a record with the requests that count. A request adds itself to it in its own commit, under the version that
/// was read: of two at once the second is counted anew. Never is a network address counted, because a village shares one.
struct RequestLimits: Sendable {
    let ledger: any Ledger
    let definition: HubServiceDefinition
    let nowMillis: Int64

    /// Metadata with which a citizens' channel says which device it speaks for, and its bytes.
    static let deviceToken = "device-token"
    private static let deviceBytes = 16...128
    private static let recordPrefix = "limit/"

    /// The record is one of these: whoever meets it counts anew.
    static func isOwn(_ key: String) -> Bool { key.hasPrefix(recordPrefix) }

    /// How often a request may meet others of the same account: each of them takes room, and then there is none.
    var attempts: Int { min(256, definition.limits.reduce(3) { $0 + Int($1.most) }) }

    /// What a new request adds to the records of those for whom it counts.
    ///
    /// - Throws: ``HubError/Code/limitReached``, with fact `retry_at_ms` where time alone makes room.
    func records(for context: CallContext, newCase id: [UInt8]) async throws(HubError) -> [RecordWrite] {
        var records: [RecordWrite] = []
        for rule in definition.limits {
            guard let subject = Self.subject(of: rule, context) else { continue }
            let key = Self.key(definition.service, rule, subject)
            let stored = try await ledger.record(key)
            let window = Int64(rule.hours) * 3_600_000
            var counted = (stored.map { CountedRequest.decode($0.body) } ?? []).filter {
                $0.atMillis > nowMillis - window
            }
            if rule.openOnly { counted = try await open(counted) }
            let most = max(1, Int(rule.most))
            guard counted.count < most else {
                let again = rule.openOnly ? nil : counted[counted.count - most].atMillis + window
                throw Self.reached(rule, again: again, nowMillis: nowMillis)
            }
            counted.append(CountedRequest(atMillis: nowMillis, caseID: id))
            records.append(
                RecordWrite(
                    key: key, expectedVersion: stored?.version ?? 0, body: counted.flatMap(\.encoded)))
        }
        return records
    }

    private func open(_ counted: [CountedRequest]) async throws(HubError) -> [CountedRequest] {
        var open: [CountedRequest] = []
        for request in counted where try await ledger.caseState(id: request.caseID)?.ended == false {
            open.append(request)
        }
        return open
    }

    private static func subject(of rule: HubLimitRule, _ context: CallContext) -> String? {
        switch rule.per {
        case .applicant: return context.actor.onBehalfOf.isEmpty ? nil : context.actor.onBehalfOf
        case .device:
            guard let token = context.metadata.first(where: { $0.key == deviceToken })?.value,
                deviceBytes.contains(token.count)
            else { return nil }
            return NoticeID.text(token)
        case .unspecified, .UNRECOGNIZED: return nil
        }
    }

    /// The subject is hashed: no key says who asks for what.
    private static func key(_ service: String, _ rule: HubLimitRule, _ subject: String) -> String {
        let hash = SHA256.hash(data: Array("\(service)\n\(rule.name)\n\(subject)".utf8))
        return "\(recordPrefix)\(service)/\(rule.name)/\(NoticeID.text(hash.prefix(24)))"
    }

    /// - Parameter again: When there is room; nil = once one of the open cases ends.
    private static func reached(_ rule: HubLimitRule, again: Int64?, nowMillis: Int64) -> HubError {
        var remedy: (id: String, en: String)
        var facts = ["limit": rule.name]
        if let again {
            let hours = max(1, (again - nowMillis + 3_599_999) / 3_600_000)
            remedy = ("Coba lagi dalam \(hours) jam", "Try again in \(hours) hours")
            facts["retry_at_ms"] = "\(again)"
        } else {
            remedy = (
                "Ajukan lagi setelah salah satu yang masih berjalan selesai",
                "Make another one when one of those that are open has ended"
            )
        }
        // A counter speaks for the same citizen, and not from this device.
        if rule.per == .device { remedy = (remedy.id + ", atau hubungi loket", remedy.en + ", or ask a counter") }
        return HubError(
            .limitReached,
            "limit \(rule.name): \(rule.most) " + (again == nil ? "open at once" : "in \(rule.hours) hours"),
            violations: [
                Violation(
                    "", "limit", id: "Batas pengajuan tercapai (\(rule.most)). \(remedy.id).",
                    en: "The limit of \(rule.most) requests is reached. \(remedy.en).")
            ], facts: facts)
    }
}

/// A request that counts: 24 bytes in a record.
private struct CountedRequest {
    var atMillis: Int64
    /// 16 bytes.
    var caseID: [UInt8]

    var encoded: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: atMillis >> (56 - 8 * Int64($0))) } + caseID
    }

    static func decode(_ bytes: [UInt8]) -> [CountedRequest] {
        stride(from: 0, to: bytes.count - bytes.count % 24, by: 24).map { start in
            let time = bytes[start..<start + 8].reduce(Int64(0)) { $0 << 8 | Int64($1) }
            return CountedRequest(atMillis: time, caseID: Array(bytes[start + 8..<start + 24]))
        }
    }
}
