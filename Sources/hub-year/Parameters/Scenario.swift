// What a year is made of: people, officers, services, and the paper process beside them. Plain values, read from a file.

import HubDomain
import HubTestKit

/// A number with where it comes from.
struct Figure: Sendable, Hashable {
    var value: Double
}

/// How long something takes: lognormal, by its median and the deviation of its logarithm.
struct Spread: Sendable, Hashable {
    var median: Double
    var sigma: Double

    func draw(_ chance: inout Chance) -> Double { chance.lognormal(median: median, sigma: sigma) }
}

/// Officers of one unit in one role.
struct PoolPlan: Sendable {
    var name: String
    var department: String
    var role: String
    /// Code of the unit whose cases it works on; empty = it is chosen by its name alone.
    var unit: String
    /// How many there are.
    var officers: Figure
    /// Part of the office hours that goes to cases.
    var caseShare: Figure
    /// Part of the days on which an officer is away.
    var absence: Figure
    /// Somebody decides in the place of whoever is away.
    var hasStandIn: Bool
}

/// How a field of a form is filled.
struct FieldPlan: Sendable {
    enum Kind: Sendable {
        /// `{n}` becomes the number of the request, `{name}` a name of nobody.
        case text(String)
        case phone
        /// Of nobody who exists: with the serial 0000, which is never issued. `isOnce`: no two requests have the same.
        case nik(female: Bool?, years: ClosedRange<Int>, isOnce: Bool)
        /// What another field says; `group.field` is that of a group's first row.
        case same(String)
        /// Day of birth of the NIK in another field.
        case born(String)
        /// Sex of the NIK in another field, in the form's words.
        case sex(of: String, woman: String, man: String)
        case familyCard
        /// One of the regency's districts.
        case district
        /// By weight.
        case pick([(value: String, weight: Double)])
        /// What another field's value leads to.
        case mapped(by: String, to: [String: String])
        /// By another field's value; one range when `by` is empty.
        case integer(by: String, ranges: [String: ClosedRange<Int>])
        case flag(share: Double, onlyField: String, onlyValue: String)
        /// Days from today, each as likely.
        case ahead(ClosedRange<Int>)
        /// Days before today.
        case ago(Spread)
        /// Days after the date in another field.
        case after(String, ClosedRange<Int>)
        /// Rows of a group, so many of them.
        case rows([FieldPlan], ClosedRange<Int>)
    }
    var name: String
    var kind: Kind
    /// It is filled where another field has one of these values; nil = always.
    var only: (field: String, values: [String])?
}

/// What an officer or citizen may do when a step is over.
struct OutcomePlan: Sendable {
    /// Action of the definition.
    var action: String
    /// Probability at the first visit of the stage; nil = what is left.
    var share: Figure?
    /// At later visits the share is multiplied by this.
    var again: Figure?
    var hasNote: Bool
    var form: [FieldPlan]
    /// Kinds of papers that go with it.
    var documents: [String]
    /// Another pool has the last word, and needs so many minutes.
    var pool: String?
    var minutes: Spread?
}

/// Who moves a case on from a stage, and how long that takes.
struct StepPlan: Sendable {
    enum Actor: Sendable, Hashable {
        /// Name of a pool, or ``StepPlan/unitPool`` for that of the unit which holds the case.
        case office(String)
        case applicant
        /// An authority beside the regency; a pool records its answer.
        case outside(pool: String)
        case payer
        /// Every unit that the hub asks.
        case advisers
        /// The authority of which the stage inquires.
        case authority
        /// The applicant, at an office, by appointment; a pool serves there.
        case counter(pool: String)
    }
    /// Stage of the definition.
    var stage: String
    var actor: Actor
    /// Of office work.
    var minutes: Spread
    /// Days until an applicant, payer or authority acts, or until work can begin.
    var delay: Spread?
    /// Probability that the applicant or payer never acts, or stays away from an appointment.
    var never: Figure?
    /// Probability that a payer comes to a counter, and not to the bank.
    var counter: Figure?
    /// Probability that a unit advises against it.
    var unfavourable: Figure?
    var outcomes: [OutcomePlan]

    static let unitPool = "@unit"
}

/// An authority of which stages inquire.
struct AuthorityPlan: Sendable {
    /// As in the definitions; also the department of its adapter's certificate.
    var name: String
    /// Seconds until it answers.
    var delay: Spread
    /// Times a year that it is away, and hours.
    var outages: Figure
    var outageHours: Spread
    /// Probability that it asks to come later, and that it says no.
    var busy: Figure
    var refuses: Figure
    /// How it makes each field, by inquiry.
    var gives: [String: [String: SimulatedAuthority.Maker]]
}

/// One service.
struct ServicePlan: Sendable {
    var code: String
    /// Requests for each 1,000 people and year.
    var perThousand: Figure
    /// Weight of each month, January first.
    var months: [Double]
    var documents: [String]
    var form: [FieldPlan]
    var steps: [StepPlan]
    /// Of the paper process: desks above the section through which a new file goes first.
    var dispositions: [String]
    /// What was promised to be faster, from days and to days; nil = nothing was.
    var claim: (paper: Double, from: Double, to: Double)?
    var title: String
}

/// What the paper process adds to the same work.
struct PaperProcess: Sendable {
    /// Days until a citizen can come to the office.
    var visit: Spread
    /// Minutes at the counter for each visit.
    var counterMinutes: Spread
    /// When files are carried from desk to desk, minutes after midnight.
    var rounds: [Int]
    /// Rounds that a file takes between two desks.
    var hops: Figure
    /// Minutes that a desk needs to pass a file on.
    var dispositionMinutes: Spread
    /// Days until a citizen learns that something is wanted.
    var notice: Spread
    /// Probability that a file is mislaid on the way, and days until it is found.
    var lost: Figure
    var found: Spread
    /// Probability that a visit was for nothing, and another one is needed.
    var vain: Figure
    /// Office minutes for each minute of the same work with the hub.
    var workFactor: Figure
}

/// What changes in the middle of the year.
struct ChangePlan: Sendable {
    /// Day on which the calendar is published, and the day that becomes closed.
    var calendarPublished: CalendarDate
    var closedDay: CalendarDate
    var calendar: String
    /// Day on which the tariff is published, its first day, and by how many per cent it rises.
    var tariffPublished: CalendarDate
    var tariffFrom: CalendarDate
    var tariffPercent: Figure
    var tariff: String
}

/// What citizens answer when they are asked.
struct SurveyPlan: Sendable {
    /// Probability that somebody answers.
    var share: Figure
    /// Days after the end.
    var delay: Spread
    /// Mean of the answers, element by element, when all went well.
    var means: [Double]
    /// Of a questionnaire with as many elements as this: places among the nine that each of them is like.
    var short: [Int]
    /// What a missed deadline, a repair and a refusal take away from each.
    var late: Figure
    var repair: Figure
    /// Deviation of one person's answers.
    var sigma: Figure
}

/// A year.
struct Scenario: Sendable {
    var name: String
    /// First day.
    var start: CalendarDate
    var people: Figure
    /// From and until, minutes after midnight.
    var hours: [(from: Int, until: Int)]
    /// Weight of each hour of the day, from midnight.
    var hourWeights: [Double]
    /// Weight of each weekday, Monday first.
    var weekdays: [Double]
    var districts: [String]
    var pools: [PoolPlan]
    var services: [ServicePlan]
    var paper: PaperProcess
    var changes: ChangePlan
    var survey: SurveyPlan
    /// Times a year that the signature service is away, and hours.
    var outages: Figure
    var outageHours: Spread
    var authorities: [AuthorityPlan]
    /// What was changed after results had been seen, in sentences.
    var chosen: [String]
    /// Every number of the file with where it comes from, in the file's order.
    var sources: [ParameterSource]
}

/// A number of the file and where it comes from.
struct ParameterSource: Sendable, Hashable {
    var place: String
    var unit: String
    /// A source, or ``assumed``, which may be followed by what it is near to.
    var source: String

    static let assumed = "assumed"
}
