// Who may call what: every method with every role, against the policy file that the hub reads.

import HubClient
import HubDomain
import HubProto
import HubTrust
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Rights")
    struct RightsTests {
        @Test("every method with every role is allowed or denied as policy.yaml says")
        func everyMethodWithEveryRole() async throws {
            try await RunningHub.serve { hub in
                let policy = try Self.policy(hub.regency.state + "/policy.yaml")
                #expect(policy.count >= 6)
                var looked = 0
                for (index, role) in policy.keys.sorted().enumerated() {
                    let client = try hub.regency.client(
                        try await hub.regency.enrol("matrix", "role-\(index)", role: role))
                    for method in HubMethod.all {
                        let expected = policy[role, default: []].contains { Self.matches($0, method.path) }
                        #expect(
                            try await Self.isAllowed(method, client) == expected,
                            "\(role) and \(method.path): policy.yaml says \(expected)")
                        looked += 1
                    }
                    await client.close()
                }
                #expect(looked == policy.count * HubMethod.all.count)
            }
        }

        @Test("a certificate of this authority that nobody registered is told so")
        func unknownPrincipal() async throws {
            try await RunningHub.serve { hub in
                let authority = try StateDirectory(path: hub.regency.state).loadAuthority()
                let key = PrivateKey()
                let status = try await hub.town.status()
                let issued = try authority.issue(
                    request: CertificateRequest.make(key),
                    kind: .client(principal: "urn:elayanan:nowhere:nobody"), nowMillis: status.nowMs,
                    serial: [UInt8](1...16))
                let folder = hub.regency.folder + "/desks"
                try TextFile.write(TextFile.bytes(hub.regency.state + "/ca.pem") ?? [], to: folder + "/ca.pem")
                let stranger = Desk(department: "nowhere", name: "nobody", role: "officer", folder: folder)
                try TextFile.write(Array(issued.pem.utf8), to: stranger.certificate)
                try TextFile.write(Array(key.pem.utf8), to: stranger.key)
                let client = try hub.regency.client(stranger)
                let error = try await refusal {
                    try await client.call(
                        .listServices, LayananListServicesRequest(), as: LayananListServicesReply.self)
                }
                #expect(error.code == .principalUnknown)
                #expect(error.status == .unauthenticated)
                await client.close()
            }
        }

        /// Patterns by role, read from the lines of the policy file's `roles` section.
        private static func policy(_ path: String) throws -> [String: [String]] {
            var roles: [String: [String]] = [:]
            var section = ""
            var role = ""
            for line in try #require(TextFile.text(path)).split(separator: "\n") {
                let word = line.filter { $0 != " " }
                if word.isEmpty || word.hasPrefix("#") { continue }
                if !line.hasPrefix(" ") {
                    section = String(word)
                } else if section == "roles:", line.hasPrefix("  "), !line.hasPrefix("   "), word.hasSuffix(":") {
                    role = String(word.dropLast())
                    roles[role] = []
                } else if section == "roles:", word.hasPrefix("-") {
                    roles[role, default: []].append(word.dropFirst().filter { $0 != "\"" })
                }
            }
            return roles
        }

        private static func matches(_ pattern: String, _ path: String) -> Bool {
            pattern.hasSuffix("*") ? path.hasPrefix(pattern.dropLast()) : path == pattern
        }

        /// An empty request changes nothing; whatever is answered but "denied" means that the method may be called.
        private static func isAllowed(_ method: HubMethod, _ client: HubClient) async throws -> Bool {
            do throws(HubError) {
                if method.shape == .serverStream {
                    let updates = client.stream(method, LayananWatchRequest(), as: LayananWatchUpdate.self)
                    var iterator = updates.makeAsyncIterator()
                    _ = try await iterator.next()
                    return true
                }
                if method.shape.takesStream {
                    let exchange = client.exchange(method, HubEchoMessage.self, as: HubEchoMessage.self)
                    exchange.finish()
                    _ = try await exchange.next()
                    return true
                }
                _ = try await client.call(method, HubEchoMessage(), as: HubEchoMessage.self)
                return true
            } catch {
                return error.code != .permissionDenied
            }
        }
    }
}
