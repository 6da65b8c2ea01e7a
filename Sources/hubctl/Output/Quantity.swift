// Amounts as people read them: bytes with a unit, numbers with so many decimals.

/// Amounts for people.
enum Quantity {
    /// `17.2M`, in powers of 1,024; empty for 0.
    static func bytes(_ count: UInt64) -> String {
        guard count > 0 else { return "" }
        let units = ["B", "K", "M", "G", "T"]
        var value = Double(count)
        var unit = 0
        while value >= 1_024, unit < units.count - 1 {
            value /= 1_024
            unit += 1
        }
        return unit == 0 ? "\(count)B" : fixed(value, decimals: value < 100 ? 1 : 0) + units[unit]
    }

    /// A number with so many decimals, at most nine; `-` for one that does not fit.
    static func fixed(_ value: Double, decimals: Int) -> String {
        let scale = (0..<min(decimals, 9)).reduce(Int64(1)) { product, _ in product * 10 }
        guard let scaled = Int64(exactly: (abs(value) * Double(scale)).rounded()) else { return "-" }
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return sign + String(scaled) }
        let digits = String(scaled % scale)
        return
            "\(sign)\(scaled / scale).\(String(repeating: "0", count: max(0, min(decimals, 9) - digits.count)))\(digits)"
    }
}
