// How a citizen agreed that somebody acts for them, on the command line.

import ArgumentParser
import HubProto

/// A way of agreeing on the command line.
enum ConsentWord: String, ExpressibleByArgument, CaseIterable {
    case spoken, written, proxy

    fileprivate var kind: HubConsentKind {
        switch self {
        case .spoken: .spoken
        case .written: .written
        case .proxy: .proxy
        }
    }
}

/// `--consent` and `--consent-note`.
struct ConsentOptions: ParsableArguments {
    @Option(help: "With --on-behalf-of, as an officer: how the citizen agreed; spoken, written or proxy.")
    var consent: ConsentWord?

    @Option(help: ArgumentHelp("When and before whom the citizen agreed.", valueName: "text"))
    var consentNote = ""

    func validate() throws {
        if consent == nil, !consentNote.isEmpty { throw ValidationError("--consent-note needs --consent") }
    }

    var message: HubConsent? {
        consent.map { word in .with { ($0.kind, $0.note) = (word.kind, consentNote) } }
    }
}
