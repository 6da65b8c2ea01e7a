// Believable changes for the ledger's suite: cases, events, keys and commits, all from a number.

import Crypto
package import HubCore
package import HubProto

/// Makes what the suite writes. Everything follows from the arguments; nothing is random.
package enum Sample {
    /// 2026-01-05T00:00:00Z in milliseconds since 1970 UTC.
    package static let now: Int64 = 1_767_571_200_000

    /// A UUIDv7 that grows with `number`.
    package static func id(_ number: Int) -> [UInt8] {
        let millis = UInt64(bitPattern: now) &+ UInt64(truncatingIfNeeded: number)
        var bytes = (0..<6).map { UInt8(truncatingIfNeeded: millis >> (40 - 8 * UInt64($0))) }
        bytes += [0x70, 0, 0x80, 0, 0, 0]
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
        return bytes
    }

    /// A first version of a case.
    package static func newCase(_ number: Int, department: String = "perizinan", service: String = "izin") -> HubCase {
        var state = HubCase()
        state.id = .init(id(number))
        state.number = "IZN-2026-\(number)"
        state.service = service
        state.definitionVersion = "2026.1"
        state.version = 1
        state.stage = "diajukan"
        state.department = department
        state.applicant = "warga-\(number)"
        state.createdMs = now
        state.updatedMs = now
        return state
    }

    /// A clock that runs until `dueMillis`.
    package static func deadline(_ name: String, due dueMillis: Int64, _ state: HubDeadlineState = .running)
        -> HubDeadline
    {
        var deadline = HubDeadline()
        deadline.name = name
        deadline.state = state
        deadline.dueMs = dueMillis
        deadline.startedMs = now
        return deadline
    }

    /// The event that led to `state`.
    package static func event(_ state: HubCase, note: String = "") -> HubEvent {
        var event = HubEvent()
        event.caseID = state.id
        event.number = state.number
        event.service = state.service
        event.department = state.department
        event.applicant = state.applicant
        event.caseVersion = state.version
        event.kind = state.version == 1 ? .submitted : .acted
        event.stageAfter = state.stage
        event.atMs = now
        event.note = note
        return event
    }

    /// The second version of a case, which takes everything personal out of it.
    package static func erasing(_ number: Int, atMillis: Int64 = now) -> Commit {
        var state = newCase(number)
        (state.version, state.applicant, state.ended, state.anonymisedMs) = (2, "", true, atMillis)
        var commit = commit(state)
        commit.atMillis = atMillis
        commit.events[0].kind = .anonymised
        commit.cases[0].erases = true
        return commit
    }

    /// A key of its own for each number; `body` stands for the request.
    package static func key(_ number: Int, body: String = "body", scope: String = "urn:elayanan:loket:a\nSubmit")
        -> CommitKey
    {
        CommitKey(
            scope: scope, key: Array(SHA256.hash(data: Array("key \(number)".utf8)).prefix(16)),
            fingerprint: Array(SHA256.hash(data: Array(body.utf8))))
    }

    /// One case with one event, expecting the version before; the answer names the case.
    package static func commit(_ state: HubCase, key: CommitKey? = nil, index: [IndexEntry] = []) -> Commit {
        var commit = Commit(key: key, atMillis: now)
        commit.cases = [CaseWrite(state: state, expectedVersion: state.version - 1, index: index)]
        commit.events = [event(state)]
        commit.answer = Array("answer for \(state.number)".utf8)
        return commit
    }

    /// One record and nothing else.
    package static func record(_ key: String, expecting version: UInt64 = 0, _ body: [UInt8] = [1]) -> Commit {
        var commit = Commit(key: nil, atMillis: now)
        commit.records = [RecordWrite(key: key, expectedVersion: version, body: body)]
        return commit
    }
}
