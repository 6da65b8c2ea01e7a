// What the conformance kit shows a hub: the caller's papers, and those of people whom the hub must not let in.

import HubClient
import HubConformance
import HubDomain
import HubTrust

/// Reads the caller's papers, and makes the strangers'.
struct HubPapers {
    let connection: ConnectionOptions

    init(_ connection: ConnectionOptions) { self.connection = connection }

    /// - Throws: ``HubError/Code/configurationInvalid`` naming the file that cannot be read.
    func hub() throws(HubError) -> HubUnderTest {
        let configuration = try connection.configuration()
        guard let address = configuration.addresses.first else {
            throw HubError(.configurationInvalid, "--address must be HOST:PORT")
        }
        var hub = HubUnderTest(
            host: address.host, port: address.port, authority: try read(configuration.authority),
            own: Papers(
                certificate: try read(configuration.certificate), key: try read(configuration.privateKey)))
        let now = WallClock.nowMillis()
        var random = SystemRandomNumberGenerator()
        let elsewhere = try CertificateAuthority.create(nowMillis: now, serial: StateDirectory.serial(&random))
        hub.foreign = try issue(elsewhere, nowMillis: now, &random)
        // Only where the authority's key lies: beside the hub.
        if let directory = connection.stateDirectory(),
            let authority = try? StateDirectory(path: directory).loadAuthority()
        {
            hub.expired = try issue(authority, nowMillis: now - 30 * 86_400_000, &random)
        }
        return hub
    }

    /// A certificate for one day.
    private func issue(
        _ authority: CertificateAuthority, nowMillis: Int64, _ random: inout SystemRandomNumberGenerator
    ) throws(HubError) -> Papers {
        let key = PrivateKey()
        let issued = try authority.issue(
            request: CertificateRequest.make(key), kind: .client(principal: StateDirectory.adminPrincipal),
            validDays: 1, nowMillis: nowMillis, serial: StateDirectory.serial(&random))
        return Papers(certificate: Array(issued.pem.utf8), key: Array(key.pem.utf8))
    }

    private func read(_ source: PEMSource) throws(HubError) -> [UInt8] {
        switch source {
        case .file(let path): Array(try PrivateFile.read(path).utf8)
        case .bytes(let bytes): bytes
        }
    }
}
