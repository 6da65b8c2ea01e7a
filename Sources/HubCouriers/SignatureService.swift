// Papers to the national e-signature service: one PDF in, the same PDF with an officer's signature out.

import CCurl
package import HubCore
package import HubDomain

/// Where the service is and how the hub introduces itself.
package struct SignatureServer: Sendable {
    /// `https://…` up to and without `/api/`; `http://` on this machine only.
    package var url: String
    package var user: String
    package var password: String
    /// PEM; nil = the system's authorities.
    package var authorityFile: String?
    /// Milliseconds for one signature.
    package var timeoutMillis = 30_000

    package init(url: String, user: String, password: String, authorityFile: String? = nil) {
        self.url = url
        self.user = user
        self.password = password
        self.authorityFile = authorityFile
    }
}

/// `POST api/sign/pdf` with Basic authentication and a form of file, NIK and passphrase, as clients of the service in the
/// field speak it (fact 27 of the domain). The signature is invisible: the paper has its own mark and code.
package struct SignatureService: PaperSignatory {
    private let server: SignatureServer
    private let threads: CourierThreads
    private let handles = TransferHandles()

    /// Bytes of a signed file.
    private static let answerBytesMax = 33_554_432

    package init(_ server: SignatureServer, threads: CourierThreads) {
        self.server = server
        self.threads = threads
    }

    package func sign(_ pdf: [UInt8], by officer: SigningOfficer) async throws(HubError) -> [UInt8] {
        let answer = await threads.run { [server, handles] in
            let answer = TransferAnswer(bytesMax: Self.answerBytesMax)
            let result = handles.with { handle in
                handle.begin(
                    TransferSettings(
                        url: server.url + "/api/sign/pdf",
                        protocols: server.url.hasPrefix("https:") ? "https" : "http",
                        authorityFile: server.authorityFile, timeoutMillis: server.timeoutMillis))
                handle.set(CURLOPT_USERPWD, "\(server.user):\(server.password)")
                handle.set(CURLOPT_HTTPHEADER, ["Expect:", "Accept: application/pdf"])
                return handle.post(
                    form: [("nik", officer.nik), ("passphrase", officer.passphrase), ("tampilan", "invisible")],
                    file: (name: "paper.pdf", type: "application/pdf", bytes: pdf), into: answer)
            }
            return (result, answer.bytes)
        }
        guard let (result, file) = answer else { throw Self.unavailable("the hub is stopping") }
        switch result.answer {
        case 200 where result.isDone: return file
        case 400, 403, 404, 422:
            // What the service says may repeat what it was sent; it is not told.
            throw HubError(
                .signatureRefused, "the signature service does not sign for this officer (http \(result.answer))")
        case 1...: throw Self.unavailable("http \(result.answer)")
        default: throw Self.unavailable(result.isLate ? "timeout" : "curl \(result.code)")
        }
    }

    private static func unavailable(_ why: String) -> HubError {
        HubError(.signatureUnavailable, "the signature service is away: \(why)")
    }
}
