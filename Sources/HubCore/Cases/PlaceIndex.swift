// Where cases lie, as entries of the ordinary index: cells of a grid.

import HubDomain
import HubProto

/// Entries by which open cases are found near a place. Their names are of no field, so that no list can be filtered by them.
enum PlaceIndex {
    /// Cells of all places that the definition's likenesses compare, in every grid: a rule that changes its metres finds
    /// what was indexed before.
    static func entries(of data: [HubFieldValue], _ definition: HubServiceDefinition) -> [IndexEntry] {
        var seen: Set<String> = []
        return definition.likenesses.filter { $0.metres > 0 && seen.insert($0.latitude).inserted }.flatMap { rule in
            guard let place = data.place(rule.latitude, rule.longitude) else { return [IndexEntry]() }
            return GeoGrid.all.map { IndexEntry(field: name(rule.latitude), value: $0.cell(of: place)) }
        }
    }

    /// What cases near a place may have.
    static func entries(around place: GeoPoint, radius metres: Double, _ latitude: String) -> [IndexEntry] {
        GeoGrid.fitting(radius: metres).cells(around: place, radius: metres).map {
            IndexEntry(field: name(latitude), value: $0)
        }
    }

    private static func name(_ latitude: String) -> String { "near/\(latitude)" }
}

extension [HubFieldValue] {
    /// The place that two fields say; nil when one of them is empty.
    func place(_ latitude: String, _ longitude: String) -> GeoPoint? {
        func number(_ name: String) -> Int64? {
            if case .integer(let number)? = first(where: { $0.name == name })?.value { number } else { nil }
        }
        guard !latitude.isEmpty, let north = number(latitude), let east = number(longitude) else { return nil }
        return GeoPoint(latitude: north, longitude: east)
    }
}
