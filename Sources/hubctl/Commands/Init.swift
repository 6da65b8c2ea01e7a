// hubctl init: makes a state directory, without a hub.

import ArgumentParser
import HubDomain
import HubTrust

/// Makes keys, certificates and the policy of a new hub.
struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes the state directory of a new hub.",
        discussion: """
            Makes an authority, the hub's certificate, an administrator's certificate, policy.yaml (which role may \
            call what) and hub.yaml (the hub's settings). Only the owner can read them. A directory that is there \
            and not empty is never touched.

            Certificates name the place where others find the list of those that were revoked: elayanan.crl on the web \
            server of the first --host, unless --crl-uri says another one. hubd keeps that list in ca.crl; the web \
            server gives it to everybody. The hub itself needs no list: it refuses what was revoked at once.

            Examples:
              hubctl init --state ./state --host layanan.example.go.id
              hubctl init --state ./state --host hub-1 --crl-uri http://www.example.go.id/elayanan.crl
            """)

    @Option(help: ArgumentHelp("The directory to make.", valueName: "dir"), completion: .directory)
    var state: String

    @Option(
        help: ArgumentHelp(
            "Name or address under which clients reach the hub, beside localhost. May be repeated.", valueName: "host"))
    var host: [String] = []

    @Option(
        help: ArgumentHelp(
            "Where the list of revoked certificates will be, http://HOST/PATH; empty for nowhere.", valueName: "uri"))
    var crlUri: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let directory = StateDirectory(path: state)
        let place = try revocationList()
        var random = SystemRandomNumberGenerator()
        try directory.create(
            hosts: host, policy: DefaultPolicy.text,
            configuration: DefaultConfiguration.text(crlURI: place?.description ?? ""), revocationList: place,
            nowMillis: WallClock.nowMillis(), random: &random)
        output.show(
            Detail(
                kind: "state", name: directory.path,
                text: [
                    "Made \(directory.path): authority, hub's and admin's certificate, policy.yaml, hub.yaml.",
                    "Certificates are valid for \(CertificateAuthority.validDaysMax) days.",
                    place.map { "They name \($0) for revoked ones: give \(directory.revocationList) there." }
                        ?? "They name no place for revoked ones.",
                    "Next:  hubd --state \(directory.path)",
                    "       hubctl status --state \(directory.path)",
                ],
                members: [
                    ("state", .string(directory.path)), ("principal", .string(StateDirectory.adminPrincipal)),
                    ("certificate", .string(directory.adminCertificate)), ("key", .string(directory.adminKey)),
                    ("authority", .string(directory.authorityCertificate)), ("policy", .string(directory.policy)),
                    ("configuration", .string(directory.configuration)), ("crl_uri", .text(place?.description ?? "")),
                ]))
    }

    private func revocationList() throws(HubError) -> RevocationListURI? {
        if let crlUri { return crlUri.isEmpty ? nil : try RevocationListURI(crlUri) }
        return try .standard(host: host.first ?? StateDirectory.localHosts[0])
    }
}
