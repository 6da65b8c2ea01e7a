// Amounts of money as people read them: in digits and, on receipts, in words.

/// An amount in whole rupiah, as Indonesian writes it.
public enum RupiahText {
    /// `Rp1.250.000`: no blank, dots between thousands (Ejaan yang Disempurnakan, edition V); `-Rp500` when negative.
    public static func digits(_ rupiah: Int64) -> String {
        let digits = String(rupiah.magnitude)
        var text = rupiah < 0 ? "-Rp" : "Rp"
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.utf8.count - index).isMultiple(of: 3) { text.append(".") }
            text.append(digit)
        }
        return text
    }

    /// Terbilang: `satu juta dua ratus lima puluh ribu rupiah`; `minus …` when negative. Every amount has its words.
    public static func words(_ rupiah: Int64) -> String {
        var words: [String] = rupiah < 0 ? ["minus"] : []
        words += rupiah == 0 ? ["nol"] : Self.words(of: rupiah.magnitude)
        return (words + ["rupiah"]).joined(separator: " ")
    }

    /// Names of 1000 to the power of their index.
    private static let groups = ["", "ribu", "juta", "miliar", "triliun", "kuadriliun", "kuintiliun"]
    private static let ones = [
        "", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas",
    ]

    /// Three digits at a time, the last ones first. 2⁶⁴ has seven groups, as many as there are names.
    private static func words(of number: UInt64) -> [String] {
        var words: [String] = []
        var rest = number
        for group in groups where rest > 0 {
            let three = Int(rest % 1_000)
            rest /= 1_000
            if three == 0 { continue }
            let own = group.isEmpty ? [] : [group]
            // A thousand alone is one word, a million is not.
            words = (group == "ribu" && three == 1 ? ["seribu"] : below1000(three) + own) + words
        }
        return words
    }

    private static func below1000(_ number: Int) -> [String] {
        switch number {
        case 0: []
        case 1...11: [ones[number]]
        case 12...19: [ones[number - 10], "belas"]
        case 20...99: [ones[number / 10], "puluh"] + below1000(number % 10)
        case 100...199: ["seratus"] + below1000(number - 100)
        default: [ones[number / 100 % 10], "ratus"] + below1000(number % 100)
        }
    }
}
