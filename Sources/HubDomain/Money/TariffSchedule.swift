// What a quantity costs: a tariff in slabs, as a regulation prints it.

/// A tariff as data: an amount in whole rupiah for a quantity (square metres, days, pieces), slab by slab.
///
/// Regional charges are set by regulation and differ from place to place (UU 1/2022; row 34 of the domain's facts), so
/// nothing of them stands in code. A tariff that exists is sound: its making finds every fault at once.
public struct TariffSchedule: Sendable, Hashable {
    /// How slabs work together.
    public enum Mode: Sendable, Hashable {
        /// The slab in which the quantity lies prices all of it: fixed + per unit × quantity.
        case whole
        /// Each slab prices the part of the quantity that lies in it, and adds its fixed part once it is reached.
        case progressive
    }

    /// One line of the tariff. It begins above the end of the line before; the first one begins with 0.
    public struct Slab: Sendable, Hashable {
        /// Last quantity in it; nil = no end, for the last slab alone.
        public let upTo: Int64?
        /// Rupiah, charged once.
        public let fixed: Int64
        /// Rupiah for each unit.
        public let perUnit: Int64

        /// A line as it was written; ``TariffSchedule`` judges it.
        public init(upTo: Int64?, fixed: Int64, perUnit: Int64) {
            self.upTo = upTo
            self.fixed = fixed
            self.perUnit = perUnit
        }
    }

    /// How slabs work together.
    public let mode: Mode
    /// Ascending; 1 to 100.
    public let slabs: [Slab]
    /// An amount becomes the next multiple of this many rupiah; 0 and 1 leave it as it is.
    public let roundUpTo: Int64

    /// The most lines that a tariff may have.
    public static let slabsMax = 100

    /// A sound tariff.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid`` with every fault as a violation, such as `slabs[1].up_to`; the rules
    ///   are `required`, `length`, `min` (a negative number), `ascending`, `last` (no end before the last slab) and
    ///   `overflow` (an amount within the slab is beyond 64 bits).
    public init(mode: Mode, slabs: [Slab], roundUpTo: Int64 = 0) throws(HubError) {
        self.mode = mode
        self.slabs = slabs
        self.roundUpTo = roundUpTo
        var findings = Self.findings(slabs, roundUpTo: roundUpTo)
        if findings.isEmpty { findings = overflows }
        guard findings.isEmpty else {
            throw HubError(.definitionInvalid, "a tariff is not sound", violations: findings)
        }
    }

    /// What a quantity costs, in rupiah.
    ///
    /// - Parameter field: the name of the form's field that holds the quantity, for the violation.
    /// - Throws: ``HubError/Code/refusedByRule`` with the rule `min` for a negative quantity, `max` for one beyond the last
    ///   slab, and `overflow` for an amount beyond 64 bits.
    public func amount(of quantity: Int64, field: String = "") throws(HubError) -> Int64 {
        guard quantity >= 0 else {
            throw Self.refusal(
                field, "min", id: "Isi dengan angka nol atau lebih.", en: "Enter a number of zero or more.")
        }
        guard slabs.contains(where: { $0.holds(quantity) }) else {
            throw Self.refusal(
                field, "max", id: "Jumlah melampaui batas tarif ini.", en: "The quantity is beyond this tariff.")
        }
        guard let sum = sum(of: quantity), let amount = roundedUp(sum) else {
            throw Self.refusal(
                field, "overflow", id: "Jumlah terlalu besar untuk dihitung.",
                en: "The quantity is too large to be priced.")
        }
        return amount
    }

    // MARK: Arithmetic; nil = beyond 64 bits

    private func sum(of quantity: Int64) -> Int64? {
        switch mode {
        case .whole: slabs.first { $0.holds(quantity) }?.price(quantity)
        case .progressive: sumOfParts(of: quantity)
        }
    }

    /// Quantity 0 lies in the first slab, which is therefore always reached.
    private func sumOfParts(of quantity: Int64) -> Int64? {
        var sum: Int64 = 0
        var below: Int64 = 0
        for slab in slabs {
            let part = min(slab.upTo ?? quantity, quantity) - below  // Neither is negative.
            guard let price = slab.price(part) else { return nil }
            let (next, overflow) = sum.addingReportingOverflow(price)
            if overflow { return nil }
            sum = next
            if slab.holds(quantity) { break }
            below = slab.upTo ?? quantity
        }
        return sum
    }

    private func roundedUp(_ amount: Int64) -> Int64? {
        guard roundUpTo > 1, amount % roundUpTo != 0 else { return amount }
        let (rounded, overflow) = amount.addingReportingOverflow(roundUpTo - amount % roundUpTo)
        return overflow ? nil : rounded
    }

    // MARK: Soundness

    private static func findings(_ slabs: [Slab], roundUpTo: Int64) -> [Violation] {
        guard !slabs.isEmpty else {
            return [Violation("slabs", "required", id: "Isi sedikitnya satu baris.", en: "Give at least one slab.")]
        }
        guard slabs.count <= slabsMax else {
            return [
                Violation(
                    "slabs", "length", id: "Paling banyak \(slabsMax) baris.", en: "Give at most \(slabsMax) slabs.")
            ]
        }
        var found: [Violation] = []
        if roundUpTo < 0 { found.append(negative("round_up_to")) }
        var below: Int64 = -1
        for (index, slab) in slabs.enumerated() {
            let place = "slabs[\(index)]"
            for (name, value) in [("up_to", slab.upTo), ("fixed", slab.fixed), ("per_unit", slab.perUnit)] {
                if let value, value < 0 { found.append(negative("\(place).\(name)")) }
            }
            guard let upTo = slab.upTo else {
                if index < slabs.count - 1 { found.append(endless(place)) }
                continue
            }
            if upTo >= 0, upTo <= below { found.append(notAscending(place)) }
            below = max(below, upTo)
        }
        return found
    }

    /// A slab with an end must be able to price it.
    private var overflows: [Violation] {
        slabs.enumerated().compactMap { index, slab in
            guard let upTo = slab.upTo, sum(of: upTo).flatMap(roundedUp) == nil else { return nil }
            return Violation(
                "slabs[\(index)]", "overflow", id: "Tarif ini menghasilkan jumlah yang terlalu besar.",
                en: "Within this slab an amount is beyond 64 bits.")
        }
    }

    private static func negative(_ place: String) -> Violation {
        Violation(place, "min", id: "Tidak boleh kurang dari nol.", en: "Must not be less than zero.")
    }

    private static func endless(_ place: String) -> Violation {
        Violation(
            "\(place).up_to", "last", id: "Hanya baris terakhir boleh tanpa batas.",
            en: "Only the last slab may be without end.")
    }

    private static func notAscending(_ place: String) -> Violation {
        Violation(
            "\(place).up_to", "ascending", id: "Harus lebih besar dari batas baris sebelumnya.",
            en: "Must be more than the slab before ends with.")
    }

    private static func refusal(_ field: String, _ rule: String, id: String, en: String) -> HubError {
        HubError(
            .refusedByRule, "a tariff has no amount for a quantity: \(rule)",
            violations: [Violation(field, rule, id: id, en: en)])
    }
}

extension TariffSchedule.Slab {
    /// Not beyond its end; where it begins, the slabs before say.
    fileprivate func holds(_ quantity: Int64) -> Bool { upTo.map { quantity <= $0 } ?? true }

    /// Rupiah; nil = beyond 64 bits.
    fileprivate func price(_ quantity: Int64) -> Int64? {
        let (product, tooLarge) = perUnit.multipliedReportingOverflow(by: quantity)
        let (sum, overflow) = fixed.addingReportingOverflow(product)
        return tooLarge || overflow ? nil : sum
    }
}
