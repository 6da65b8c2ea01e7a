// Keeps the list of revoked certificates fresh that others read. The ledger is the truth; the list follows from it.

import HubDomain
import HubProto
import Logging

/// Writes the list when a certificate was revoked, when the hub starts, and once a day.
package actor RevocationPublisher {
    private let certificates: CertificateRegister
    private let signer: any CertificateSigner
    private let logger: Logger
    /// When the present list was written, by the machine's clock; nil = there is none of this run.
    private var writtenMillis: Int64?

    /// Age at which a list is replaced. It holds for a week: a hub may be down for days and nobody refuses its clients.
    static let renewalMillis: Int64 = 86_400_000
    /// Between two looks at the clock, which may jump.
    static let lookMillis: Int64 = 600_000
    /// Before a list that could not be written is tried again.
    static let failureMillis: Int64 = 60_000

    init(certificates: CertificateRegister, signer: any CertificateSigner, logger: Logger) {
        self.certificates = certificates
        self.signer = signer
        self.logger = logger
    }

    /// Runs until its task is cancelled.
    ///
    /// - Parameter sleep: Waits for so many milliseconds; passed in, as all time is.
    package func run(sleep: @Sendable (Int64) async -> Void) async {
        while !Task.isCancelled { await sleep(renewIfDue()) }
    }

    /// Writes a list where there is none, or an old one. Returns how many milliseconds to wait before the next look.
    @discardableResult
    package func renewIfDue() -> Int64 {
        let now = signer.nowMillis()
        if let written = writtenMillis, (written...written + Self.renewalMillis).contains(now) {
            return Self.lookMillis
        }
        publish()
        return writtenMillis == nil ? Self.failureMillis : Self.lookMillis
    }

    /// Writes the list as things stand. A file that cannot be written changes nothing for the hub itself: it is told in the
    /// log and tried again.
    func publish() {
        let now = signer.nowMillis()
        do throws(HubError) {
            try signer.publish(certificates.listed(nowMillis: now))
            writtenMillis = now
        } catch {
            writtenMillis = nil
            logger.error(
                "the list of revoked certificates cannot be written; this hub refuses them all the same",
                metadata: ["error": "\(error)"])
        }
    }
}
