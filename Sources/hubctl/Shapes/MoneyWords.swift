// The words of money on the command line.

import HubProto

extension HubBillState {
    /// `open`, `settled`, `cancelled`
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .open: "open"
        case .settled: "settled"
        case .cancelled: "cancelled"
        case .UNRECOGNIZED(let number): "state_\(number)"
        }
    }
}

extension HubPostingKind {
    /// `received`, `settled` …
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .received: "received"
        case .settled: "settled"
        case .unsettled: "unsettled"
        case .reversed: "reversed"
        case .refunded: "refunded"
        case .UNRECOGNIZED(let number): "kind_\(number)"
        }
    }
}

extension HubPaymentChannel {
    /// `bank`, `counter`
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .bank: "bank"
        case .counter: "counter"
        case .UNRECOGNIZED(let number): "channel_\(number)"
        }
    }
}

extension LayananPaymentOutcome {
    /// `settled`, `held_short` …
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .settled: "settled"
        case .settledOver: "settled_over"
        case .heldShort: "held_short"
        case .heldTwice: "held_twice"
        case .heldCancelled: "held_cancelled"
        case .known: "known"
        case .reversed: "reversed"
        case .reopened: "reopened"
        case .refunded: "refunded"
        case .heldPending: "held_pending"
        case .UNRECOGNIZED(let number): "outcome_\(number)"
        }
    }
}

extension LayananDifferenceKind {
    /// `missing_here`, `missing_there` …
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .missingHere: "missing_here"
        case .missingThere: "missing_there"
        case .unequal: "unequal"
        case .noBill: "no_bill"
        case .reversedHere: "reversed_here"
        case .refused: "refused"
        case .UNRECOGNIZED(let number): "kind_\(number)"
        }
    }
}
