// A service of the catalogue as hubctl shows it.

import HubProto

extension LayananServiceSummary {
    /// Columns of `service list`.
    static let columns: [Table.Column] = [
        .text("NAME"), .text("VERSION"), .text("DEPARTMENT"), .text("INTERFACE"), .text("SERVING"),
        .text("TITLE", shrinks: true),
    ]

    /// Cells of those columns.
    var row: [String] {
        [service, version, department, interface.word, serving ? "yes" : "no", title.english]
    }

    /// `{"service","version","department","interface","title":{"id","en"},"serving"}`
    var members: [(String, JSON)] {
        [
            ("service", .string(service)), ("version", .string(version)), ("department", .string(department)),
            ("interface", .string(interface.word)), ("title", title.json), ("serving", .bool(serving)),
        ]
    }
}

extension HubServiceDefinition {
    /// What `service show` answers. Members: `service`, `version`, `valid_from`, `department`, `interface`, `title`,
    /// `legal_basis`, `fields`, `documents`, `stages`, `actions`, `charges`, `clocks`, `limits`, `routes`, `publishes`, `retention_days`, `hash`.
    var detail: Detail {
        var text = Detail.lines([
            ("Name", service), ("Version", "\(version), valid from \(validFrom)"), ("Department", department),
            ("Interface", interface.word), ("Title", title.english),
            ("Legal basis", legalBasis.joined(separator: "; ")),
        ])
        text += section("Form", [.text("FIELD"), .text("TYPE"), .text("RULES", shrinks: true)], fields.map(\.row))
        text += section(
            "Documents", [.text("KIND"), .text("REQUIRED-FOR"), .text("TITLE", shrinks: true)],
            documents.map { [$0.kind, $0.requiredFor.joined(separator: ","), $0.title.english] })
        text += section(
            "Stages", [.text("STAGE"), .text("ENDED"), .text("TITLE", shrinks: true)],
            stages.map { [$0.name, $0.ended ? "yes" : "", $0.title.english] })
        text += section(
            "Actions",
            [
                .text("ACTION"), .text("KIND"), .text("FROM", shrinks: true), .text("TO", shrinks: true),
                .text("ROLES", shrinks: true),
            ],
            actions.map {
                [
                    $0.name, $0.kind.word, Self.list($0.from), Self.list($0.to),
                    Self.list($0.roles) + ($0.otherThan.isEmpty ? "" : ", not by whom " + Self.list($0.otherThan)),
                ]
            })
        text += section(
            "Charges", [.text("CHARGE"), .text("TARIFF"), .text("BILLED-IN"), .text("BY", shrinks: true)],
            charges.map { charge in
                let stage = stages.first { $0.bill.charges.contains(charge.name) }?.name ?? ""
                let condition =
                    charge.hasWhen ? ["when \(charge.when.field)=\(charge.when.values.joined(separator: "|"))"] : []
                let by = ([charge.quantity, charge.group].filter { !$0.isEmpty } + condition).joined(separator: ", ")
                return [charge.name, charge.tariff, stage, by]
            })
        text += section(
            "Consultations", [.text("STAGE"), .text("ASKED"), .text("BY"), .text("JOINED-TO")],
            stages.flatMap { stage in
                stage.consults.consultees.map { [stage.name, $0.name, $0.place, stage.consults.joinedTo] }
            })
        text += section(
            "Inquiries",
            [
                .text("STAGE"), .text("INQUIRY"), .text("AUTHORITY"), .text("RECEIVES", shrinks: true),
                .text("ANSWERED-TO"), .text("REFUSED-TO"),
            ],
            stages.filter(\.hasInquires).map { stage in
                let rule = stage.inquires
                return [
                    stage.name, rule.name, rule.authority, Self.list(rule.receives.map(\.field)), rule.answeredTo,
                    rule.refusedTo,
                ]
            })
        text += section(
            "Clocks", [.text("CLOCK"), .count("AMOUNT"), .text("UNIT"), .text("RUNS-IN", shrinks: true)],
            clocks.map {
                [$0.name, String($0.amount), $0.unit.word, Self.list($0.runsIn.map { $0.isEmpty ? "submit" : $0 })]
            })
        text += section(
            "Limits", [.text("LIMIT"), .text("PER"), .count("MOST"), .count("HOURS"), .text("COUNTS")],
            limits.map {
                [
                    $0.name, $0.per == .device ? "device" : "applicant", String($0.most), String($0.hours),
                    $0.openOnly ? "open ones" : "all",
                ]
            })
        let open = fields.filter(\.published).map(\.name)
        text += section(
            "Besides", [.text("WHAT"), .text("HOW", shrinks: true)],
            [
                ["routes", routes], ["everybody reads", hasPublishes ? Self.list(open) : ""],
                ["anonymised", hasRetention ? "\(retention.days) days after the end" : ""],
            ].filter { !$0[1].isEmpty })
        return Detail(kind: "service", name: service, text: text, members: members)
    }

    private var members: [(String, JSON)] {
        [
            ("service", .string(service)), ("version", .string(version)), ("valid_from", .text(validFrom)),
            ("department", .string(department)), ("interface", .string(interface.word)), ("title", title.json),
            ("legal_basis", .strings(legalBasis)), ("fields", .array(fields.map { .object(members: $0.members) })),
            ("documents", .array(documents.map { .object(members: $0.members) })),
            ("stages", .array(stages.map { .object(members: $0.members) })),
            ("actions", .array(actions.map { .object(members: $0.members) })),
            ("charges", .array(charges.map { .object(members: $0.members) })),
            ("clocks", .array(clocks.map { .object(members: $0.members) })),
            ("limits", .array(limits.map { .object(members: $0.members) })), ("routes", .text(routes)),
            ("publishes", hasPublishes ? .strings(fields.filter(\.published).map(\.name)) : .null),
            ("retention_days", hasRetention ? .unsigned(UInt64(retention.days)) : .null), ("hash", .hex(hash)),
        ]
    }

    private func section(_ title: String, _ columns: [Table.Column], _ rows: [[String]]) -> [String] {
        guard !rows.isEmpty else { return [] }
        var table = Table(columns)
        rows.forEach { table.add($0) }
        return ["", "\(title):"] + table.lines()
    }

    private static func list(_ names: [String]) -> String { names.joined(separator: ",") }
}

extension HubFieldCondition {
    /// `{"field","values"}`
    fileprivate var json: JSON { .object(members: [("field", .string(field)), ("values", .strings(values))]) }
}

extension HubCharge {
    fileprivate var members: [(String, JSON)] {
        [
            ("charge", .string(name)), ("title", title.json), ("tariff", .string(tariff)),
            ("quantity", .text(quantity)), ("group", .text(group)),
            ("when", hasWhen ? when.json : .null),
        ]
    }
}

extension HubFormField {
    /// Cells of `service show`: name, type and what must hold.
    fileprivate var row: [String] {
        var rules: [String] = required ? ["required"] : []
        if decided { rules.append("decided") }
        if personal { rules.append("personal") }
        if lengthMin > 0 || lengthMax > 0 { rules.append("length \(lengthMin)–\(lengthMax == 0 ? 2_000 : lengthMax)") }
        if hasValueMin { rules.append("≥ \(valueMin)") }
        if hasValueMax { rules.append("≤ \(valueMax)") }
        if !countedBy.isEmpty { rules.append("working days by \(countedBy)") }
        if hasWhen { rules.append("when \(when.field)=\(when.values.joined(separator: "|"))") }
        if !table.isEmpty { rules.append("table \(table)") }
        if !choices.isEmpty { rules.append(choices.map(\.value).joined(separator: "|")) }
        return [name, type.word, rules.joined(separator: ", ")]
    }

    fileprivate var members: [(String, JSON)] {
        [
            ("name", .string(name)), ("type", .string(type.word)), ("required", .bool(required)),
            ("decided", .bool(decided)), ("personal", .bool(personal)), ("title", title.json),
            ("length_min", .integer(Int64(lengthMin))), ("length_max", .integer(Int64(lengthMax))),
            ("value_min", hasValueMin ? .integer(valueMin) : .null),
            ("value_max", hasValueMax ? .integer(valueMax) : .null), ("table", .text(table)),
            ("when", hasWhen ? when.json : .null),
            (
                "choices",
                .array(choices.map { .object(members: [("value", .string($0.value)), ("title", $0.title.json)]) })
            ),
        ]
    }
}

extension HubDocumentRule {
    fileprivate var members: [(String, JSON)] {
        [
            ("document", .string(kind)), ("required_for", .strings(requiredFor)), ("media_types", .strings(mediaTypes)),
            ("size_max", sizeMax == 0 ? .null : .unsigned(sizeMax)), ("title", title.json),
        ]
    }
}

extension HubStage {
    fileprivate var members: [(String, JSON)] {
        [
            ("stage", .string(name)), ("ended", .bool(ended)), ("title", title.json),
            ("consults", .array(consults.consultees.map { .object(members: $0.members) })),
            ("joined_to", .text(consults.joinedTo)), ("inquires", hasInquires ? inquires.json : .null),
        ]
    }
}

extension HubInquiryRule {
    /// `{"inquiry","title","authority","sends","receives","answered_to","refused_to"}`
    fileprivate var json: JSON {
        .object(members: [
            ("inquiry", .string(name)), ("title", title.json), ("authority", .string(authority)),
            ("sends", .strings(sends)), ("receives", .strings(receives.map(\.field))),
            ("answered_to", .string(answeredTo)), ("refused_to", .string(refusedTo)),
        ])
    }
}

extension HubConsultee {
    /// Who gives the advice: a unit, or that of an area.
    fileprivate var place: String { unit.isEmpty ? "unit of \(area)" : unit }

    fileprivate var members: [(String, JSON)] {
        [("consultation", .string(name)), ("title", title.json), ("unit", .text(unit)), ("area", .text(area))]
    }
}

extension HubAction {
    fileprivate var members: [(String, JSON)] {
        [
            ("action", .string(name)), ("action_kind", .string(kind.word)), ("from", .strings(from)),
            ("to", .strings(to)), ("roles", .strings(roles)), ("note_required", .bool(noteRequired)),
            ("fields", .strings(fields)), ("other_than", .strings(otherThan)), ("note_table", .text(noteTable)),
            ("title", title.json),
        ]
    }
}

extension HubLimitRule {
    /// `{"limit","per","most","hours","open_only"}`
    fileprivate var members: [(String, JSON)] {
        [
            ("limit", .string(name)), ("per", .string(per == .device ? "device" : "applicant")),
            ("most", .integer(Int64(most))), ("hours", .integer(Int64(hours))), ("open_only", .bool(openOnly)),
        ]
    }
}

extension HubClockRule {
    fileprivate var members: [(String, JSON)] {
        [
            ("clock", .string(name)), ("amount", .integer(Int64(amount))), ("unit", .string(unit.word)),
            ("calendar", .text(calendar)), ("runs_in", .strings(runsIn)), ("paused_in", .strings(pausedIn)),
            ("title", title.json),
        ]
    }
}
