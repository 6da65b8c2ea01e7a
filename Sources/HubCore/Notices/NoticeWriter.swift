// Which notices a change leaves: they follow from its events and the case after them, and are written in its commit.

import HubDomain
import HubProto

/// Writes the notices of a commit. Pure but for the rules in force; it cannot fail, so that no change fails by it.
struct NoticeWriter: Sendable {
    let rulebook: Rulebook
    /// Identity of the log.
    let log: [UInt8]

    /// Officers of one unit who are told that its advice is asked for.
    static let advisersMax = 16

    /// What is to be written with a commit.
    ///
    /// - Parameter followers: Who follows its cases, by the case's id.
    func notices(of commit: Commit, followers: [[UInt8]: [String]] = [:]) -> [HubNotice] {
        let catalogue = rulebook.catalogue
        guard !catalogue.noticeBook.isEmpty else { return [] }
        let cases = Dictionary(commit.cases.map { ($0.state.id, $0.state) }) { first, _ in first }
        var seen: Set<[UInt8]> = []
        return commit.events.flatMap { event -> [HubNotice] in
            guard event.kind != .imported, let state = cases[event.caseID],
                let definition = try? catalogue.definition(of: state)
            else { return [] }
            let change = NoticedChange(
                event: event, state: state, definition: definition, catalogue: catalogue, log: log,
                followers: followers[[UInt8](state.id)] ?? [])
            return change.notices + change.reminders
        }
        // One person may be reminded as applicant and as holder.
        .filter { seen.insert([UInt8]($0.id)).inserted }
    }
}

/// One event of a case with everything that its notices follow from.
struct NoticedChange {
    let event: HubEvent
    let state: HubCase
    let definition: HubServiceDefinition
    let catalogue: ServiceCatalogue
    /// Identity of the log.
    let log: [UInt8]
    /// Citizens who want to know what becomes of a public case.
    var followers: [String] = []

    // MARK: Notices of the change

    var notices: [HubNotice] {
        var notices: [HubNotice] = []
        for (reader, recipients, occasions) in readers where !occasions.isEmpty {
            let recipients = recipients.filter { !$0.isEmpty }
            guard !recipients.isEmpty,
                let entry = catalogue.noticeBook.entry(for: reader, occasions, of: state, clock: passedClock)
            else { continue }
            let values = values(for: entry.template.occasion)
            for recipient in recipients {
                let id = NoticeID.of([UInt8](state.id), version: state.version, ordinal: notices.count, log: log)
                notices.append(notice(id, to: recipient, entry, values, dueMillis: event.atMs))
            }
        }
        return notices
    }

    /// Who might be told, and what the change is for them.
    private var readers: [(HubNoticeReader, [String], Set<HubNoticeOccasion>)] {
        [
            (.applicant, [state.applicant], forApplicant),
            (.holder, [state.holder], forHolder),
            (.asked, [state.asked], escalates ? [.escalated] : []),
            (.advisers, advisers, advisers.isEmpty ? [] : [.advice]),
            // Whoever follows a case is told where it stands, in the words for applicants, which hold nothing personal.
            (.applicant, followers.filter { $0 != state.applicant }, moved ? [.changed, .stage] : []),
        ]
    }

    private var moved: Bool { event.stageBefore != event.stageAfter }
    private var passedClock: String { event.kind == .deadlinePassed ? event.action : "" }
    private var issued: HubPaper? { event.papers.first { $0.state == .issued } }
    /// The bill for which the case came here.
    private var newBill: HubBill? { moved ? state.bills.last { $0.state == .open && $0.stage == state.stage } : nil }

    private var forApplicant: Set<HubNoticeOccasion> {
        switch event.kind {
        // Who holds a case and what an office advises is not for applicants; a copy or a paper that waits is no news.
        // Nor is it news that others complain of the same.
        case .assigned, .asked, .consulted, .inquired, .flagged, .attended, .merged, .anonymised:
            guard moved else { return [] }
        case .paper: guard issued != nil, event.actor.principal.isEmpty else { return [] }
        case .paid: guard moved || !event.postings.isEmpty else { return [] }
        case .imported, .published, .absence, .revoked, .surveyed, .unspecified, .UNRECOGNIZED: return []
        case .submitted, .acted, .repaired, .withdrawn, .reopened, .deadlinePassed, .recounted, .handedOver, .split,
            .booked:
            break
        }
        var occasions: Set<HubNoticeOccasion> = event.kind == .booked ? [] : [.changed]
        if event.kind == .booked, let told { occasions.insert(told.state.occasion) }
        if moved { occasions.insert(.stage) }
        if newBill != nil { occasions.insert(.bill) }
        if event.kind == .paid, !event.postings.isEmpty { occasions.insert(.paid) }
        if issued != nil { occasions.insert(.paper) }
        if event.kind == .deadlinePassed { occasions.insert(.deadlinePassed) }
        return occasions
    }

    /// The appointment that is booked, or has ended, by this change.
    private var told: HubAppointment? {
        guard let told = event.appointments.first(where: { $0.state != .wanted }) else { return nil }
        return state.appointments.last {
            $0.state == told.state && $0.wantedMs == told.wantedMs && $0.startMs == told.startMs
        }
    }

    private var forHolder: Set<HubNoticeOccasion> {
        switch event.kind {
        case .assigned: state.holder == event.actor.principal ? [] : [.assigned]
        case .deadlinePassed: [.deadlinePassed]
        default: []
        }
    }

    private var escalates: Bool {
        event.kind == .asked
            || !passedClock.isEmpty
                && definition.clocks.contains { $0.name == passedClock && $0.onPassed == .escalate }
    }

    /// Officers of the units that are asked for advice by this change.
    private var advisers: [String] {
        guard moved, let chart = catalogue.chart else { return [] }
        var seen: Set<String> = []
        return state.consultations.filter { $0.state == .open && $0.stage == state.stage }
            .flatMap { chart.officers(in: $0.unit).prefix(NoticeWriter.advisersMax) }
            .filter { seen.insert($0).inserted }
    }

    private func values(for occasion: HubNoticeOccasion) -> NoticeValues {
        var values = NoticeValues(state, definition, catalogue, nowMillis: event.atMs)
        if let deadline = state.deadlines.first(where: { $0.name == passedClock }) {
            values.tell(deadline, definition, leftAt: event.atMs)
        }
        let bill = occasion == .paid ? state.bills.last { $0.number == event.action } : newBill
        if let bill { values.tell(bill) }
        if let issued { values.tell(issued) }
        if let told { values.tell(told) }
        return values
    }

    // MARK: Reminders

    /// Of every clock that runs and has reminders whose time is still to come. Those that are there already stay what they
    /// are; one whose clock was stopped or moved is found moot when its time comes.
    var reminders: [HubNotice] {
        remindersOfAppointments
            + state.deadlines.filter { $0.state == .running }.flatMap { deadline in
                catalogue.noticeBook.reminders(of: deadline, state).compactMap { entry in
                    reminder(of: deadline, entry)
                }
            }
    }

    private func reminder(of deadline: HubDeadline, _ entry: NoticeBook.Entry) -> HubNotice? {
        let hours = Int64(entry.template.hoursBefore) * 3_600_000
        let due = deadline.dueMs.subtractingReportingOverflow(hours).partialValue
        let recipient = entry.template.reader == .holder ? state.holder : state.applicant
        guard due > event.atMs, !recipient.isEmpty else { return nil }
        var values = NoticeValues(state, definition, catalogue, nowMillis: due)
        values.tell(deadline, definition, leftAt: due)
        let id = NoticeID.ofReminder(
            [UInt8](state.id), to: recipient, deadline.name, dueMillis: deadline.dueMs,
            hoursBefore: entry.template.hoursBefore)
        var notice = notice(id, to: recipient, entry, values, dueMillis: due)
        (notice.clock, notice.clockDueMs) = (deadline.name, deadline.dueMs)
        return notice
    }

    /// Of what is booked, at the time that the office's rules say.
    private var remindersOfAppointments: [HubNotice] {
        state.appointments.filter { $0.state == .booked && $0.remindMs > event.atMs }.compactMap { appointment in
            guard !state.applicant.isEmpty,
                let entry = catalogue.noticeBook.entry(for: .applicant, [.appointmentNear], of: state, clock: "")
            else { return nil }
            var values = NoticeValues(state, definition, catalogue, nowMillis: appointment.remindMs)
            values.tell(appointment)
            let id = NoticeID.ofReminder(
                [UInt8](state.id), to: state.applicant, "\(appointment.timerName)@\(appointment.office)",
                dueMillis: appointment.startMs, hoursBefore: 0)
            var notice = notice(id, to: state.applicant, entry, values, dueMillis: appointment.remindMs)
            (notice.clock, notice.clockDueMs) = (appointment.timerName, appointment.startMs)
            return notice
        }
    }

    private func notice(
        _ id: [UInt8], to recipient: String, _ entry: NoticeBook.Entry, _ values: NoticeValues, dueMillis: Int64
    ) -> HubNotice {
        .with {
            ($0.id, $0.state, $0.recipient) = (.init(id), .waiting, recipient)
            ($0.reader, $0.occasion) = (entry.template.reader, entry.template.occasion)
            ($0.caseID, $0.number, $0.service) = (state.id, state.number, state.service)
            $0.definitionVersion = state.definitionVersion
            ($0.subject, $0.text) = (values.filled(entry.subject), values.filled(entry.text))
            ($0.createdMs, $0.dueMs) = (event.atMs, dueMillis)
        }
    }
}

extension HubNotice {
    /// Its time has come and what it reminds of is no longer so.
    func isMoot(for state: HubCase?) -> Bool {
        guard !clock.isEmpty else { return false }
        if clock.hasPrefix(HubAppointment.timerPrefix) {
            return state?.appointments.contains {
                $0.state == .booked && $0.timerName == clock && $0.startMs == clockDueMs
            } != true
        }
        guard let state,
            state.deadlines.contains(where: { $0.name == clock && $0.dueMs == clockDueMs && $0.state == .running })
        else { return true }
        return reader == .holder ? state.holder != recipient : state.applicant != recipient
    }
}
