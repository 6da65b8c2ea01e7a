// hubctl client revoke: takes certificates out of use.

import ArgumentParser
import HubDomain
import HubProto

/// Revokes one certificate, or all of a principal.
struct ClientRevoke: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Takes certificates out of use: lost, stolen, or no longer needed.",
        discussion: """
            From the answer on the hub takes no call with them, and ends their connections. Without --serial every \
            certificate of the principal is revoked, also one that this hub did not make; one that is made later with \
            `hubctl client add` holds. It cannot be taken back.

            Examples:
              hubctl client revoke --department DEPARTMENT --name counter-1 --reason key-compromise --state ./state
              hubctl client revoke --serial 4a90… --reason superseded --state ./state
            """)

    @Option(help: ArgumentHelp("Code of the department.", valueName: "code"))
    var department = ""

    @Option(help: ArgumentHelp("Name in the department.", valueName: "name"))
    var name = ""

    @Option(
        help: ArgumentHelp(
            "Of one certificate, as `hubctl client list` or `openssl x509 -serial` shows it.", valueName: "hex"))
    var serial: String?

    @Option(help: "Why.")
    var reason: TypedReason

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard serial != nil || (!department.isEmpty && !name.isEmpty) else {
            throw ValidationError("give --department and --name, or --serial")
        }
        if let serial, CertificateSerial(hex: serial) == nil {
            throw ValidationError("--serial must be up to \(2 * CertificateSerial.bytesMax) hexadecimal digits")
        }
    }

    func run(_ session: Session) async throws {
        let request = HubRevokeCertificateRequest.with {
            $0.department = department
            $0.name = name
            $0.serial = .init(serial.flatMap { CertificateSerial(hex: $0) }?.bytes ?? [])
            $0.reason = reason.reason
        }
        let reply = try await session.client.admin.revokeCertificate(request, options: session.options).message
        var listing = Listing("certificate", HubCertificate.columns)
        for certificate in reply.certificates {
            listing.add(name: certificate.number, row: certificate.row, item: certificate.members)
        }
        output.show(listing)
        if reply.certificates.isEmpty {
            Terminal.note("hubctl: this hub made none for it; whatever there is elsewhere is refused from now on")
        }
    }
}

/// Reasons as they are typed.
enum TypedReason: String, CaseIterable, ExpressibleByArgument {
    case keyCompromise = "key-compromise"
    case affiliationChanged = "affiliation-changed"
    case superseded
    case cessationOfOperation = "cessation-of-operation"
    case unspecified

    /// As the hub knows it.
    var reason: HubRevocationReason {
        switch self {
        case .keyCompromise: .keyCompromise
        case .affiliationChanged: .affiliationChanged
        case .superseded: .superseded
        case .cessationOfOperation: .cessationOfOperation
        case .unspecified: .unspecified
        }
    }
}
