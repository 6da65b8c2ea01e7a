// Rules change in the middle of the year: published through the hub, and what they touched compared with what they should.

import HubDomain
import HubProto

extension HubYear {
    mutating func change(_ place: Int, at now: Int64) async throws {
        if place == 0 { try await changeCalendar() } else { try await changeTariff() }
    }

    private mutating func changeCalendar() async throws {
        // What is due at this moment happens before, so that it is not taken for what the change does.
        try await inside.settle()
        let before = try await openCases()
        var finding = ChangeFinding(seen: before.count, wasPublished: true)
        let expected = before.map { changes.effect(on: $0) }
        finding.expected = expected.count { !$0.isNothing }
        finding.bookings = expected.map(\.freed.count).reduce(0, +)
        let files = [file("calendars/\(changes.plan.calendar).yaml", changes.calendar.after)]
        finding.announced = try await publish(files, note: "Hari libur daerah \(changes.plan.closedDay.iso)")
        try await inside.settle()
        for (place, state) in try await openCases(like: before).enumerated() {
            let effect = ClosedDayEffect(from: before[place], to: state)
            finding.items += effect.moved.count
            finding.freed += effect.freed.count
            let isTouched = state.version != before[place].version
            if isTouched { finding.touched += 1 }
            if effect != expected[place] || isTouched == effect.isNothing { finding.wrong.append(state.number) }
        }
        changes.calendarFinding = finding
        hours = OfficeHours(scenario.hours, changes.calendar.before.closing(changes.plan.closedDay))
    }

    /// Bills that exist keep what they say; whatever is billed from the first day of the new period on costs more.
    private mutating func changeTariff() async throws {
        try await inside.settle()
        let before = try await openCases()
        let files = [file("tariffs/\(changes.plan.tariff).yaml", changes.tariff.after)]
        _ = try await publish(files, note: "Tarif mulai \(changes.plan.tariffFrom.iso)")
        try await inside.settle()
        var finding = ChangeFinding(seen: before.count, wasPublished: true)
        for (place, state) in try await openCases(like: before).enumerated() where state != before[place] {
            finding.wrong.append(state.number)
        }
        changes.tariffFinding = finding
    }

    /// At the end: every amount that was billed by the tariff, against plain arithmetic of the day on which it was billed.
    mutating func judgeTariff() {
        guard changes.tariffFinding.wasPublished else { return }
        changes.tariffFinding.seen = 0
        let from = changes.plan.tariffFrom.dayNumber
        for life in lives where !life.bills.isEmpty {
            let charges = services[life.service].definition.charges
            for bill in life.bills {
                for line in bill.lines where line.tariff.hasPrefix(changes.plan.tariff + "/") {
                    guard let charge = charges.first(where: { $0.name == line.charge }) else { continue }
                    let group = life.form.first { $0.name == charge.group }?.text ?? ""
                    let isLater = hours.day(of: bill.issuedMs) >= from
                    let right = changes.amount(of: line.quantity, group: group, isRaised: isLater)
                    let old = changes.amount(of: line.quantity, group: group, isRaised: false)
                    changes.tariffFinding.seen += 1
                    if right != old { changes.tariffFinding.expected += 1 }
                    if line.amount != old { changes.tariffFinding.touched += 1 }
                    if line.amount != right { changes.tariffFinding.wrong.append(life.number) }
                }
            }
        }
    }

    // MARK: Calls

    /// What the hub says of every open case.
    private func openCases() async throws -> [HubCase] {
        var states: [HubCase] = []
        for life in lives where !life.isEnded {
            let state = try await read(life.number)
            if !state.ended { states.append(state) }
        }
        return states
    }

    private func openCases(like others: [HubCase]) async throws -> [HubCase] {
        var states: [HubCase] = []
        for other in others { states.append(try await read(other.number)) }
        return states
    }

    private func read(_ number: String) async throws -> HubCase {
        let request = LayananGetCaseRequest.with { $0.case = number }
        return try await inside.call(.getCase, request, as: LayananGetCaseReply.self, by: .admin).case
    }

    /// Checks, then publishes. Returns how many deadlines the hub says will move.
    private func publish(_ files: [HubRuleFile], note: String) async throws -> Int {
        let check = HubCheckRulesRequest.with { $0.files = files }
        let verdict = try await inside.call(.checkRules, check, as: HubCheckRulesReply.self, by: .admin)
        guard verdict.findings.isEmpty else {
            throw YearFault(
                "the hub refuses the rules: \(verdict.findings.map { "\($0.file):\($0.line) \($0.remedy)" })")
        }
        let publish = HubPublishRulesRequest.with { ($0.files, $0.note) = (files, note) }
        _ = try await inside.call(.publishRules, publish, as: HubPublishRulesReply.self, by: .admin)
        return Int(verdict.movedDeadlines)
    }

    private func file(_ path: String, _ text: String) -> HubRuleFile {
        .with { ($0.path, $0.content) = (path, .init(Array(text.utf8))) }
    }
}

extension HubCalendar {
    /// The days on which offices are open, with one more on which they are not.
    func closing(_ day: CalendarDate?) -> WorkCalendar {
        WorkCalendar(
            name: name, version: version, firstDay: CalendarDate(iso: firstDay) ?? .earliest,
            lastDay: CalendarDate(iso: lastDay) ?? .earliest, openWeekdays: Set(openWeekdays.map(Int.init)),
            closedDays: Set(closed.compactMap { CalendarDate(iso: $0.day) } + [day].compactMap { $0 }),
            utcOffsetMinutes: Int(utcOffsetMinutes))
    }
}
