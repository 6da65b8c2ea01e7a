// The same year on paper: the same people with the same wishes, the same work and repairs, carried from desk to desk.

import HubDomain

/// The paper process. What the hub's run found out of each case (who worked how long on it, what its applicant had to
/// repair) is repeated here; what differs is how a case travels: visits in office hours, files that are carried in rounds,
/// desks through which they pass, advice asked for one after the other, payment at a counter, no clock that says what is
/// urgent, nobody who stands in.
struct PaperYear: Sendable {
    /// What a file does next.
    enum Leg: Sendable {
        /// Its applicant comes after so many days, in office hours.
        case visit(days: Double)
        case work(pool: Int, minutes: Double)
        /// So many rounds of whoever carries files.
        case carry(rounds: Int)
        case wait(millis: Int64)
    }

    struct File: Sendable {
        var service: Int
        var cameMillis: Int64
        var legs: [Leg]
        var next = 0
        var endMillis: Int64?
    }

    private enum Moment: Sendable {
        case opening
        case proceed(Int)
        case finished(pool: Int, officer: Int, file: Int)
    }

    let scenario: Scenario
    let hours: OfficeHours
    private(set) var files: [File]
    private(set) var pools: [Workforce<Int>]
    private var agenda = Agenda<Moment>()

    /// - Parameter lives: Of the run with the hub; those that came to an end there are repeated.
    init(_ scenario: Scenario, lives: [CaseLife], hours: OfficeHours, scale: Double, officers: Double, chance: Chance) {
        self.scenario = scenario
        self.hours = hours
        pools = scenario.pools.map { Workforce($0, scale: scale, factor: officers, chance: chance) }
        let names = Dictionary(scenario.pools.enumerated().map { ($1.name, $0) }) { first, _ in first }
        files = []
        for (serial, life) in lives.enumerated() where life.endMillis != nil {
            var trip = PaperTrip(scenario.paper, chance: chance, serial: serial)
            trip.take(
                life.route.prefix(life.routeCount),
                dispositions: scenario.services[life.service].dispositions.compactMap { names[$0] })
            files.append(File(service: life.service, cameMillis: life.cameMillis, legs: trip.legs))
        }
    }

    /// Runs until every file has come to its end or the calendar knows no further day.
    mutating func run() {
        for file in files.indices { agenda.add(.proceed(file), at: files[file].cameMillis) }
        if let first = files.map(\.cameMillis).min(), let opening = hours.nextOpening(after: first - 86_400_000) {
            agenda.add(.opening, at: opening)
        }
        var left = files.count
        while left > 0, let (now, moment) = agenda.removeFirst() {
            switch moment {
            case .opening:
                if let next = hours.nextOpening(after: now) { agenda.add(.opening, at: next) }
                for pool in pools.indices { begin(pool, at: now) }
            case .proceed(let file):
                if proceed(file, at: now) { left -= 1 }
            case .finished(let pool, let officer, let file):
                pools[pool].end(officer: officer)
                if proceed(file, at: now) { left -= 1 }
                begin(pool, at: now)
            }
        }
    }

    /// Returns whether the file has come to its end.
    private mutating func proceed(_ file: Int, at now: Int64) -> Bool {
        guard files[file].next < files[file].legs.count else {
            files[file].endMillis = now
            return true
        }
        let leg = files[file].legs[files[file].next]
        files[file].next += 1
        switch leg {
        case .visit(let days): plan(file, at: hours.opening(from: now + Int64(days * 86_400_000)))
        case .carry(let rounds): plan(file, at: round(rounds, after: now))
        case .wait(let millis): plan(file, at: now + millis)
        case .work(let pool, let minutes):
            pools[pool].take(.init(job: file, minutes: minutes, sinceMillis: now), urgency: now)
            begin(pool, at: now)
        }
        return false
    }

    private mutating func plan(_ file: Int, at moment: Int64?) {
        if let moment { agenda.add(.proceed(file), at: moment) }
    }

    private mutating func begin(_ pool: Int, at now: Int64) {
        guard hours.isOpen(at: now) else { return }
        for started in pools[pool].begin(at: now, hours) where started.endMillis < .max {
            agenda.add(
                .finished(pool: pool, officer: started.officer, file: started.task.job), at: started.endMillis)
        }
    }

    /// The moment of the last of so many rounds; nil = the calendar knows no such day.
    private func round(_ count: Int, after millis: Int64) -> Int64? {
        var (left, day) = (count, hours.day(of: millis))
        guard left > 0 else { return millis }
        while day - hours.firstDay < 2_000 {
            if hours.isWorkingDay(day) {
                for minute in scenario.paper.rounds {
                    let moment = hours.start(of: day) + Int64(minute) * OfficeHours.minute
                    guard moment > millis else { continue }
                    left -= 1
                    if left == 0 { return moment }
                }
            }
            day += 1
        }
        return nil
    }
}

/// The way of one file, leg by leg.
struct PaperTrip {
    private let plan: PaperProcess
    private let chance: Chance
    private let serial: Int
    private(set) var legs: [PaperYear.Leg] = []
    private var desk: Int?
    private var draws = 0

    init(_ plan: PaperProcess, chance: Chance, serial: Int) {
        (self.plan, self.chance, self.serial) = (plan, chance, serial)
    }

    /// - Parameter dispositions: Pools through whose hands a new file goes first.
    mutating func take(_ route: ArraySlice<RouteStep>, dispositions: [Int]) {
        let counter = route.lazy.compactMap { if case .work(let pool, _) = $0 { pool } else { nil } }.first
        visit(counter)
        for pool in dispositions { go(to: pool, minutes: drawn("desk", plan.dispositionMinutes)) }
        for step in route {
            switch step {
            case .work(let pool, let minutes): go(to: pool, minutes: minutes * plan.workFactor.value)
            case .applicant(let millis):
                learn()
                legs.append(.wait(millis: millis))
                visit(counter)
            case .payment(let millis):
                learn()
                legs.append(.wait(millis: millis))
                visit(counter)
                // The proof of payment is carried to the file.
                carry()
            case .outside(let millis): legs.append(.wait(millis: millis))
            case .advice(let asked):
                let home = desk
                for (pool, minutes) in asked { go(to: pool, minutes: minutes * plan.workFactor.value) }
                if let home { back(to: home) }
            }
        }
    }

    private mutating func visit(_ counter: Int?) {
        legs.append(.visit(days: drawn("visit", plan.visit)))
        var chance = stream("vain")
        if chance.happens(plan.vain.value) { legs.append(.visit(days: drawn("visit", plan.visit))) }
        if let counter { legs.append(.work(pool: counter, minutes: drawn("counter", plan.counterMinutes))) }
        desk = counter
    }

    private mutating func learn() {
        legs.append(.wait(millis: Int64(drawn("notice", plan.notice) * 86_400_000)))
    }

    private mutating func go(to pool: Int, minutes: Double) {
        back(to: pool)
        legs.append(.work(pool: pool, minutes: minutes))
    }

    private mutating func back(to pool: Int) {
        if desk != pool { carry() }
        desk = pool
    }

    private mutating func carry() {
        legs.append(.carry(rounds: max(1, Int(plan.hops.value.rounded()))))
        var chance = stream("lost")
        if chance.happens(plan.lost.value) {
            legs.append(.wait(millis: Int64(drawn("found", plan.found) * 86_400_000)))
        }
    }

    private mutating func drawn(_ purpose: String, _ spread: Spread) -> Double {
        var chance = stream(purpose)
        return spread.draw(&chance)
    }

    private mutating func stream(_ purpose: String) -> Chance {
        draws += 1
        return chance.stream("paper/\(purpose)", serial, draws)
    }
}
