// Forms of nobody who exists: each field by its plan, each with a chance of its own.

import Glibc
import HubDomain
import HubProto

/// Fills forms.
struct FormMaker: Sendable {
    let districts: [String]
    /// First day of the run.
    let start: CalendarDate
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
        for field in fields where isWanted(field, present + form) {
            var chance = chance.stream("field/\(purpose)/\(field.name)", serial, time)
            if case .rows(let columns, let count) = field.kind {
                let rows = (0..<chance.number(count)).map { row in
                    HubFieldRow.with {
                        $0.values = fill(
                            columns, serial: serial, purpose: "\(purpose)/\(field.name)/\(row)", time: time,
                            today: today)
                    }
                }
                form.append(
                    .with {
                        $0.name = field.name
                        $0.rows = .with { $0.rows = rows }
                    })
                continue
            }
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
        case .phone: .text("0812\(Digits.text(chance.number(0...99_999_999), width: 8))")
        case .nik(let female, let years, let isOnce):
            .text(isOnce ? nikOnce(female, years, serial) : nik(female, years, today, &chance))
        case .same(let name): .text(Self.text(of: name, form))
        case .born(let name): Self.birth(Self.text(of: name, form), today).map { .text($0.iso) }
        case .sex(let name, let woman, let man):
            NIK(Self.text(of: name, form)).map { .text($0.isFemale ? woman : man) }
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
        case .rows: nil
        }
    }

    private func isWanted(_ field: FieldPlan, _ form: [HubFieldValue]) -> Bool {
        field.only.map { $0.values.contains(Self.text(of: $0.field, form)) } ?? true
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
        return Self.nik(district(&chance), born, isFemale)
    }

    /// Another one for each request: steps of a prime through all districts, days and sexes.
    private func nikOnce(_ female: Bool?, _ years: ClosedRange<Int>, _ serial: Int) -> String {
        let sexes = female == nil ? 2 : 1
        let count = ((years.upperBound - years.lowerBound) * 365 + 1) * districts.count * sexes
        let place = serial % count * 15_485_863 % count
        let born = start.adding(days: -(years.lowerBound * 365 + place / sexes / districts.count))
        return Self.nik(districts[place / sexes % districts.count], born, female ?? !place.isMultiple(of: 2))
    }

    private static func nik(_ district: String, _ born: CalendarDate, _ isFemale: Bool) -> String {
        district + Digits.text(born.day + (isFemale ? 40 : 0), width: 2) + Digits.text(born.month, width: 2)
            + Digits.text(born.year % 100, width: 2)
            + "0000"
    }

    /// The youngest that it can be: a NIK does not say the century.
    private static func birth(_ nik: String, _ today: CalendarDate) -> CalendarDate? {
        guard nik.utf8.count == 16, let day = Int(nik.dropFirst(6).prefix(2)) else { return nil }
        let rest = nik.dropFirst(8)
        let text =
            "\(rest.dropFirst(2).prefix(2))-\(rest.prefix(2))-\(Digits.text(day > 40 ? day - 40 : day, width: 2))"
        return ["20", "19"].compactMap { CalendarDate(iso: $0 + text) }.first { $0 <= today }
    }

    private func familyCard(_ today: CalendarDate, _ chance: inout Chance) -> String {
        let made = today.adding(days: -chance.number(30...5_000))
        return district(&chance) + Digits.text(made.day, width: 2) + Digits.text(made.month, width: 2)
            + Digits.text(made.year % 100, width: 2) + "0000"
    }

    private func district(_ chance: inout Chance) -> String {
        districts[chance.number(0...districts.count - 1)]
    }

    /// `group.field` is that of the group's first row.
    private static func text(of name: String, _ form: [HubFieldValue]) -> String {
        let parts = name.split(separator: ".").map(String.init)
        let value = form.first { $0.name == parts.first }
        guard parts.count == 2 else { return value?.text ?? "" }
        return value?.rows.rows.first?.values.first { $0.name == parts[1] }?.text ?? ""
    }
}
