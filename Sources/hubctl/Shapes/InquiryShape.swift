// What a case asks of authorities, as hubctl shows it.

import HubProto

extension [HubInquiry] {
    /// The lines of `case show`; none when nothing was asked.
    var lines: [String] {
        guard !isEmpty else { return [] }
        var table = Table([
            .text("INQUIRY"), .text("AUTHORITY"), .text("STATE"), .text("ASKED"), .count("TRIED"),
            .text("PROBLEM", shrinks: true), .text("NEXT"),
        ])
        for inquiry in self {
            table.add([
                inquiry.name, inquiry.authority, inquiry.state.word, Moment.minute(inquiry.askedMs),
                String(inquiry.attempts), inquiry.trouble, Moment.minute(inquiry.nextMs),
            ])
        }
        return ["", "Inquiries (UTC):"] + table.lines()
    }
}

extension HubInquiry {
    /// The problem and where it is.
    var trouble: String {
        guard problem != .unspecified else { return refusal }
        return details.isEmpty ? problem.word : "\(problem.word) (\(details.joined(separator: ", ")))"
    }

    /// `{"id","inquiry","title","authority","stage","state","round","attempts","faults","asked","next","gives_up",
    /// "answered","taken_by","problem","details","refusal","reference","proof","contradictions"}`
    var members: [(String, JSON)] {
        [
            ("id", .hex(id)), ("inquiry", .string(name)), ("title", title.json), ("authority", .string(authority)),
            ("stage", .text(stage)), ("state", .string(state.word)), ("round", .integer(Int64(round))),
            ("attempts", .integer(Int64(attempts))), ("faults", .integer(Int64(faults))), ("asked", .moment(askedMs)),
            ("next", .moment(nextMs)), ("gives_up", .moment(giveUpMs)), ("answered", .moment(answeredMs)),
            ("taken_by", .text(takenBy)), ("problem", problem == .unspecified ? .null : .string(problem.word)),
            ("details", .strings(details)), ("refusal", .text(refusal)), ("reference", .text(reference)),
            ("proof", proof.isEmpty ? .null : .hex(proof)), ("contradictions", .integer(Int64(contradictions))),
        ]
    }

    /// What `inquiry show` prints.
    var text: [String] {
        Detail.lines([
            ("Inquiry", title.english.isEmpty ? name : "\(name) – \(title.english)"), ("Id", Hex.encode(id)),
            ("Authority", authority), ("State", state.word), ("Stage", stage),
            ("Asked", "\(Moment.minute(askedMs))\(round > 1 ? ", round \(round)" : "")"),
            ("Tried", "\(attempts) times, \(faults) by its own fault"), ("Problem", trouble),
            (state == .taken ? "Taken until" : "Next", nextMs == 0 ? "" : Moment.minute(nextMs)),
            ("Gives up", isOver ? "" : Moment.minute(giveUpMs)), ("Taken by", takenBy),
            ("Answered", answeredMs == 0 ? "" : Moment.minute(answeredMs)), ("Reference", reference),
            ("Proof", Hex.encode(proof)),
            ("Contradicted", contradictions == 0 ? "" : "\(contradictions) times: compare with the authority"),
        ])
    }

    private var isOver: Bool { ![.waiting, .taken].contains(state) }
}

extension HubInquiryState {
    /// `waiting`, `parked` …
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .waiting: "waiting"
        case .taken: "taken"
        case .answered: "answered"
        case .refused: "refused"
        case .parked: "parked"
        case .dropped: "dropped"
        case .UNRECOGNIZED(let number): "state_\(number)"
        }
    }
}

extension HubInquiryProblem {
    /// `unreachable`, `wrong` …
    var word: String {
        switch self {
        case .unspecified: "none"
        case .unreachable: "unreachable"
        case .busy: "busy"
        case .unclear: "unclear"
        case .wrong: "wrong"
        case .lapsed: "lapsed"
        case .expired: "expired"
        case .contradicted: "contradicted"
        case .UNRECOGNIZED(let number): "problem_\(number)"
        }
    }
}

extension LayananAuthorityCondition {
    /// `answering`, `failing`, `unattended`
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .answering: "answering"
        case .failing: "failing"
        case .unattended: "unattended"
        case .UNRECOGNIZED(let number): "condition_\(number)"
        }
    }
}

extension LayananListedInquiry {
    /// Columns of `inquiry list` and `inquiry retry`.
    static let columns: [Table.Column] = [
        .text("CASE"), .text("SERVICE", shrinks: true), .text("INQUIRY"), .text("AUTHORITY"), .text("STATE"),
        .text("ASKED"), .count("TRIED"), .text("PROBLEM", shrinks: true), .text("NEXT"), .wide("ID"),
    ]

    /// Cells of those columns.
    var row: [String] {
        [
            self.case, service, inquiry.name, inquiry.authority, inquiry.state.word, Moment.minute(inquiry.askedMs),
            String(inquiry.attempts), inquiry.trouble, Moment.minute(inquiry.nextMs), Hex.encode(inquiry.id),
        ]
    }

    /// `{"case","service",…}` and the inquiry's own.
    var members: [(String, JSON)] {
        [("case", .string(self.case)), ("service", .string(service))] + inquiry.members
    }
}
