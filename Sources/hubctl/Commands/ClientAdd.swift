// hubctl client add: makes a key here, lets the hub sign it, and writes what the client needs.

import ArgumentParser
import Glibc
import HubDomain
import HubProto
import HubTrust

/// Registers a principal.
struct ClientAdd: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Registers a program or a person and makes its certificate.",
        discussion: """
            The private key is made here and never leaves this machine. Writes NAME.pem, NAME.key (readable by the \
            owner alone) and ca.pem.

            Example:
              hubctl client add --department DEPARTMENT --name counter-1 --role officer --out counter-1 --state ./state
              hubctl service list --cert counter-1/counter-1.pem --key counter-1/counter-1.key --ca counter-1/ca.pem
            """)

    @Option(help: ArgumentHelp("Code of the department.", valueName: "code"))
    var department: String

    @Option(help: ArgumentHelp("Name, unique in the department: a-z, 0-9 and -, at most 32.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("Role of policy.yaml.", valueName: "role"))
    var role: String

    @Option(help: ArgumentHelp("Unit within the department.", valueName: "unit"))
    var unit = ""

    @Option(help: ArgumentHelp("Where to write the files.", valueName: "dir"), completion: .directory)
    var out = "."

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        guard PrincipalName(department: department, name: name) != nil else {
            throw HubError(.configurationInvalid, "--department and --name: a-z first, then a-z, 0-9 or -, at most 32")
        }
        let files = try Files(directory: out, name: name)
        let key = PrivateKey()
        // The key is on the disk before the hub knows it: a certificate without its key would help nobody.
        try PrivateFile.write(key.pem, to: files.key)
        let reply: HubAddPrincipalReply
        do {
            reply = try await session.call(.addPrincipal, request(key))
        } catch {
            unlink(files.key)
            throw error
        }
        try PrivateFile.write(PEM.certificate([UInt8](reply.certificate)), to: files.certificate)
        let authority = PEM.certificate([UInt8](reply.authority))
        if access(files.authority, F_OK) != 0 {
            try PrivateFile.write(authority, to: files.authority)
        } else if try PrivateFile.read(files.authority).filter({ !$0.isWhitespace })
            != authority.filter({ !$0.isWhitespace })
        {
            Terminal.note("hubctl: \(files.authority) was there and is of another authority; it was left as it is")
        }
        output.show(files.detail(reply, role: role))
    }

    private func request(_ key: PrivateKey) throws(HubError) -> HubAddPrincipalRequest {
        var request = HubAddPrincipalRequest()
        request.department = department
        request.name = name
        request.role = role
        request.unit = unit
        request.certificateRequest = .init(try CertificateRequest.make(key))
        return request
    }

    /// Where the papers go.
    private struct Files {
        let certificate: String
        let key: String
        let authority: String

        /// - Throws: ``HubError/Code/configurationInvalid`` when a file is already there: a key is never overwritten.
        init(directory: String, name: String) throws(HubError) {
            let base = StateDirectory(path: directory).path
            if mkdir(base, 0o700) != 0, errno != EEXIST {
                throw HubError(.configurationInvalid, "\(base) cannot be made: \(String(cString: strerror(errno)))")
            }
            certificate = "\(base)/\(name).pem"
            key = "\(base)/\(name).key"
            authority = "\(base)/ca.pem"
            for path in [certificate, key] where access(path, F_OK) == 0 {
                throw HubError(.configurationInvalid, "\(path) is already there; remove it or choose another --out")
            }
        }

        func detail(_ reply: HubAddPrincipalReply, role: String) -> Detail {
            Detail(
                kind: "client", name: reply.principal,
                text: Detail.lines([
                    ("Principal", reply.principal), ("Role", role), ("Certificate", certificate), ("Key", key),
                    ("Authority", authority),
                ]),
                members: [
                    ("principal", .string(reply.principal)), ("role", .string(role)),
                    ("certificate", .string(certificate)), ("key", .string(key)), ("authority", .string(authority)),
                    ("receipt", reply.receipt.json),
                ])
        }
    }
}
