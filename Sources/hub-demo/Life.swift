// What becomes of a case, as a script.

import HubProto

/// Who takes a step.
enum Hand: Sendable, Hashable {
    case officer
    case head
    /// The citizen, through the channel.
    case citizen
    /// An officer of the department that advises.
    case adviser
    /// An officer of a unit whose advice is asked for: the action is the consultation's name.
    case consulted
    /// The citizen's bank: it pays, and the action says which percentage of what is owed.
    case bank
    /// An outside authority: nothing more is done until it has answered.
    case authority
    /// The citizen and an appointment: books one, changes it, or books one and stays away.
    case booking, changing, absent
    /// The citizen comes to the office, and is checked in, called and served; the action says what is shown there.
    case visiting

    /// It takes the day on which the citizen comes.
    var isAppointment: Bool { [.booking, .changing, .absent, .visiting].contains(self) }
}

/// One step of a life.
struct Step: Sendable {
    let by: Hand
    let action: String
    var note = ""
    var form: [HubFieldValue] = []
    /// Kinds of papers that are put and added.
    var papers: [String] = []
}

/// A script: steps in order, one in each round, and the stage in which the case must then be.
struct Life: Sendable {
    let name: String
    let steps: [Step]
    let ends: String
    /// Where it stands instead when the hub has sent it to its unit at once.
    var orEnds = ""
    /// Kinds of papers that come with the request besides those that every request of the service has.
    var papers: [String] = []

    /// Nobody does anything about it, so that time does.
    var isIgnored: Bool { steps.isEmpty && !orEnds.isEmpty }
}
