// Whose certificate it is: read once for each certificate, not for each of its connections.

import HubCore
import NIOConcurrencyHelpers

/// Remembers whom certificates name. A program opens many connections with one certificate, and taking X.509 apart
/// costs more than the rest of a connection's beginning.
final class CertificateNames: Sendable {
    /// By certificate (DER); nil for one that cannot be read.
    private let known = NIOLockedValueBox<[[UInt8]: Credential?]>([:])
    private let read: @Sendable ([UInt8]) -> Credential?
    /// Certificates that are remembered; then it begins anew.
    static let max = 1_024

    /// - Parameter read: What a certificate in DER says; nil when it cannot be read.
    init(_ read: @escaping @Sendable ([UInt8]) -> Credential?) { self.read = read }

    /// Whose certificate it is, and its number.
    func credential(in certificate: [UInt8]) -> Credential? {
        if let credential = known.withLockedValue({ $0[certificate] }) { return credential }
        let credential = read(certificate)
        known.withLockedValue { known in
            if known.count >= Self.max { known = [:] }
            known[certificate] = .some(credential)
        }
        return credential
    }
}
