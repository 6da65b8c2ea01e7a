// Notices as electronic mail, over a mail server of the regency.

import CCurl
package import HubCore
package import HubDomain

/// Where mail goes, and in whose name.
package struct MailServer: Sendable {
    /// How the connection is protected.
    package enum Protection: Sendable {
        /// From the first byte (RFC 8314).
        case tls
        /// By STARTTLS (RFC 3207), or no mail is sent.
        case startTLS
        /// Not at all: on this machine only.
        case none
    }

    package var host: String
    package var port: Int
    package var protection: Protection
    package var from: EmailAddress
    /// Printed beside the address.
    package var name: String
    /// nil = the server asks for nobody.
    package var user: String?
    package var password: String?
    /// PEM; nil = the system's authorities.
    package var authorityFile: String?
    /// Milliseconds for one mail.
    package var timeoutMillis = 20_000

    package init(
        host: String, port: Int, protection: Protection, from: EmailAddress, name: String, user: String? = nil,
        password: String? = nil, authorityFile: String? = nil
    ) {
        self.host = host
        self.port = port
        self.protection = protection
        self.from = from
        self.name = name
        self.user = user
        self.password = password
        self.authorityFile = authorityFile
    }
}

/// Sends each notice as a mail of its own.
package struct MailCourier: NoticeCourier {
    private let server: MailServer
    private let threads: CourierThreads
    private let handles = TransferHandles()

    package init(_ server: MailServer, threads: CourierThreads) {
        self.server = server
        self.threads = threads
    }

    package func deliver(_ parcel: NoticeParcel) async -> CourierOutcome {
        // Checked once more here, where it becomes part of a command.
        guard let address = EmailAddress(parcel.address) else { return .refused(what: "address") }
        let message = MailMessage(parcel, to: address, from: server.from, name: server.name).bytes
        let result = await threads.run { [server, handles] in
            handles.with { Self.send(message, to: address, server, $0) }
        }
        guard let result else { return .later(what: "stopping", channelFails: false) }
        return Self.outcome(of: result)
    }

    private static func send(
        _ message: [UInt8], to address: EmailAddress, _ server: MailServer, _ handle: TransferHandle
    ) -> TransferResult {
        let scheme = server.protection == .tls ? "smtps" : "smtp"
        let host = server.host.contains(":") ? "[\(server.host)]" : server.host
        handle.begin(
            TransferSettings(
                url: "\(scheme)://\(host):\(server.port)", protocols: scheme, authorityFile: server.authorityFile,
                timeoutMillis: server.timeoutMillis))
        if server.protection == .startTLS { handle.demandTLS() }
        if let user = server.user, let password = server.password {
            handle.set(CURLOPT_USERNAME, user)
            handle.set(CURLOPT_PASSWORD, password)
        }
        handle.set(CURLOPT_MAIL_FROM, "<\(server.from.text)>")
        handle.set(CURLOPT_MAIL_RCPT, ["<\(address.text)>"])
        return handle.upload(message)
    }

    /// - Returns: ``CourierOutcome/refused(what:)`` for what the server will not take from this sender for this recipient;
    ///   everything else may be otherwise tomorrow.
    static func outcome(of result: TransferResult) -> CourierOutcome {
        if result.isDone { return .delivered(what: "smtp 250") }
        if result.isLate { return .later(what: "timeout", channelFails: true) }
        if result.isDenied { return .later(what: "login denied", channelFails: true) }
        switch result.answer {
        case 500...599 where result.isRefusal && result.answer != 530: return .refused(what: "smtp \(result.answer)")
        // An answer of success before the connection broke says nothing of the mail.
        case 400...599: return .later(what: "smtp \(result.answer)", channelFails: [421, 530].contains(result.answer))
        default: return .later(what: "curl \(result.code)", channelFails: true)
        }
    }
}
