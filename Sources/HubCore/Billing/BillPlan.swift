// What a case owes when it comes to a stage, and what becomes of a bill when it leaves. Pure.

package import HubDomain
package import HubProto

/// The bills of one definition.
///
/// A stage that bills holds the case until the bill is settled; one that would bill nothing is passed through. A case
/// that goes another way leaves a cancelled bill behind.
package struct BillPlan: Sendable {
    let definition: HubServiceDefinition
    let catalogue: ServiceCatalogue
    let nowMillis: Int64

    /// The largest total of a bill, rupiah.
    static let totalMax: Int64 = 1_000_000_000_000
    /// Bills of one case; a case that comes back to its bill more often is stopped.
    static let billsMax = 32

    package init(definition: HubServiceDefinition, catalogue: ServiceCatalogue, nowMillis: Int64) {
        self.definition = definition
        self.catalogue = catalogue
        self.nowMillis = nowMillis
    }

    /// Completes a step that brought a case to a stage. A new bill has no number yet (``NumberBlocks``).
    ///
    /// - Throws: ``HubError/Code/definitionInvalid`` when a tariff or a stage is not there;
    ///   ``HubError/Code/refusedByRule`` when a quantity is missing or beyond the tariff.
    package func complete(_ state: inout HubCase, after before: HubCase?) throws(HubError) {
        // What was owed in an older register was paid there; what is asked for here is not.
        guard before != nil || !state.hasOrigin else { return }
        var last = before?.stage
        for _ in 0...definition.stages.count {
            guard state.stage != last else { return }
            for index in state.bills.indices
            where state.bills[index].state == .open && state.bills[index].stage != state.stage {
                state.bills[index].state = .cancelled
            }
            // The bill whose payment was taken back is open again.
            guard !state.bills.contains(where: { $0.state == .open }),
                let rule = definition.stage(state.stage).flatMap({ $0.hasBill ? $0.bill : nil })
            else { return }
            let lines = try lines(of: rule, state.data)
            guard lines.isEmpty else {
                guard state.bills.count < Self.billsMax else {
                    throw HubError(.refusedByRule, "\(definition.service): a case has \(Self.billsMax) bills at most")
                }
                state.bills.append(try bill(lines, rule, stage: state.stage))
                return
            }
            last = state.stage
            try move(&state, to: rule.settledTo)
        }
        throw HubError(.definitionInvalid, "\(definition.service): stages that bill nothing lead in a circle")
    }

    /// The hub sends the case on.
    func move(_ state: inout HubCase, to stage: String) throws(HubError) {
        try DeadlinePlan(definition: definition, calendars: catalogue.calendars)
            .move(&state, to: stage, nowMillis: nowMillis)
    }

    private var today: CalendarDate { catalogue.today(nowMillis) }

    private func bill(_ lines: [HubBillLine], _ rule: HubBillRule, stage: String) throws(HubError) -> HubBill {
        var total: Int64 = 0
        for line in lines {
            let (sum, overflow) = total.addingReportingOverflow(line.amount)
            guard !overflow, sum <= Self.totalMax else {
                throw HubError(.refusedByRule, "\(definition.service): the bill is above \(Self.totalMax) rupiah")
            }
            total = sum
        }
        return .with {
            $0.state = .open
            $0.stage = stage
            $0.settledTo = rule.settledTo
            $0.issuedMs = nowMillis
            $0.due = today.adding(days: Int(rule.dueDays)).iso
            $0.lines = lines
            $0.total = total
        }
    }

    /// Charges that cost something.
    private func lines(of rule: HubBillRule, _ data: [HubFieldValue]) throws(HubError) -> [HubBillLine] {
        var lines: [HubBillLine] = []
        for name in rule.charges {
            guard let charge = definition.charges.first(where: { $0.name == name }) else {
                throw HubError(.definitionInvalid, "\(definition.service): charge \(name) is not there")
            }
            guard !charge.hasWhen || charge.when.holds(for: data) else { continue }
            let line = try line(of: charge, data)
            if line.amount > 0 { lines.append(line) }
        }
        return lines
    }

    private func line(of charge: HubCharge, _ data: [HubFieldValue]) throws(HubError) -> HubBillLine {
        guard let prices = catalogue.tariffs[charge.tariff] else {
            throw HubError(.definitionInvalid, "\(definition.service): tariff \(charge.tariff) is not in force")
        }
        let quantity = try quantity(of: charge, data)
        let amount = try prices.amount(
            of: quantity, group: charge.group.isEmpty ? "" : data.plainText(of: charge.group) ?? "", on: today,
            field: charge.quantity)
        return .with {
            $0.charge = charge.name
            $0.title = charge.title
            $0.account = prices.tariff.account
            $0.tariff = prices.label
            $0.quantity = quantity
            $0.amount = amount
            $0.legalBasis = prices.tariff.legalBasis
            if prices.tariff.hasLate { $0.late = prices.tariff.late }
        }
    }

    private func quantity(of charge: HubCharge, _ data: [HubFieldValue]) throws(HubError) -> Int64 {
        guard !charge.quantity.isEmpty else { return 1 }
        if case .integer(let quantity)? = data.first(where: { $0.name == charge.quantity })?.value { return quantity }
        throw HubError(
            .refusedByRule, "\(definition.service): charge \(charge.name) has no quantity",
            violations: [
                Violation(
                    charge.quantity, "required", id: "Isi dahulu; tagihan dihitung dari nilai ini.",
                    en: "Fill this in first; the bill is counted from it.")
            ])
    }
}
