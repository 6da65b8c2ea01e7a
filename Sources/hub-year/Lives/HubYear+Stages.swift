// A case comes to a stage: what is noted of it, and who has to do what next.

import HubDomain
import HubProto

extension HubYear {
    /// Notes what the hub says of a case, and plans what follows when it has come to another stage.
    ///
    /// - Parameter isActed: It came to its stage by an action, so that the same stage again is a new visit.
    mutating func arrived(_ life: Int, _ state: HubCase, at now: Int64, isActed: Bool = false) {
        note(life, state, at: now)
        guard state.stage != lives[life].stage || isActed else { return }
        let book = services[lives[life].service]
        let since = lives[life].stays.last?.untilMillis ?? lives[life].cameMillis
        // What passed by itself while nobody looked happened at its own time.
        let came = state.stageSinceMs > 0 ? min(max(state.stageSinceMs, since), now) : now
        let waitedForAuthority = book.steps[lives[life].stage]?.actor == .authority
        if waitedForAuthority { lives[life].route.append(.outside(millis: came - since)) }
        if !lives[life].stage.isEmpty {
            lives[life].stays.append(
                Stay(
                    stage: book.stageNumber(lives[life].stage), fromMillis: since, untilMillis: came,
                    isOutside: book.isOutside(lives[life].stage)))
        }
        lives[life].stage = state.stage
        lives[life].visit += 1
        lives[life].visits[state.stage, default: 0] += 1
        lives[life].isEnded = state.ended
        if state.ended, lives[life].endMillis == nil {
            lives[life].endMillis = came
            if let last = lives[life].stays.last, last.isOutside, !isActed, !waitedForAuthority {
                // Nobody did what it waited for, and it lapsed.
                lives[life].route.append(.outside(millis: last.untilMillis - last.fromMillis))
            }
            lives[life].routeCount = lives[life].route.count
            planSurvey(life, at: came)
        }
        plan(life, state, at: now)
    }

    private mutating func note(_ life: Int, _ state: HubCase, at now: Int64) {
        let book = services[lives[life].service]
        lives[life].unit = state.unit
        lives[life].dueMillis = nil
        if lives[life].clocks.isEmpty {
            lives[life].clocks = Array(repeating: .unspecified, count: book.definition.clocks.count)
        }
        for deadline in state.deadlines {
            if let clock = book.clockNumber(deadline.name) { lives[life].clocks[clock] = deadline.state }
            guard deadline.state == .running else { continue }
            lives[life].dueMillis = min(lives[life].dueMillis ?? .max, deadline.dueMs)
            if book.movers.contains(deadline.name), deadline.dueMs < endMillis, deadline.dueMs > now {
                agenda.add(.look(case: life), at: deadline.dueMs)
            }
        }
        lives[life].openAdvice = state.consultations.filter { $0.state == .open }.map { ($0.name, $0.unit) }
        lives[life].form = state.data
        if let bill = state.bills.last {
            lives[life].bill = bill.number
            lives[life].bills = state.bills
        }
        guard !state.papers.isEmpty, lives[life].paperMillis == nil else { return }
        if let waiting = state.papers.first(where: { $0.state == .due }) {
            agenda.add(.look(case: life), at: max(waiting.dueMs, now + 60_000))
        } else {
            lives[life].paperMillis = now
        }
    }

    private mutating func plan(_ life: Int, _ state: HubCase, at now: Int64) {
        guard let step = step(of: life) else { return }
        let visits = lives[life].visits[step.stage] ?? 1
        var chance = chance.stream("delay/\(step.stage)", life, visits)
        let wait = step.delay.map { Int64($0.draw(&chance) * 86_400_000) } ?? 0
        switch step.actor {
        case .applicant, .payer:
            if !chance.happens(step.never?.value ?? 0) {
                agenda.add(.citizen(case: life, visit: lives[life].visit), at: now + wait)
            }
        case .office where wait == 0: enqueue(life, at: now)
        case .office, .outside:
            lives[life].route.append(.outside(millis: wait))
            agenda.add(.release(case: life, visit: lives[life].visit), at: now + wait)
        case .counter:
            lives[life].route.append(.outside(millis: wait))
            agenda.add(.appointment(case: life, visit: lives[life].visit), at: now)
        case .authority:
            let book = services[lives[life].service]
            agenda.add(.inquiries(of: book.authority(in: state.stage)), at: now)
        case .advisers:
            lives[life].route.append(.advice([]))
            for advice in lives[life].openAdvice {
                guard let pool = poolsByUnit[advice.unit] else { continue }
                var chance = self.chance.stream("minutes/\(advice.name)", life, visits)
                put(
                    Job(life: life, visit: lives[life].visit, advice: advice.name),
                    minutes: step.minutes.draw(&chance), on: pool, at: now)
            }
        }
    }

    /// Puts a case before the pool that works on it in its stage.
    mutating func enqueue(_ life: Int, at now: Int64) {
        guard let step = step(of: life) else { return }
        let pool: Int?
        switch step.actor {
        case .office(StepPlan.unitPool): pool = poolsByUnit[lives[life].unit] ?? poolsByName[lives[life].unit]
        case .office(let name), .outside(let name), .counter(let name): pool = poolsByName[name]
        case .applicant, .payer, .advisers, .authority: pool = nil
        }
        guard let pool else { return }
        var chance = chance.stream("minutes/\(step.stage)", life, lives[life].visits[step.stage] ?? 1)
        put(Job(life: life, visit: lives[life].visit), minutes: step.minutes.draw(&chance), on: pool, at: now)
    }
}
