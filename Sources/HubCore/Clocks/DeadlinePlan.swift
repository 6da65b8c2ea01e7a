// What becomes of a case's clocks when it moves from stage to stage. Pure: time and calendars are passed in.

package import HubDomain
package import HubProto

/// The clocks of one definition.
///
/// A clock starts when the case enters one of its stages from outside, keeps what is left while the case is in a stage
/// that pauses it, and ends when the case goes elsewhere: met before its time, passed after it. Coming back from
/// elsewhere, as with a reopened case, starts it anew. A deadline passes at its millisecond, not after it. Clocks that run until
/// a paper ends are ``TermPlan``'s, and stay here as they are.
package struct DeadlinePlan: Sendable {
    let definition: HubServiceDefinition
    let calendars: [String: WorkCalendar]

    /// - Parameter calendars: By the name that the definition's clocks use.
    package init(definition: HubServiceDefinition, calendars: [String: WorkCalendar]) {
        self.definition = definition
        self.calendars = calendars
    }

    /// The case's deadlines after it came to a stage, in the definition's order.
    ///
    /// Let what is due pass first (``passed(_:of:nowMillis:)``): a deadline that is overdue here becomes passed without
    /// doing what its clock says.
    ///
    /// - Parameters:
    ///   - stageBefore: nil with a new case.
    ///   - current: The case's deadlines before.
    ///   - data: The case's data after the step.
    ///   - history: Of a case from an older register: when it was created and closed there. Its clocks never run.
    /// - Throws: ``HubError/Code/definitionInvalid`` when a clock's calendar is not here or does not know the days.
    package func deadlines(
        after stage: String, stageBefore: String?, current: [HubDeadline], data: [HubFieldValue], nowMillis: Int64,
        history: (createdMillis: Int64, closedMillis: Int64?)?
    ) throws(HubError) -> [HubDeadline] {
        var result: [HubDeadline] = []
        for clock in definition.clocks {
            let before = current.first { $0.name == clock.name }
            let after: HubDeadline?
            if clock.isTerm {
                after = before
            } else if let history {
                after = before ?? (clock.exists(with: data) ? past(clock, data, history.createdMillis) : nil)
            } else {
                let step = Step(from: stageBefore, to: stage, data: data, nowMillis: nowMillis)
                after = try deadline(of: clock, before: before, step)
            }
            if let after { result.append(after) }
        }
        return result
    }

    /// The case after a deadline of it passed: marked, and by its clock escalated or moved to another stage.
    ///
    /// - Throws: ``HubError/Code/internalFault`` when no such deadline runs or its time has not come;
    ///   ``HubError/Code/definitionInvalid`` when the stage or a calendar is not there.
    package func passed(_ name: String, of state: HubCase, nowMillis: Int64) throws(HubError) -> HubCase {
        guard let row = state.deadlines.firstIndex(where: { $0.name == name && $0.state == .running }),
            state.deadlines[row].dueMs <= nowMillis
        else { throw HubError(.internalFault, "deadline \(name) does not run or is not due") }
        var after = state
        after.deadlines[row].state = .passed
        guard let clock = definition.clock(name) else { return after }
        switch clock.onPassed {
        case .escalate: escalate(&after)
        case .move:
            after.data = definition.data(after.data, with: clock.sets)
            try move(&after, to: clock.moveTo, nowMillis: nowMillis)
        case .mark, .unspecified, .UNRECOGNIZED: break
        }
        return after
    }

    /// One step up the ladder; at its end the case stays with the last step.
    private func escalate(_ state: inout HubCase) {
        guard !definition.escalation.isEmpty else { return }
        let level = min(Int(clamping: state.escalation) + 1, definition.escalation.count)
        state.escalation = UInt32(clamping: level)
        state.escalatedTo = definition.escalation[level - 1].name
    }

    /// The hub itself brings a case to a stage.
    func move(_ state: inout HubCase, to name: String, nowMillis: Int64) throws(HubError) {
        guard let stage = definition.stage(name) else {
            throw HubError(.definitionInvalid, "\(definition.service): stage \(name) is not there")
        }
        let before = state.stage
        state.come(to: stage, nowMillis)
        state.deadlines = try deadlines(
            after: stage.name, stageBefore: before, current: state.deadlines, data: state.data, nowMillis: nowMillis,
            history: nil)
    }
}
