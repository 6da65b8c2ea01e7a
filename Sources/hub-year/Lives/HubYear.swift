// The year with the hub: who comes, who works, and what follows, moment by moment.

import HubCore
import HubDomain
import HubProto

/// What can happen at a moment.
enum Moment: Sendable {
    case arrival(Int)
    /// Offices open, in the morning or after a break.
    case opening
    case finished(pool: Int, officer: Int, task: Workforce<Job>.Task)
    /// The applicant or payer does what the case waits for.
    case citizen(case: Int, visit: Int)
    /// Work that could not begin before now.
    case release(case: Int, visit: Int)
    /// Somebody looks what has become of the case.
    case look(case: Int)
    /// Somebody books an appointment, comes, or looks what has become of it.
    case appointment(case: Int, visit: Int)
    case survey(case: Int)
    /// An adapter looks what its authority is to be asked.
    case inquiries(of: String)
    /// An authority answers, or cannot be reached.
    case reply(InquiryInHand)
    case change(Int)
}

/// Work on a case.
struct Job: Sendable {
    var life: Int
    /// Of the case; when it has gone on since, there is nothing left to do.
    var visit: Int
    /// Name of the consultation that is answered; nil = the case itself.
    var advice: String?
    /// Place of the outcome that another pool had settled on; nil = it is chosen when the work is done.
    var outcome: Int?
}

/// Why a year ended early.
struct YearFault: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// One run. A value; all time and chance are in it, and it waits for nothing but the hub.
struct HubYear: Sendable {
    let scenario: Scenario
    let inside: HubInside
    let chance: Chance
    let forms: FormMaker
    let arrivals: [Arrival]
    /// By place of the service.
    let services: [ServiceBook]
    /// End of the run, milliseconds since 1970 UTC.
    let endMillis: Int64
    var hours: OfficeHours
    var agenda = Agenda<Moment>()
    var pools: [Workforce<Job>]
    let poolsByName: [String: Int]
    let poolsByUnit: [String: Int]
    /// By name.
    var authorities: [String: OutsideAuthority]
    /// How often an adapter looked.
    var takes = 0
    var lives: [CaseLife] = []
    /// By number of the case.
    var livesByNumber: [String: Int] = [:]
    /// Papers that were put, by who put them and kind.
    var papers: [String: HubDocument] = [:]
    var changes: RuleChanges
    var survey = SurveyCount()
    /// Commands that came too late: the case had gone on meanwhile, or the rules gave no more time.
    var tooLate = 0

    /// Runs to the end.
    mutating func run() async throws {
        if let opening = hours.nextOpening(after: inside.clock.nowMillis() - 1) { agenda.add(.opening, at: opening) }
        for (place, day) in changes.days.enumerated() {
            // Publications happen in the morning, when offices have just opened.
            agenda.add(.change(place), at: hours.start(of: day.dayNumber) + 9 * 3_600_000)
        }
        if let first = arrivals.first { agenda.add(.arrival(0), at: first.atMillis) }
        while let next = agenda.firstKey, next < endMillis, let moment = agenda.removeFirst() {
            try await inside.advance(toMillis: moment.key)
            try await happen(moment.item, at: moment.key)
        }
        try await inside.advance(toMillis: endMillis)
        try await lookAtAll()
    }

    private mutating func happen(_ moment: Moment, at now: Int64) async throws {
        switch moment {
        case .arrival(let serial):
            if serial + 1 < arrivals.count { agenda.add(.arrival(serial + 1), at: arrivals[serial + 1].atMillis) }
            try await submit(arrivals[serial], at: now)
        case .opening:
            if let next = hours.nextOpening(after: now) { agenda.add(.opening, at: next) }
            for pool in pools.indices { begin(pool, at: now) }
            try await releaseInquiries(at: now)
        case .finished(let pool, let officer, let task):
            // A day that was declared closed after the work began.
            guard hours.isOpen(at: now) else {
                if let opening = hours.nextOpening(after: now) { agenda.add(moment, at: opening) }
                return
            }
            pools[pool].end(officer: officer)
            try await finish(task, pool: pool, officer: officer, at: now)
            begin(pool, at: now)
        case .citizen(let life, let visit):
            if lives[life].visit == visit { try await citizenActs(life, at: now) }
        case .release(let life, let visit):
            if lives[life].visit == visit { enqueue(life, at: now) }
        case .look(let life): try await look(life, at: now)
        case .appointment(let life, let visit):
            if lives[life].visit == visit { try await meet(life, at: now) }
        case .survey(let life): try await answer(life, at: now)
        case .inquiries(let name): try await takeInquiries(of: name, at: now)
        case .reply(let hand): try await tell(hand, at: now)
        case .change(let place): try await change(place, at: now)
        }
    }

    // MARK: Work

    /// Officers who are free take what is most urgent.
    mutating func begin(_ pool: Int, at now: Int64) {
        guard hours.isOpen(at: now) else { return }
        for started in pools[pool].begin(at: now, hours) where started.endMillis < endMillis {
            agenda.add(.finished(pool: pool, officer: started.officer, task: started.task), at: started.endMillis)
        }
    }

    /// Puts a task on a pool's pile: what is due first is done first.
    mutating func put(_ job: Job, minutes: Double, on pool: Int, at now: Int64) {
        let task = Workforce<Job>.Task(job: job, minutes: minutes, sinceMillis: now)
        pools[pool].take(task, urgency: lives[job.life].dueMillis ?? now + Self.withoutDeadline)
        begin(pool, at: now)
    }

    /// What no clock counts is as urgent as what is due in 30 days.
    private static let withoutDeadline: Int64 = 30 * 86_400_000

    private mutating func finish(
        _ task: Workforce<Job>.Task, pool: Int, officer: Int, at now: Int64
    ) async throws {
        let job = task.job
        guard lives[job.life].visit == job.visit, let step = step(of: job.life) else { return }
        let caller = caller(pool, officer)
        if let name = job.advice {
            if case .advice(var asked)? = lives[job.life].route.last {
                asked.append((pool, task.minutes))
                lives[job.life].route[lives[job.life].route.count - 1] = .advice(asked)
            }
            try await advise(job.life, name, step, by: caller, at: now)
            return
        }
        lives[job.life].route.append(.work(pool: pool, minutes: task.minutes))
        if case .counter = step.actor {
            try await serve(job.life, step, by: caller, at: now)
            return
        }
        let place = job.outcome ?? outcome(of: step, job.life)
        let outcome = step.outcomes[place]
        if job.outcome == nil, let name = outcome.pool, let other = poolsByName[name], other != pool {
            var chance = chance.stream("word/\(step.stage)", job.life, lives[job.life].visits[step.stage] ?? 0)
            let minutes = (outcome.minutes ?? step.minutes).draw(&chance)
            put(Job(life: job.life, visit: job.visit, outcome: place), minutes: minutes, on: other, at: now)
            return
        }
        try await act(job.life, outcome, by: caller, at: now)
    }

    /// Which outcome it has, by the shares of the plan.
    private func outcome(of step: StepPlan, _ life: Int) -> Int {
        let visits = lives[life].visits[step.stage] ?? 1
        var chance = chance.stream("outcome/\(step.stage)", life, visits)
        var left = chance.fraction()
        for (place, outcome) in step.outcomes.enumerated() {
            guard let share = outcome.share else { continue }
            left -= share.value * (visits > 1 ? outcome.again?.value ?? 1 : 1)
            if left < 0 { return place }
        }
        return step.outcomes.firstIndex { $0.share == nil } ?? 0
    }

    func step(of life: Int) -> StepPlan? { services[lives[life].service].steps[lives[life].stage] }

    func caller(_ pool: Int, _ officer: Int) -> Caller {
        let plan = pools[pool].plan
        return Caller(department: plan.department, name: "\(plan.name)-\(officer + 1)", role: plan.role)
    }
}
