// What must hold where others look on: second pairs of eyes, templates, limits, places, what everybody may read, and how long.

import HubProto

extension DefinitionRules {
    func publicity() {
        unique(definition.limits.map(\.name), "limits")
        if !definition.routes.isEmpty, !Name.isIdentifier(definition.routes) {
            find("routes", "must name routes that match [a-z][a-z0-9_-]{0,47}", "routes")
        }
        for action in definition.actions {
            eyes(action)
            answers(action)
        }
        merged()
        for rule in definition.likenesses { places(rule) }
        for field in definition.fields where field.published { check(published: field) }
        for group in definition.fields where group.fields.contains(where: \.published) {
            find(
                "public", "field \(group.name) publishes a field of its rows: rows stay in the office", "fields",
                group.name)
        }
        if definition.hasPublishes { published() }
        if definition.hasRetention { forgotten() }
    }

    /// What a case leaves behind would name somebody whom it names no more, or prove nothing.
    private func forgotten() {
        let keeps = definition.stages.filter { !$0.issues.isEmpty || !$0.entries.isEmpty || $0.hasBill || $0.hasBooks }
        for stage in keeps {
            find(
                "retention",
                "stage \(stage.name) issues papers, writes registers, bills or books: such cases are kept by the archive's "
                    + "schedule (UU 43/2009)", "stages", stage.name)
        }
    }

    private func eyes(_ action: HubAction) {
        for name in action.otherThan where !definition.actions.contains(where: { $0.name == name }) {
            find(
                "other_than", "action \(action.name) names action \(name.prefix(48)), which is not there", "actions",
                action.name)
        }
        if action.kind == .submit, !action.otherThan.isEmpty {
            find(
                "other_than", "action \(action.name) begins the case: nobody has done anything yet", "actions",
                action.name)
        }
    }

    private func answers(_ action: HubAction) {
        func wrong(_ remedy: String) { find("note_table", "action \(action.name) \(remedy)", "actions", action.name) }
        guard !action.noteTable.isEmpty || !action.noteField.isEmpty else { return }
        if action.kind == .submit { wrong("begins the case, of which there is nothing to say yet") }
        guard let field = field(action.noteField), field.type == .code, field.table == action.noteTable,
            action.fields.contains(action.noteField)
        else {
            wrong("needs note_table, and in note_field one of its own fields with a code of that table")
            return
        }
    }

    private func merged() {
        let stages = definition.stages.filter(\.merged)
        if stages.count > 1 { find("merged", "one stage is for merged cases", "stages", stages.last?.name) }
        for stage in stages where !stage.ended {
            find("merged", "stage \(stage.name) is for merged cases and does not end them", "stages", stage.name)
        }
    }

    private func places(_ rule: HubLikenessRule) {
        guard rule.metres > 0 || !rule.latitude.isEmpty || !rule.longitude.isEmpty || rule.openDays > 0 else { return }
        if rule.metres == 0 || field(rule.latitude)?.type != .latitude || field(rule.longitude)?.type != .longitude {
            find(
                "metres", "likeness \(rule.name) needs metres, and fields with a latitude and a longitude",
                "likenesses",
                rule.name)
        }
        if !rule.date.isEmpty || !rule.alike.isEmpty {
            find(
                "metres", "likeness \(rule.name) compares places: give days and names a rule of their own",
                "likenesses", rule.name)
        }
    }

    // MARK: What everybody may read

    /// Nothing that an applicant typed.
    private func check(published field: HubFormField) {
        func wrong(_ remedy: String) { find("public", "field \(field.name) \(remedy)", "fields", field.name) }
        if field.personal { wrong("is personal and public") }
        switch field.type {
        case .choice, .code, .flag: break
        case .text where field.decided: break
        case .text:
            let form = definition.actions.first { $0.kind == .submit }?.fields ?? []
            let typed = definition.actions.filter { action in
                (action.fields.contains(field.name) || (action.fields.isEmpty && action.kind == .repair))
                    && (action.kind != .act || action.roles.contains("applicant"))
            }
            if form.isEmpty || !typed.isEmpty { wrong("is a public text that applicants write") }
        default: wrong("is public, and no choice, code, flag or text")
        }
    }

    private func published() {
        func wrong(_ remedy: String) { find("publishes", remedy, "publishes") }
        let rule = definition.publishes
        if definition.interface != .complaints { wrong("complaints alone are public") }
        if rule.hasUnless {
            check(rule.unless, among: definition.fields, "of the form") { wrong("unless: \($1)") }
        }
        for (key, name, type) in [
            ("category", rule.category, HubFieldType.choice), ("area", rule.area, .code),
        ] where !name.isEmpty {
            let found = field(name)
            if found?.type != type || found?.index != .exact || found?.published != true {
                wrong("\(key) must name a public \(type == .choice ? "choice" : "code") with index: exact")
            }
        }
        if rule.latitude.isEmpty != rule.longitude.isEmpty
            || (!rule.latitude.isEmpty
                && (field(rule.latitude)?.type != .latitude || field(rule.longitude)?.type != .longitude))
        {
            wrong("latitude and longitude must name fields with one")
        }
        if !rule.hasUnless, !rule.tellsUnits.isEmpty {
            wrong("tells_units says what is told of secret cases: say in unless which ones are")
        }
        for name in rule.tellsUnits
        where !definition.fields.contains(where: {
            $0.name == name && ($0.personal || $0.fields.contains(where: \.personal))
        }) {
            wrong("tells_units names \(name.prefix(48)), which is no personal field: others are told anyway")
        }
    }
}
