// Every office in force, by its code, and which of them a case may choose among.

import HubDomain
import HubProto

/// Offices of all rules of their kind.
struct OfficeBook: Sendable {
    private var rules: [String: HubOfficeRules] = [:]
    /// Offices, and the rule that names each, by code.
    private(set) var offices: [String: (office: HubOffice, rule: String)] = [:]

    /// Offices are as this text says.
    mutating func keep(_ text: HubOfficeRules) {
        rules[text.name] = text
        offices = [:]
        for rule in rules.values.sorted(by: { $0.name < $1.name }) {
            for office in rule.offices where offices[office.code] == nil { offices[office.code] = (office, rule.name) }
        }
    }

    /// Rules with another name.
    func rules(beside name: String) -> [HubOfficeRules] {
        rules.values.filter { $0.name != name }.sorted { $0.name < $1.name }
    }

    /// All offices, by code.
    var all: [HubOffice] { offices.keys.sorted().compactMap { offices[$0]?.office } }
}

extension ServiceCatalogue {
    func office(_ code: String) -> HubOffice? { officeBook.offices[code]?.office }

    /// Department whose office it is: the one to which its rule belongs.
    func department(ofOffice code: String) -> String? {
        officeBook.offices[code].flatMap { inForce[RuleName(kind: .offices, name: $0.rule)]?.department }
    }

    /// Offices of a department that offer a kind, by code.
    func offices(of department: String, offering kind: String) -> [HubOffice] {
        officeBook.all.filter { office in
            office.kind(kind) != nil && self.department(ofOffice: office.code) == department
        }
    }

    /// Offices among which a case of a service may choose in a stage: the one that is named, those whose areas cover the
    /// case's most exactly, or all that offer the kind.
    func offices(for rule: HubBookingRule, _ state: HubCase) -> [HubOffice] {
        let offering = offices(of: state.department, offering: rule.kind)
        guard rule.office.isEmpty else { return offering.filter { $0.code == rule.office } }
        guard !rule.area.isEmpty, let area = state.data.first(where: { $0.name == rule.area })?.text, !area.isEmpty
        else { return offering }
        let exactness = offering.map { $0.exactness(for: area) }
        guard let best = exactness.compactMap({ $0 }).max() else { return [] }
        return zip(offering, exactness).filter { $1 == best }.map(\.0)
    }
}

extension HubOffice {
    func kind(_ name: String) -> HubAppointmentKind? { kinds.first { $0.name == name } }

    /// Length of the area's code that it serves; 0 = that of everybody, nil = it does not serve this one.
    fileprivate func exactness(for area: String) -> Int? {
        guard !areas.isEmpty else { return 0 }
        return areas.filter { area.hasPrefix($0) }.map(\.utf8.count).max()
    }
}

extension HubAppointmentKind {
    /// Places of a slot that can be booked.
    var places: UInt32 { counters > walkIns ? counters - walkIns : 0 }
}
