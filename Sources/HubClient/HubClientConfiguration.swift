// What a client needs to know before it can call: where the hub is and who the client is.

/// Where a hub listens.
public struct HubAddress: Sendable, Hashable, CustomStringConvertible {
    /// Name or numeric address, without brackets.
    public var host: String
    /// TCP port, 1 to 65,535.
    public var port: Int

    /// Names an address.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port` or `[v6]:port`; nil for anything else.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65_535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: port)
    }

    /// `host:port`, with brackets around a v6 address.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Where a certificate or key in PEM comes from.
public enum PEMSource: Sendable, Hashable {
    /// A file, read once when the client is made.
    case file(String)
    /// The PEM text itself.
    case bytes([UInt8])
}

/// Everything a ``HubClient`` is made from.
public struct HubClientConfiguration: Sendable {
    /// Addresses of one hub (or of hubs over one log), tried in turn. At least one. A hub that leaves may name others,
    /// which are then tried first.
    public var addresses: [HubAddress]
    /// The client's own certificate; its URI SAN says who calls.
    public var certificate: PEMSource
    /// The private key of that certificate.
    public var privateKey: PEMSource
    /// The certificate of the authority that signed the hub's.
    public var authority: PEMSource
    /// Name expected in the hub's certificate instead of the address's host.
    public var serverName: String?
    /// Milliseconds for the TCP connection and the TLS handshake, each.
    public var connectTimeoutMillis: UInt32 = 10_000
    /// Waits between attempts.
    public var backoff = Backoff()
    /// Milliseconds without a byte from the hub after which it is asked for a sign of life while calls are open; spread by
    /// ±20 %.
    public var keepAliveMillis: UInt32 = 45_000
    /// The same while no call is open.
    public var keepAliveIdleMillis: UInt32 = 300_000
    /// Milliseconds within which that sign must come, and within which the hub's machine must confirm what was sent
    /// (TCP_USER_TIMEOUT).
    public var keepAliveTimeoutMillis: UInt32 = 20_000
    /// Name and version of the program, told to the hub for its operators; at most 128 bytes.
    public var software = "HubClient"

    /// Describes a client.
    public init(addresses: [HubAddress], certificate: PEMSource, privateKey: PEMSource, authority: PEMSource) {
        self.addresses = addresses
        self.certificate = certificate
        self.privateKey = privateKey
        self.authority = authority
    }

    /// Describes a client whose papers are PEM files.
    public init(addresses: [HubAddress], certificatePath: String, keyPath: String, authorityPath: String) {
        self.init(
            addresses: addresses, certificate: .file(certificatePath), privateKey: .file(keyPath),
            authority: .file(authorityPath))
    }
}
