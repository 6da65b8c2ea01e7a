// Who works where, ready to be asked: which unit is above which, who heads it, who is asked next.

import HubDomain
package import HubProto

/// The regency's units, positions and officers. Pure; who is absent is passed in.
///
/// Made of a chart that ``OrganisationRules`` found sound; of two units or positions with one code the first counts.
package struct OrganisationChart: Sendable {
    private let units: [String: HubUnit]
    /// Positions by unit, in the order of the text.
    private let positions: [String: [HubPosition]]
    /// Holder of a position.
    private let holders: [String: String]
    /// Units in which a principal has a position, in the order of the text.
    private let workplaces: [String: [String]]
    /// The unit that stands for a department.
    private var fronts: [String: String] = [:]

    /// Units from the lowest up to the regency; a chart that is deeper is refused.
    private static let depthMax = 16

    package init(_ organisation: HubOrganisation) {
        units = Dictionary(organisation.units.map { ($0.code, $0) }) { first, _ in first }
        positions = Dictionary(grouping: organisation.positions, by: \.unit)
        var holders: [String: String] = [:]
        for officer in organisation.officers {
            for position in officer.positions { holders[position] = holders[position] ?? officer.principal }
        }
        self.holders = holders
        let unitOf = Dictionary(organisation.positions.map { ($0.code, $0.unit) }) { first, _ in first }
        workplaces = Dictionary(
            organisation.officers.map { ($0.principal, $0.positions.compactMap { unitOf[$0] }) }
        ) { $0 + $1 }
        let byDepth = organisation.units.filter { !$0.department.isEmpty }
            .sorted { (line(from: $0.code).count, $0.code) < (line(from: $1.code).count, $1.code) }
        fronts = Dictionary(byDepth.map { ($0.department, $0.code) }) { first, _ in first }
    }

    // MARK: Units

    /// What the regency is called: the title of the unit above all others.
    var rootTitle: HubText { units.values.first { $0.parent.isEmpty }?.title ?? HubText() }

    /// What a unit is called; nil for one that is not there.
    func title(_ unit: String) -> HubText? { units[unit]?.title }

    package func contains(unit: String) -> Bool { units[unit] != nil }

    /// The unit and everything above it, nearest first; ends at the regency, or after 16 units.
    package func line(from unit: String) -> [String] {
        var line: [String] = []
        var next: String? = unit
        while let code = next, let found = units[code], line.count < Self.depthMax, !line.contains(code) {
            line.append(code)
            next = found.parent.isEmpty ? nil : found.parent
        }
        return line
    }

    /// The department to which a unit belongs; nil above all departments.
    package func department(of unit: String) -> String? {
        line(from: unit).lazy.compactMap { units[$0]?.department }.first { !$0.isEmpty }
    }

    /// The unit of a department whose areas cover an area most exactly: the longest code with which the area's begins. Of
    /// two units with the same one the one with the lesser code.
    package func unit(serving area: String) -> String? {
        var best: (unit: String, digits: Int)?
        for (code, unit) in units {
            for served in unit.areas where !served.isEmpty && area.hasPrefix(served) {
                let digits = served.utf8.count
                if let best, (best.digits, code) >= (digits, best.unit) { continue }
                best = (code, digits)
            }
        }
        return best.flatMap { department(of: $0.unit) == nil ? nil : $0.unit }
    }

    /// Units of a department, by code.
    func units(of department: String) -> [String] {
        units.keys.filter { self.department(of: $0) == department }.sorted()
    }

    /// The unit that stands for a whole department: the one that names it and is nearest to the regency.
    package func front(of department: String) -> String? { fronts[department] }

    // MARK: People

    /// The principal has a position in this unit, or in one above it.
    package func works(_ principal: String, in unit: String) -> Bool {
        let line = line(from: unit)
        return workplaces[principal]?.contains { line.contains($0) } ?? false
    }

    /// The principal answers for a rung of the ladder in this unit or above it, and so may give its cases to others.
    package func leads(_ principal: String, _ unit: String) -> Bool {
        line(from: unit).contains { code in
            positions[code]?.contains { !$0.rung.isEmpty && holders[$0.code] == principal } ?? false
        }
    }

    /// Unit in which the principal works first of all; nil when the chart does not know it.
    package func workplace(of principal: String) -> String? { workplaces[principal]?.first }

    /// All units in which the principal has a post, each once.
    func workplaces(of principal: String) -> [String] {
        var seen: Set<String> = []
        return (workplaces[principal] ?? []).filter { seen.insert($0).inserted }
    }

    /// Who has a post in the unit itself, by name.
    func officers(in unit: String) -> [String] { workplaces.filter { $0.value.contains(unit) }.keys.sorted() }

    /// Somebody has a post in the unit.
    func isStaffed(_ unit: String) -> Bool { workplaces.values.contains { $0.contains(unit) } }

    /// Who is asked at a rung of the ladder, for a case of this unit: the holder of the nearest position with that rung.
    /// Nil when nobody holds one, or nobody is there for those who do.
    ///
    /// - Parameter isThere: Whether somebody does a principal's work: itself, or its substitute.
    package func asked(rung: String, from unit: String, isThere: (String) -> Bool) -> String? {
        for code in line(from: unit) {
            for position in positions[code] ?? [] where position.rung == rung {
                if let holder = holders[position.code], isThere(holder) { return holder }
            }
        }
        return nil
    }
}
