// Why an attempt failed, and what that means for the next one.

import HubDomain
import HubProto

/// The end of an attempt that brought no answer.
struct AttemptFailure {
    /// What may follow.
    enum Consequence: Equatable {
        /// Nothing: the answer would be the same.
        case final
        /// Again at once, on whatever connection there is: the hub did not begin. Costs no attempt.
        case atOnce
        /// Again as soon as there is a connection; whether the hub began is unknown, the key tells.
        case reconnect
        /// Again after a wait.
        case wait
    }

    let error: HubError
    let consequence: Consequence

    /// The connection went away before the answer.
    static func lost(_ error: HubError) -> Self {
        // A hub that closed because of a broken rule or a certificate would do so again.
        Self(error: error, consequence: error.code == .connectionClosed ? .reconnect : .final)
    }

    /// The hub answered with an error. With RetryInfo it says itself that the same call may come again.
    static func answered(_ error: HubError) -> Self {
        let mayComeAgain = error.status == .unavailable || error.retryAfterMillis != nil
        return Self(error: error, consequence: mayComeAgain ? .wait : .final)
    }

    /// The hub or this side broke the rules of the call.
    static func violation(_ error: HubError) -> Self { Self(error: error, consequence: .final) }

    /// The hub reset the call.
    static func reset(_ reset: HubReset) -> Self {
        switch reset.code {
        case .refused: Self(error: HubError(.connectionClosed, "the hub did not start the call"), consequence: .atOnce)
        case .cancelled: Self(error: HubError(.cancelled, "the hub cancelled the call"), consequence: .final)
        case .unspecified, .streamClosed, .protocolError, .UNRECOGNIZED:
            Self(error: HubError(.protocolViolation, "the hub reset the call: \(reset.code)"), consequence: .final)
        }
    }

    /// The hub leaves and did not start the call.
    static func refused(_ goaway: HubGoaway) -> Self {
        let error = HubError(goaway)
        return Self(error: error, consequence: error.code == .connectionClosed ? .atOnce : .final)
    }
}

extension HubError {
    /// Why the hub left, as the calls that it did not answer see it.
    init(_ goaway: HubGoaway) {
        let reason = goaway.reason.isEmpty ? "\(goaway.code)" : goaway.reason
        switch goaway.code {
        case .versionUnsupported:
            self.init(
                .versionUnsupported,
                "the hub speaks 1.\(goaway.versionMin) to 1.\(goaway.versionMax); update the side that is older")
        case .certRevoked:
            self.init(.certificateRevoked, "the hub does not accept this certificate any more: \(reason)")
        case .unauthenticated:
            self.init(.principalUnknown, "the hub does not accept this certificate: \(reason)")
        case .protocolError, .frameSize, .flowControl, .streamLimit:
            self.init(.protocolViolation, "the hub closed the connection: \(reason)")
        case .noError, .enhanceYourCalm, .idle, .draining, .UNRECOGNIZED:
            self.init(
                .connectionClosed, "the hub closed the connection: \(reason)",
                retryAfterMillis: goaway.retryAfterMs == 0 ? nil : goaway.retryAfterMs)
        }
    }
}
