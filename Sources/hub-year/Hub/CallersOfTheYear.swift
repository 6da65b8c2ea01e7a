// Who calls the hub in a simulated year, and what each may call.

import HubCore
import HubDomain
import HubProto

/// A program or person that calls.
struct Caller: Sendable, Hashable {
    var department: String
    var name: String
    var role: String
    var unit = ""

    static let portal = Caller(department: "portal", name: "warga", role: "applicant")
    static let bank = Caller(department: "bank", name: "h2h", role: "bank")
    static let treasurer = Caller(department: "bendahara", name: "penerimaan", role: "treasurer")
    static let counter = Caller(department: "loket", name: "kas", role: "treasurer")
    /// The program that asks an authority for the hub.
    static func adapter(of authority: String) -> Caller {
        Caller(department: authority, name: "adapter", role: "authority")
    }
    static let admin = Caller(department: "hub", name: "admin", role: "admin")

    func actor(for citizen: String) -> HubActor {
        .with {
            $0.principal = "urn:elayanan:\(department):\(name)"
            ($0.role, $0.department, $0.unit, $0.onBehalfOf) = (role, department, unit, citizen)
        }
    }

    /// Roles as the policy of a new hub has them, as far as they call here.
    static func policy() throws(HubError) -> Policy {
        let cases = ["Catalogue/*", "Cases/*", "Documents/*", "Payments/GetBill"]
        let verbs = ["Applications/*", "CivilRegistry/*", "Complaints/*", "Survey/*"]
        let methods = [
            "applicant": cases + verbs + ["Appointments/Offices", "Appointments/Slots", "Appointments/Book"],
            "officer": cases + verbs + ["Desk/*", "Appointments/*"],
            "head": cases + verbs + ["Desk/*"],
            "bank": ["Payments/GetBill", "Payments/Pay", "Payments/Reverse", "Payments/Reconcile"],
            "treasurer": ["Payments/*", "Cases/Get"],
            "authority": ["Authority/Take", "Authority/Answer", "Authority/Fail"],
        ]
        var roles: [String: [MethodPattern]] = [:]
        for (role, names) in methods {
            var patterns: [MethodPattern] = []
            for name in names { patterns.append(try MethodPattern("layanan.v1.\(name)")) }
            roles[role] = patterns
        }
        roles["admin"] = [try MethodPattern("layanan.v1.*"), try MethodPattern("hub.v1.*")]
        return Policy(
            roles: roles, allDepartments: ["admin"], allActions: [], applicants: ["applicant"],
            principals: [try Principal(department: "hub", name: "admin", role: "admin")])
    }
}

extension HubServiceInterface {
    /// The public verb for a kind of action.
    func method(for kind: HubActionKind) -> HubMethod? {
        switch (self, kind) {
        case (.applications, .submit): .submitApplication
        case (.applications, .repair): .resubmitApplication
        case (.applications, .act): .actOnApplication
        case (.applications, .withdraw): .withdrawApplication
        case (.civilRegistry, .submit): .declare
        case (.civilRegistry, .repair): .amendDeclaration
        case (.civilRegistry, .act): .actOnDeclaration
        case (.civilRegistry, .withdraw): .withdrawDeclaration
        case (.complaints, .submit): .fileComplaint
        case (.complaints, .repair): .supplementComplaint
        case (.complaints, .act): .actOnComplaint
        case (.complaints, .reopen): .reopenComplaint
        case (.complaints, .withdraw): .withdrawComplaint
        default: nil
        }
    }
}
