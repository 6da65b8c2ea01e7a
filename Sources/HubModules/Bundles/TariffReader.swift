// tariffs/*.yaml → hub.v1.Tariff.

import HubCore
import HubDomain
import HubProto

/// What a service costs, by date, group and slab.
enum TariffReader {
    static func read(_ top: YAMLObject) -> HubTariff {
        var tariff = HubTariff()
        tariff.name = top.text("name", required: true)
        tariff.version = top.text("version", required: true)
        tariff.source = top.text("source", required: true)
        tariff.legalBasis = top.texts("legal_basis", required: true)
        tariff.title = top.title()
        tariff.account = top.text("account", required: true)
        tariff.periods = top.objects("periods", required: true).map(period)
        if let late = top.object("late") {
            tariff.late.basisPoints = UInt32(late.integer("basis_points", 0...10_000, required: true) ?? 0)
            tariff.late.monthsMax = UInt32(late.integer("months_max", 0...1_200, required: true) ?? 0)
            late.finish()
        }
        top.finish()
        if !tariff.name.isEmpty, !Name.isIdentifier(tariff.name) {
            top.find("name", "name", "must match [a-z][a-z0-9_-]{0,47}")
        }
        // What the lines above have told is not told twice.
        if tariff.periods.isEmpty { return tariff }
        do throws(HubError) { _ = try TariffPrices(tariff) } catch {
            for fault in error.violations { top.find("periods", fault.rule, "\(fault.field): \(fault.english)") }
        }
        return tariff
    }

    private static func period(_ object: YAMLObject) -> HubTariffPeriod {
        defer { object.finish() }
        return .with {
            $0.from = object.text("from", required: true)
            $0.groups = object.objects("groups", required: true).map(group)
        }
    }

    private static func group(_ object: YAMLObject) -> HubTariffGroup {
        defer { object.finish() }
        return .with {
            $0.value = object.text("value")
            $0.mode = object.word("mode", modes, required: true) ?? .whole
            $0.roundUpTo = Int64(object.integer("round_up_to", 0...rupiahMax) ?? 0)
            $0.slabs = object.objects("slabs", required: true).map(slab)
        }
    }

    private static func slab(_ object: YAMLObject) -> HubTariffSlab {
        defer { object.finish() }
        return .with {
            if let upTo = object.integer("up_to", 0...Int.max) { $0.upTo = Int64(upTo) }
            $0.fixed = Int64(object.integer("fixed", 0...rupiahMax) ?? 0)
            $0.perUnit = Int64(object.integer("per_unit", 0...rupiahMax) ?? 0)
        }
    }

    private static let modes: [String: HubTariffMode] = ["whole": .whole, "progressive": .progressive]
    /// The largest amount of a slab.
    private static let rupiahMax = 1_000_000_000_000
}
