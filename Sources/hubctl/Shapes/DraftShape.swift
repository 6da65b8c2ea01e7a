// Drafts as hubctl shows them.

import HubProto

extension LayananDraft {
    /// Columns of `draft list`.
    static let columns: [Table.Column] = [
        .text("ID"), .text("SERVICE"), .count("VERSION"), .text("SAVED"), .text("UNTIL"),
    ]

    var row: [String] { [id, service, String(version), Moment.minute(savedMs), Moment.minute(expiresMs)] }

    /// `{"id","service","version","saved","until"}`
    var members: [(String, JSON)] {
        [
            ("id", .string(id)), ("service", .string(service)), ("version", .unsigned(version)),
            ("saved", .moment(savedMs)), ("until", .moment(expiresMs)),
        ]
    }

    /// What `draft show` answers: those members, then `form` and `documents` (kinds).
    func detail(_ privacy: Privacy) -> Detail {
        let lines = Detail.lines([
            ("Draft", id), ("Service", service), ("Version", String(version)), ("Saved", Moment.minute(savedMs)),
            ("Until", Moment.minute(expiresMs)), ("Documents", documents.map(\.kind).joined(separator: ", ")),
        ])
        let values = Detail.lines(form.map { ($0.name, privacy.text($0)) }).map { "  " + $0 }
        return Detail(
            kind: "draft", name: id, text: lines + (values.isEmpty ? [] : ["", "Form:"] + values),
            members: members + [
                ("form", .object(members: form.map { ($0.name, privacy.json($0)) })),
                ("documents", .strings(documents.map(\.kind))),
            ])
    }
}

extension LayananSaveDraftReply {
    /// What `draft save` answers: `{"id","version","until","missing":[{"field","rule","id","en"}]}`
    func detail(_ id: String) -> Detail {
        let wanted = missing.map { "  \($0.field): \($0.text.english)" }
        return Detail(
            kind: "draft", name: id,
            text: Detail.lines([("Draft", id), ("Version", String(version)), ("Until", Moment.minute(expiresMs))])
                + (wanted.isEmpty ? ["Complete: it can be submitted."] : ["", "Not complete yet:"] + wanted),
            members: [
                ("id", .string(id)), ("version", .unsigned(version)), ("until", .moment(expiresMs)),
                (
                    "missing",
                    .array(
                        missing.map {
                            .object(members: [
                                ("field", .string($0.field)), ("rule", .string($0.rule)), ("id", .string($0.text.id)),
                                ("en", .string($0.text.en)),
                            ])
                        })
                ),
            ])
    }
}
