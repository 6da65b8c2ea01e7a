// Why there is no connection, in words that say what to check.

import HubDomain
import NIOCore
import NIOPosix
import NIOSSL

/// A failed try to connect.
struct ConnectFailure: Error {
    let error: HubError
    /// Trying again brings the same.
    let permanent: Bool

    /// Puts what NIO and TLS said into a sentence.
    ///
    /// - Parameter handshakeDone: TLS was ready before it failed. In TLS 1.3 the hub's judgement on the client's
    ///   certificate comes after that.
    init(_ cause: (any Error)?, address: HubAddress, handshakeDone: Bool) {
        switch cause {
        case let failure as ConnectFailure: self = failure
        case let error as HubError:  // Its GOAWAY.
            self.init(error: error, permanent: error.code != .connectionClosed)
        case let cause:
            let (sentence, permanent) = Self.sentence(cause, handshakeDone: handshakeDone)
            self.init("\(address): \(sentence)", permanent: permanent)
        }
    }

    /// A sentence of one's own, that begins with the address.
    init(_ sentence: String, permanent: Bool) {
        self.init(
            error: HubError(.connectionClosed, "cannot reach the hub at \(sentence)"), permanent: permanent)
    }

    private init(error: HubError, permanent: Bool) {
        self.error = error
        self.permanent = permanent
    }

    private static func sentence(_ cause: (any Error)?, handshakeDone: Bool) -> (String, permanent: Bool) {
        switch cause {
        case let error as NIOConnectionError: return (connectionSentence(error), false)
        case let error as ChannelError:
            if case .connectTimeout = error { return (noAnswer, false) }
            return (String(describing: error), false)
        case let error as IOError: return (socketSentence(error.errnoCode), false)
        case nil, .some(NIOSSLError.uncleanShutdown):
            return handshakeDone
                ? ("it closed the connection before its hello; is it starting or stopping?", false)
                : (hungUp, false)
        case let error?: return tlsSentence(String(describing: error))
        }
    }

    private static let hungUp = "it closed the connection during the TLS handshake; is this a hub's port?"
    private static let noAnswer = "no answer; check the address and the firewall"

    private static func connectionSentence(_ error: NIOConnectionError) -> String {
        guard let last = error.connectionErrors.last else { return "no such host; check the name" }
        if let error = last.error as? IOError { return socketSentence(error.errnoCode) }
        if case ChannelError.connectTimeout = last.error { return noAnswer }
        return String(describing: last.error)
    }

    private static func socketSentence(_ code: CInt) -> String {
        switch code {
        case ECONNREFUSED: "connection refused; is hubd running, and is the port right?"
        case EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL: "no way to this host; check the network"
        case ECONNRESET, EPIPE: "connection cut; is this a hub's port?"
        case ETIMEDOUT: noAnswer
        default: "system error \(code)"
        }
    }

    /// BoringSSL tells reasons by name only.
    private static func tlsSentence(_ text: String) -> (String, permanent: Bool) {
        let refusals = [
            "ALERT_UNKNOWN_CA", "CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "CERTIFICATE_EXPIRED",
            "CERTIFICATE_UNKNOWN", "CERTIFICATE_REVOKED", "UNSUPPORTED_CERTIFICATE", "ALERT_ACCESS_DENIED",
        ]
        if refusals.contains(where: text.contains) {
            return ("it refuses this client's certificate; is it of this hub's authority, and still valid?", true)
        }
        if text.contains("CERTIFICATE_VERIFY_FAILED") || text.contains("unableToValidateCertificate") {
            return ("its certificate is not of the authority in this client's CA file, or has expired", true)
        }
        if text.contains("Hostname") || text.contains("hostname") {
            return ("its certificate does not name this address; check the address or set the server name", true)
        }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("PROTOCOL_VERSION") {
            return ("it does not speak TLS 1.3; is this a hub's port?", true)
        }
        if text.contains("EOF during handshake") { return (hungUp, false) }
        return ("TLS failed: \(text)", false)
    }
}
