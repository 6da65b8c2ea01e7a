// Whether money rules fit together: every charge has a price on every day, every price an account.

import HubDomain
import HubProto

extension RuleReview {
    /// Bills lean on accounts for ever.
    func accounts(of treasury: HubTreasury, old: HubTreasury?, _ file: String, _ verdict: inout RuleVerdict) {
        let codes = Set(treasury.accounts.map(\.code))
        for account in old?.accounts ?? [] where !codes.contains(account.code) {
            verdict.find(file, "accounts", "keep account \(account.code): what was booked stands under it")
        }
        if let old, old.held != treasury.held {
            verdict.find(file, "uses", "keep \(old.held) as `held`: open bills have their money there")
        }
        for prices in verdict.catalogue.tariffs.values where !codes.contains(prices.tariff.account) {
            verdict.find(file, "accounts", "tariff \(prices.tariff.name) earns for account \(prices.tariff.account)")
        }
    }

    func account(of tariff: HubTariff, _ file: String, _ verdict: inout RuleVerdict) {
        let accounts = verdict.catalogue.treasury?.accounts ?? []
        let treasury = verdict.catalogue.treasury ?? HubTreasury()
        if !accounts.contains(where: { $0.code == tariff.account }) {
            verdict.find(file, "account", "no account \(tariff.account) is in the treasury")
        } else if [treasury.bank, treasury.counter, treasury.held].contains(tariff.account) {
            verdict.find(file, "account", "account \(tariff.account) takes money in, a tariff needs one that earns")
        }
    }

    /// A tariff must price whatever new cases may be charged by it.
    func prices(of tariff: RuleSet.Written<HubTariff>, _ verdict: inout RuleVerdict) {
        for definition in verdict.living
        where definition.charges.contains(where: { $0.tariff == tariff.rule.name }) {
            for problem in definition.unpriced(in: verdict.catalogue, nowMillis: nowMillis) {
                verdict.find(tariff.file, "periods", problem)
            }
        }
    }
}

extension HubServiceDefinition {
    /// Charges without a price, from the first day on which the definition may charge: a sentence each.
    func unpriced(in catalogue: ServiceCatalogue, nowMillis: Int64) -> [String] {
        guard !charges.isEmpty else { return [] }
        guard catalogue.treasury != nil else { return ["\(service) charges, and no treasury is in force"] }
        let today = catalogue.today(nowMillis)
        let first = max(CalendarDate(iso: validFrom) ?? today, today)
        return charges.compactMap { charge in
            guard let prices = catalogue.tariffs[charge.tariff] else {
                return "charge \(charge.name) of \(service): no tariff \(charge.tariff) is in force"
            }
            if let begins = prices.firstDay, begins > first {
                return "charge \(charge.name) of \(service): tariff \(charge.tariff) prices nothing before \(begins)"
            }
            let missing = prices.unpriced(groups(of: charge), from: first)
            return missing.isEmpty
                ? nil
                : "charge \(charge.name) of \(service): tariff \(charge.tariff) has no price for "
                    + missing.joined(separator: ", ")
        }
    }

    /// Values that find a charge's price; "" = it has one for all.
    private func groups(of charge: HubCharge) -> [String] {
        fields.first { $0.name == charge.group }?.choices.map(\.value) ?? [""]
    }
}
