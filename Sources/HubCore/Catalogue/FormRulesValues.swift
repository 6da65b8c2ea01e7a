// Whether one value is what its field holds, and its one spelling.

import HubDomain
import HubProto

extension FormRules {
    /// What became of a value.
    enum ValueCheck {
        /// Nothing but blanks, or nothing at all.
        case empty
        /// In its one spelling.
        case sound(HubFieldValue)
        case broken([Violation])

        static func broken(_ violation: Violation) -> Self { .broken([violation]) }
    }

    /// Characters of a text that sets no limit of its own.
    static let textLimit = 2_000
    /// 10^15 rupiah, far above any fee or capital, far below what arithmetic bears.
    static let rupiahLimit: Int64 = 1_000_000_000_000_000

    /// Checks a value against its field.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid`` when the field's table is not loaded.
    func check(_ value: HubFieldValue, _ field: HubFormField) throws(HubError) -> ValueCheck {
        switch value.value {
        case nil: return .empty
        case .flag: return field.type == .flag ? .sound(value) : .broken(.type(field))
        case .integer(let number): return check(number, value, field)
        case .rows(let rows): return try check(rows, field)
        case .text(let text):
            let typed = Self.trimmed(Self.typed(text))
            if field.type.holdsText && typed.isEmpty { return .empty }
            let result = try spelling(of: typed, field)
            guard let text = result.text else { return .broken(result.violation ?? .type(field)) }
            var sound = value
            sound.text = text
            return .sound(sound)
        }
    }

    // MARK: Text

    /// The one spelling of a text, or what is wrong with it.
    private func spelling(
        of text: String, _ field: HubFormField
    ) throws(HubError) -> (text: String?, violation: Violation?) {
        guard Self.isClean(text, lines: field.type == .text) else { return (nil, .control(field)) }
        switch field.type {
        case .text:
            let length = text.unicodeScalars.count
            let longest = field.lengthMax == 0 ? Self.textLimit : Int(field.lengthMax)
            if length < Int(field.lengthMin) { return (nil, .tooShort(field, min: Int(field.lengthMin))) }
            return length > longest ? (nil, .tooLong(field, max: longest)) : (text, nil)
        case .date: return (CalendarDate(iso: text)?.iso, .date(field))
        case .time: return (TimeOfDay(text)?.text, .time(field))
        case .choice: return (field.choices.contains { $0.value == text } ? text : nil, .choice(field))
        case .nik: return (NIK(text)?.text, .nik(field))
        case .familyCard: return (FamilyCardNumber(text)?.text, .familyCard(field))
        case .phone: return (PhoneNumber(text)?.text, .phone(field))
        case .code:
            guard let table = tables[field.table] else {
                throw HubError(
                    .definitionInvalid, "\(definition.service): field \(field.name) needs table \(field.table)")
            }
            return (table.contains(text) ? text : nil, .code(field))
        case .integer, .rupiah, .flag, .latitude, .longitude, .group, .unspecified, .UNRECOGNIZED:
            return (nil, .type(field))
        }
    }

    /// What a keyboard or a spreadsheet writes for a line end or a blank.
    static func typed(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x0D || $0 == 0x09 }) else { return text }
        return String(text.map { $0 == "\r\n" ? "\n" : $0 == "\t" ? " " : $0 })
    }

    /// Free of control characters, and of those that turn the direction of writing and so show an officer another text.
    ///
    /// - Parameter lines: Line feeds are welcome.
    static func isClean(_ text: String, lines: Bool) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x0A: lines
            case 0x00...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: false
            default: true
            }
        }
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }

    // MARK: Numbers

    private func check(_ number: Int64, _ value: HubFieldValue, _ field: HubFormField) -> ValueCheck {
        let bounds: ClosedRange<Int64>
        switch field.type {
        case .integer: bounds = .min ... .max
        case .rupiah: bounds = 0...Self.rupiahLimit
        case .latitude: bounds = -90_000_000...90_000_000
        case .longitude: bounds = -180_000_000...180_000_000
        default: return .broken(.type(field))
        }
        let least = field.hasValueMin ? max(field.valueMin, bounds.lowerBound) : bounds.lowerBound
        let most = field.hasValueMax ? min(field.valueMax, bounds.upperBound) : bounds.upperBound
        return number >= least && number <= most ? .sound(value) : .broken(.range(field, least, most))
    }
}

extension HubFieldType {
    /// Its values are text.
    var holdsText: Bool {
        switch self {
        case .text, .date, .choice, .nik, .familyCard, .phone, .code, .time: true
        case .integer, .rupiah, .flag, .latitude, .longitude, .group, .unspecified, .UNRECOGNIZED: false
        }
    }
}
