// Which role may call which method. Data from the policy file; the default is deny.

package import HubDomain
package import HubProto

/// `package.Service/Method`, or a prefix followed by `*`.
package struct MethodPattern: Sendable, Hashable {
    private let prefix: String
    private let open: Bool

    /// - Throws: ``HubError/Code/configurationInvalid`` when `*` stands anywhere but at the end.
    package init(_ text: String) throws(HubError) {
        let star = text.hasSuffix("*")
        let body = star ? String(text.dropLast()) : text
        guard !body.contains("*"), star || body.contains("/") else {
            throw HubError(.configurationInvalid, "policy: method pattern must be package.Service/Method or end in *")
        }
        prefix = body
        open = star
    }

    package func matches(_ path: String) -> Bool { open ? path.hasPrefix(prefix) : path == prefix }
}

/// The policy file as a value.
package struct Policy: Sendable {
    /// Methods a role may call. A role that is not here may call nothing.
    package var roles: [String: [MethodPattern]]
    /// Roles whose reads and actions are not limited to their own department.
    package var allDepartments: Set<String>
    /// Roles that may take every action of every definition.
    package var allActions: Set<String>
    /// Roles of citizens' channels: they see only the cases of the citizen for whom they speak.
    package var applicants: Set<String>
    /// Principals that are known without having been added.
    package var principals: [Principal]

    package init(
        roles: [String: [MethodPattern]], allDepartments: Set<String>, allActions: Set<String>,
        applicants: Set<String>, principals: [Principal]
    ) {
        self.roles = roles
        self.allDepartments = allDepartments
        self.allActions = allActions
        self.applicants = applicants
        self.principals = principals
    }

    /// Whether the role may call the method at all.
    package func allows(_ role: String, _ method: HubMethod) -> Bool {
        roles[role]?.contains { $0.matches(method.path) } ?? false
    }
}
