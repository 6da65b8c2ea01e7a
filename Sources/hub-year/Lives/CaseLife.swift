// What is known of one case while the year goes by: where it stands, where it was, and what was worked on it.

import HubProto

/// A stage in which a case was.
struct Stay: Sendable {
    /// Place of the stage in the definition.
    var stage: Int
    var fromMillis: Int64
    var untilMillis: Int64
    /// It waited for its applicant, a payer or another authority.
    var isOutside: Bool
}

/// One thing that was done for a case, as the paper process repeats it.
enum RouteStep: Sendable {
    /// Officers of a pool worked so many minutes.
    case work(pool: Int, minutes: Double)
    /// The applicant repaired, or did not.
    case applicant(millis: Int64)
    /// Another authority, or work in the field, took so long.
    case outside(millis: Int64)
    case payment(millis: Int64)
    /// Units were asked.
    case advice([(pool: Int, minutes: Double)])
}

/// A case.
struct CaseLife: Sendable {
    let service: Int
    let applicant: String
    /// When its applicant came.
    let cameMillis: Int64
    var number = ""
    /// Name of the stage; empty = the hub has not heard of it.
    var stage = ""
    var isEnded = false
    /// When it first came to its end; nil = not yet.
    var endMillis: Int64?
    /// When its papers had their signatures; nil = they wait, or there are none yet.
    var paperMillis: Int64?
    /// Rises with each stage to which it comes; what was planned for an earlier one no longer counts.
    var visit = 0
    var visits: [String: Int] = [:]
    var stays: [Stay] = []
    var route: [RouteStep] = []
    /// Steps of the route until it first came to its end.
    var routeCount = 0
    /// By place in the definition.
    var clocks: [HubDeadlineState] = []
    var unit = ""
    /// When the first of its clocks passes.
    var dueMillis: Int64?
    var openAdvice: [(name: String, unit: String)] = []
    /// The newest bill's number.
    var bill = ""
    var bills: [HubBill] = []
    /// As the applicant sees it.
    var form: [HubFieldValue] = []
    var repairs = 0

    init(service: Int, applicant: String, cameMillis: Int64) {
        (self.service, self.applicant, self.cameMillis) = (service, applicant, cameMillis)
    }
}
