// Who calls on a connection, and what the policy lets them call; looked up once, and again when a principal changes.

import HubCore
import HubDomain

/// The principal of a connection, as the register had it last. A class: it is looked at with each call.
final class Caller {
    let principal: Principal
    let access: CallRouter.Access
    private let generation: Int

    /// - Parameter urn: As the certificate names it; nil when it names none.
    /// - Throws: ``HubError/Code/principalUnknown``.
    init(urn: String?, hub: Hub) throws(HubError) {
        generation = hub.principals.generation.load(ordering: .acquiring)
        guard let urn, let principal = hub.principals.principal(urn) else {
            throw HubError(.principalUnknown, "the certificate names no principal that this hub knows")
        }
        self.principal = principal
        access = hub.router.access(of: principal.role)
    }

    /// No principal has changed since.
    func holds(in hub: Hub) -> Bool { generation == hub.principals.generation.load(ordering: .acquiring) }
}
