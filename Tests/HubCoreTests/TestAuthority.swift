// An authority on paper: numbers certificates, remembers what it was told to publish, and its clock is the test's.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Synchronization

final class TestAuthority: CertificateSigner {
    private struct State {
        var now = Sample.now
        var serials: UInt8 = 0
        var lists: [[HubCertificate]] = []
        var isFull = false
    }
    private let state = Mutex(State())

    static let dayMillis: Int64 = 86_400_000

    /// What was published, list by list.
    var lists: [[HubCertificate]] { state.withLock(\.lists) }

    func advance(byMillis millis: Int64) { state.withLock { $0.now += millis } }

    /// A disk on which nothing can be written, or can again.
    func fill(_ isFull: Bool) { state.withLock { $0.isFull = isFull } }

    func nowMillis() -> Int64 { state.withLock(\.now) }

    func sign(request: [UInt8], principal: String) throws(HubError) -> SignedCertificate {
        let (number, now) = state.withLock { state in
            state.serials += 1
            return (state.serials, state.now)
        }
        guard let serial = CertificateSerial([0x40, number]) else { throw HubError(.internalFault, "no serial") }
        return SignedCertificate(
            certificate: [1], authority: [2], serial: serial, endMillis: now + 90 * Self.dayMillis)
    }

    func publish(_ revoked: [HubCertificate]) throws(HubError) {
        let isFull = state.withLock { state in
            if !state.isFull { state.lists.append(revoked) }
            return state.isFull
        }
        if isFull { throw HubError(.configurationInvalid, "the disk is full") }
    }
}
