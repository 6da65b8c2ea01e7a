// policy.yaml as a value: roles, methods, principals known from the start.

import Foundation
import HubCore
import HubDomain
import Yams

/// Reads the policy that `hubctl init` wrote and an admin may have changed.
enum PolicyFile {
    /// - Throws: ``HubError/Code/configurationInvalid`` naming file and key.
    static func load(_ path: String) throws(HubError) -> Policy { try read(try YAMLFile.bytes(path), file: path) }

    /// Reads the content of a file; `path` is its name in errors.
    static func read(_ bytes: Data, file path: String) throws(HubError) -> Policy {
        var policy = Policy(roles: [:], allDepartments: [], allActions: [], applicants: [], principals: [])
        for (key, node) in try YAMLFile.mapping(bytes, file: path) {
            switch key {
            case "version":
                guard YAMLFile.number(node) == 1 else { throw wrong(path, key, "1; this hub knows no other") }
            case "roles": policy.roles = try roles(node, path)
            case "all_departments": policy.allDepartments = Set(try names(node, path, key))
            case "all_actions": policy.allActions = Set(try names(node, path, key))
            case "applicants": policy.applicants = Set(try names(node, path, key))
            case "principals": policy.principals = try principals(node, path)
            default: throw HubError(.configurationInvalid, "\(path): unknown key \(key)")
            }
        }
        let used = policy.allDepartments.union(policy.allActions).union(policy.applicants)
            .union(policy.principals.map(\.role))
        if let missing = used.first(where: { policy.roles[$0] == nil }) {
            throw HubError(.configurationInvalid, "\(path): role \(missing) is used but not listed under roles")
        }
        return policy
    }

    private static func roles(_ node: Node, _ path: String) throws(HubError) -> [String: [MethodPattern]] {
        guard let mapping = node.mapping else { throw wrong(path, "roles", "`role: [method, …]` lines") }
        var roles: [String: [MethodPattern]] = [:]
        for (key, value) in mapping {
            guard let role = key.string else { throw wrong(path, "roles", "named") }
            var patterns: [MethodPattern] = []
            for text in try names(value, path, "roles/\(role)") { patterns.append(try MethodPattern(text)) }
            roles[role] = patterns
        }
        return roles
    }

    private static func principals(_ node: Node, _ path: String) throws(HubError) -> [Principal] {
        guard let mapping = node.mapping else { throw wrong(path, "principals", "`urn: {role: …}` lines") }
        var principals: [Principal] = []
        for (key, value) in mapping {
            guard let urn = key.string, let role = value.mapping?["role"]?.string else {
                throw wrong(path, "principals", "`\"urn:elayanan:<department>:<name>\": {role: …}`")
            }
            principals.append(try Principal(urn: urn, role: role, unit: value.mapping?["unit"]?.string ?? ""))
        }
        return principals
    }

    private static func names(_ node: Node, _ path: String, _ key: String) throws(HubError) -> [String] {
        guard let list = node.sequence else { throw wrong(path, key, "a list") }
        var names: [String] = []
        for item in list {
            guard let name = item.string else { throw wrong(path, key, "a list of names") }
            names.append(name)
        }
        return names
    }

    private static func wrong(_ path: String, _ key: String, _ expected: String) -> HubError {
        HubError(.configurationInvalid, "\(path): \(key) must be \(expected)")
    }
}
