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

            Example:
              hubctl init --state ./state --host layanan.example.go.id
            """)

    @Option(help: ArgumentHelp("The directory to make.", valueName: "dir"), completion: .directory)
    var state: String

    @Option(
        help: ArgumentHelp(
            "Name or address under which clients reach the hub, beside localhost. May be repeated.", valueName: "host"))
    var host: [String] = []

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let directory = StateDirectory(path: state)
        var random = SystemRandomNumberGenerator()
        try directory.create(
            hosts: host, policy: DefaultPolicy.text, configuration: DefaultConfiguration.text,
            nowMillis: WallClock.nowMillis(), random: &random)
        output.show(
            Detail(
                kind: "state", name: directory.path,
                text: [
                    "Made \(directory.path): authority, hub's and admin's certificate, policy.yaml, hub.yaml.",
                    "Certificates are valid for \(CertificateAuthority.validDaysMax) days.",
                    "Next:  hubd --state \(directory.path)",
                    "       hubctl status --state \(directory.path)",
                ],
                members: [
                    ("state", .string(directory.path)), ("principal", .string(StateDirectory.adminPrincipal)),
                    ("certificate", .string(directory.adminCertificate)), ("key", .string(directory.adminKey)),
                    ("authority", .string(directory.authorityCertificate)), ("policy", .string(directory.policy)),
                    ("configuration", .string(directory.configuration)),
                ]))
    }
}
