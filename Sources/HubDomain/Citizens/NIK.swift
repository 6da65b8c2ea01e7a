// The national identity number and what its digits say.

/// Nomor Induk Kependudukan: 16 digits, being province, regency and district of first issue (2 each), day, month and
/// year of birth (2 each; a woman's day plus 40), and a serial (4).
///
/// It is issued by the state alone (UU 23/2006 art. 13) and kept for life, also when a birth date is corrected: digits
/// that differ from other data are lawful and never a reason to refuse.
public struct NIK: Sendable, Hashable {
    /// 16 ASCII digits.
    public let text: String

    private let district, day, month, year: Int

    /// Exactly 16 ASCII digits; nil for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8.prefix(17))
        guard bytes.count == 16, Digits.number(bytes[12..<16]) != nil, let district = Digits.number(bytes[0..<6]),
            let day = Digits.number(bytes[6..<8]), let month = Digits.number(bytes[8..<10]),
            let year = Digits.number(bytes[10..<12])
        else { return nil }
        self.text = text
        (self.district, self.day, self.month, self.year) = (district, day, month, year)
    }

    /// Area code of the district that issued it first, 6 digits.
    public var districtCode: String { Digits.text(district, width: 6) }
    /// The day digits say "woman".
    public var isFemale: Bool { day > 40 }
    /// Day of birth as written, 1…31 in a sound number.
    public var birthDay: Int { isFemale ? day - 40 : day }
    /// Month of birth as written, 1…12 in a sound number.
    public var birthMonth: Int { month }
    /// Last two digits of the year of birth.
    public var birthYear2: Int { year }

    /// The digits differ from a birth date or, unless `female` is nil, from a sex. Worth a look, never a refusal.
    public func contradicts(birthDate: CalendarDate, female: Bool?) -> Bool {
        birthDate.day != birthDay || birthDate.month != birthMonth || birthDate.year % 100 != birthYear2
            || (female ?? isFemale) != isFemale
    }

    /// A number that looks right, for test data alone: nobody but the state may issue one.
    ///
    /// - Parameters:
    ///   - district: 6 digits.
    ///   - serial: 1…9999.
    public static func compose(district: String, birth: CalendarDate, female: Bool, serial: Int) -> NIK? {
        guard district.utf8.count == 6, (1...9999).contains(serial) else { return nil }
        let day = Digits.text(birth.day + (female ? 40 : 0), width: 2)
        let month = Digits.text(birth.month, width: 2)
        let year = Digits.text(birth.year % 100, width: 2)
        return NIK("\(district)\(day)\(month)\(year)\(Digits.text(serial, width: 4))")
    }
}
