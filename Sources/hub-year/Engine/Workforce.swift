// Who works: pools of officers with hours, absences and a pace of their own, and what lies before them.

/// Officers of one unit and role with one pile of work. A value; time is passed in.
struct Workforce<Job: Sendable>: Sendable {
    /// Work before an officer.
    struct Task: Sendable {
        var job: Job
        /// Minutes that it takes an officer of ordinary pace who does nothing else.
        var minutes: Double
        /// When it came to the pile.
        var sinceMillis: Int64
    }

    /// What an officer is doing, and when it is done.
    struct Started: Sendable {
        var officer: Int
        var task: Task
        var endMillis: Int64
    }

    let plan: PoolPlan
    /// How many there are.
    let officers: Int
    /// Minutes of the clock for a minute of work.
    private let stretch: Double
    private let chance: Chance
    private var idle: [Bool]
    private var pile = Agenda<Task>()
    /// Minutes of office time that officers spent on work.
    private(set) var busyMinutes = 0.0
    /// The most that ever lay there.
    private(set) var longest = 0

    var waiting: Int { pile.count }
    var working: Int { idle.count { !$0 } }

    /// - Parameters:
    ///   - scale: People of the run for each of the plan's: smaller towns have fewer officers, but one at least.
    ///   - factor: Of these officers so many are there; what is no whole officer makes all of them faster or slower.
    ///   - isAbsent: Officers are away on some days, and nobody stands in for them.
    init(_ plan: PoolPlan, scale: Double, factor: Double, isAbsent: Bool = true, chance: Chance) {
        self.plan = plan
        let wanted = max(1, plan.officers.value * scale) * factor
        officers = max(1, Int(wanted.rounded()))
        stretch = Double(officers) / (wanted * plan.caseShare.value)
        self.chance = chance
        idle = Array(repeating: true, count: officers)
        absence = isAbsent ? plan.absence.value : 0
    }

    private let absence: Double

    /// - Parameter urgency: The least first: a deadline, or when it came.
    mutating func take(_ task: Task, urgency: Int64) {
        pile.add(task, at: urgency)
        longest = max(longest, pile.count)
    }

    /// Whoever is free and there begins; call while offices are open.
    mutating func begin(at millis: Int64, _ hours: OfficeHours) -> [Started] {
        guard !pile.isEmpty else { return [] }
        var started: [Started] = []
        let today = hours.day(of: millis)
        for officer in idle.indices where idle[officer] && isThere(officer, today) {
            guard let task = pile.removeFirst()?.item else { break }
            let minutes = task.minutes * stretch
            let end = hours.moment(after: minutes, from: millis) { isThere(officer, $0) } ?? .max
            idle[officer] = false
            busyMinutes += minutes
            started.append(Started(officer: officer, task: task, endMillis: end))
        }
        return started
    }

    mutating func end(officer: Int) { idle[officer] = true }

    /// The same officer is away on the same days in every run.
    private func isThere(_ officer: Int, _ day: Int) -> Bool {
        guard absence > 0 else { return true }
        var chance = chance.stream("away/\(plan.name)", officer, day)
        return !chance.happens(absence)
    }
}
