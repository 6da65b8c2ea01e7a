// What a year came to, in numbers: computed from what the hub says, never from what was expected.

import HubDomain
import HubProto

/// One service.
struct ServiceResult: Sendable {
    var title: String
    var came: Int
    var ended: Int
    /// Working days from coming to the end.
    var days: Distribution
    /// The same without what applicants, payers and other authorities took.
    var office: Distribution
    /// Working days on paper, and how many files came to an end.
    var paper: Distribution
    var claim: (paper: Double, from: Double, to: Double)?
    var stages: [(title: String, isOutside: Bool, days: Distribution)]
    var clocks: [(title: String, met: Int, passed: Int, running: Int)]
    /// As the hub tells it; nil = nobody was asked or answered, or too few did.
    var satisfaction: LayananSurveyIndex?
    /// Answers among ended cases, hundredths of a per cent.
    var answerRate = 0
}

/// One run.
struct YearResult: Sendable {
    var services: [ServiceResult]
    var came: Int
    var ended: Int
    var calls: Int
    var events: UInt64
    var tooLate: Int
    /// By name of the pool.
    var pools: [(name: String, officers: Int, load: Double, longest: Int, waiting: Int, paperLoad: Double)]
    /// Rupiah.
    var billed: Int64 = 0
    var settled: Int64 = 0
    var open: Int64 = 0
    var cancelled: Int64 = 0
    /// By code of the account: what it earned by the books, and by the cases' own bills.
    var accounts: [(code: String, title: String, books: Int64, bills: Int64)] = []
    /// Hours until a paper had its signature, of those that had to wait for it.
    var signatures: Distribution
    var papers: Int
    /// By name of the authority: times and hours away, and how its inquiries went.
    var authorities: [(name: String, outages: Int, hours: Double, count: InquiryCount)] = []
    var calendar: ChangeFinding
    var tariff: ChangeFinding
    var plan: ChangePlan
    /// Sentences that must hold, and whether they do.
    var promises: [(sentence: String, holds: Bool)] = []
    var isSound: Bool { promises.allSatisfy(\.holds) }
}

extension HubYear {
    /// Reads the books, runs the paper process, and counts.
    mutating func result(_ settings: YearSettings) async throws -> YearResult {
        judgeTariff()
        try await readIndices()
        var paper = PaperYear(
            scenario, lives: lives, hours: hours, scale: scenario.scale(settings.people), officers: settings.officers,
            chance: chance)
        paper.run()
        let waits = lives.compactMap { life in
            life.paperMillis.flatMap { signed in life.endMillis.map { Double(signed - $0) / 3_600_000 } }
        }
        var result = YearResult(
            services: services.indices.map { service($0, paper) }, came: lives.count,
            ended: lives.count(where: \.isEnded),
            calls: inside.callsMade, events: try await inside.verifiedEvents(), tooLate: tooLate, pools: [],
            signatures: Distribution(waits.filter { $0 > 0.01 }), papers: waits.count,
            calendar: changes.calendarFinding, tariff: changes.tariffFinding, plan: changes.plan)
        result.pools = pools.enumerated().map { place, pool in
            (
                pool.plan.name, pool.officers, load(pool, pool.plan.hasStandIn), pool.longest, pool.waiting,
                load(paper.pools[place], false)
            )
        }
        result.authorities = scenario.authorities.compactMap { plan in
            authorities[plan.name].map { authority in
                let hours = authority.outages.spans.map { Double($0.until - $0.from) / 3_600_000 }
                return (plan.name, hours.count, hours.reduce(0, +), authority.count)
            }
        }
        try await money(into: &result, settings)
        try await judge(&result)
        return result
    }

    // MARK: Services

    private func service(_ place: Int, _ paper: PaperYear) -> ServiceResult {
        let book = services[place]
        let mine = lives.filter { $0.service == place }
        let ended = mine.filter { $0.endMillis != nil }
        func days(_ from: Int64, _ until: Int64) -> Double { hours.workingDays(from: from, until: until) }
        let office = ended.map { life in
            life.stays.filter { !$0.isOutside && $0.fromMillis < life.endMillis ?? 0 }.map {
                days($0.fromMillis, $0.untilMillis)
            }.reduce(0, +)
        }
        let stages = book.definition.stages.enumerated().compactMap { number, stage in
            let stays = mine.flatMap(\.stays).filter { $0.stage == number }
            return stays.isEmpty || stage.ended
                ? nil
                : (
                    stage.title.id, book.isOutside(stage.name),
                    Distribution(stays.map { days($0.fromMillis, $0.untilMillis) })
                )
        }
        return ServiceResult(
            title: book.plan.title, came: mine.count, ended: ended.count,
            days: Distribution(ended.map { days($0.cameMillis, $0.endMillis ?? $0.cameMillis) }),
            office: Distribution(office),
            paper: Distribution(
                paper.files.filter { $0.service == place }.compactMap { file in
                    file.endMillis.map { days(file.cameMillis, $0) }
                }), claim: book.plan.claim, stages: stages,
            clocks: book.definition.clocks.enumerated().map { number, clock in
                let states = mine.map { $0.clocks.isEmpty ? .unspecified : $0.clocks[number] }
                return (
                    clock.title.id, states.count { $0 == .met }, states.count { $0 == .passed },
                    states.count { $0 == .running || $0 == .paused }
                )
            }, satisfaction: survey.results[place]?.versions.first { !$0.withheld },
            answerRate: survey.results[place].map { Int($0.rate) } ?? 0)
    }

    /// Part of their time for cases that officers spent on them.
    private func load<Job>(_ pool: Workforce<Job>, _ isAlwaysThere: Bool) -> Double {
        let minutes = hours.minutes(from: hours.start(of: scenario.start.dayNumber), until: endMillis)
        let there = isAlwaysThere ? 1 : 1 - pool.plan.absence.value
        return pool.busyMinutes / max(1, minutes * there * Double(pool.officers))
    }

    // MARK: Money

    private func money(into result: inout YearResult, _ settings: YearSettings) async throws {
        var earned: [String: Int64] = [:]
        for bill in lives.flatMap(\.bills) {
            result.billed += bill.total
            switch bill.state {
            case .settled: result.settled += bill.total
            case .open: result.open += bill.total
            case .cancelled: result.cancelled += bill.total
            case .unspecified, .UNRECOGNIZED: break
            }
            for posting in bill.postings {
                if posting.kind == .settled { earned[posting.credit, default: 0] += posting.amount }
                if posting.kind == .unsettled { earned[posting.debit, default: 0] -= posting.amount }
            }
        }
        let last = CalendarDate(dayNumber: hours.day(of: endMillis))
        let request = LayananBooksRequest.with { ($0.firstDay, $0.lastDay) = (scenario.start.iso, last.iso) }
        let books = try await inside.call(.books, request, as: LayananBooksReply.self, by: .treasurer)
        let known = Set(books.accounts.map(\.code))
        // An account that takes money in and gives it on earns nothing.
        result.accounts = books.accounts.filter { $0.debit == 0 || earned[$0.code] != nil }.map {
            ($0.code, $0.title.id, $0.credit - $0.debit, earned[$0.code] ?? 0)
        }
        for code in earned.keys.sorted() where !known.contains(code) {
            result.accounts.append((code, "", 0, earned[code] ?? 0))
        }
    }

    // MARK: Promises

    private func judge(_ result: inout YearResult) async throws {
        let status = try await inside.call(.status, HubStatusRequest(), as: HubStatusReply.self, by: .admin)
        let open = result.came - result.ended
        result.promises = [
            (
                "arrivals are ended and open cases, here and in the hub",
                result.came == arrivals.count && status.cases == UInt64(result.came) && status.casesOpen == UInt64(open)
            ),
            (
                "what was billed is settled, open and cancelled",
                result.billed == result.settled + result.open + result.cancelled
            ),
            (
                "each account earned what the bills of the cases say",
                result.accounts.allSatisfy { $0.books == $0.bills }
            ),
            ("the hub's index of satisfaction is that of the answers that people gave, exactly", survey.isExact),
            ("the chain of the log is whole", result.events > 0),
            (
                "the calendar moved the deadlines and freed the bookings that it should, and touched no other case",
                result.calendar.wrong.isEmpty && result.calendar.expected == result.calendar.touched
                    && (!result.calendar.wasPublished || result.calendar.announced == result.calendar.items)
            ),
            (
                "the tariff changed the bills that it should, and no other",
                result.tariff.wrong.isEmpty && result.tariff.expected == result.tariff.touched
            ),
        ]
    }
}
