// Advice that was asked for, as hubctl shows it.

import HubProto

extension [HubConsultation] {
    /// The lines of `case show`: a table, then each advice in full; none when nobody was asked.
    var lines: [String] {
        guard !isEmpty else { return [] }
        var table = Table([
            .text("CONSULTATION"), .text("UNIT", shrinks: true), .text("STATE"), .text("FAVOURABLE"), .text("ANSWERED"),
        ])
        for consultation in self {
            table.add([
                consultation.name, consultation.unit, consultation.state.word, consultation.verdict,
                consultation.answeredMs == 0 ? "" : Moment.minute(consultation.answeredMs),
            ])
        }
        let advice = filter { !$0.note.isEmpty }.map { Table.oneLine("  \($0.name), \($0.by): \($0.note)") }
        return ["", "Consultations (UTC):"] + table.lines() + advice
    }
}

extension HubConsultation {
    /// `{"consultation","title","unit","state","favourable","note","by","asked","answered","stage"}`; `favourable`, `note`
    /// and `by` are null where nothing was advised, or where it is not for whoever asks.
    var members: [(String, JSON)] {
        [
            ("consultation", .string(name)), ("title", title.json), ("unit", .string(unit)),
            ("state", .string(state.word)), ("favourable", isTold ? .bool(favourable) : .null), ("note", .text(note)),
            ("by", .text(by)), ("asked", .moment(askedMs)), ("answered", .moment(answeredMs)), ("stage", .text(stage)),
        ]
    }

    /// Advice is never without a note, unless it is hidden.
    private var isTold: Bool { state == .given && !note.isEmpty }

    fileprivate var verdict: String { isTold ? (favourable ? "yes" : "no") : "" }
}

extension HubConsultationState {
    /// `open`, `given`, `dropped`
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .open: "open"
        case .given: "given"
        case .dropped: "dropped"
        case .UNRECOGNIZED(let number): "state_\(number)"
        }
    }
}
