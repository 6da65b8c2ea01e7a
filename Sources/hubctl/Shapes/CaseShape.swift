// A case as hubctl shows it.

import HubProto

extension LayananCaseSummary {
    /// Columns of `case list`.
    static let columns: [Table.Column] = [
        .text("NAME"), .text("SERVICE", shrinks: true), .text("STAGE", shrinks: true), .count("VERSION"),
        .wide("DEPARTMENT"), .wide("ID"), .text("DUE"), .count("LEVEL"), .text("AGE"),
    ]

    /// Cells of those columns.
    func row(nowMillis: Int64) -> [String] {
        [
            number, service, stage, String(version), department, Hex.uuid(id), Moment.minute(dueMs),
            escalation == 0 ? "" : String(escalation), Moment.age(of: createdMs, at: nowMillis),
        ]
    }

    /// `{"id","number","service","department","stage","ended","version","created","updated","due","escalation"}`;
    /// `due` is null when no deadline runs.
    var members: [(String, JSON)] {
        [
            ("id", .string(Hex.uuid(id))), ("number", .string(number)), ("service", .string(service)),
            ("department", .string(department)), ("stage", .string(stage)), ("ended", .bool(ended)),
            ("version", .unsigned(version)), ("created", .moment(createdMs)), ("updated", .moment(updatedMs)),
            ("due", .moment(dueMs)), ("escalation", .integer(Int64(escalation))),
        ]
    }
}

extension HubCase {
    /// What `case show`, `submit` and `act` answer. Members: those of a list's item, then `definition_version`,
    /// `stage_title`, `unit`, `applicant`, `data` (a key for each field; null when empty or hidden), `documents`,
    /// `deadlines`, `consultations`, `inquiries`, `appointments`, `papers`, `bills`, `flags`, `consents`, `warnings`, `escalated_to`, `holder`, `held_since`, `asked`, `merged_into`, `split_from`, `split_into`, `origin`, `note`, `judged`,
    /// `personal_until`, `anonymised`, and with an answer to a change `receipt` and `replayed`.
    func detail(
        _ privacy: Privacy, nowMillis: Int64, countdowns: [LayananCountdown] = [], extra: [(String, JSON)] = []
    ) -> Detail {
        Detail(
            kind: "case", name: number, text: text(privacy, nowMillis: nowMillis, countdowns),
            members: members(privacy) + extra)
    }

    private func text(_ privacy: Privacy, nowMillis: Int64, _ countdowns: [LayananCountdown]) -> [String] {
        var lines = Detail.lines([
            ("Number", number), ("Id", Hex.uuid(id)), ("Service", "\(service) \(definitionVersion)"),
            ("Stage", stageTitle.english.isEmpty ? stage : "\(stage) – \(stageTitle.english)"),
            ("Version", String(version)), ("Department", unit.isEmpty ? department : "\(department), unit \(unit)"),
            ("Holder", holder.isEmpty ? "" : "\(holder), since \(Moment.minute(heldSinceMs))"),
            ("Applicant", privacy.personal(applicant)),
            (
                "Escalation",
                escalation == 0 ? "" : "level \(escalation), \(escalatedTo)\(asked.isEmpty ? "" : " (\(asked))")"
            ),
            ("Goes on in", mergedInto), ("Split from", splitFrom), ("Split into", splitInto.joined(separator: ", ")),
            ("Origin", hasOrigin ? origin.line : ""), ("Note", note),
            ("Judged", survey.atMs == 0 ? "" : Moment.minute(survey.atMs)),
            ("Personal until", personalUntilMs == 0 ? "" : Moment.minute(personalUntilMs)),
            ("Anonymised", anonymisedMs == 0 ? "" : Moment.minute(anonymisedMs)),
            ("Created", Moment.minute(createdMs)), ("Updated", Moment.minute(updatedMs)),
            ("Age", Moment.age(of: createdMs, at: nowMillis)),
        ])
        if !data.isEmpty {
            lines += ["", "Data:"] + Detail.lines(data.map { ($0.name, privacy.text($0)) }).map { "  " + $0 }
        }
        if !deadlines.isEmpty {
            var table = Table([
                .text("CLOCK"), .text("STATE"), .text("DUE"), .count("AMOUNT"), .text("UNIT"),
                .text("LEFT", shrinks: true),
            ])
            for clock in deadlines {
                let due = clock.state == .paused ? "" : Moment.minute(clock.dueMs)
                let left = countdowns.first { $0.name == clock.name }?.text.english ?? ""
                table.add([clock.name, clock.state.word, due, String(clock.amount), clock.unit.word, left])
            }
            lines += ["", "Clocks (UTC):"] + table.lines()
        }
        lines += consultations.lines + inquiries.lines + appointments.lines
        lines += flags.map { "Flag: \($0.title.english.isEmpty ? $0.name : $0.title.english), by \($0.by)" }
        lines += consents.map {
            "Consent: \($0.kind.word) for \($0.action), \(Moment.minute($0.atMs)), by \($0.by): \(privacy.personal($0.note))"
        }
        if !papers.isEmpty {
            var table = Table([
                .text("PAPER"), .text("NUMBER"), .text("STATE"), .text("ISSUED"), .text("UNTIL"), .count("COPIES"),
            ])
            for paper in papers {
                table.add([
                    paper.name, paper.number, paper.state.word, paper.issuedOn, paper.validUntil,
                    paper.copies == 0 ? "" : String(paper.copies),
                ])
            }
            lines += ["", "Papers:"] + table.lines()
        }
        for bill in bills { lines += ["", "Bill:"] + bill.text.map { "  " + $0 } }
        if !documents.isEmpty {
            var table = Table([.text("DOCUMENT"), .text("TYPE"), .count("BYTES"), .text("SHA256", shrinks: true)])
            for paper in documents {
                table.add([paper.kind, paper.mediaType, String(paper.size), Hex.encode(paper.sha256)])
            }
            lines += ["", "Documents:"] + table.lines()
        }
        return lines + warnings.map { "Warning: \($0.field) (\($0.code)): \($0.text.id) / \($0.text.en)" }
    }

    private func members(_ privacy: Privacy) -> [(String, JSON)] {
        [
            ("id", .string(Hex.uuid(id))), ("number", .string(number)), ("service", .string(service)),
            ("department", .string(department)), ("stage", .string(stage)), ("ended", .bool(ended)),
            ("version", .unsigned(version)), ("created", .moment(createdMs)), ("updated", .moment(updatedMs)),
            ("due", .moment(deadlines.filter { $0.state == .running }.map(\.dueMs).min() ?? 0)),
            ("escalation", .integer(Int64(escalation))), ("definition_version", .string(definitionVersion)),
            ("stage_title", stageTitle.json), ("unit", .text(unit)), ("applicant", privacy.personalJSON(applicant)),
            ("data", .object(members: data.map { ($0.name, privacy.json($0)) })),
            ("documents", .array(documents.map { .object(members: $0.members) })),
            ("deadlines", .array(deadlines.map { .object(members: $0.members) })),
            ("consultations", .array(consultations.map { .object(members: $0.members) })),
            ("inquiries", .array(inquiries.map { .object(members: $0.members) })),
            ("appointments", .array(appointments.map { .object(members: $0.members) })),
            ("papers", .array(papers.map { .object(members: $0.members) })),
            ("bills", .array(bills.map { .object(members: $0.members) })),
            ("flags", .array(flags.map { .object(members: $0.members) })),
            ("consents", .array(consents.map { .object(members: $0.members(privacy)) })),
            ("warnings", .array(warnings.map { .object(members: $0.members) })), ("escalated_to", .text(escalatedTo)),
            ("merged_into", .text(mergedInto)), ("split_from", .text(splitFrom)), ("split_into", .strings(splitInto)),
            ("holder", .text(holder)), ("held_since", .moment(heldSinceMs)), ("asked", .text(asked)),
            ("origin", hasOrigin ? .object(members: origin.members) : .null), ("note", .text(note)),
            ("judged", .moment(survey.atMs)), ("personal_until", .moment(personalUntilMs)),
            ("anonymised", .moment(anonymisedMs)),
        ]
    }
}

extension HubReceipt {
    /// `{"hub_id","sequence","chain_head"}`
    var json: JSON {
        .object(members: [
            ("hub_id", .hex(hubID)), ("sequence", .unsigned(sequence)), ("chain_head", .hex(chainHead)),
        ])
    }
}

extension HubDocument {
    fileprivate var members: [(String, JSON)] {
        [
            ("document", .string(kind)), ("sha256", .hex(sha256)), ("size", .unsigned(size)),
            ("media_type", .string(mediaType)),
        ]
    }
}

extension HubDeadline {
    fileprivate var members: [(String, JSON)] {
        [
            ("name", .string(name)), ("state", .string(state.word)), ("due", state == .paused ? .null : .moment(dueMs)),
            ("started", .moment(startedMs)), ("left", state == .paused ? .integer(left) : .null),
            ("amount", .integer(Int64(amount))), ("unit", .string(unit.word)), ("calendar", .text(calendar)),
        ]
    }
}

extension HubWarning {
    fileprivate var members: [(String, JSON)] {
        [("code", .string(code)), ("field", .text(field)), ("text", text.json)]
    }
}

extension HubOrigin {
    /// Register, key and category there, and when it was closed there.
    fileprivate var line: String {
        "\(source) \(sourceID), \(category)\(closedMs == 0 ? "" : ", closed \(Moment.minute(closedMs))")"
    }

    fileprivate var members: [(String, JSON)] {
        [
            ("source", .string(source)), ("source_id", .string(sourceID)), ("closed", .moment(closedMs)),
            ("category", .text(category)),
        ]
    }
}

extension HubFlag {
    /// `{"name","title_id","title_en","by","since"}`
    fileprivate var members: [(String, JSON)] {
        [
            ("name", .string(name)), ("title_id", .string(title.id)), ("title_en", .string(title.english)),
            ("by", .string(by)), ("since", .moment(sinceMs)),
        ]
    }
}

extension HubConsent {
    /// `{"kind","action","by","at","note","document_sha256"}`
    fileprivate func members(_ privacy: Privacy) -> [(String, JSON)] {
        [
            ("kind", .string(kind.word)), ("action", .string(action)), ("by", .string(by)), ("at", .moment(atMs)),
            ("note", privacy.personalJSON(note)),
            ("document_sha256", documentSha256.isEmpty ? .null : .hex(documentSha256)),
        ]
    }
}
