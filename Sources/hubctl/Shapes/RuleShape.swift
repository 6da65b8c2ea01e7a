// Rules, what is wrong with them and what they change, as hubctl shows it.

import HubProto

extension HubCheckRulesReply {
    /// What `service check` answers. Members: `ready`, `findings`, `changes`, `running_cases`, `moved_deadlines`.
    var verdict: Detail {
        var text = findings.map(\.told)
        if findings.isEmpty {
            text = changes.isEmpty ? ["All of these rules are in force already."] : changes.map(\.summary)
            text += effects
        }
        return Detail(kind: "rule_check", name: findings.isEmpty ? "ready" : "refused", text: text, members: members)
    }

    /// What `service diff` answers; the same members.
    var differences: Detail {
        var text: [String] = []
        for change in changes {
            text.append(change.summary)
            text += change.differences.map { "  \($0.told)" }
            if change.differencesMore > 0 { text.append("  and \(change.differencesMore) more") }
        }
        if changes.isEmpty { text.append("Nothing differs from what is in force.") }
        return Detail(kind: "rule_check", name: "diff", text: text + effects, members: members)
    }

    private var effects: [String] {
        var lines: [String] = []
        if runningCases > 0 { lines.append("\(runningCases) running cases stay on older versions.") }
        if movedDeadlines > 0 { lines.append("\(movedDeadlines) running deadlines move.") }
        return lines
    }

    private var members: [(String, JSON)] {
        [
            ("ready", .bool(findings.isEmpty)), ("findings", .array(findings.map { .object(members: $0.members) })),
            ("changes", .array(changes.map { .object(members: $0.members) })),
            ("running_cases", .unsigned(runningCases)), ("moved_deadlines", .unsigned(movedDeadlines)),
        ]
    }
}

extension HubRuleFinding {
    /// `file:line rule: what to do (cases)`
    fileprivate var told: String {
        let place = line > 0 ? "\(file):\(line)" : file
        let more = caseCount > UInt64(cases.count) ? ", … \(caseCount) in all" : ""
        let broken = cases.isEmpty ? "" : " (\(cases.joined(separator: ", "))\(more))"
        return Table.oneLine("\(place) \(rule): \(remedy)\(broken)")
    }

    fileprivate var members: [(String, JSON)] {
        [
            ("file", .string(file)), ("line", line == 0 ? .null : .unsigned(UInt64(line))), ("rule", .string(rule)),
            ("remedy", .string(remedy)), ("cases", .strings(cases)), ("case_count", .unsigned(caseCount)),
        ]
    }
}

extension HubRuleChange {
    /// `calendar id-2026: 1 → 2`
    fileprivate var summary: String {
        let versions = replaces.isEmpty ? rule.version : "\(replaces) → \(rule.version)"
        let day = rule.validFrom.isEmpty ? "" : ", valid from \(rule.validFrom)"
        return Table.oneLine("\(rule.kind.word) \(rule.name): \(versions)\(day)")
    }

    /// `{"rule","name","version","replaces","department","valid_from","hash","differences","differences_more"}`
    fileprivate var members: [(String, JSON)] {
        [
            ("rule", .string(rule.kind.word)), ("name", .string(rule.name)), ("version", .string(rule.version)),
            ("replaces", .text(replaces)), ("department", .string(rule.department)),
            ("valid_from", .text(rule.validFrom)), ("hash", .hex(rule.hash)),
            (
                "differences",
                .array(
                    differences.map { difference in
                        .object(members: [
                            ("path", .string(difference.path)), ("before", .text(difference.before)),
                            ("after", .text(difference.after)),
                        ])
                    })
            ), ("differences_more", .unsigned(differencesMore)),
        ]
    }
}

extension HubRuleDifference {
    /// `path: before → after`, `+ path: after` or `- path: before`.
    fileprivate var told: String {
        if before.isEmpty { return Table.oneLine("+ \(path): \(after)") }
        if after.isEmpty { return Table.oneLine("- \(path): \(before)") }
        return Table.oneLine("\(path): \(before) → \(after)")
    }
}

extension HubPublication {
    /// Columns of `service history`: a line for each rule.
    static let columns: [Table.Column] = [
        .count("NUMBER"), .text("AT"), .text("RULE"), .text("NAME", shrinks: true), .text("VERSION"),
        .text("BY", shrinks: true), .text("NOTE", shrinks: true), .wide("REPLACES"), .wide("VALID-FROM"),
    ]

    /// Cells of those columns.
    func row(_ change: HubRuleChange) -> [String] {
        [
            String(number), Moment.minute(atMs), change.rule.kind.word, change.rule.name, change.rule.version, author,
            note, change.replaces, change.rule.validFrom,
        ]
    }

    /// Those of the change, and `number`, `at`, `principal`, `note`.
    func members(_ change: HubRuleChange) -> [(String, JSON)] {
        [
            ("number", .unsigned(number)), ("at", .moment(atMs)), ("principal", .text(actor.principal)),
            ("note", .text(note)),
        ] + change.members
    }

    /// What `service publish` answers. Members: `number`, `at`, `principal`, `note`, `changes`.
    var detail: Detail {
        var text = Detail.lines([("Publication", String(number)), ("At", Moment.minute(atMs)), ("Note", note)])
        text += changes.map { "In force  \($0.summary)" }
        return Detail(
            kind: "publication", name: String(number), text: text,
            members: [
                ("number", .unsigned(number)), ("at", .moment(atMs)), ("principal", .text(actor.principal)),
                ("note", .text(note)), ("changes", .array(changes.map { .object(members: $0.members) })),
            ])
    }

    /// `department:name`, or the hub itself.
    private var author: String {
        actor.principal.isEmpty
            ? actor.role : String(actor.principal.split(separator: ":").dropFirst(2).joined(separator: ":"))
    }
}
