// The table with which the demo ends.

import HubDomain
import HubProto

/// Everything that was counted.
struct Report: Sendable {
    /// Requests of one service.
    struct Service: Sendable {
        let code: String
        var sent = 0
        var stored = 0
        var ended = 0
        /// Working days that each ended case took, the shortest first; 0 = the same day.
        var days: [Int] = []
        /// Whole rupiah.
        var billed: Int64 = 0
        var settled: Int64 = 0
        var papers = 0
        var verified = 0
    }

    /// Papers by service: those that hold, and those that were looked at as whoever holds one would.
    struct Papers: Sendable {
        var issued: [String: Int] = [:]
        var verified: [String: Int] = [:]
        var kinds = 0
        var folder = ""
    }

    /// Changes that were read back from registers.
    struct Registers: Sendable {
        var births = 0
        var deaths = 0
        var families = 0
    }

    /// How long cases stayed in a stage, by the hub's clock.
    struct Stage: Sendable {
        let service: String
        let name: String
        let hours: [Double]
    }

    /// Whole rupiah.
    struct Money: Sendable {
        var billed: Int64 = 0
        var bills = 0
        var settled: Int64 = 0
        var settlements = 0
        var cancelled = 0
        /// Title and sum of each account.
        var accounts: [(title: String, debit: Int64, credit: Int64)] = []
    }

    /// What was asked of one authority.
    struct Authority: Sendable {
        let name: String
        var asked = 0
        var answered = 0
        var attempts = 0
        var faults = 0
    }

    /// How one service was judged. Index and share in hundredths; nil = too few answers.
    struct Survey: Sendable {
        let service: String
        let answers: Int
        let ended: Int
        let index: Int?
        let grade: String
        let share: Int
    }

    var authorities: [Authority] = []
    var surveys: [Survey] = []
    var photos = 0
    var services: [Service] = []
    var refused = 0
    var stages: [Stage] = []
    var calamities: [Calamity] = []
    var sentAgain = 0
    var events = 0
    var cuts = 0
    var escalations = 0
    var median = 0.0
    var slowest = 0.0
    var money = Money()
    var papers = Papers()
    var registers = Registers()
    /// People who came, who missed their day, and numbers that were called.
    var appointments = Appointments()
    /// Notices that went out, and where they lie.
    var notices = (count: 0, folder: "")
    var audit = ""
    var backup = ""
    var memory = Memory(hub: 0, hosts: 0)

    /// Stage times from what a watcher saw.
    static func stages(_ events: [WatcherCheck.Seen]) -> [Stage] {
        var entered: [String: Int64] = [:]
        var hours: [String: [Double]] = [:]
        var order: [String] = []
        for event in events where event.stageBefore != event.stageAfter {
            if let since = entered[event.number], !event.stageBefore.isEmpty {
                let key = "\(event.service) \(event.stageBefore)"
                if hours[key] == nil { order.append(key) }
                hours[key, default: []].append(Double(event.atMillis - since) / 3_600_000)
            }
            entered[event.number] = event.atMillis
        }
        return order.sorted { $0.prefix { $0 != " " } < $1.prefix { $0 != " " } }.map { key in
            let words = key.split(separator: " ").map(String.init)
            return Stage(service: words[0], name: words[1], hours: (hours[key] ?? []).sorted())
        }
    }

    /// What is printed.
    func lines() -> [String] {
        var lines = serviceLines()
        lines +=
            [""]
            + Self.table(
                ["SERVICE", "STAGE", "TIMES", "MEDIAN", "LONGEST"],
                stages.map { stage in
                    [
                        stage.service, stage.name, "\(stage.hours.count)",
                        Self.hours(stage.hours[stage.hours.count / 2]),
                        Self.hours(stage.hours.last ?? 0),
                    ]
                })
        lines +=
            [""]
            + Self.table(
                ["KILLED", "UNANSWERED", "BACK AFTER"],
                calamities.map { [$0.victim, "\($0.unanswered.count)", "\(Int($0.backAfterMillis)) ms"] })
        lines +=
            [""]
            + Self.table(
                ["AUTHORITY", "ASKED", "ANSWERED", "ATTEMPTS", "FAULTS"],
                authorities.map { [$0.name, "\($0.asked)", "\($0.answered)", "\($0.attempts)", "\($0.faults)"] })
        lines +=
            [""]
            + Self.table(
                ["JUDGED", "ANSWERS", "ENDED", "INDEX", "GRADE", "SATISFIED"],
                surveys.map { survey in
                    [
                        survey.service, "\(survey.answers)", "\(survey.ended)",
                        survey.index.map(Self.hundredths) ?? "too few", survey.grade,
                        survey.index == nil ? "" : "\(Self.hundredths(survey.share)) %",
                    ]
                })
        lines +=
            [""]
            + Self.table(
                ["ACCOUNT", "DEBIT", "CREDIT"],
                money.accounts.map { [$0.title, RupiahText.digits($0.debit), RupiahText.digits($0.credit)] })
        let mib = { (bytes: UInt64) in "\((bytes + 524_288) / 1_048_576) MiB" }
        lines += [
            "", "sent again    \(sentAgain) unanswered keys, each exists once",
            "watcher       \(events) events, cut \(cuts) times, each seen once and in order",
            "escalated     \(escalations) complaints that nobody answered for three days",
            "money         \(money.bills) bills of \(RupiahText.digits(money.billed)), \(money.settlements) settled with "
                + "\(RupiahText.digits(money.settled)), \(money.cancelled) cancelled",
            "papers        \(papers.issued.values.reduce(0, +)) issued, \(papers.verified.values.reduce(0, +)) verified "
                + "by their QR code; one of each of \(papers.kinds) kinds lies in \(papers.folder)",
            "registers     \(registers.births) births, \(registers.deaths) deaths and \(registers.families) family cards "
                + "read back",
            "appointments  \(appointments.booked) booked, \(appointments.changed) changed, \(appointments.missed) missed, "
                + "\(appointments.served) people served with \(appointments.numbers) numbers",
            "photos        \(photos) read back: none tells a camera or a position",
            "notices       \(notices.count) went out; each is a file in \(notices.folder)",
            "submits       p50 \(Self.millis(median)), p99 \(Self.millis(slowest)), \(Storm.width) in flight",
            "audit verify  \(audit)",
            "backup        \(backup)",
            "memory        hub \(mib(memory.hub)) + module hosts \(mib(memory.hosts)) (PSS)",
        ]
        return lines
    }

    /// One row for each service.
    private func serviceLines() -> [String] {
        let rows = services.map { service in
            [
                service.code, "\(service.sent)", "\(service.stored)", "\(service.ended)",
                "\(service.days.isEmpty ? 0 : service.days[service.days.count / 2])", "\(service.days.last ?? 0)",
                RupiahText.digits(service.billed), RupiahText.digits(service.settled), "\(service.papers)",
                "\(service.verified)",
            ]
        }
        return Self.table(
            [
                "SERVICE", "SENT", "STORED", "ENDED", "WORKING DAYS", "LONGEST", "BILLED", "SETTLED", "PAPERS",
                "VERIFIED",
            ], rows + [["wrong on purpose", "\(refused)"] + Array(repeating: "0", count: 8)])
    }

    private static func hundredths(_ value: Int) -> String { "\(value / 100).\(Digits.text(value % 100, width: 2))" }

    private static func hours(_ hours: Double) -> String {
        let whole = Int(hours.rounded())
        return whole >= 48 ? "\(whole / 24) d \(whole % 24) h" : "\(whole) h"
    }

    private static func millis(_ millis: Double) -> String { "\((millis * 10).rounded() / 10) ms" }

    /// Columns of equal width; the first ones to the left, numbers to the right.
    private static func table(_ head: [String], _ rows: [[String]]) -> [String] {
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        return ([head] + rows).map { row in
            row.indices.map { column in
                let blanks = String(repeating: " ", count: widths[column] - row[column].count)
                let isNumber = rows.allSatisfy { $0[column].first?.isNumber ?? false || $0[column].hasPrefix("Rp") }
                return isNumber ? blanks + row[column] : row[column] + blanks
            }.joined(separator: "   ")
        }
    }
}
