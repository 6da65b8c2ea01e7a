// What clients keep and hand back, and the names by which they ask: cursors, principals, cases, citizens.

import HubDomain
import HubProto

@testable import HubCore
@testable import HubTrust
@testable import HubWire

extension FuzzTarget {
    static let cursor = FuzzTarget(
        "cursor", bytesMax: 256, verdicts: [.accepted, "E1013", "E2002"]
    ) { (input) throws(BrokenPromise) in
        let seal = CursorSeal(key: [UInt8](repeating: 0x4B, count: 32))
        let hubID = [UInt8](0..<16)
        let own = "urn:elayanan:loket:satu"
        let verdict = try opened(seal, [UInt8](input), hubID: hubID, by: own)
        // Nobody makes a seal up: what is sealed by the hub itself with the same content shows the rest of the way.
        if let content = try? HubCursor(serializedBytes: [UInt8](input)) {
            let cursor = seal.cursor(hubID: hubID, sequence: content.sequence, principal: own)
            try promise(cursor.sequence == content.sequence, "a cursor stands elsewhere than it was made for")
            try promise(
                try opened(seal, cursor.bytes, hubID: hubID, by: own) == .accepted, "a cursor is not recognised")
            try promise(
                try opened(seal, cursor.bytes, hubID: hubID, by: "urn:elayanan:loket:dua") == "E2002",
                "a cursor is good for another principal")
            try promise(
                try opened(seal, cursor.bytes, hubID: hubID.reversed(), by: own) == "E1013",
                "a cursor is good for another log")
            var forged = content
            forged.sequence &+= 1
            let bytes = (try? forged.ledgerBytes()) ?? []
            if verdict == .accepted {
                try promise(try opened(seal, bytes, hubID: hubID, by: own) == "E1013", "a cursor can be moved")
            }
        }
        return verdict
    }

    private static func opened(
        _ seal: CursorSeal, _ bytes: [UInt8], hubID: [UInt8], by principal: String
    ) throws(BrokenPromise) -> Verdict {
        try verdict { () throws(HubError) in
            _ = try seal.open(bytes, of: hubID, principal: principal)
            return .accepted
        }
    }

    /// Texts by which something is named; each is at most one of these.
    static let token = FuzzTarget(
        "token", bytesMax: 256, verdicts: ["principal", "case_number", "case_id", "citizen", "nothing"]
    ) { (input) throws(BrokenPromise) in
        let text = String(decoding: input, as: UTF8.self)
        var found: [Verdict] = []
        let name = PrincipalName(text)
        let principal = try? Principal(urn: text, role: "officer", unit: "")
        try promise(name?.description == principal?.urn, "two readers of a principal's name disagree")
        if let name {
            try promise(name.description.utf8.elementsEqual(input), "a principal is read as another")
            found.append("principal")
        }
        if let number = CaseNumber(parsing: text) {
            try promise(CaseNumber(parsing: number.text) == number, "a case number is not read as it is written")
            found.append("case_number")
        }
        if let id = CaseID(text: text) {
            try promise(
                CaseID(text: id.text) == id && CaseID(bytes: id.bytes) == id, "a case id is not read as written")
            found.append("case_id")
        }
        let call = HubCall.with { call in
            call.method = HubMethod.echo.path
            call.metadata = [
                .with {
                    $0.key = HubMetadataKey.onBehalfOf
                    $0.value = .init(input)
                }
            ]
        }
        if CallMetadata.fault(in: call) == nil {
            try promise(
                CallMetadata.text(HubMetadataKey.onBehalfOf, in: call)?.utf8.elementsEqual(input) == true,
                "a citizen is read as another")
            found.append("citizen")
        }
        try promise(found.count <= 1, "a text names two kinds of things: \(found)")
        return found.first ?? "nothing"
    }
}
