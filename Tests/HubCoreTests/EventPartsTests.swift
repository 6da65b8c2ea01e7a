// What is personal in an event stands apart, and the chain knows it by its hash.

import HubDomain
import HubProto
import Testing

@testable import HubCore

@Suite("the two parts of an event")
struct EventPartsTests {
    private static let salt = [UInt8](repeating: 7, count: EventParts.saltBytes)

    private static let event = HubEvent.with {
        ($0.caseID, $0.number, $0.applicant, $0.note) = (.init(repeating: 1, count: 16), "UJI-1", "nik:1", "catatan")
        $0.actor = .with { ($0.principal, $0.role, $0.onBehalfOf) = ("urn:elayanan:a:b", "officer", "nik:1") }
        $0.form = [.with { ($0.name, $0.text) = ("isi", "rahasia") }]
        $0.consent = .with { $0.note = "di balai desa" }
        ($0.kind, $0.caseVersion) = (.acted, 3)
    }

    @Test("together they are the event, and what stays names nobody")
    func together() throws {
        let parts = try EventParts(Self.event, salt: Self.salt)
        let kept: [UInt8] = try parts.kept.serializedBytes()
        #expect(try EventParts.event(kept: kept, personal: parts.personal) == Self.event)
        let alone = try EventParts.event(kept: kept, personal: nil)
        let text = try alone.jsonString()
        for word in ["nik:1", "catatan", "rahasia", "balai"] { #expect(!text.contains(word), "\(word)") }
        #expect(alone.actor.principal == "urn:elayanan:a:b" && alone.kind == .acted && alone.number == "UJI-1")
    }

    @Test("a part that is changed is found, one that is missing says of which case")
    func checked() throws {
        let parts = try EventParts(Self.event, salt: Self.salt)
        let kept: [UInt8] = try parts.kept.serializedBytes()
        let personal = try #require(parts.personal)
        guard case .whole = try EventParts.check(kept: kept, personal: personal),
            case .changed = try EventParts.check(kept: kept, personal: personal + [0]),
            case .missing(let id, 3) = try EventParts.check(kept: kept, personal: nil)
        else {
            Issue.record("a finding is another")
            return
        }
        #expect(id == [UInt8](Self.event.caseID))
    }

    @Test("the same words have another hash with another salt, so that nobody can guess them")
    func salted() throws {
        let other = try EventParts(Self.event, salt: Array(repeating: 8, count: EventParts.saltBytes))
        #expect(try EventParts(Self.event, salt: Self.salt).kept.personalSha256 != other.kept.personalSha256)
    }

    @Test("an event of no case, or without anything personal, is whole as it is")
    func nothing() throws {
        let rules = HubEvent.with { ($0.kind, $0.changed) = (.published, [.with { $0.name = "a" }]) }
        let parts = try EventParts(rules, salt: Self.salt)
        #expect(parts.personal == nil && parts.kept == rules)
    }
}
