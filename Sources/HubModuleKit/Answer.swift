// The answer of a module: it shall happen, with what follows from it, or it shall not, with every reason.

public import HubDomain
package import HubProto
import HubWire

/// What shall happen. Begin with ``go(to:)`` or ``refuse(_:)-(Violation...)``, then add to it.
///
/// Additions to a refusal are dropped: nothing of a refused command is stored.
public struct Answer: Sendable {
    /// As the hub gets it.
    package private(set) var decision: HubDecision

    /// The command happens and the case goes to this stage, one of the action's `to`.
    public static func go(to stage: String) -> Answer {
        var accepted = HubAcceptance()
        accepted.stage = stage
        return Answer(.accepted(accepted))
    }

    /// The command does not happen. Name every reason, not only the first.
    public static func refuse(_ reasons: Violation...) -> Answer { refuse(reasons) }

    /// The command does not happen. Name every reason, not only the first.
    public static func refuse(_ reasons: [Violation]) -> Answer {
        var rejected = HubRejection()
        rejected.reasons = reasons.map(HubFieldViolation.init)
        return Answer(.rejected(rejected))
    }

    /// Sets a decided field to a text; the last value given for a name counts.
    public func setting(_ name: String, _ text: String) -> Answer { setting(name, .text(text)) }
    /// Sets a decided field to a whole number.
    public func setting(_ name: String, _ integer: Int64) -> Answer { setting(name, .integer(integer)) }
    /// Sets a decided field to yes or no.
    public func setting(_ name: String, _ flag: Bool) -> Answer { setting(name, .flag(flag)) }

    /// Empties a decided field.
    public func clearing(_ name: String) -> Answer { setting(name, nil) }

    /// Adds something an officer should look at; never a refusal.
    public func warning(_ code: String, field: String, id indonesian: String, en english: String) -> Answer {
        adding { accepted in
            var warning = HubWarning()
            warning.code = code
            warning.field = field
            warning.text.id = indonesian
            warning.text.en = english
            accepted.warnings.append(warning)
        }
    }

    /// From now on this unit of the department holds the case.
    public func held(by unit: String) -> Answer { adding { $0.unit = unit } }

    private init(_ outcome: HubDecision.OneOf_Outcome) {
        decision = HubDecision()
        decision.outcome = outcome
    }

    private func setting(_ name: String, _ value: HubFieldValue.OneOf_Value?) -> Answer {
        adding { accepted in
            accepted.data.removeAll { $0.name == name }
            var field = HubFieldValue()
            field.name = name
            field.value = value
            accepted.data.append(field)
        }
    }

    private func adding(_ change: (inout HubAcceptance) -> Void) -> Answer {
        guard case .accepted(var accepted)? = decision.outcome else { return self }
        change(&accepted)
        return Answer(.accepted(accepted))
    }
}
