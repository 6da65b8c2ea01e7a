// routes/*.yaml → hub.v1.Routes.

import HubCore
import HubDomain
import HubProto

/// Which request goes to which unit.
enum RouteReader {
    /// Rules of one file, conditions of one rule, values, areas or words of one condition, and words of one phrase.
    private static let (rulesMax, conditionsMax, listMax, phraseMax) = (200, 8, 64, 8)

    static func read(_ top: YAMLObject) -> HubRoutes {
        var routes = HubRoutes()
        routes.name = top.text("name", required: true)
        routes.version = top.text("version", required: true)
        routes.source = top.text("source", required: true)
        routes.rules = top.objects("rules", required: true).map(rule)
        top.finish()
        check(routes, top)
        return routes
    }

    private static func rule(_ object: YAMLObject) -> HubRouteRule {
        var rule = HubRouteRule()
        rule.name = object.text("name", required: true)
        rule.conditions = object.objects("when").map(condition)
        rule.unit = object.text("unit")
        if let set = object.object("set") {
            for (name, node) in set.pairs() {
                guard let text = node.scalar?.string else {
                    set.find(name, "type", "`set` gives texts")
                    continue
                }
                rule.values.append(.with { ($0.name, $0.text) = (name, text) })
            }
            set.finish()
        }
        object.finish()
        return rule
    }

    private static func condition(_ object: YAMLObject) -> HubRouteCondition {
        defer { object.finish() }
        return .with {
            $0.field = object.text("field", required: true)
            $0.values = object.texts("values")
            $0.areas = object.texts("areas")
            $0.words = object.texts("words")
        }
    }

    // MARK: What must hold

    private static func check(_ routes: HubRoutes, _ top: YAMLObject) {
        if !routes.name.isEmpty, !Name.isIdentifier(routes.name) {
            top.find("name", "name", "must match [a-z][a-z0-9_-]{0,47}")
        }
        if routes.rules.count > rulesMax { top.find("rules", "rules", "at most \(rulesMax) rules") }
        var seen: Set<String> = []
        for (index, rule) in routes.rules.prefix(rulesMax).enumerated() where !top.findings.isFull {
            func wrong(_ broken: String, _ remedy: String) {
                let name = String(rule.name.prefix(48))
                top.findings.add(top.file, line: top.line(of: "rules", rule.name), broken, "rule \(name) \(remedy)")
            }
            if !rule.name.isEmpty, !Name.isIdentifier(rule.name) {
                wrong("name", "must have a name that matches [a-z][a-z0-9_-]{0,47}")
            }
            if !seen.insert(rule.name).inserted { wrong("unique", "stands twice") }
            if rule.conditions.isEmpty, index < routes.rules.count - 1 {
                wrong("when", "fits everything: nothing comes to the rules behind it")
            }
            if rule.unit.isEmpty, !rule.values.isEmpty { wrong("unit", "sets values and names no unit") }
            if !rule.unit.isEmpty, !Name.isCode(rule.unit) { wrong("unit", "must name a unit's code") }
            if rule.conditions.count > conditionsMax { wrong("when", "has more than \(conditionsMax) conditions") }
            for condition in rule.conditions { check(condition, wrong) }
        }
    }

    private static func check(_ condition: HubRouteCondition, _ wrong: (_ rule: String, _ remedy: String) -> Void) {
        let lists = [condition.values, condition.areas, condition.words].filter { !$0.isEmpty }
        guard lists.count == 1, let list = lists.first, list.count <= listMax else {
            wrong("when", "has a condition without exactly one of values, areas and words, 1 to \(listMax) of them")
            return
        }
        let isCode = condition.areas.allSatisfy { area in
            (1...13).contains(area.utf8.count)
                && area.utf8.allSatisfy { ("0"..."9").contains(UnicodeScalar($0)) || $0 == UInt8(ascii: ".") }
        }
        if !isCode { wrong("areas", "names areas that are no codes of 1 to 13 digits and dots") }
        if condition.words.contains(where: { !(1...phraseMax).contains(PhraseSearch.words(of: $0).count) }) {
            wrong("words", "has a phrase that is not of 1 to \(phraseMax) words")
        }
    }
}
