// The section `signature` of hub.yaml: where officers sign papers.

import HubCore
import HubCouriers
import HubDomain
import Yams

/// What hub.yaml says of the e-signature service. Reading it opens no file; ``service(_:)`` does.
struct SignatureConfiguration {
    private let url: String
    private let user: String
    private let passwordFile: String
    private let authorityFile: String?
    private let timeoutMillis: Int

    /// Signatures at the same time.
    let threads: Int

    /// - Parameter stateDirectory: Where paths begin that do not begin with a slash.
    /// - Throws: ``HubError/Code/configurationInvalid`` naming file, key and remedy.
    init(_ node: Node, file: String, stateDirectory: String) throws(HubError) {
        let section = try Section(node, "signature", file, stateDirectory)
        guard let url = try section.text("url"), Section.isAddress(url), !url.hasSuffix("/") else {
            throw section.wrong("url", "https://HOST without a slash at its end, or http:// on this machine")
        }
        guard let user = try section.text("user"), !user.contains(":") else {
            throw section.wrong("user", "the hub's name at the service, without a colon")
        }
        guard let passwordFile = try section.path("password_file") else {
            throw section.wrong("password_file", "a file")
        }
        (self.url, self.user, self.passwordFile) = (url, user, passwordFile)
        authorityFile = try section.path("ca_file")
        timeoutMillis = (try section.number("timeout_seconds", 1...120) ?? 30) * 1_000
        threads = try section.number("concurrency", 1...32) ?? 4
        try section.finish()
    }

    /// Secrets and authorities.
    var files: [String] { [passwordFile, authorityFile].compactMap(\.self) }

    /// - Throws: ``HubError/Code/configurationInvalid`` naming a secret that cannot be used.
    func service(_ threads: CourierThreads) throws(HubError) -> SignatureService {
        var server = SignatureServer(
            url: url, user: user, password: try SecretFile.read(passwordFile), authorityFile: authorityFile)
        server.timeoutMillis = timeoutMillis
        return SignatureService(server, threads: threads)
    }
}
