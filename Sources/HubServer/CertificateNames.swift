// Whose certificate it is: read once for each certificate, not for each of its connections.

import NIOConcurrencyHelpers

/// Remembers whom certificates name. A program opens many connections with one certificate, and taking X.509 apart
/// costs more than the rest of a connection's beginning.
final class CertificateNames: Sendable {
    /// URN by certificate (DER); nil for one that names no principal.
    private let known = NIOLockedValueBox<[[UInt8]: String?]>([:])
    private let read: @Sendable ([UInt8]) -> String?
    /// Certificates that are remembered; then it begins anew.
    static let max = 1_024

    /// - Parameter read: URI SAN of a certificate in DER; nil when it has none that names a principal.
    init(_ read: @escaping @Sendable ([UInt8]) -> String?) { self.read = read }

    /// The principal's URN.
    func urn(in certificate: [UInt8]) -> String? {
        if let urn = known.withLockedValue({ $0[certificate] }) { return urn }
        let urn = read(certificate)
        known.withLockedValue { known in
            if known.count >= Self.max { known = [:] }
            known[certificate] = .some(urn)
        }
        return urn
    }
}
