// What a notice may say of a case: little, because telephones and mail servers are no place for what is personal.

import HubDomain
package import HubProto

/// Placeholders of notices and their values.
package enum NoticePlaceholders {
    /// What a template for an occasion may name.
    ///
    /// Everywhere `nomor` (of the case), `layanan` and `tanggal` (of the change). `tahap` (title of the stage) and `sisa`
    /// (the nearest deadline in words) of a change; `jam`, `batas` and `sisa` of a clock; `tagihan`, `jumlah` and
    /// `bayar_sampai` of a bill; `surat` and `nomor_surat` of a paper; `survei` (last day on which the case may be judged, once it
    /// has ended); `janji`, `kantor`, `alamat` and `waktu` of an appointment. Nothing of the form, no name, no note.
    package static func names(_ occasion: HubNoticeOccasion) -> Set<String> {
        let always: Set<String> = ["nomor", "layanan", "tanggal"]
        let stage: Set<String> = ["tahap", "sisa"]
        return switch occasion {
        case .changed, .stage: always.union(stage).union(["survei"])
        case .assigned, .advice: always.union(stage)
        case .bill, .paid: always.union(stage).union(["tagihan", "jumlah", "bayar_sampai"])
        case .paper: always.union(stage).union(["surat", "nomor_surat", "survei"])
        case .deadlinePassed, .escalated: always.union(["tahap", "jam", "batas"])
        case .deadlineNear: always.union(["jam", "batas", "sisa"])
        case .appointmentBooked, .appointmentNear, .appointmentCancelled, .appointmentMissed, .appointmentFreed:
            always.union(["tahap", "janji", "kantor", "alamat", "waktu"])
        case .unspecified, .UNRECOGNIZED: always
        }
    }
}

/// Values in both languages.
struct NoticeValues: Sendable {
    private(set) var indonesian: [String: String] = [:]
    private(set) var english: [String: String] = [:]
    let catalogue: ServiceCatalogue

    init(_ state: HubCase, _ definition: HubServiceDefinition, _ catalogue: ServiceCatalogue, nowMillis: Int64) {
        self.catalogue = catalogue
        set("nomor", HubText(both: state.number))
        set("layanan", definition.title)
        set("tahap", state.stageTitle)
        set("tanggal", day(nowMillis))
        let nearest = state.deadlines.filter { $0.state == .running }.min { $0.dueMs < $1.dueMs }
        if let nearest, let left = left(nearest, nowMillis) { set("sisa", left) }
        let survey = SurveyRules(state, catalogue, nowMillis: nowMillis)
        if let last = survey.lastDay, survey.obstacle == nil {
            set("survei", .with { ($0.id, $0.en) = (last.indonesian, last.iso) })
        }
    }

    /// A clock of the case, and when it passes or passed.
    ///
    /// - Parameter leftAt: The moment for which it says how much is left.
    mutating func tell(_ deadline: HubDeadline, _ definition: HubServiceDefinition, leftAt millis: Int64) {
        set("jam", definition.clocks.first { $0.name == deadline.name }?.title ?? HubText(both: deadline.name))
        let time = Self.time(deadline.dueMs, catalogue.utcOffsetMinutes)
        let day = day(deadline.dueMs)
        set("batas", .with { ($0.id, $0.en) = ("\(day.id) pukul \(time)", "\(day.en) at \(time)") })
        if let left = left(deadline, millis) { set("sisa", left) }
    }

    /// Who answers.
    mutating func tell(unit title: HubText) { set("unit", title) }

    mutating func tell(_ bill: HubBill) {
        set("tagihan", HubText(both: bill.number))
        set("jumlah", HubText(both: RupiahText.digits(bill.total)))
        if let due = CalendarDate(iso: bill.due) {
            set("bayar_sampai", .with { ($0.id, $0.en) = (due.indonesian, bill.due) })
        }
    }

    mutating func tell(_ appointment: HubAppointment) {
        set("janji", appointment.title)
        set("kantor", appointment.officeTitle)
        set("alamat", HubText(both: appointment.address))
        guard appointment.startMs > 0 else { return }
        let time = Self.time(appointment.startMs, catalogue.utcOffsetMinutes)
        let day = day(appointment.startMs)
        set("waktu", .with { ($0.id, $0.en) = ("\(day.id) pukul \(time)", "\(day.en) at \(time)") })
    }

    mutating func tell(_ paper: HubPaper) {
        let title = catalogue.papers[paper.name]?.title
        let indonesian = title?.id ?? paper.name
        set(
            "surat",
            .with { ($0.id, $0.en) = (indonesian, title.map(\.en).flatMap { $0.isEmpty ? nil : $0 } ?? indonesian) })
        set("nomor_surat", HubText(both: paper.number))
    }

    /// A text with its values, in both languages.
    ///
    /// A line that has placeholders and lacks the value of one is left out: a case without a deadline gets no line about it.
    func filled(_ wording: NoticeBook.Wording) -> HubText {
        .with {
            $0.id = Self.filled(wording.indonesian, indonesian)
            $0.en = Self.filled(wording.english, english)
        }
    }

    /// Unicode scalars of a line, after its values were put in.
    private static let lineMax = 400

    private static func filled(_ lines: [PlaceholderText], _ values: [String: String]) -> String {
        lines.filter { line in line.names.allSatisfy { values[$0]?.isEmpty == false } }
            .map { PrintableText.line($0.filled(with: values), charactersMax: lineMax) }
            .joined(separator: "\n")
    }

    private mutating func set(_ name: String, _ text: HubText) {
        indonesian[name] = text.id
        english[name] = text.en
    }

    private func left(_ deadline: HubDeadline, _ millis: Int64) -> HubText? {
        LayananCountdown(deadline, calendars: catalogue.calendars, nowMillis: millis)?.text
    }

    private func day(_ millis: Int64) -> HubText {
        let day = catalogue.today(millis)
        return .with { ($0.id, $0.en) = (day.indonesian, day.iso) }
    }

    /// `HH.MM`, as times are written in Indonesian.
    private static func time(_ millis: Int64, _ utcOffsetMinutes: Int) -> String {
        let minutes = Int64(utcOffsetMinutes).addingReportingOverflow(millis / 60_000).partialValue
        let ofDay = Int(((minutes % 1_440) + 1_440) % 1_440)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(ofDay / 60)).\(two(ofDay % 60))"
    }
}

extension HubText {
    fileprivate init(both text: String) {
        self.init()
        (id, en) = (text, text)
    }
}
