// A person says how to be told, and reads what was said.

import HubDomain
import HubProto
import SwiftProtobuf

/// `layanan.v1.Contacts`
struct ContactService: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let contacts: ContactBook
    let policy: Policy
    let clock: any HubClock

    func get(_ context: CallContext, _ request: LayananGetContactRequest) async throws(HubError)
        -> LayananGetContactReply
    {
        let chosen = try await contacts.chosen(by: context.actor.applicantReference).contact
        return .with { if let chosen { $0.contact = chosen } }
    }

    func set(_ context: CallContext, _ request: LayananSetContactRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        let contact = request.hasContact ? try ContactRules.checked(request.contact) : nil
        let person = context.actor.applicantReference
        let (version, chosen) = try await contacts.chosen(by: person)
        // Whoever could lead a citizen's notices elsewhere could act for them unseen.
        let isOffice = !context.actor.onBehalfOf.isEmpty && !policy.applicants.contains(context.actor.role)
        guard !isOffice || chosen == nil || policy.allDepartments.contains(context.actor.role) else {
            throw HubError(
                .permissionDenied, "this person has chosen already, and changes it in a citizens' channel")
        }
        var commit = Commit(key: context.commitKey, atMillis: clock.nowMillis())
        commit.records = [
            RecordWrite(
                key: ContactBook.recordKey(person), expectedVersion: version, body: try body(of: contact))
        ]
        commit.answer = try LayananSetContactReply().ledgerBytes()
        guard let answer = try await journal.commit(commit).callAnswer() else {
            throw HubError(.versionStale, "this contact was changed at the same time; try again")
        }
        return answer
    }

    /// A choice of no channels is a choice: its record must not look like one that was forgotten.
    private func body(of contact: HubContact?) throws(HubError) -> [UInt8] {
        guard var contact else { return [] }
        if contact.language == .unspecified { contact.language = .indonesian }
        return try contact.ledgerBytes()
    }
}
