// A question on its way to a module, from the caller's wait to its one answer.

import HubCore
import HubDomain
import NIOCore

/// What a caller waits for. Its answer is given exactly once.
struct ModuleCall: Sendable {
    typealias Outcome = ModuleOutcome
    typealias Reply = @Sendable (Outcome) -> Void

    let method: ModuleLink.Method
    /// Serialised request.
    let message: [UInt8]
    /// Until when the caller waits.
    let deadline: NIODeadline
    /// Processes that ended while they worked on it and may have ended because of it.
    var casualties = 0
    /// It was once overdue behind a call that hung.
    var stoodBehind = false
    private var reply: Reply?

    /// A poison question may end this many processes.
    static let casualtiesMax = 2

    init(
        _ method: ModuleLink.Method, _ message: [UInt8], deadline: NIODeadline,
        reply: @escaping Reply
    ) {
        self.method = method
        self.message = message
        self.deadline = deadline
        self.reply = reply
    }

    /// The caller has its answer, or has been told that there will be none.
    var isOver: Bool { reply == nil }

    /// Gives the caller its answer; the second time does nothing.
    mutating func finish(_ outcome: Outcome) {
        reply?(outcome)
        reply = nil
    }
}
