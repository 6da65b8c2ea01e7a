// A tariff, ready to be asked: what a quantity costs on a day.

package import HubDomain
package import HubProto

/// A ``HubTariff`` whose every table of slabs was found sound.
package struct TariffPrices: Sendable {
    package let tariff: HubTariff
    /// By first day.
    private let periods: [(from: CalendarDate, groups: [String: TariffSchedule])]

    /// - Throws: ``HubError/Code/definitionInvalid`` with every fault as a violation, such as
    ///   `periods[0].groups[hunian].slabs[1].up_to`.
    package init(_ tariff: HubTariff) throws(HubError) {
        self.tariff = tariff
        var faults: [Violation] = []
        var periods: [(from: CalendarDate, groups: [String: TariffSchedule])] = []
        for (index, period) in tariff.periods.enumerated() {
            let place = "periods[\(index)]"
            guard let from = CalendarDate(iso: period.from) else {
                faults.append(Violation("\(place).from", "date", id: "Isi YYYY-MM-DD.", en: "Write YYYY-MM-DD."))
                continue
            }
            if let last = periods.last, from <= last.from {
                faults.append(
                    Violation(
                        "\(place).from", "ascending", id: "Harus sesudah masa sebelumnya.",
                        en: "Must begin after the period before."))
            }
            periods.append((from, Self.schedules(period.groups, place, &faults)))
        }
        if tariff.periods.isEmpty {
            faults.append(Violation("periods", "required", id: "Isi satu masa.", en: "Give at least one period."))
        }
        if tariff.hasLate {
            do throws(HubError) { _ = try LateInterest(tariff.late) } catch { faults += error.violations }
        }
        guard faults.isEmpty else {
            throw HubError(.definitionInvalid, "tariff \(tariff.name) is not sound", violations: faults)
        }
        self.periods = periods
    }

    private static func schedules(
        _ groups: [HubTariffGroup], _ place: String, _ faults: inout [Violation]
    ) -> [String: TariffSchedule] {
        var schedules: [String: TariffSchedule] = [:]
        for group in groups {
            do throws(HubError) {
                let schedule = try TariffSchedule(group)
                guard schedules.updateValue(schedule, forKey: group.value) != nil else { continue }
                faults.append(
                    Violation(
                        "\(place).groups[\(group.value)]", "unique", id: "Kelompok ini tertulis dua kali.",
                        en: "This group stands twice."))
            } catch {
                faults += error.violations.map { fault in
                    var fault = fault
                    fault.field = "\(place).groups[\(group.value)].\(fault.field)"
                    return fault
                }
            }
        }
        if groups.isEmpty {
            faults.append(
                Violation("\(place).groups", "required", id: "Isi satu kelompok.", en: "Give at least one group."))
        }
        return schedules
    }

    /// Such as "retribusi-pbg/2026.1".
    var label: String { "\(tariff.name)/\(tariff.version)" }

    /// First day on which it prices anything.
    var firstDay: CalendarDate? { periods.first?.from }

    /// Values among `groups` for which some period from `day` on has no price.
    func unpriced(_ groups: [String], from day: CalendarDate) -> [String] {
        let present = periods.last { $0.from <= day }
        let relevant = [present].compactMap { $0 } + periods.filter { $0.from > day }
        return groups.filter { group in relevant.contains { Self.schedule(for: group, in: $0.groups) == nil } }
    }

    /// What a quantity costs, in whole rupiah.
    ///
    /// - Parameters:
    ///   - group: Value of the charge's group field; "" = none.
    ///   - field: Field with the quantity, for the violation.
    /// - Throws: ``HubError/Code/definitionInvalid`` when there is no price for the day or group;
    ///   ``HubError/Code/refusedByRule`` when the quantity is beyond the tariff.
    func amount(of quantity: Int64, group: String, on day: CalendarDate, field: String) throws(HubError) -> Int64 {
        guard let period = periods.last(where: { $0.from <= day }) else {
            throw HubError(.definitionInvalid, "tariff \(label) prices nothing before \(firstDay?.iso ?? "ever")")
        }
        guard let schedule = Self.schedule(for: group, in: period.groups) else {
            throw HubError(.definitionInvalid, "tariff \(label) has no price for group \(group)")
        }
        return try schedule.amount(of: quantity, field: field)
    }

    private static func schedule(for group: String, in groups: [String: TariffSchedule]) -> TariffSchedule? {
        groups[group] ?? groups[""]
    }
}

extension TariffSchedule {
    /// As the contract writes it.
    init(_ group: HubTariffGroup) throws(HubError) {
        try self.init(
            mode: group.mode == .progressive ? .progressive : .whole,
            slabs: group.slabs.map { Slab(upTo: $0.hasUpTo ? $0.upTo : nil, fixed: $0.fixed, perUnit: $0.perUnit) },
            roundUpTo: group.roundUpTo)
    }
}

extension LateInterest {
    /// As the contract writes it.
    init(_ late: HubLateInterest) throws(HubError) {
        try self.init(basisPointsPerMonth: Int(late.basisPoints), monthsMax: Int(late.monthsMax))
    }
}
