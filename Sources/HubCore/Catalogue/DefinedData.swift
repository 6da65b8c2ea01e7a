// What a definition itself does with the values of a case, without asking a module. Pure.

package import HubProto

extension HubServiceDefinition {
    /// A clock by its name.
    func clock(_ name: String) -> HubClockRule? { clocks.first { $0.name == name } }

    /// Values after an action: what was asked for takes the place of what held, and what it clears is empty.
    package func data(_ data: [HubFieldValue], after action: HubAction) -> [HubFieldValue] {
        guard !action.adopts.isEmpty || !action.clears.isEmpty else { return data }
        var values = Dictionary(data.map { ($0.name, $0) }) { first, _ in first }
        for adoption in action.adopts {
            guard var value = values.removeValue(forKey: adoption.from) else { continue }
            value.name = adoption.field
            values[adoption.field] = value
        }
        for name in action.clears { values[name] = nil }
        return fields.compactMap { values[$0.name] }
    }

    /// Values with some of them set.
    func data(_ data: [HubFieldValue], with set: [HubFieldValue]) -> [HubFieldValue] {
        guard !set.isEmpty else { return data }
        var values = Dictionary(data.map { ($0.name, $0) }) { first, _ in first }
        for value in set { values[value.name] = value }
        return fields.compactMap { values[$0.name] }
    }
}
