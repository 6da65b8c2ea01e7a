// Which hub a command speaks to, and as whom: the same flags everywhere.

import ArgumentParser
import Glibc
import HubClient
import HubDomain
import HubTrust

/// Where the hub is and whose papers are shown to it.
struct PaperOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "State directory of `hubctl init`; its admin certificate serves unless --cert is given.", valueName: "dir"),
        completion: .directory)
    var state: String?

    @Option(
        help: ArgumentHelp(
            """
            Address of the hub; several with commas are tried in turn. Default: what hubd wrote to DIR/address, else \
            127.0.0.1:7443.
            """, valueName: "host:port"))
    var address: String?

    @Option(help: ArgumentHelp("Certificate of the caller, PEM.", valueName: "file"), completion: .file())
    var cert: String?

    @Option(help: ArgumentHelp("Private key of that certificate, PEM.", valueName: "file"), completion: .file())
    var key: String?

    @Option(help: ArgumentHelp("Certificate of the hub's authority, PEM.", valueName: "file"), completion: .file())
    var ca: String?

    /// Nobody was named.
    static let nobody = HubError(
        .configurationInvalid,
        "who calls? Give --state DIR, or all of --cert, --key and --ca, or make a context with `hubctl context add`")

    /// Somebody is named on the command line.
    var isGiven: Bool { state != nil || cert != nil || key != nil || ca != nil }

    /// The caller's papers; nil when one is missing.
    var paths: PaperPaths? {
        let directory = state.map { StateDirectory(path: $0) }
        guard let certificate = cert ?? directory?.adminCertificate,
            let key = key ?? (cert == nil ? directory?.adminKey : nil),
            let authority = ca ?? directory?.authorityCertificate
        else { return nil }
        return PaperPaths(certificate: certificate, key: key, authority: authority, state: directory?.path)
    }

    /// What --address says; empty when it is not given.
    func addresses() throws(HubError) -> [HubAddress] {
        guard let address else { return [] }
        return try Self.addresses(
            address.split(separator: ",", omittingEmptySubsequences: false).map(String.init),
            else: "--address must be HOST:PORT, or several with commas")
    }

    /// Reads `host:port` texts.
    static func addresses(_ texts: [String], else sentence: String) throws(HubError) -> [HubAddress] {
        let addresses = texts.compactMap(HubAddress.init(_:))
        guard addresses.count == texts.count else { throw HubError(.configurationInvalid, sentence) }
        return addresses
    }
}

/// The hub of a command, and how long and for whom it is asked.
struct ConnectionOptions: ParsableArguments {
    @OptionGroup var papers: PaperOptions

    @Option(
        help: ArgumentHelp(
            """
            A hub that `hubctl context add` gave a name. Default: the variable \(ContextFile.variable), else the one of \
            `hubctl context use`.
            """, valueName: "name"))
    var context: String?

    @Option(
        help: ArgumentHelp("The citizen for whom is spoken, such as nik:…; never logged.", valueName: "reference"))
    var onBehalfOf: String?

    @Option(help: ArgumentHelp("How long to wait for an answer: 500ms, 30s, 2m.", valueName: "time"))
    var timeout = Span(millis: 30_000)

    /// Where the hub is by default.
    static let defaultAddress = HubAddress(host: "127.0.0.1", port: 7_443)

    /// Files and address as the client library wants them. Flags win over `--context`, that over the variable, and the
    /// variable over the context in use.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` naming the flag that is missing or wrong.
    func configuration(_ environment: Environment = .process) throws(HubError) -> HubClientConfiguration {
        let (paths, known) = try caller(environment)
        let given = try papers.addresses()
        var configuration = HubClientConfiguration(
            addresses: given.isEmpty ? (known.isEmpty ? [try addressBeside(paths.state)] : known) : given,
            certificatePath: paths.certificate, keyPath: paths.key, authorityPath: paths.authority)
        configuration.software = Hubctl.software
        return configuration
    }

    /// State directory of the hub, where the caller knows it.
    func stateDirectory(_ environment: Environment = .process) -> String? {
        papers.state ?? (try? caller(environment).paths.state)
    }

    /// Options of one call.
    var callOptions: CallOptions {
        var options = CallOptions()
        options.timeoutMillis = UInt32(clamping: timeout.millis)
        options.onBehalfOf = onBehalfOf
        return options
    }

    /// Whose papers are shown, and the addresses that a context names.
    private func caller(_ environment: Environment) throws(HubError) -> (paths: PaperPaths, addresses: [HubAddress]) {
        if papers.isGiven {
            guard context == nil else {
                throw HubError(
                    .configurationInvalid,
                    "--context names the papers already: leave --state, --cert, --key and --ca out")
            }
            guard let paths = papers.paths else { throw PaperOptions.nobody }
            return (paths, [])
        }
        // Who has no home has no contexts, and may do without.
        guard let path = context == nil ? try? ContextFile.path(environment) : try ContextFile.path(environment) else {
            throw PaperOptions.nobody
        }
        let file = try ContextFile.load(path)
        guard let name = context ?? file.used(environment) else { throw PaperOptions.nobody }
        let found = try file.context(name)
        let sentence = "\(path): addresses of \(name) must be HOST:PORT"
        return (found.papers, try PaperOptions.addresses(found.addresses, else: sentence))
    }

    private func addressBeside(_ state: String?) throws(HubError) -> HubAddress {
        guard let path = state.map({ $0 + "/address" }), access(path, R_OK) == 0 else { return Self.defaultAddress }
        let text = try PrivateFile.read(path).filter { !$0.isWhitespace }
        guard let parsed = HubAddress(text) else {
            throw HubError(.configurationInvalid, "\(path): not HOST:PORT; start hubd again or give --address")
        }
        return parsed
    }
}
