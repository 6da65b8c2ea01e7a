// Who speaks: the certificate names a principal, the hub knows its role and unit.

package import HubDomain
import HubProto
package import SwiftProtobuf
package import Synchronization

/// A program or person with a certificate.
package struct Principal: Sendable, Hashable {
    /// `urn:elayanan:<department>:<name>`, as in the certificate's URI SAN.
    package let urn: String
    package let department: String
    package let role: String
    package let unit: String

    /// - Throws: ``HubError/Code/principalInvalid`` when a part is not `[a-z][a-z0-9-]{0,31}`.
    package init(department: String, name: String, role: String, unit: String = "") throws(HubError) {
        for (field, value) in [("department", department), ("name", name), ("role", role)] {
            guard Self.isName(value) else {
                throw HubError(.principalInvalid, "\(field) must match [a-z][a-z0-9-]{0,31}")
            }
        }
        guard unit.isEmpty || Self.isName(unit) else {
            throw HubError(.principalInvalid, "unit must match [a-z][a-z0-9-]{0,31} or be empty")
        }
        urn = "urn:elayanan:\(department):\(name)"
        self.department = department
        self.role = role
        self.unit = unit
    }

    /// From its URN, as it stands in the policy file and in the ledger.
    package init(urn: String, role: String, unit: String) throws(HubError) {
        let parts = urn.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "urn", parts[1] == "elayanan" else {
            throw HubError(.principalInvalid, "principal must be urn:elayanan:<department>:<name>")
        }
        try self.init(department: String(parts[2]), name: String(parts[3]), role: role, unit: unit)
    }

    private static func isName(_ text: String) -> Bool {
        guard (1...32).contains(text.utf8.count), let first = text.utf8.first else { return false }
        guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
    }
}

/// All principals the hub knows: those of the policy file and those that were added, which the ledger keeps.
package final class PrincipalRegister: Sendable {
    private let known: Mutex<[String: Principal]>
    /// Rises with every change; who remembers a principal looks here whether it still holds.
    package let generation = Atomic<Int>(0)

    private init(_ principals: [String: Principal]) { known = Mutex(principals) }

    /// Reads what was added before; an entry of the policy file wins over one of the ledger.
    package static func load(policy: Policy, ledger: some Ledger) async throws(HubError) -> PrincipalRegister {
        var all: [String: Principal] = [:]
        for record in try await ledger.records(prefix: recordPrefix) {
            guard let actor = try? HubActor(serializedBytes: record.body) else {
                throw HubError(.ledgerFailed, "record \(record.key) cannot be decoded")
            }
            all[actor.principal] = try Principal(urn: actor.principal, role: actor.role, unit: actor.unit)
        }
        for principal in policy.principals { all[principal.urn] = principal }
        return PrincipalRegister(all)
    }

    package func principal(_ urn: String) -> Principal? { known.withLock { $0[urn] } }

    /// By URN.
    var all: [Principal] { known.withLock { Array($0.values) }.sorted { $0.urn < $1.urn } }

    /// Makes a principal known that the ledger already keeps.
    func add(_ principal: Principal) {
        known.withLock { $0[principal.urn] = principal }
        generation.add(1, ordering: .releasing)
    }

    /// The record with which the ledger keeps a principal.
    static func record(of principal: Principal) throws(HubError) -> RecordWrite {
        var actor = HubActor()
        actor.principal = principal.urn
        actor.role = principal.role
        actor.department = principal.department
        actor.unit = principal.unit
        return RecordWrite(
            key: recordPrefix + principal.urn, expectedVersion: 0, body: try actor.ledgerBytes())
    }

    private static let recordPrefix = "principal/"
}

extension Message {
    /// Serialised for the ledger; the same message always gives the same bytes.
    package func ledgerBytes() throws(HubError) -> [UInt8] {
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        do { return try serializedBytes(options: options) } catch {
            throw HubError(.internalFault, "message cannot be encoded")
        }
    }
}
