// What became of an import: counts, refused rows with reasons, and the table by which values were translated.

/// The counts of a run, and how they are told.
struct ImportSummary: Sendable {
    /// Refused rows that the JSON document lists; all of them are told on stderr.
    static let refusalsListedMax = 1_000
    /// Translated values that are counted one by one.
    static let translationsMax = 10_000

    /// What became of one row.
    enum Outcome: Sendable {
        case stored(ImportRecord)
        /// It was there before this run.
        case already(ImportRecord)
        case refused(RowRefusal)
    }

    private(set) var stored = 0
    private(set) var already = 0
    private(set) var refused = 0
    private(set) var refusals: [RowRefusal] = []
    private(set) var translations: [ImportRecord.Translated: Int] = [:]
    var seconds = 0.0

    /// Rows that were read.
    var rows: Int { stored + already + refused }

    /// Counts one row.
    mutating func add(_ outcome: Outcome) {
        switch outcome {
        case .stored(let record):
            stored += 1
            count(record)
        case .already(let record):
            already += 1
            count(record)
        case .refused(let refusal):
            refused += 1
            if refusals.count < Self.refusalsListedMax { refusals.append(refusal) }
        }
    }

    private mutating func count(_ record: ImportRecord) {
        for translated in record.translations
        where translations.count < Self.translationsMax || translations[translated] != nil {
            translations[translated, default: 0] += 1
        }
    }

    /// `{"stored","already","refused","rows","seconds","refusals":[{"line","source_id","rule","reason"}],
    /// "refusals_left_out","translations":[{"field","from","to","rows"}]}`
    var members: [(String, JSON)] {
        [
            ("stored", .integer(Int64(stored))), ("already", .integer(Int64(already))),
            ("refused", .integer(Int64(refused))), ("rows", .integer(Int64(rows))), ("seconds", .number(seconds)),
            ("refusals", .array(refusals.sorted { $0.line < $1.line }.map { .object(members: $0.members) })),
            ("refusals_left_out", .integer(Int64(refused - refusals.count))),
            (
                "translations",
                .array(
                    sortedTranslations.map { translated, rows in
                        .object(members: [
                            ("field", .string(translated.field)), ("from", .string(translated.from)),
                            ("to", .string(translated.to)), ("rows", .integer(Int64(rows))),
                        ])
                    })
            ),
        ]
    }

    /// For people.
    var detail: Detail {
        var text: [String] = []
        if !translations.isEmpty {
            var table = Table([.text("REGISTER", shrinks: true), .text("FIELD"), .text("BECAME"), .count("ROWS")])
            for (translated, rows) in sortedTranslations {
                table.add([translated.from, translated.field, translated.to, String(rows)])
            }
            text = table.lines() + [""]
        }
        var counts = Table([.count("STORED"), .count("ALREADY"), .count("REFUSED"), .count("ROWS"), .text("TIME")])
        counts.add([
            String(stored), String(already), String(refused), String(rows), Quantity.fixed(seconds, decimals: 1) + "s",
        ])
        return Detail(kind: "import", name: String(stored), text: text + counts.lines(), members: members)
    }

    private var sortedTranslations: [(ImportRecord.Translated, Int)] {
        translations.sorted { a, b in
            a.value != b.value ? a.value > b.value : (a.key.field, a.key.from) < (b.key.field, b.key.from)
        }
    }
}

extension RowRefusal {
    /// `line 17: 19937901: time_format: Created Date is not …`
    var told: String {
        let id = sourceID.isEmpty ? "" : " \(sourceID):"
        return Table.oneLine("line \(line):\(id) \(rule): \(reason)")
    }

    /// `{"line","source_id","rule","reason"}`
    var members: [(String, JSON)] {
        [
            ("line", .integer(Int64(line))), ("source_id", .text(sourceID)), ("rule", .string(rule)),
            ("reason", .string(reason)),
        ]
    }
}
