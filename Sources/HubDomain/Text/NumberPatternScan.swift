// Takes a pattern of numbers apart, and collects everything that is wrong with it.

/// What a pattern is made of, or why it is none.
struct NumberPatternScan {
    private(set) var parts: [NumberPart] = []
    private(set) var findings: [Violation] = []
    private(set) var reset = NumberPattern.Reset.never
    /// As the pattern says it; nil = left to the rule.
    private var asked: (reset: NumberPattern.Reset, place: String)?

    init(_ pattern: String) {
        read(pattern)
        // One that could not be read to its end has no whole to judge.
        if findings.allSatisfy({ !["length", "brace"].contains($0.rule) }) { judge() }
    }

    private mutating func read(_ pattern: String) {
        guard (1...NumberPattern.bytesMax).contains(pattern.utf8.prefix(NumberPattern.bytesMax + 1).count) else {
            return add("", "length", id: "Panjang pola 1 sampai 200 huruf.", en: "A pattern has 1 to 200 bytes.")
        }
        var rest = pattern[...]
        while let end = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            if end > rest.startIndex { parts.append(.text(String(rest[..<end]))) }
            let inside = rest[rest.index(after: end)...]
            guard rest[end] == "{", let close = inside.firstIndex(where: { $0 == "{" || $0 == "}" }),
                inside[close] == "}"
            else {
                return add(
                    "", "brace", id: "Setiap { harus ditutup dengan }.",
                    en: "Every { must be closed by a }, and no } alone.")
            }
            take(String(inside[..<close]))
            rest = inside[inside.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
    }

    /// What stands in braces.
    private mutating func take(_ inside: String) {
        let words = inside.split(separator: ":", omittingEmptySubsequences: false)
        if words.first == "urut" {
            takeSerial(words.dropFirst().map(String.init), inside)
        } else if let date = Self.date(inside) {
            parts += date
        } else if Self.isName(inside) {
            parts.append(.value(inside))
        } else {
            add(
                inside, "name", id: "Pakai tanggal (dd, mm, yyyy, yy, rom), urut:4, atau nama dengan huruf kecil.",
                en: "Write a date (dd, mm, yyyy, yy, rom), urut:4, or a name of small letters.")
        }
    }

    private mutating func takeSerial(_ words: [String], _ inside: String) {
        guard let width = words.first.flatMap({ Digits.number($0.utf8) }), (1...18).contains(width) else {
            return add(inside, "width", id: "Tulis lebar 1 sampai 18: urut:4.", en: "Write a width of 1 to 18: urut:4.")
        }
        parts.append(.serial(width: width))
        guard words.count > 1 else { return }
        guard words.count == 2, let reset = Self.resets[words[1]] else {
            return add(
                inside, "reset", id: "Pakai hari, bulan, tahun atau tetap.",
                en: "Write hari (day), bulan (month), tahun (year) or tetap (never).")
        }
        asked = (reset, inside)
    }

    /// The rules that concern a pattern as a whole.
    private mutating func judge() {
        let serials = parts.count { if case .serial = $0 { true } else { false } }
        if serials != 1, !findings.contains(where: { $0.rule == "width" }) {
            add("", "serial", id: "Pakai {urut:…} tepat satu kali.", en: "Write {urut:…} exactly once.")
        }
        let showsYear = parts.contains { $0 == .year || $0 == .year2 }
        let showsMonth = showsYear && parts.contains { $0 == .month || $0 == .romanMonth }
        guard let asked else { return reset = showsYear ? .year : .never }
        reset = asked.reset
        let isShown =
            switch reset {
            case .never: true
            case .year: showsYear
            case .month: showsMonth
            case .day: showsMonth && parts.contains(.day)
            }
        if !isShown {
            add(
                asked.place, "reset", id: "Pola harus menunjukkan waktu itu, agar nomor tidak berulang.",
                en: "The pattern must show that time, or numbers come twice.")
        }
    }

    private mutating func add(_ place: String, _ rule: String, id: String, en: String) {
        findings.append(Violation(place, rule, id: id, en: en))
    }

    // MARK: Words

    private static let resets: [String: NumberPattern.Reset] = [
        "hari": .day, "bulan": .month, "tahun": .year, "tetap": .never,
    ]

    /// Longer words first: `yyyy` is no `yy` twice.
    private static let dateWords: [(String, NumberPart)] = [
        ("yyyy", .year), ("rom", .romanMonth), ("yy", .year2), ("mm", .month), ("dd", .day),
    ]

    /// Nothing but words of a date; nil for anything else.
    private static func date(_ inside: String) -> [NumberPart]? {
        var parts: [NumberPart] = []
        var rest = inside[...]
        while !rest.isEmpty {
            guard let (word, part) = dateWords.first(where: { rest.hasPrefix($0.0) }) else { return nil }
            parts.append(part)
            rest = rest.dropFirst(word.count)
        }
        return parts.isEmpty ? nil : parts
    }

    private static func isName(_ inside: String) -> Bool {
        let isSmall = { (byte: UInt8) in (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
        return inside.utf8.first.map(isSmall) == true
            && inside.utf8.allSatisfy { isSmall($0) || Digits.isDigit($0) || $0 == UInt8(ascii: "_") }
    }
}
