// Who calls on a connection, and what the policy lets them call; looked up once, and again when a principal changes.

import HubCore
import HubDomain

/// The principal of a connection, as the register had it last. A class: it is looked at with each call.
final class Caller {
    let principal: Principal
    let access: CallRouter.Access
    private let generation: Int
    private let certificates: Int

    /// - Parameter credential: As read from the certificate; nil when it could not be.
    /// - Throws: ``HubError/Code/principalUnknown`` or ``HubError/Code/certificateRevoked``.
    init(_ credential: Credential?, hub: Hub) throws(HubError) {
        generation = hub.principals.generation.load(ordering: .acquiring)
        certificates = hub.certificates.generation.load(ordering: .acquiring)
        if let credential, hub.certificates.isRevoked(credential) {
            throw HubError(.certificateRevoked, "this certificate was revoked")
        }
        guard let urn = credential?.principal, let principal = hub.principals.principal(urn) else {
            throw HubError(.principalUnknown, "the certificate names no principal that this hub knows")
        }
        self.principal = principal
        access = hub.router.access(of: principal.role)
    }

    /// No principal and no certificate has changed since.
    func holds(in hub: Hub) -> Bool {
        generation == hub.principals.generation.load(ordering: .acquiring)
            && certificates == hub.certificates.generation.load(ordering: .acquiring)
    }
}
