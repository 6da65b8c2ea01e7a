// What is personal in an event, apart from what stays: the chain holds its hash, so that it can go and the chain still holds.

import Crypto
import HubDomain
package import HubProto

/// An event in the two parts in which a ledger keeps it.
///
/// The part that stays is the event without what is personal, with `personal_sha256` in its place: SHA-256 over 16 bytes of
/// chance and the part that may go. Without the chance a name could be guessed from the hash.
package struct EventParts: Sendable {
    /// Bytes of chance before the part that may go.
    package static let saltBytes = 16

    /// Stays for good; the chain covers it.
    package let kept: HubEvent
    /// The salt, and the serialised event that holds nothing but what is personal; nil = nothing is.
    package let personal: [UInt8]?

    /// - Parameter salt: ``saltBytes`` bytes that nobody can guess, new for each event.
    /// - Throws: What the serialisation throws.
    package init(_ event: HubEvent, salt: [UInt8]) throws {
        var (kept, personal) = (event, HubEvent())
        kept.personalSha256 = .init()
        // Rules, absences and revoked certificates are of no case, and of no citizen.
        if !event.caseID.isEmpty { personal = kept.movePersonal() }
        guard personal != HubEvent() else {
            (self.kept, self.personal) = (kept, nil)
            return
        }
        let bytes: [UInt8] = salt + (try personal.serializedBytes())
        kept.personalSha256 = .init(SHA256.hash(data: bytes))
        (self.kept, self.personal) = (kept, bytes)
    }

    /// The event of two parts. Protobuf lets messages be joined by joining their bytes (Encoding, "Last One Wins").
    ///
    /// - Parameter personal: nil = it had none, or has lost it.
    package static func event(kept: [UInt8], personal: [UInt8]?) throws -> HubEvent {
        var event = try HubEvent(serializedBytes: kept + (personal ?? []).dropFirst(saltBytes))
        event.personalSha256 = .init()
        return event
    }

    /// What the chain says of an event's personal part.
    package enum Finding: Sendable {
        case whole
        /// It is not here; ``HubEventKind/anonymised`` of a later version of its case says why.
        case missing(ofCase: [UInt8], version: UInt64)
        case changed
    }

    /// Compares the part that may go with the one that the chain covers.
    package static func check(kept: [UInt8], personal: [UInt8]?) throws -> Finding {
        let event = try HubEvent(serializedBytes: kept)
        guard let personal else {
            return event.personalSha256.isEmpty
                ? .whole : .missing(ofCase: [UInt8](event.caseID), version: event.caseVersion)
        }
        return [UInt8](event.personalSha256) == Array(SHA256.hash(data: personal)) ? .whole : .changed
    }
}

extension HubEvent {
    /// Takes out what a person could be known by, and what people wrote.
    fileprivate mutating func movePersonal() -> HubEvent {
        var personal = HubEvent()
        personal.applicant = take(\.applicant, "")
        if hasActor, !actor.onBehalfOf.isEmpty {
            personal.actor.onBehalfOf = actor.onBehalfOf
            actor.onBehalfOf = ""
        }
        personal.note = take(\.note, "")
        personal.form = take(\.form, [])
        personal.documents = take(\.documents, [])
        personal.changed = take(\.changed, [])
        personal.entries = take(\.entries, [])
        if hasConsent {
            personal.consent = consent
            clearConsent()
        }
        return personal
    }

    private mutating func take<Value>(_ path: WritableKeyPath<Self, Value>, _ empty: Value) -> Value {
        let value = self[keyPath: path]
        self[keyPath: path] = empty
        return value
    }
}
