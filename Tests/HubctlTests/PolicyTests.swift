// The policy that a new hub gets: whole, readable, and deny by default.

import HubProto
import HubTrust
import Testing
import Yams

@testable import hubctl

@Suite("The policy of a new hub")
struct PolicyTests {
    private let policy: Node.Mapping
    private let roles: [String: [String]]

    init() throws {
        policy = try #require(try Yams.compose(yaml: DefaultPolicy.text)?.mapping)
        var roles: [String: [String]] = [:]
        for (role, patterns) in try #require(policy["roles"]?.mapping) {
            roles[try #require(role.string)] = try #require(patterns.sequence).map { try #require($0.string) }
        }
        self.roles = roles
    }

    private func allows(_ role: String, _ path: String) -> Bool {
        roles[role]?.contains { $0.hasSuffix("*") ? path.hasPrefix($0.dropLast()) : path == $0 } ?? false
    }

    @Test("every pattern allows some method, so that none is misspelt")
    func patternsMatch() {
        for (role, patterns) in roles {
            for pattern in patterns {
                let prefix = pattern.hasSuffix("*") ? String(pattern.dropLast()) : pattern
                #expect(HubMethod.all.contains { $0.path.hasPrefix(prefix) }, "\(role): \(pattern)")
                #expect(!pattern.dropLast().contains("*"))
            }
        }
    }

    @Test("the admin may call everything, for a first look")
    func adminMayAll() {
        #expect(HubMethod.all.allSatisfy { allows("admin", $0.path) })
    }

    @Test("every role may ask how the hub is and what can be called, and whoever puts documents may upload them")
    func commonMethods() {
        for role in roles.keys {
            for method in [HubMethod.checkHealth, .listHealth, .watchHealth, .reflect] {
                #expect(allows(role, method.path), "\(role) \(method.path)")
            }
            for method in [HubMethod.openUpload, .writeUpload, .commitUpload, .abandonUpload] {
                #expect(allows(role, method.path) == allows(role, HubMethod.putDocument.path), "\(role)")
            }
        }
    }

    @Test("only the admin changes the hub, and only admin and importer import")
    func narrowRoles() {
        for role in roles.keys where role != "admin" {
            for method in [HubMethod.addPrincipal, .revokeCertificate, .restartModule, .advanceClock] {
                #expect(!allows(role, method.path), "\(role) \(method.path)")
            }
            #expect(allows(role, HubMethod.importComplaint.path) == (role == "importer"))
        }
        #expect(HubMethod.all.filter { $0.mutating }.allSatisfy { !allows("auditor", $0.path) })
        let officers: [HubMethod] = [
            .actOnApplication, .actOnDeclaration, .actOnComplaint, .mergeComplaints, .splitComplaint,
        ]
        #expect(officers.allSatisfy { !allows("applicant", $0.path) && allows("officer", $0.path) })
    }

    @Test("every role that is named elsewhere is defined, and the first principal is the admin of the certificate")
    func namesAgree() throws {
        for key in ["all_departments", "all_actions", "applicants"] {
            let names = try #require(policy[key]?.sequence).compactMap(\.string)
            #expect(!names.isEmpty && names.allSatisfy { roles[$0] != nil })
        }
        let principals = try #require(policy["principals"]?.mapping)
        #expect(principals[Node(StateDirectory.adminPrincipal)]?["role"]?.string == "admin")
    }

    @Test("the settings file of a new hub is YAML with known names")
    func configuration() throws {
        let none = try #require(try Yams.compose(yaml: DefaultConfiguration.text(crlURI: ""))?.mapping)
        #expect(none.keys.compactMap(\.string) == ["listen", "documents"])
        let place = "http://hub.go.id/elayanan.crl"
        let mapping = try #require(try Yams.compose(yaml: DefaultConfiguration.text(crlURI: place))?.mapping)
        #expect(
            mapping.keys.compactMap(\.string) == ["listen", "documents", "crl_uri"]
                && mapping["crl_uri"]?.string == place)
    }
}
