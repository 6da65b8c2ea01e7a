// An event of a case as hubctl shows it.

import HubProto

extension HubEvent {
    /// Columns of `case history`.
    static let columns: [Table.Column] = [
        .count("VERSION"), .text("AT"), .text("EVENT"), .text("ACTION", shrinks: true), .text("STAGE", shrinks: true),
        .text("BY", shrinks: true), .wide("SEQUENCE"), .wide("ROLE"), .wide("CHANGED"), .wide("NOTE"),
    ]

    /// Cells of those columns.
    var row: [String] {
        [
            String(caseVersion), Moment.minute(atMs), kind.word, action, stageAfter, caller, String(sequence),
            actor.role, (changed.map(\.name) + moved.map(\.told) + postings.map(\.told)).joined(separator: ","), note,
        ]
    }

    /// What `case watch` prints for people: moment, number, event, stages.
    var line: String {
        let stages = stageBefore == stageAfter || stageBefore.isEmpty ? stageAfter : "\(stageBefore) → \(stageAfter)"
        let level = escalation == 0 ? "" : "  level \(escalation)"
        let told = moved.map(\.told) + postings.map(\.told)
        let what =
            told.isEmpty
            ? [action, otherCase].filter { !$0.isEmpty }.joined(separator: " ") : told.joined(separator: ", ")
        return Table.oneLine(
            "\(Moment.minute(atMs))  \(number)  v\(caseVersion)  \(kind.word) \(what)  \(stages)\(level)")
    }

    /// `{"sequence","case","number","service","department","version","event","action","stage_before","stage_after",
    /// "at","principal","role","unit","on_behalf_of","note","holder","other_case","route","escalation","moved","postings","form","changed","documents"}`; `form` and
    /// `changed` have a key for each field, null when empty or hidden, and stand in the history only: watchers do not
    /// get them. `moved` is a list of `{"deadline","due_before","due_after","calendar_before","calendar_after"}`.
    func members(_ privacy: Privacy, whole: Bool) -> [(String, JSON)] {
        let members: [(String, JSON)] = [
            ("sequence", .unsigned(sequence)), ("case", .string(Hex.uuid(caseID))), ("number", .string(number)),
            ("service", .string(service)), ("department", .string(department)), ("version", .unsigned(caseVersion)),
            ("event", .string(kind.word)), ("action", .text(action)), ("stage_before", .text(stageBefore)),
            ("stage_after", .text(stageAfter)), ("at", .moment(atMs)), ("principal", .text(actor.principal)),
            ("role", .text(actor.role)), ("unit", .text(unit)),
            ("on_behalf_of", privacy.personalJSON(actor.onBehalfOf)), ("note", .text(note)),
            ("holder", .text(holder)), ("other_case", .text(otherCase)), ("route", .text(route)),
            ("escalation", .integer(Int64(escalation))),
            ("moved", .array(moved.map { .object(members: $0.members) })),
            ("postings", .array(postings.map { .object(members: $0.members) })),
        ]
        guard whole else { return members }
        return members + [
            ("form", .object(members: form.map { ($0.name, privacy.json($0)) })),
            ("changed", .object(members: changed.map { ($0.name, privacy.json($0)) })),
            ("documents", .strings(documents.map(\.kind))),
        ]
    }

    /// `department:name` of who did it.
    private var caller: String {
        actor.principal.hasPrefix("urn:elayanan:")
            ? String(actor.principal.dropFirst("urn:elayanan:".count)) : actor.principal
    }
}

extension HubDeadlineMove {
    /// `respons 2026-01-12 → 2026-01-13`
    fileprivate var told: String { "\(name) \(Moment.minute(dueBeforeMs)) → \(Moment.minute(dueAfterMs))" }

    fileprivate var members: [(String, JSON)] {
        [
            ("deadline", .string(name)), ("due_before", .moment(dueBeforeMs)), ("due_after", .moment(dueAfterMs)),
            ("calendar_before", .string(calendarBefore)), ("calendar_after", .string(calendarAfter)),
        ]
    }
}
