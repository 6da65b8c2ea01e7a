// What must hold where a stage books: who comes can be named, and nobody goes round the counter.

import HubDomain
import HubProto

extension DefinitionReader {
    static func booking(_ object: YAMLObject) -> HubBookingRule {
        var rule = HubBookingRule()
        rule.kind = object.text("kind", required: true)
        rule.office = object.text("office")
        rule.area = object.text("area")
        rule.servedTo = object.text("served_to", required: true)
        rule.servedOn = object.text("served_on")
        rule.missedTo = object.text("missed_to")
        rule.missedMax = UInt32(object.integer("missed_max", 1...20) ?? 0)
        rule.walkIn = object.flag("walk_in")
        if let identity = object.object("identity") {
            rule.identity = .with {
                $0.nik = identity.text("nik", required: true)
                $0.shows = identity.texts("shows", required: true)
                $0.letter = identity.text("letter")
            }
            identity.finish()
        }
        object.finish()
        return rule
    }
}

extension DefinitionRules {
    func bookings() {
        for stage in definition.stages where stage.hasBooks { booking(in: stage) }
    }

    private func booking(in stage: HubStage) {
        func wrong(_ rule: String, _ remedy: String) {
            find(rule, "stage \(stage.name) \(remedy)", "stages", stage.name)
        }
        let rule = stage.books
        if stage.ended { wrong("books", "has ended and books: nobody would be expected") }
        if stage.hasBill || stage.hasConsults || stage.hasInquires {
            wrong("books", "books, and bills, consults or inquires: give each a stage of its own")
        }
        if !rule.kind.isEmpty, !Name.isIdentifier(rule.kind) {
            wrong("kind", "books `\(rule.kind.prefix(48))`: it must match [a-z][a-z0-9_-]{0,47}")
        }
        if !rule.office.isEmpty, !rule.area.isEmpty { wrong("office", "names an office and an area: give one of them") }
        if !rule.office.isEmpty, !Name.isCode(rule.office) {
            wrong("office", "must match [a-z][a-z0-9-]{0,31} in office")
        }
        if !rule.area.isEmpty, field(rule.area)?.type != .code { wrong("area", "must name a code in area") }
        if rule.missedTo.isEmpty != (rule.missedMax == 0) {
            wrong("missed_to", "needs missed_to and missed_max together")
        }
        for (key, next) in [("served_to", rule.servedTo), ("missed_to", rule.missedTo)]
        where !next.isEmpty && (!stageNames.contains(next) || next == stage.name) {
            wrong(key, "must name another stage in \(key)")
        }
        if !rule.servedOn.isEmpty, field(rule.servedOn)?.type != .date || field(rule.servedOn)?.decided != true {
            wrong("served_on", "must name a date that is marked `decided: true`")
        }
        if rule.hasIdentity { identity(rule.identity, wrong) }
        for action in definition.actions
        where action.from.contains(stage.name) && action.to.contains(rule.servedTo) {
            find(
                "unserved", "action \(action.name) leads from \(stage.name) to \(rule.servedTo) past the counter",
                "actions", action.name)
        }
    }

    private func identity(_ rule: HubIdentityRule, _ wrong: (_ rule: String, _ remedy: String) -> Void) {
        if !rule.nik.isEmpty, field(rule.nik)?.type != .nik { wrong("identity", "must name a NIK in identity") }
        for word in rule.shows where !Name.isIdentifier(word) {
            wrong("identity", "shows `\(word.prefix(48))`: it must match [a-z][a-z0-9_-]{0,47}")
        }
        if !rule.letter.isEmpty, !definition.documents.contains(where: { $0.kind == rule.letter }) {
            wrong("identity", "wants letter \(rule.letter.prefix(48)), which is no document of the service")
        }
    }
}
