// What must hold for what a case pays: charges lean on fields, stages bill charges and know where a paid case goes.

import HubProto

extension DefinitionRules {
    /// Charges of one bill.
    private static let chargesMax = 16

    func charges() {
        for charge in definition.charges { check(charge) }
        let known = Set(definition.charges.map(\.name))
        var billed: Set<String> = []
        for stage in definition.stages where stage.hasBill {
            billed.formUnion(stage.bill.charges)
            check(stage, known)
        }
        for name in known.subtracting(billed).sorted() {
            find("charges", "charge \(name) is in no stage's bill", "charges", name)
        }
    }

    private func check(_ charge: HubCharge) {
        func wrong(_ rule: String, _ remedy: String) {
            find(rule, "charge \(charge.name) \(remedy)", "charges", charge.name)
        }
        if !charge.quantity.isEmpty, field(charge.quantity)?.type != .integer || !isSure(charge.quantity) {
            wrong("quantity", "must name a field of type integer in quantity that is required or decided")
        }
        if !charge.group.isEmpty, field(charge.group)?.type != .choice || !isSure(charge.group) {
            wrong("group", "must name a choice in group that is required or decided")
        }
        if charge.hasWhen { check(charge.when, among: definition.fields, "of the form", wrong) }
    }

    private func check(_ stage: HubStage, _ known: Set<String>) {
        func wrong(_ rule: String, _ remedy: String) {
            find(rule, "stage \(stage.name) \(remedy)", "stages", stage.name)
        }
        let bill = stage.bill
        if stage.ended { wrong("bill", "has ended and bills: nobody would pay") }
        if bill.charges.isEmpty || bill.charges.count > Self.chargesMax {
            wrong("bill", "must bill 1 to \(Self.chargesMax) charges")
        }
        if Set(bill.charges).count < bill.charges.count { wrong("bill", "bills a charge twice") }
        for name in Set(bill.charges).subtracting(known).sorted() {
            wrong("bill", "bills \(name), which is no charge")
        }
        guard let next = definition.stages.first(where: { $0.name == bill.settledTo }), next.name != stage.name else {
            wrong("settled_to", "must name another stage in settled_to")
            return
        }
        // A bank may take its payment back while the case stands there: nothing final may happen in it.
        if next.ended || !next.issues.isEmpty || !next.entries.isEmpty {
            wrong(
                "settled_to",
                "sends a paid case to \(next.name), which ends it, issues a paper or writes a register: put a stage between"
            )
        }
        if next.hasBill, next.bill.settledTo == stage.name { wrong("settled_to", "and \(next.name) lead in a circle") }
        for action in definition.actions where action.from.contains(stage.name) { check(action, leaving: stage) }
    }

    /// Nobody goes round a bill, or changes what it was counted from while it is open.
    private func check(_ action: HubAction, leaving stage: HubStage) {
        func wrong(_ remedy: String) {
            find("unpaid", "action \(action.name) \(remedy)", "actions", action.name)
        }
        let issuing = Set(definition.stages.lazy.filter { !$0.issues.isEmpty }.map(\.name))
        for target in action.to where target == stage.bill.settledTo || issuing.contains(target) {
            wrong("leads from \(stage.name) to \(target) unpaid")
        }
        let counted = Set(
            definition.charges.filter { stage.bill.charges.contains($0.name) }
                .flatMap { [$0.quantity, $0.group, $0.when.field] })
        let opened = action.kind == .repair && action.fields.isEmpty ? definition.fields.map(\.name) : action.fields
        if action.to.contains(stage.name), !counted.isDisjoint(with: opened) {
            wrong("changes what the bill of \(stage.name) was counted from")
        }
    }

    /// A case always has a value of the field.
    func isSure(_ name: String) -> Bool {
        guard let field = field(name) else { return false }
        return field.decided || (field.required && !field.hasWhen)
    }
}
