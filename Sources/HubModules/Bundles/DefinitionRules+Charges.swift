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
        if !charge.quantity.isEmpty, field(charge.quantity)?.type != .integer {
            wrong("quantity", "must name a field of type integer in quantity")
        }
        if !charge.group.isEmpty, field(charge.group)?.type != .choice {
            wrong("group", "must name a choice in group")
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
        if !stageNames.contains(bill.settledTo) || bill.settledTo == stage.name {
            wrong("settled_to", "must name another stage in settled_to")
        }
    }
}
