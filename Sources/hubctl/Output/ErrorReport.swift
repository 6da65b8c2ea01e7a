// How an error is told on stderr: code, every wrong field in two languages, facts, and what to do about it.

import HubDomain

/// The lines of an error. They hold what the hub sent, which is free of personal data by contract.
enum ErrorReport {
    /// First line `hubctl: E4003 …`, then a line for each violation and fact, then the remedy.
    static func lines(for error: HubError) -> [String] {
        var lines = ["hubctl: E\(error.code.number) \(Table.oneLine(error.detail))"]
        for violation in error.violations {
            let field = violation.field.isEmpty ? "request" : violation.field
            let texts = [violation.indonesian, violation.english].filter { !$0.isEmpty }.map(Table.oneLine)
            lines.append(
                "  \(Table.oneLine(field)) (\(Table.oneLine(violation.rule))): \(texts.joined(separator: " / "))")
        }
        for (key, value) in error.facts.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(Table.oneLine(key)): \(Table.oneLine(value))")
        }
        if let remedy = remedies[error.code] { lines.append("  → \(remedy)") }
        return lines
    }

    /// Codes for which a person at a terminal can do something that the message does not already say.
    private static let remedies: [HubError.Code: String] = [
        .deadlineExceeded: "The change may still happen. Send it again with the same --idempotency-key, or look first.",
        .tooManyCalls: "Use fewer --in-flight.",
        .cursorInvalid: "Watch again without --resume-from.",
        .principalUnknown: "An admin registers this certificate's owner: `hubctl client add`.",
        .certificateRevoked: "An admin makes another one: `hubctl client add`.",
        .permissionDenied: "The role needs this method in policy.yaml, or the action needs the role in its definition.",
        .moduleUnavailable:
            "Try again in a moment; `hubctl module list` shows how the module is. Reads work meanwhile.",
        .moduleCrashed: "Try again; `hubctl module show` says how it ended. Tell the department if it stays.",
        .moduleHung: "Try again; tell the department if it stays.",
        .moduleQuarantined: "`hubctl module restart` lifts the quarantine.",
        .moduleUnknown: "`hubctl module list` shows their names.",
        .serviceUnknown: "`hubctl service list` shows the codes.",
        .formInvalid: "`hubctl service show` describes the form.",
        .documentInvalid: "Give each missing one with --document kind=FILE; `hubctl service show` names them.",
        .actionNotAllowed: "`hubctl case show` names the stage, `hubctl service show` the actions and their roles.",
        .versionStale: "Look at the case again (`hubctl case show`), then decide with the new --expect-version.",
        .keyReused: "Leave --idempotency-key out, or give a new one.",
        .documentRefused: "`hubctl service show -o json` names the types and sizes that are taken; shrink the photo.",
        .uploadDamaged: "Send it again; look at the line or the disk if it happens again.",
        .uploadLimit: "Finish what was begun, or wait until it expires.",
        .rulesRefused: "Mend what is named and look with `hubctl service check`; nothing was changed.",
        .clockNotManual: "Only a hub started with `hubd --clock manual` can be advanced.",
        .chainBroken: "Stop the hub, keep the state directory as it is, and compare it with the last backup.",
    ]
}
