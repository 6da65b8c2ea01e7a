// Forms of nobody who exists: each field by its plan, each with a chance of its own.

import Glibc
import HubDomain
import HubProto

/// Fills forms.
struct FormMaker: Sendable {
    let districts: [String]
    let chance: Chance

    /// - Parameters:
    ///   - serial: Whose form it is.
    ///   - purpose: Such as the action.
    ///   - time: Which time this is filled for this person.
    ///   - present: Values that are there already; fields may depend on them.
    func fill(
        _ fields: [FieldPlan], serial: Int, purpose: String, time: Int, today: CalendarDate,
        present: [HubFieldValue] = []
    ) -> [HubFieldValue] {
        var form: [HubFieldValue] = []
        for field in fields {
            var chance = chance.stream("field/\(purpose)/\(field.name)", serial, time)
            guard let value = value(field, serial, today, present + form, &chance) else { continue }
            form.append(
                .with {
                    $0.name = field.name
                    $0.value = value
                })
        }
        return form
    }

    /// Who asks: the first NIK of the form, or else one that is drawn.
    func applicant(_ form: [HubFieldValue], _ fields: [FieldPlan], serial: Int, today: CalendarDate) -> String {
        for field in fields {
            if case .nik = field.kind, let nik = form.first(where: { $0.name == field.name }) {
                return "nik:\(nik.text)"
            }
        }
        var chance = chance.stream("applicant", serial)
        return "nik:\(nik(nil, 18...70, today, &chance))"
    }

    // MARK: Values

    private func value(
        _ field: FieldPlan, _ serial: Int, _ today: CalendarDate, _ form: [HubFieldValue], _ chance: inout Chance
    ) -> HubFieldValue.OneOf_Value? {
        switch field.kind {
        case .text(let text):
            .text(text.replacing("{n}", with: "\(serial + 1)").replacing("{name}", with: Self.name(&chance)))
        case .phone: .text("0812\(Self.digits(chance.number(0...99_999_999), 8))")
        case .nik(let female, let years): .text(nik(female, years, today, &chance))
        case .familyCard: .text(familyCard(today, &chance))
        case .district: .text(district(&chance))
        case .pick(let choices): .text(choices[chance.place(weights: choices.map(\.weight))].value)
        case .mapped(let by, let to): to[Self.text(of: by, form)].map { .text($0) }
        case .integer(let by, let ranges):
            ranges[by.isEmpty ? "" : Self.text(of: by, form)].map { .integer(Int64(Self.low($0, &chance))) }
        case .flag(let share, let onlyField, let onlyValue):
            .flag(
                (onlyField.isEmpty || Self.text(of: onlyField, form) == onlyValue) && chance.happens(share))
        case .ahead(let days): .text(today.adding(days: chance.number(days)).iso)
        case .ago(let spread): .text(today.adding(days: -Int(min(spread.draw(&chance), 3_650))).iso)
        case .after(let name, let days):
            CalendarDate(iso: Self.text(of: name, form)).map { .text($0.adding(days: chance.number(days)).iso) }
        }
    }

    /// Two words that are nobody's, and seldom alike: a number would make all names alike.
    private static func name(_ chance: inout Chance) -> String {
        let words = (0..<2).map { _ in
            (0..<chance.number(2...3)).map { _ in
                "\(consonants[chance.number(0...consonants.count - 1)])\(vowels[chance.number(0...vowels.count - 1)])"
            }.joined()
        }
        return words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " ")
    }

    private static let consonants = Array("bcdgjklmnprstw")
    private static let vowels = Array("aeiou")

    /// Small numbers are more frequent than large ones: uniform in the logarithm.
    private static func low(_ range: ClosedRange<Int>, _ chance: inout Chance) -> Int {
        let bounds = (log(Double(max(1, range.lowerBound))), log(Double(max(1, range.upperBound))))
        let drawn = Int(exp(bounds.0 + (bounds.1 - bounds.0) * chance.fraction()))
        return min(max(drawn, range.lowerBound), range.upperBound)
    }

    /// 16 digits (row 1 of the domain's facts) with the serial 0000, which is never issued.
    private func nik(
        _ female: Bool?, _ years: ClosedRange<Int>, _ today: CalendarDate, _ chance: inout Chance
    ) -> String {
        let isFemale = female ?? chance.happens(0.5)
        let born = today.adding(days: -chance.number(years.lowerBound * 365...years.upperBound * 365))
        let day = Self.digits(born.day + (isFemale ? 40 : 0), 2)
        return district(&chance) + day + Self.digits(born.month, 2) + Self.digits(born.year % 100, 2) + "0000"
    }

    private func familyCard(_ today: CalendarDate, _ chance: inout Chance) -> String {
        let made = today.adding(days: -chance.number(30...5_000))
        return district(&chance) + Self.digits(made.day, 2) + Self.digits(made.month, 2)
            + Self.digits(made.year % 100, 2) + "0000"
    }

    private func district(_ chance: inout Chance) -> String {
        districts[chance.number(0...districts.count - 1)]
    }

    private static func text(of name: String, _ form: [HubFieldValue]) -> String {
        form.first { $0.name == name }?.text ?? ""
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
