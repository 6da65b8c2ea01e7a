// Answers that officers give again and again: rows of a table, whose placeholders the hub fills.

import HubDomain
import HubProto

/// The note of an action that leaves it to a template.
struct AnswerTemplates: Sendable {
    let definition: HubServiceDefinition
    let catalogue: ServiceCatalogue
    let nowMillis: Int64

    /// Columns of a table with answers; the first one is the key.
    static let (indonesian, english) = ("teks", "english")
    /// What is left of a clock is not among them: an answer stops some clocks, and is written before it does.
    static let placeholders: Set<String> = ["nomor", "layanan", "tahap", "tanggal", "unit"]

    /// What was typed or, where nothing was, the row that the form names, first in Indonesian, then in English. Empty when it
    /// names none: then the definition's rules say whether a note is needed.
    ///
    /// - Throws: ``HubError/Code/formInvalid`` when the case lacks a value that the row names.
    func note(
        _ typed: String, for action: HubAction, form: [HubFieldValue], on state: HubCase
    ) throws(HubError) -> String {
        guard typed.allSatisfy(\.isWhitespace), !action.noteField.isEmpty,
            let key = form.plainText(of: action.noteField),
            let row = catalogue.tables[action.noteTable]?.row(key), let text = row[Self.indonesian]
        else { return typed }
        var values = NoticeValues(state, definition, catalogue, nowMillis: nowMillis)
        if let chart = catalogue.chart, let unit = chart.unit(of: state).flatMap(chart.title) {
            values.tell(unit: unit)
        }
        let whole = HubText.with { ($0.id, $0.en) = (text, row[Self.english] ?? "") }
        let filled = values.filled(NoticeBook.Wording(whole))
        guard filled.id.isEmpty == whole.id.isEmpty, filled.en.isEmpty == whole.en.isEmpty else {
            throw HubError(
                .formInvalid, "answer",
                violations: [
                    Violation(
                        action.noteField, "template",
                        id: "Jawaban baku ini memuat hal yang tidak ada pada berkas ini; tulis jawaban sendiri.",
                        en: "This standard answer names what the case does not have; write an answer of your own.")
                ])
        }
        return [filled.id, filled.en].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}

extension HubServiceDefinition {
    /// Tables of answers that its actions cannot use: a sentence each.
    func unanswerable(by tables: [String: TableIndex]) -> [String] {
        Set(actions.map(\.noteTable)).sorted().compactMap { name in
            guard let table = tables[name] else { return nil }  // Told where tables are looked for.
            return table.unanswerable.map { "\(service): table \(name) \($0)" }
        }
    }
}

extension TableIndex {
    /// Why no answers can be made of it; nil = they can.
    fileprivate var unanswerable: String? {
        guard columns.contains(AnswerTemplates.indonesian) else { return "has no column \(AnswerTemplates.indonesian)" }
        for row in all {
            for column in [AnswerTemplates.indonesian, AnswerTemplates.english] {
                guard let names = PlaceholderText(row[column] ?? "")?.names else {
                    return "has a brace that stands alone"
                }
                if let unknown = names.first(where: { !AnswerTemplates.placeholders.contains($0) }) {
                    return "names {\(unknown)}, which nothing fills"
                }
            }
        }
        return nil
    }
}

extension RuleReview {
    /// A new text of a table with answers can be used by those who use the old one.
    func answers(in table: HubTable, _ file: String, _ verdict: inout RuleVerdict) {
        for definition in verdict.living
        where definition.actions.contains(where: { $0.noteTable == table.name }) {
            for problem in definition.unanswerable(by: [table.name: TableIndex(table)]) {
                verdict.find(file, "note_table", problem)
            }
        }
    }
}
