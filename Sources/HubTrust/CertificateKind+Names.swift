// What a certificate of each kind says in its extensions.

import Glibc
import HubDomain
import X509

extension CertificateKind {
    /// Shown by certificate viewers; nothing reads it to decide.
    var commonName: String {
        switch self {
        case .client(let principal): PrincipalName(principal)?.name ?? "client"
        case .server: "hub"
        }
    }

    var usage: ExtendedKeyUsage.Usage {
        switch self {
        case .client: .clientAuth
        case .server: .serverAuth
        }
    }

    /// The subject alternative names.
    ///
    /// - Throws: ``HubError/Code/principalInvalid`` naming what is not well formed.
    func names() throws(HubError) -> [GeneralName] {
        switch self {
        case .client(let principal):
            guard let name = PrincipalName(principal) else {
                throw HubError(
                    .principalInvalid,
                    "principal must be urn:elayanan:<department>:<name>, each part [a-z][a-z0-9-]{0,31}")
            }
            return [.uniformResourceIdentifier(name.description)]
        case .server(let hosts):
            guard !hosts.isEmpty else { throw HubError(.principalInvalid, "a hub's certificate needs a host") }
            var names: [GeneralName] = []
            for host in hosts { names.append(try Self.name(ofHost: host)) }
            return names
        }
    }

    private static func name(ofHost host: String) throws(HubError) -> GeneralName {
        if let address = octets(ofAddress: host) { return .ipAddress(.init(contentBytes: address[...])) }
        let isName = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isName, (1...253).contains(host.utf8.count) else {
            throw HubError(.principalInvalid, "host must be a DNS name or a numeric address: \(host)")
        }
        return .dnsName(host)
    }

    /// 4 or 16 bytes of a numeric address; nil for a name.
    private static func octets(ofAddress host: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, host, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return inet_pton(AF_INET6, host, &bytes) == 1 ? bytes : nil
    }
}
