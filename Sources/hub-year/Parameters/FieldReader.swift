// Reads how the fields of forms are filled.

extension ParameterNode {
    func field(_ name: String) -> FieldPlan {
        var plan = FieldPlan(name: name, kind: fieldKind)
        if self["only"]["values"].isThere { plan.only = (self["only"]["field"].text, self["only"]["values"].texts) }
        return plan
    }

    private var fieldKind: FieldPlan.Kind {
        if node?.string != nil { return simpleField }
        if self["text"].isThere { return self["text"].simpleField }
        return linkedField ?? chosenField ?? drawnField
    }

    /// What follows from other fields; there is nothing to be assumed.
    private var linkedField: FieldPlan.Kind? {
        if self["same"].isThere { return .same(self["same"].text) }
        if self["born"].isThere { return .born(self["born"].text) }
        if self["sex"].isThere {
            return .sex(of: self["sex"].text, woman: self["woman"].text, man: self["man"].text)
        }
        guard self["by"].isThere, self["to"].isThere else { return nil }
        allow("by", "to")
        return .mapped(
            by: self["by"].text,
            to: Dictionary(self["to"].entries.map { ($0.key, $0.value.text) }) { first, _ in first })
    }

    private var chosenField: FieldPlan.Kind? {
        if self["pick"].isThere {
            allow("pick", "source")
            source(unit: "weights")
            return .pick(self["pick"].entries.map { ($0.key, $0.value.number) })
        }
        if self["ranges"].isThere {
            allow("by", "ranges", "unit", "source")
            source()
            return .integer(
                by: self["by"].text,
                ranges: Dictionary(self["ranges"].entries.map { ($0.key, $0.value.range) }) { first, _ in first })
        }
        guard self["rows"].isThere else { return nil }
        allow("rows", "count", "only", "source")
        source(unit: "rows")
        return .rows(self["rows"].entries.map { $0.value.field($0.key) }, self["count"].range)
    }

    private var drawnField: FieldPlan.Kind {
        source()
        if self["range"].isThere { return .integer(by: "", ranges: ["": self["range"].range]) }
        if self["nik"].isThere {
            return .nik(
                female: ["woman": true, "man": false][self["nik"].text], years: self["years"].range,
                isOnce: self["once"].isTrue)
        }
        if self["yes"].isThere {
            return .flag(
                share: self["yes"].number, onlyField: self["only"]["field"].optionalText ?? "",
                onlyValue: self["only"]["value"].optionalText ?? "")
        }
        if self["ahead"].isThere { return .ahead(self["ahead"].range) }
        if self["after"].isThere { return .after(self["after"].text, self["days"].range) }
        if self["median"].isThere {
            return .ago(Spread(median: self["median"].number, sigma: self["sigma"].number))
        }
        reading.fault(place, "nobody knows how to fill this field")
        return .text("")
    }

    private var simpleField: FieldPlan.Kind {
        switch text {
        case "@phone": .phone
        case "@family_card": .familyCard
        case "@district": .district
        default: .text(text)
        }
    }
}
