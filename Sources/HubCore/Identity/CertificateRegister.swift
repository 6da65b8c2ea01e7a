// Which certificates the hub has made, and which it accepts no longer. The ledger keeps them; here they are looked up.

package import HubDomain
import HubProto
package import Synchronization

/// Who a connection's certificate says it is, and which certificate it is.
package struct Credential: Sendable, Hashable {
    /// `urn:elayanan:<department>:<name>`; nil when it names no principal.
    package let principal: String?
    package let serial: CertificateSerial

    package init(principal: String?, serial: CertificateSerial) {
        self.principal = principal
        self.serial = serial
    }
}

/// All certificates that the hub knows, but those that have ended by themselves.
package final class CertificateRegister: Sendable {
    private struct State {
        var known: [CertificateSerial: HubCertificate] = [:]
        /// Principals of which only certificates hold that are known: others were revoked, whichever there are.
        var closed: [String: HubCertificate] = [:]
    }

    private let state = Mutex(State())
    /// Rises with every change that may matter to an open connection.
    package let generation = Atomic<Int>(0)

    /// How long a revoked certificate stays on the list that others read: none lives longer than 90 days (Mozilla's modern
    /// profile, kept by HubTrust), and one list more must have it (RFC 5280, section 3.3). Milliseconds.
    static let listedMillis: Int64 = 91 * 86_400_000

    private init() {}

    /// - Parameter nowMillis: By the machine's clock.
    static func load(from ledger: some Ledger, nowMillis: Int64) async throws(HubError) -> CertificateRegister {
        let register = CertificateRegister()
        for record in try await ledger.records(prefix: recordPrefix) {
            let certificate: HubCertificate = try decoded(record.body, record.key)
            // A clock that is set back must not bring a revoked one back.
            if certificate.revokedMs == 0, certificate.endsMs < nowMillis { continue }
            register.keep(certificate)
        }
        return register
    }

    /// Record under which the ledger keeps a certificate; without a serial, all of its principal that the hub did not make.
    static func recordKey(_ certificate: HubCertificate) -> String {
        recordPrefix + (CertificateSerial(certificate.serial)?.description ?? certificate.principal)
    }
    private static let recordPrefix = "certificate/"

    /// Takes what the ledger already keeps.
    func keep(_ certificate: HubCertificate) {
        state.withLock { state in
            if let serial = CertificateSerial(certificate.serial) {
                // Whoever made it may say so after somebody else has revoked it: it stays revoked.
                if certificate.revokedMs == 0, let known = state.known[serial], known.revokedMs != 0 { return }
                state.known[serial] = certificate
            } else {
                state.closed[certificate.principal] = certificate
            }
        }
        generation.add(1, ordering: .releasing)
    }

    // MARK: Looking up

    /// Whether a connection with this certificate is no longer accepted.
    package func isRevoked(_ credential: Credential) -> Bool {
        state.withLock { state in
            if let known = state.known[credential.serial] { return known.revokedMs != 0 }
            return credential.principal.map { state.closed[$0] != nil } ?? false
        }
    }

    func certificate(_ serial: CertificateSerial) -> HubCertificate? { state.withLock { $0.known[serial] } }

    /// Since when certificates of a principal do not hold that the hub did not make; 0 = they do.
    func othersRevokedMillis(of principal: String) -> Int64 {
        state.withLock { $0.closed[principal]?.revokedMs ?? 0 }
    }

    /// Certificates by principal, the newest first.
    func byPrincipal() -> [String: [HubCertificate]] {
        let all = state.withLock { Array($0.known.values) }
        return Dictionary(grouping: all, by: \.principal).mapValues { certificates in
            certificates.sorted { a, b in
                a.issuedMs == b.issuedMs
                    ? b.serial.lexicographicallyPrecedes(a.serial) : a.issuedMs > b.issuedMs
            }
        }
    }

    /// What others must know of: revoked, and perhaps not yet ended.
    func listed(nowMillis: Int64) -> [HubCertificate] {
        state.withLock { state in
            state.known.values.filter { $0.revokedMs != 0 && $0.revokedMs > nowMillis - Self.listedMillis }
        }
    }
}
