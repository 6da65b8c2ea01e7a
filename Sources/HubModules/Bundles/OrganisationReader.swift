// organisation/*.yaml → hub.v1.Organisation, with every rule that must hold within it.

import HubCore
import HubDomain
import HubProto

/// Reads a regency's chart and checks that it hangs together.
struct OrganisationReader {
    private let top: YAMLObject

    init(_ top: YAMLObject) { self.top = top }

    func read() -> HubOrganisation {
        var organisation = HubOrganisation()
        organisation.name = top.text("name", required: true)
        organisation.version = top.text("version", required: true)
        organisation.source = top.text("source", required: true)
        organisation.units = top.objects("units", required: true).map(unit)
        organisation.positions = top.objects("positions", required: true).map(position)
        organisation.officers = top.objects("officers").map(officer)
        top.finish()
        if !organisation.name.isEmpty, !Name.isIdentifier(organisation.name) {
            top.find("name", "name", "must match [a-z][a-z0-9_-]{0,47}")
        }
        check(organisation)
        return organisation
    }

    // MARK: Blocks

    private func unit(_ object: YAMLObject) -> HubUnit {
        defer { object.finish() }
        return .with {
            $0.code = object.text("code", required: true)
            $0.title = object.title()
            $0.parent = object.text("parent")
            $0.department = object.text("department")
            $0.areas = object.texts("areas")
        }
    }

    private func position(_ object: YAMLObject) -> HubPosition {
        defer { object.finish() }
        return .with {
            $0.code = object.text("code", required: true)
            $0.title = object.title()
            $0.unit = object.text("unit", required: true)
            $0.rung = object.text("rung")
        }
    }

    private func officer(_ object: YAMLObject) -> HubOfficer {
        defer { object.finish() }
        return .with {
            $0.principal = object.text("principal", required: true)
            $0.positions = object.texts("positions", required: true)
        }
    }

    // MARK: What must hold

    private func check(_ organisation: HubOrganisation) {
        codes(organisation.units.map(\.code), "units")
        codes(organisation.positions.map(\.code), "positions")
        let chart = OrganisationChart(organisation)
        let roots = organisation.units.filter(\.parent.isEmpty).map(\.code)
        if roots.count != 1 { find("root", "exactly one unit has no parent; found \(roots.count)", "units") }
        for unit in organisation.units where !unit.parent.isEmpty {
            if !chart.contains(unit: unit.parent) {
                find("parent", "unit \(unit.code) names parent \(unit.parent), which is not there", "units", unit.code)
            } else if chart.line(from: unit.code).last.map(roots.contains) != true {
                find("parent", "unit \(unit.code) is above itself, or too far below the regency", "units", unit.code)
            }
            if !unit.department.isEmpty, !Name.isCode(unit.department) {
                find("department", "unit \(unit.code): must match [a-z][a-z0-9-]{0,31}", "units", unit.code)
            }
        }
        for position in organisation.positions {
            if !position.unit.isEmpty, !chart.contains(unit: position.unit) {
                find(
                    "unit", "position \(position.code) is in unit \(position.unit), which is not there", "positions",
                    position.code)
            }
            if !position.rung.isEmpty, !Name.isIdentifier(position.rung) {
                find(
                    "rung", "position \(position.code): must match [a-z][a-z0-9_-]{0,47}", "positions", position.code)
            }
        }
        officers(organisation)
    }

    private func officers(_ organisation: HubOrganisation) {
        let known = Set(organisation.positions.map(\.code))
        // Staff may share a post; of those who answer for something there is one.
        let single = Set(organisation.positions.lazy.filter { !$0.rung.isEmpty }.map(\.code))
        var people: Set<String> = []
        var held: Set<String> = []
        for officer in organisation.officers where !officer.principal.isEmpty {
            func wrong(_ rule: String, _ remedy: String) { find(rule, remedy, "officers", officer.principal) }
            if (try? Principal(urn: officer.principal, role: "officer", unit: "")) == nil {
                wrong("principal", "must be urn:elayanan:<department>:<name>")
            }
            if !people.insert(officer.principal).inserted { wrong("unique", "the officer stands twice") }
            for position in officer.positions {
                if !known.contains(position) { wrong("positions", "position \(position) is not there") }
                if single.contains(position), !held.insert(position).inserted {
                    wrong("positions", "position \(position) is held by two officers")
                }
            }
        }
    }

    private func codes(_ codes: [String], _ list: String) {
        var seen: Set<String> = []
        for code in codes where !code.isEmpty {
            if !Name.isCode(code) {
                find("code", "\(list): `\(code.prefix(48))` must match [a-z][a-z0-9-]{0,31}", list, code)
            }
            if !seen.insert(code).inserted { find("unique", "\(list): `\(code)` stands twice", list, code) }
        }
    }

    private func find(_ rule: String, _ remedy: String, _ list: String, _ name: String? = nil) {
        guard !top.findings.isFull else { return }
        top.findings.add(top.file, line: top.line(of: list, name), rule, remedy)
    }
}
