// Numbers of documents, by a pattern that each office writes down for itself.

/// A pattern such as `{kode}-{jenis}-{ddmmyyyy}-{urut:4}` or `{urut:3}/PBG/{rom}/{yyyy}`.
///
/// How documents are numbered is not settled by one law (row 6 of the domain's facts, unverified), so a pattern is data.
/// In braces stand:
/// - a date, from `dd`, `mm`, `yyyy`, `yy` and `rom` (the month in Roman numerals), alone or joined: `ddmmyyyy`;
/// - the serial, `urut:4`: at least so many digits, 1 to 18, exactly once. Behind a second colon stands when it begins
///   anew: `urut:4:hari`, `:bulan`, `:tahun` or `:tetap` (never). Without, it does so each year if the pattern shows the
///   year, otherwise never: offices that write the month seldom begin anew with it;
/// - a value that is given for each number: a name of small letters, digits and `_`, such as `kode`.
///
/// Everything else is taken as it is.
public struct NumberPattern: Sendable, Hashable {
    /// After what the serial begins with 1 again.
    public enum Reset: Sendable, Hashable { case never, year, month, day }

    /// As it was written.
    public let text: String
    /// When the serial begins anew. Whatever it is, the pattern shows enough of the date that no number comes twice.
    public let reset: Reset
    /// Names of the values that are given for each number, in their order.
    public let names: [String]

    let parts: [NumberPart]

    /// Longest pattern, and longest value, bytes.
    public static let bytesMax = 200

    /// A sound pattern.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid``; a violation's place is what stands in the braces, or empty. The rules
    ///   are `length`, `brace` (one without the other), `name` (neither date, serial nor name of a value), `width`, `serial`
    ///   (none, or two), and `reset` (a word that says no time, or a time that the pattern does not show).
    public init(_ text: String) throws(HubError) {
        let scan = NumberPatternScan(text)
        guard scan.findings.isEmpty else {
            throw HubError(.definitionInvalid, "a pattern of numbers is not sound", violations: scan.findings)
        }
        self.text = text
        parts = scan.parts
        reset = scan.reset
        names = parts.compactMap { if case .value(let name) = $0 { name } else { nil } }
    }

    /// The number of a document.
    ///
    /// - Parameters:
    ///   - date: of the document.
    ///   - serial: from 1, counted within ``period(of:)``; one with more digits than the pattern has is written whole.
    ///   - values: one for each of ``names``; others are not looked at.
    /// - Throws: ``HubError/Code/refusedByRule`` with the name and the rule `required`, `length` or `characters` (line ends
    ///   and other controls), or `serial` and `min`.
    public func number(date: CalendarDate, serial: UInt64, values: [String: String] = [:]) throws(HubError) -> String {
        var found: [Violation] = []
        if serial == 0 { found.append(Self.violation("serial", "min")) }
        for name in Set(names).sorted() {
            let bytes = (values[name] ?? "").utf8
            if bytes.isEmpty {
                found.append(Self.violation(name, "required"))
            } else if bytes.count > Self.bytesMax {
                found.append(Self.violation(name, "length"))
            } else if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
                found.append(Self.violation(name, "characters"))
            }
        }
        guard found.isEmpty else {
            throw HubError(.refusedByRule, "a document's number cannot be made", violations: found)
        }
        return parts.map { $0.text(date: date, serial: serial, values: values) }.joined()
    }

    /// The time within which serials are counted: `2026-03-13`, `2026-03`, `2026`, or empty when they never begin anew. A
    /// counter is kept under it.
    public func period(of date: CalendarDate) -> String {
        switch reset {
        case .never: ""
        case .year: String(date.iso.prefix(4))
        case .month: String(date.iso.prefix(7))
        case .day: date.iso
        }
    }

    private static func violation(_ place: String, _ rule: String) -> Violation {
        Violation(
            place, rule, id: "Isi nilai ini: satu baris, paling banyak \(bytesMax) huruf.",
            en: "Give this value: one line, at most \(bytesMax) bytes.")
    }
}

/// A piece of a number.
enum NumberPart: Sendable, Hashable {
    case text(String)
    case value(String)
    case day, month, romanMonth, year, year2
    case serial(width: Int)

    func text(date: CalendarDate, serial: UInt64, values: [String: String]) -> String {
        switch self {
        case .text(let text): text
        case .value(let name): values[name] ?? ""
        case .day: Digits.text(date.day, width: 2)
        case .month: Digits.text(date.month, width: 2)
        case .romanMonth: Self.romanMonths[(date.month - 1) % 12]
        case .year: Digits.text(date.year, width: 4)
        case .year2: Digits.text(date.year % 100, width: 2)
        case .serial(let width): Digits.text(serial, width: width)
        }
    }

    private static let romanMonths = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
}
