// Coordinates: degrees for people, millionths of a degree for the hub.

/// Coordinates as maps give them.
enum Degrees {
    /// `-6.917464` to −6,917,464; further digits are rounded half away from zero. Nil for anything but a plain decimal
    /// number below 1,000.
    static func millionths(_ text: String) -> Int64? {
        let negative = text.hasPrefix("-")
        let parts = text.dropFirst(negative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, parts.count <= 2, (1...3).contains(whole.utf8.count), isDigits(whole),
            let degrees = Int64(whole)
        else { return nil }
        var fraction: Int64 = 0
        if parts.count == 2 {
            guard !parts[1].isEmpty, isDigits(parts[1]) else { return nil }
            let digits = parts[1].utf8.map { Int64($0) - 0x30 }
            for place in 0..<6 { fraction = fraction * 10 + (place < digits.count ? digits[place] : 0) }
            if digits.count > 6, digits[6] >= 5 { fraction += 1 }
        }
        return (degrees * 1_000_000 + fraction) * (negative ? -1 : 1)
    }

    private static func isDigits(_ text: Substring) -> Bool { text.utf8.allSatisfy { (0x30...0x39).contains($0) } }
}
