// The course of the demo: the counters open, processes die, officers work, three days pass, and all is looked at.

import HubClient
import HubDomain
import HubProto

/// A running regency with everything that is counted and promised.
struct Day {
    let regency: Regency
    let town: Town
    let watcher: WatcherCheck
    let traffic: Traffic
    let list: AcknowledgementList
    let onlooker: Onlooker
    let promises: Promises
    var people: People
    /// As the hub has it now.
    var calendar: WorkCalendar
    private let watching: Task<Void, Never>
    private let relay: Relay
    private let adapters: [ChildProcess]
    var report = Report()
    var cases: [OpenCase] = []
    /// Steps of its life that a case has taken, by its number.
    private var taken: [String: Int] = [:]
    /// Corrections that were asked for, and what they shall change.
    var corrections: [Correction] = []
    /// What citizens said, by service.
    var judged: [String: Judged] = [:]
    /// Who follows whose case.
    var follows: [Follow] = []
    /// A complaint that was escalated, for whoever wants to look at one.
    private(set) var escalated: String?

    private var saboteur: Saboteur { Saboteur(regency: regency, admin: town.admin, traffic: traffic) }

    // MARK: The chapters

    /// Starts the hub, registers everyone and begins to watch.
    static func dawn(
        _ regency: Regency, seed: UInt64, onlooker: Onlooker, promises: Promises
    ) async throws -> Day {
        onlooker.chapter("Morning")
        try await regency.start()
        let town = try await Town.open(regency)
        let status = try await town.status()
        onlooker.tell(
            "hubd serves on 127.0.0.1:\(regency.port), pid \(regency.pid ?? 0), with "
                + status.modules.map { "\($0.id) \($0.version)" }.joined(separator: ", "))
        // A bundle of data alone decides on nothing and has no process.
        let deciding = status.modules.filter { !$0.services.isEmpty }
        promises.check(
            "every module serves", deciding.count == 3 && deciding.allSatisfy { $0.state == .serving },
            broken: status.modules.map { "\($0.id) \($0.state)" }.joined(separator: ", "))
        onlooker.tell(
            "\(Set(town.offices.values.map(\.definition.department)).count * 3 + 4) programs and people have certificates of their own"
        )
        // The national register is down at first; the other one is wrong now and then.
        let adapters = [
            try await Adapter.enrol("siak", regency).start(["--down-asks", "40"]),
            try await Adapter.enrol("oss", regency).start(["--wrong", "10"]),
            try await Adapter.enrol("sp4n-lapor", regency).start(),
        ]
        let relay = try await Relay.start(to: regency.port, group: regency.group)
        let watcher = WatcherCheck(
            client: try regency.client(town.auditor, through: relay.port), relay: relay, after: status.sequence)
        let watching = Task { await watcher.run() }
        let list = try AcknowledgementList(path: regency.folder + "/acknowledged")
        let today = CalendarDate(epochMillis: status.nowMs, utcOffsetMinutes: 420)
        let tables = try People.Tables.load(regency.programs)
        return Day(
            regency: regency, town: town, watcher: watcher, traffic: Traffic(list: list), list: list,
            onlooker: onlooker, promises: promises,
            people: People(tables: tables, today: today, seed: seed), calendar: tables.calendar, watching: watching,
            relay: relay, adapters: adapters)
    }

    /// Everything from the first request to the last look.
    mutating func pass(cases count: Int, moduleKills: Int, hubKills: Int) async throws -> Report {
        onlooker.chapter("The counters open")
        try await refuseMistakes()
        try await submit(count, moduleKills: moduleKills, hubKills: hubKills)
        onlooker.chapter("Officers at work")
        try await compare()
        try await neighbours()
        try await finishElsewhere()
        try await work(meeting: false)
        onlooker.tell("every case but the ignored complaints, and those whose people have to come, has come to its end")
        onlooker.chapter("Three days pass")
        try await threeDays()
        onlooker.chapter("Certificates are corrected")
        try await refuseTheDead()
        try await correct()
        try await work(meeting: false)
        onlooker.chapter("People come to the counters")
        try await closeADay()
        try await work(meeting: true)
        onlooker.chapter("Citizens judge")
        try await judgeServices()
        onlooker.chapter("Looking at everything again")
        try await judge()
        return report
    }

    // MARK: Requests

    private mutating func refuseMistakes() async throws {
        let mistakes = try await Mistake.all(town, people: &people)
        try await refuse(mistakes)
        if let first = mistakes.first, let last = mistakes.last {
            onlooker.tell("\(mistakes.count) wrong requests refused, from \(first.name) to \(last.name)")
        }
    }

    /// Sends what must not be stored.
    mutating func refuse(_ mistakes: [Mistake]) async throws {
        let before = try await town.status().cases
        for mistake in mistakes {
            let error = try await mistake.send(traffic)
            let named = mistake.field.map { field in error?.violations.contains { $0.field == field } ?? false } ?? true
            promises.check(
                "what is wrong on purpose is refused, and the field is named", error?.code == mistake.code && named,
                broken: "\(mistake.name): \(error.map(\.description) ?? "stored")")
        }
        let after = try await town.status().cases
        promises.check("nothing of a refused request is stored", before == after)
        report.refused += mistakes.count
    }

    private mutating func submit(_ count: Int, moduleKills: Int, hubKills: Int) async throws {
        var queues: [String: [Petition]] = [:]
        for petition in try await Petitions.make(count, town, people: &people) {
            queues[petition.service, default: []].append(petition)
        }
        let services = queues.keys.sorted()
        for service in services {
            report.services.append(Report.Service(code: service, sent: queues[service]?.count ?? 0))
        }
        onlooker.tell("\(count) requests with their papers lie ready")
        let storm = Storm(traffic: traffic, promises: promises)
        /// The share of a queue that one more kill gets.
        func take(_ service: String, of shares: Int) -> [Petition] {
            let queue = queues[service] ?? []
            let part = Array(queue.prefix((queue.count + shares - 1) / shares))
            queues[service]?.removeFirst(part.count)
            return part
        }
        // Of the rare services there are too few for a blow of their own.
        let aims = services.filter { !Service.rare.contains($0) }
        for kill in 0..<moduleKills {
            let service = aims[kill % aims.count]
            let left = (moduleKills - kill + aims.count - 1) / aims.count + (hubKills > 0 ? 1 : 0)
            let batch = take(service, of: left)
            try await met(storm.run(batch, under: saboteur.aimAtHost(of: service, after: batch.count / 3)))
            watcher.cut()
        }
        for kill in 0..<hubKills {
            let batch = services.flatMap { take($0, of: hubKills - kill) }
            try await met(storm.run(batch, under: saboteur.aimAtHub(after: batch.count / 3)))
        }
        try await met(storm.run(services.flatMap { queues[$0] ?? [] }))
        try await declareTwice()
        report.sentAgain = traffic.sent.again
        onlooker.tell("\(cases.count) requests acknowledged, each on the client's own list on the disk")
    }

    private mutating func met(_ result: (cases: [OpenCase], calamity: Calamity?)) {
        cases += result.cases
        guard let calamity = result.calamity else { return }
        report.calamities.append(calamity)
        onlooker.tell(
            "\(onlooker.strong(calamity.victim)) killed with \(calamity.unanswered.count) submits unanswered; "
                + "back after \(Int(calamity.backAfterMillis)) ms")
        promises.check(
            "each process dies with at least \(Saboteur.unansweredMin) submits unanswered",
            calamity.unanswered.count >= Saboteur.unansweredMin,
            broken: "\(calamity.victim): \(calamity.unanswered.count)")
    }

    // MARK: Officers

    /// In each round an hour or more passes, and most cases take the next step of their life; some wait on a desk.
    ///
    /// - Parameter meeting: People come to offices, which takes days; otherwise their cases wait for it.
    private mutating func work(meeting: Bool) async throws {
        var round = 0
        var steps = 0
        while true {
            var turn: [(index: Int, seed: UInt64)] = []
            for index in cases.indices where isUnderWay(cases[index], meeting) {
                if people.chance.happens(percent: 75) { turn.append((index, people.chance.next())) }
            }
            if turn.isEmpty, !cases.contains(where: { isUnderWay($0, meeting) }) { break }
            try await town.pass(hours: people.chance.number(1...3))
            if round % 3 == 0 { watcher.cut() }
            guard round < Self.roundsMax else { throw DemoFailure("cases do not come to their end") }
            let (town, cases, sofar) = (town, cases, taken)
            let done = try await concurrently(turn, width: 16) { index, seed in
                var chance = Chance(seed: seed)
                let open = cases[index]
                let step = open.petition.life.steps[sofar[open.number] ?? 0]
                if step.by == .authority { return try await town.isAnswered(open.number) }
                if step.by.isAppointment { return try await town.meet(step, on: open) }
                let state = try await town.take(step, on: open, chance: &chance)
                // What was repaired may look like another request only now.
                if step.by == .citizen, state.stage == Life.doubt {
                    try await town.take(Life.compared, on: open, chance: &chance)
                }
                return true
            }
            for ((index, _), isDone) in zip(turn, done) where isDone { taken[cases[index].number, default: 0] += 1 }
            (round, steps) = (round + 1, steps + turn.count)
            if round % 3 == 0 { onlooker.tell("\(steps) steps taken by officers, heads and citizens") }
        }
        onlooker.tell("\(steps) steps in all")
    }

    private func isUnderWay(_ open: OpenCase, _ meeting: Bool) -> Bool {
        let (steps, done) = (open.petition.life.steps, taken[open.number] ?? 0)
        return done < steps.count && (meeting || !steps[done].by.isAppointment)
    }

    /// The next thing that its citizen does is to book an appointment.
    func needsAppointment(_ open: OpenCase) -> Bool {
        let (steps, done) = (open.petition.life.steps, taken[open.number] ?? 0)
        return done < steps.count && steps[done].by == .booking
    }

    /// Rounds in which every case must have come to its end.
    private static let roundsMax = 300

    private mutating func threeDays() async throws {
        let seen = watcher.count
        let answer = try await regency.admin(["clock", "advance", "3d"])
        promises.check("`hubctl clock advance` lets three days pass", answer.status == 0, broken: answer.output)
        watcher.cut()
        let head = try await town.status().sequence
        let caughtUp = await watcher.sees(head)
        promises.check("a watcher sees what time brings", caughtUp)
        let passed = watcher.events.dropFirst(seen).filter { $0.kind == .deadlinePassed }
        let ignored = Set(cases.filter { $0.petition.life.isIgnored }.map(\.number))
        let up = passed.filter { $0.escalation > 0 && ignored.contains($0.number) }
        escalated = up.first?.number
        report.escalations = Set(up.map(\.number)).count
        promises.check(
            "a complaint that nobody answers within three days escalates, and watchers see it",
            !ignored.isEmpty && Set(up.map(\.number)) == ignored, "\(report.escalations) of \(ignored.count)")
        onlooker.tell("\(passed.count) deadlines passed, \(report.escalations) complaints escalated")
    }

    // MARK: The last look

    private mutating func judge() async throws {
        let judgement = Judgement(
            regency: regency, town: town, promises: promises, cases: cases, list: list, watcher: watcher,
            canaries: people.canaries)
        try await judgement.ofCases()
        try await judgement.ofWatcher()
        report.memory = try await judgement.ofMemory()
        let states = try await judgement.states()
        report.money = try await judgement.ofMoney(states)
        try await judgement.ofBankDays()
        report.papers = try await judgement.ofPapers(states)
        report.authorities = try await judgement.ofAuthorities(states)
        report.registers = try await judgement.ofRegisters(states)
        try await judgement.ofCorrections(corrections)
        judgement.ofConsents(states)
        report.photos = try await judgement.ofDocuments(states)
        report.surveys = try await judgement.ofSurvey(judged, states)
        report.appointments = try await judgement.ofAppointments(states)
        report.notices = try await judgement.ofNotices(follows)
        onlooker.tell("\(try await judgement.ofPublicList()) complaints on the public list")
        report.backup = try await judgement.ofBackup()
        onlooker.chapter("Two years pass")
        let forgotten = try await judgement.ofForgetting(states)
        onlooker.tell("\(forgotten.count) complaints are forgotten but for what statistics need")
        report.audit = try await judgement.ofLog()
        report.services = judgement.ofServices(report.services, states, calendar, report.papers)
        for index in report.services.indices {
            report.services[index].stored = traffic.stored[report.services[index].code] ?? 0
        }
        report.stages = Report.stages(watcher.events)
        (report.events, report.cuts) = (watcher.count, watcher.cuts)
        (report.median, report.slowest) = (traffic.percentile(0.5), traffic.percentile(0.99))
        watching.cancel()
        await relay.stop()
        for adapter in adapters { await adapter.stop() }
        await town.close()
        await regency.stop()
        report.audit += await judgement.ofStoppedLog()
        judgement.ofForgottenPages(forgotten)
        judgement.ofPrivacy()
    }
}
