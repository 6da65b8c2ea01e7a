// Reads a year from its file; a number without a source is refused.

import HubDomain

extension Scenario {
    /// - Throws: ``ParameterFault`` with everything that is wrong.
    init(yaml: String) throws {
        let top = try ParameterNode.top(yaml)
        top.allow(
            "name", "start", "people", "hours", "hour_weights", "weekdays", "districts", "pools", "services", "paper",
            "changes", "survey", "signature", "authorities", "chosen_after_results")
        let hours = top["hours"]
        hours.allow("spans", "unit", "source")
        hours.source()
        self.init(
            name: top["name"].text, start: top["start"].date, people: top["people"].figure,
            hours: hours["spans"].list.map { ($0.list.first?.minutes ?? 0, $0.list.last?.minutes ?? 0) },
            hourWeights: top["hour_weights"].numbers(24), weekdays: top["weekdays"].numbers(7),
            districts: top["districts"].texts, pools: top["pools"].list.flatMap(\.pools),
            services: top["services"].list.map(\.service), paper: top["paper"].paper, changes: top["changes"].changes,
            survey: top["survey"].survey, outages: top["signature"]["outages"].figure,
            outageHours: top["signature"]["hours"].spread, authorities: top["authorities"].list.map(\.authority),
            chosen: top["chosen_after_results"].texts, sources: [])
        check(top)
        guard top.reading.faults.isEmpty else { throw ParameterFault(reasons: top.reading.faults) }
        sources = top.reading.sources
    }

    private func check(_ top: ParameterNode) {
        let names = pools.map(\.name)
        if Set(names).count != names.count { top["pools"].reading.fault("pools", "two pools have one name") }
        let spansAreSound =
            !hours.isEmpty && hours.allSatisfy { $0.from < $0.until }
            && zip(hours, hours.dropFirst()).allSatisfy { $0.until <= $1.from }
        if !spansAreSound { top.reading.fault("hours.spans", "give spans that ascend") }
        if districts.isEmpty { top.reading.fault("districts", "give at least one") }
        for service in services {
            let used = service.steps.flatMap { step in step.pools + step.outcomes.compactMap(\.pool) }
            for pool in (used + service.dispositions) where pool != StepPlan.unitPool && !names.contains(pool) {
                top.reading.fault("services[\(service.code)]", "no pool is called \(pool)")
            }
        }
        for pool in pools where pool.officers.value <= 0 || pool.caseShare.value <= 0 || pool.caseShare.value > 1 {
            top.reading.fault("pools[\(pool.name)]", "somebody works there, and part of the time")
        }
    }
}

extension StepPlan {
    /// Pools that it names.
    fileprivate var pools: [String] {
        switch actor {
        case .office(let pool), .outside(let pool), .counter(let pool): [pool]
        case .applicant, .payer, .advisers, .authority: []
        }
    }
}

extension ParameterNode {
    fileprivate var date: CalendarDate {
        if let date = CalendarDate(iso: text) { return date }
        reading.fault(place, "write YYYY-MM-DD")
        return CalendarDate(dayNumber: 0)
    }

    /// `"08:00"`, as minutes after midnight.
    fileprivate var minutes: Int {
        let parts = text.split(separator: ":").compactMap { Int($0) }
        guard parts.count == 2, (0...24).contains(parts[0]), (0..<60).contains(parts[1]) else {
            reading.fault(place, "write \"hh:mm\"")
            return 0
        }
        return parts[0] * 60 + parts[1]
    }

    /// One pool, or with `each` one for every unit that is listed.
    fileprivate var pools: [PoolPlan] {
        allow("name", "each", "department", "role", "unit", "officers", "case_share", "absence", "stand_in")
        let plan = PoolPlan(
            name: self["name"].optionalText ?? "", department: self["department"].optionalText ?? "",
            role: self["role"].text, unit: self["unit"].optionalText ?? "", officers: self["officers"].figure,
            caseShare: self["case_share"].share, absence: self["absence"].share, hasStandIn: self["stand_in"].isTrue)
        guard self["each"].isThere else { return [plan] }
        return self["each"].texts.map { unit in
            var plan = plan
            (plan.name, plan.department, plan.unit) = (unit, unit, unit)
            return plan
        }
    }

    fileprivate var service: ServicePlan {
        allow(
            "service", "title", "per_thousand", "months", "documents", "form", "steps", "dispositions", "claim")
        let claim = self["claim"]
        if claim.isThere { claim.source(unit: "working days") }
        return ServicePlan(
            code: self["service"].text, perThousand: self["per_thousand"].figure, months: self["months"].numbers(12),
            documents: self["documents"].texts, form: self["form"].entries.map { $0.value.field($0.key) },
            steps: self["steps"].list.map(\.step), dispositions: self["dispositions"].texts,
            claim: claim.isThere ? (claim["paper"].number, claim["from"].number, claim["to"].number) : nil,
            title: self["title"].text)
    }

    fileprivate var step: StepPlan {
        allow(
            "stage", "by", "pool", "minutes", "delay", "never", "counter", "unfavourable", "outcomes")
        let isOffice = ["office", "outside", "advisers", "counter"].contains(self["by"].text)
        let found = StepPlan(
            stage: self["stage"].text, actor: actor,
            minutes: isOffice ? self["minutes"].spread : Spread(median: 0, sigma: 0),
            delay: self["delay"].optionalSpread,
            never: self["never"].optionalShare, counter: self["counter"].optionalShare,
            unfavourable: self["unfavourable"].optionalShare, outcomes: self["outcomes"].list.map(\.outcome))
        let needsDelay = ["applicant", "payer", "outside", "counter"].contains(self["by"].text)
        if needsDelay, found.delay == nil { reading.fault(place, "say how long it takes: delay") }
        if found.outcomes.isEmpty, !["payer", "advisers", "authority", "counter"].contains(self["by"].text) {
            reading.fault(place, "say what is done then: outcomes")
        }
        return found
    }

    private var actor: StepPlan.Actor {
        switch self["by"].text {
        case "office": return .office(self["pool"].text)
        case "applicant": return .applicant
        case "outside": return .outside(pool: self["pool"].text)
        case "payer": return .payer
        case "advisers": return .advisers
        case "authority": return .authority
        case "counter": return .counter(pool: self["pool"].text)
        default:
            reading.fault(place, "by: office, applicant, outside, payer, advisers, authority or counter")
            return .applicant
        }
    }

    fileprivate var outcome: OutcomePlan {
        allow("action", "share", "again", "note", "form", "documents", "pool", "minutes")
        return OutcomePlan(
            action: self["action"].text, share: self["share"].optionalShare, again: self["again"].optionalShare,
            hasNote: self["note"].isTrue, form: self["form"].entries.map { $0.value.field($0.key) },
            documents: self["documents"].texts, pool: self["pool"].optionalText,
            minutes: self["minutes"].optionalSpread)
    }

    fileprivate var paper: PaperProcess {
        allow(
            "visit", "counter_minutes", "rounds", "hops", "disposition_minutes", "notice", "lost", "found", "vain",
            "work_factor")
        self["rounds"].source()
        return PaperProcess(
            visit: self["visit"].spread, counterMinutes: self["counter_minutes"].spread,
            rounds: self["rounds"]["times"].list.map(\.minutes), hops: self["hops"].figure,
            dispositionMinutes: self["disposition_minutes"].spread, notice: self["notice"].spread,
            lost: self["lost"].share, found: self["found"].spread, vain: self["vain"].share,
            workFactor: self["work_factor"].figure)
    }

    fileprivate var changes: ChangePlan {
        allow("calendar", "tariff")
        let (calendar, tariff) = (self["calendar"], self["tariff"])
        calendar.allow("name", "published", "closes", "source")
        calendar.source(unit: "day")
        tariff.allow("name", "published", "from", "rise")
        return ChangePlan(
            calendarPublished: calendar["published"].date, closedDay: calendar["closes"].date,
            calendar: calendar["name"].text, tariffPublished: tariff["published"].date,
            tariffFrom: tariff["from"].date, tariffPercent: tariff["rise"].figure, tariff: tariff["name"].text)
    }

    fileprivate var survey: SurveyPlan {
        allow("share", "delay", "means", "short", "late", "repair", "sigma")
        return SurveyPlan(
            share: self["share"].share, delay: self["delay"].spread, means: self["means"].numbers(9),
            short: self["short"].numbers(3).map { Int(min(max($0, 1), 9)) - 1 },
            late: self["late"].figure, repair: self["repair"].figure, sigma: self["sigma"].figure)
    }
}
