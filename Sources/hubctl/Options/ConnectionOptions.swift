// Which hub a command speaks to, and as whom: the same flags everywhere.

import ArgumentParser
import Glibc
import HubClient
import HubDomain
import HubTrust

/// Where the hub is and which certificate is shown to it.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "State directory of `hubctl init`; its admin certificate serves unless --cert is given.", valueName: "dir"),
        completion: .directory)
    var state: String?

    @Option(
        help: ArgumentHelp(
            "Address of the hub. Default: what hubd wrote to DIR/address, else 127.0.0.1:7443.", valueName: "host:port")
    )
    var address: String?

    @Option(help: ArgumentHelp("Certificate of the caller, PEM.", valueName: "file"), completion: .file())
    var cert: String?

    @Option(help: ArgumentHelp("Private key of that certificate, PEM.", valueName: "file"), completion: .file())
    var key: String?

    @Option(help: ArgumentHelp("Certificate of the hub's authority, PEM.", valueName: "file"), completion: .file())
    var ca: String?

    @Option(
        help: ArgumentHelp("The citizen for whom is spoken, such as nik:…; never logged.", valueName: "reference"))
    var onBehalfOf: String?

    @Option(help: ArgumentHelp("How long to wait for an answer: 500ms, 30s, 2m.", valueName: "time"))
    var timeout = Span(millis: 30_000)

    /// Where the hub is by default.
    static let defaultAddress = HubAddress(host: "127.0.0.1", port: 7_443)

    /// Files and address as the client library wants them.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` naming the flag that is missing or wrong.
    func configuration() throws(HubError) -> HubClientConfiguration {
        let directory = state.map { StateDirectory(path: $0) }
        guard let certificate = cert ?? directory?.adminCertificate,
            let key = key ?? (cert == nil ? directory?.adminKey : nil),
            let authority = ca ?? directory?.authorityCertificate
        else {
            throw HubError(.configurationInvalid, "who calls? Give --state DIR, or all of --cert, --key and --ca")
        }
        var configuration = HubClientConfiguration(
            addresses: [try hubAddress(directory)], certificatePath: certificate, keyPath: key,
            authorityPath: authority)
        configuration.software = Hubctl.software
        return configuration
    }

    /// Options of one call.
    var callOptions: CallOptions {
        var options = CallOptions()
        options.timeoutMillis = UInt32(clamping: timeout.millis)
        options.onBehalfOf = onBehalfOf
        return options
    }

    private func hubAddress(_ directory: StateDirectory?) throws(HubError) -> HubAddress {
        if let address {
            guard let parsed = HubAddress(address) else {
                throw HubError(.configurationInvalid, "--address must be HOST:PORT")
            }
            return parsed
        }
        guard let path = directory.map({ $0.path + "/address" }), access(path, R_OK) == 0 else {
            return Self.defaultAddress
        }
        let text = try PrivateFile.read(path).filter { !$0.isWhitespace }
        guard let parsed = HubAddress(text) else {
            throw HubError(.configurationInvalid, "\(path): not HOST:PORT; start hubd again or give --address")
        }
        return parsed
    }
}
