// What is published in the middle of the year, and what by plain arithmetic should follow from it.

import HubCore
import HubDomain
import HubProto
import Yams

/// The texts that are published, and what was found.
struct RuleChanges: Sendable {
    let plan: ChangePlan
    /// As it was published first, and as it shall be.
    let calendar: (before: HubCalendar, after: String)
    let tariff: (before: HubTariff, after: String)
    /// Codes of the offices that open by the calendar.
    let offices: Set<String>
    var calendarFinding = ChangeFinding()
    var tariffFinding = ChangeFinding()

    /// Days of the publications.
    var days: [CalendarDate] { [plan.calendarPublished, plan.tariffPublished] }

    /// - Throws: ``ParameterFault`` when the plan names a calendar or a tariff that no bundle brings.
    init(_ plan: ChangePlan, bundles: [LoadedBundle], plugins: String) throws {
        let standing = bundles.flatMap(\.standing)
        guard let calendar = standing.compactMap({ $0 as? HubCalendar }).first(where: { $0.name == plan.calendar }),
            let tariff = standing.compactMap({ $0 as? HubTariff }).first(where: { $0.name == plan.tariff })
        else { throw ParameterFault(reasons: ["changes: no bundle brings \(plan.calendar) and \(plan.tariff)"]) }
        self.plan = plan
        offices = Set(
            standing.compactMap { $0 as? HubOfficeRules }.flatMap(\.offices).filter { $0.calendar == plan.calendar }
                .map(\.code))
        let calendarText = try Self.text("calendars/\(plan.calendar).yaml", plugins)
        let tariffText = try Self.text("tariffs/\(plan.tariff).yaml", plugins)
        self.calendar = (calendar, try RuleEditor.closing(plan.closedDay, in: calendarText))
        self.tariff = (
            tariff,
            try RuleEditor.raising(by: Int64(plan.tariffPercent.value), from: plan.tariffFrom, in: tariffText)
        )
    }

    private static func text(_ file: String, _ plugins: String) throws -> String {
        for name in try TextFiles.names(in: plugins) {
            let path = "\(plugins)/\(name)/bundle/\(file)"
            if TextFiles.exists(path) { return try TextFiles.text(path) }
        }
        throw ParameterFault(reasons: ["changes: no bundle has \(file)"])
    }

    // MARK: Plain arithmetic, which knows nothing of the hub's

    /// When a count of working days ends, day by day; nil = beyond the calendar.
    ///
    /// - Parameter closing: Besides the days that were closed before.
    func due(from millis: Int64, days: Int64, closing: CalendarDate?) -> Int64? {
        let offset = Int(calendar.before.utcOffsetMinutes)
        var day = CalendarDate(epochMillis: millis, utcOffsetMinutes: offset)
        var left = days
        while left > 0 {
            day = day.adding(days: 1)
            guard day.iso <= calendar.before.lastDay else { return nil }
            let isClosed =
                !calendar.before.openWeekdays.contains(UInt32(day.weekday)) || day == closing
                || calendar.before.closed.contains { $0.day == day.iso }
            if !isClosed { left -= 1 }
        }
        return day.adding(days: 1).startMillis(utcOffsetMinutes: offset)
    }

    /// What a quantity costs on a day, unit by unit, with the rise or as if there were none.
    func amount(of quantity: Int64, group: String, isRaised: Bool) -> Int64? {
        guard let groups = tariff.before.periods.last?.groups,
            let table = groups.first(where: { $0.value == group }) ?? groups.first(where: { $0.value.isEmpty })
        else { return nil }
        let percent = isRaised ? 100 + Int64(plan.tariffPercent.value) : 100
        func raised(_ amount: Int64) -> Int64 { amount * percent / 100 }
        var (sum, slab) = (Int64(0), -1)
        for unit in 1...max(1, quantity) {
            guard let place = table.slabs.firstIndex(where: { !$0.hasUpTo || unit <= $0.upTo }) else { return nil }
            if place != slab { sum += raised(table.slabs[place].fixed) }
            sum += raised(table.slabs[place].perUnit)
            slab = place
        }
        if table.mode == .whole {
            sum = raised(table.slabs[slab].fixed) + raised(table.slabs[slab].perUnit) * quantity
        }
        while table.roundUpTo > 1, sum % table.roundUpTo != 0 { sum += 1 }
        return sum
    }
}

/// What a change touched, beside what it should have touched.
struct ChangeFinding: Sendable {
    /// Cases that were looked at.
    var seen = 0
    /// Cases that should be touched, and that were.
    var expected = 0
    var touched = 0
    /// Single deadlines or amounts of these.
    var items = 0
    /// Bookings that should be freed, and that were.
    var bookings = 0
    var freed = 0
    /// What the hub said beforehand, with Check.
    var announced = 0
    /// Cases where both differ: touched and should not be, or the other way round, or otherwise than they should.
    var wrong: [String] = []
    var wasPublished = false
}

/// Changes rules as people write them.
enum RuleEditor {
    /// The calendar with one more closed day and a new version.
    static func closing(_ day: CalendarDate, in text: String) throws -> String {
        var top = try mapping(text)
        var closed = top["closed"]?.sequence.map(Array.init) ?? []
        let entry: Node = [
            "day": Node(day.iso), "title": ["id": Node("Hari libur daerah"), "en": Node("Holiday of the regency")],
        ]
        closed.insert(entry, at: closed.firstIndex { ($0["day"]?.string ?? "") > day.iso } ?? closed.count)
        top["closed"] = Node(closed)
        return try serialized(top)
    }

    /// The tariff with one more period, in which everything costs more, and a new version.
    static func raising(by percent: Int64, from day: CalendarDate, in text: String) throws -> String {
        var top = try mapping(text)
        var periods = top["periods"]?.sequence.map(Array.init) ?? []
        guard var last = periods.last?.mapping else { throw ParameterFault(reasons: ["a tariff has no period"]) }
        last["from"] = Node(day.iso)
        last["groups"] = last["groups"].map { raised($0, percent) }
        periods.append(.mapping(last))
        top["periods"] = Node(periods)
        return try serialized(top)
    }

    private static func raised(_ node: Node, _ percent: Int64) -> Node {
        if let list = node.sequence { return Node(list.map { raised($0, percent) }) }
        guard var mapping = node.mapping else { return node }
        for (key, value) in mapping.map({ $0 }) {
            if let amount = value.int, ["per_unit", "fixed"].contains(key.string ?? "") {
                mapping[key] = Node(String(Int64(amount) * (100 + percent) / 100))
            } else {
                mapping[key] = raised(value, percent)
            }
        }
        return .mapping(mapping)
    }

    private static func mapping(_ text: String) throws -> Node.Mapping {
        guard var top = try Yams.compose(yaml: text)?.mapping, let version = top["version"]?.string else {
            throw ParameterFault(reasons: ["a rule that shall change has no version"])
        }
        top["version"] = Node.scalar(.init("\(version).1", Tag(.str), .doubleQuoted))
        return top
    }

    private static func serialized(_ top: Node.Mapping) throws -> String {
        try Yams.serialize(node: .mapping(top), allowUnicode: true)
    }
}
