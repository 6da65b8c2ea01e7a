// Whether registers can be written as definitions say, and stay what they are.

import HubDomain
package import HubProto

extension RuleReview {
    /// What was entered stays readable: a register keeps its key and its fields, and demands no more than before.
    func fields(of register: HubRegister, old: HubRegister?, _ file: String, _ verdict: inout RuleVerdict) {
        guard let old else { return }
        if register.key != old.key { verdict.find(file, "key", "is \(old.key) for ever: entries are named by it") }
        for field in old.fields {
            guard let now = register.fields.first(where: { $0.name == field.name }) else {
                verdict.find(file, "fields", "keep \(field.name): entries hold it")
                continue
            }
            if now.type != field.type { verdict.find(file, "fields", "\(field.name) keeps its type: entries hold it") }
            if now.isNarrower(than: field) {
                verdict.find(file, "fields", "\(field.name) takes whatever it took: entries hold it, and are amended")
            }
            if field.index != .unspecified, now.index != field.index {
                verdict.find(file, "index", "\(field.name) stays searchable as it is")
            }
        }
        for field in register.fields where field.required && !old.fields.contains(where: { $0.name == field.name }) {
            verdict.find(file, "fields", "\(field.name) cannot be required: entries that are there do not have it")
        }
        if Set(register.unique) != Set(old.unique) {
            verdict.find(file, "unique", "stays as it is: of entries that are there nobody has looked")
        }
        for field in register.fields where field.index != .unspecified {
            if old.fields.first(where: { $0.name == field.name })?.index == .unspecified {
                verdict.find(
                    file, "index", "\(field.name) cannot become searchable: entries that are there would not be found")
            }
        }
        for definition in verdict.living {
            for problem in definition.unregistered(in: register) { verdict.find(file, "entries", problem) }
        }
    }
}

extension HubFormField {
    /// Something that the other one took it does not take.
    fileprivate func isNarrower(than old: HubFormField) -> Bool {
        let isShorter = mostCharacters < old.mostCharacters || leastCharacters > old.leastCharacters
        let isTighter = leastNumber > old.leastNumber || mostNumber < old.mostNumber
        let isPoorer = !Set(old.choices.map(\.value)).isSubset(of: choices.map(\.value))
        return (required && !old.required) || isShorter || isTighter || isPoorer || table != old.table
    }

    private var mostCharacters: UInt32 { lengthMax == 0 ? UInt32(FormRules.textLimit) : lengthMax }
    private var leastCharacters: UInt32 { max(lengthMin, required ? 1 : 0) }
    private var leastNumber: Int64 { hasValueMin ? valueMin : type == .rupiah ? 0 : .min }
    private var mostNumber: Int64 { hasValueMax ? valueMax : .max }
}

extension HubServiceDefinition {
    /// Registers that its stages write and its lookups read, each once.
    package var registerNames: [String] {
        Set(stages.flatMap(\.entries).map(\.register) + lookups.map(\.register)).filter { !$0.isEmpty }.sorted()
    }

    /// Entries that no register takes: a sentence each.
    func unregistered(in catalogue: ServiceCatalogue) -> [String] {
        registerNames.flatMap { name in
            guard let register = catalogue.registers[name] else {
                return ["\(service): no register \(name) is in force"]
            }
            let owner = catalogue.inForce[RuleName(kind: .register, name: name)]?.department
            let foreign =
                owner == department
                ? [] : ["\(service): register \(name) belongs to another department, which alone writes and reads it"]
            return foreign + unregistered(in: register)
        }
    }

    /// What a register's text does not take of its entries.
    package func unregistered(in register: HubRegister) -> [String] {
        let rules = stages.flatMap(\.entries).filter { $0.register == register.name }
        return rules.flatMap { rule in
            let known = Set(register.fields.map(\.name))
            var problems = rule.values.filter { !known.contains($0.name) }.map {
                "\(service): register \(register.name) has no field \($0.name)"
            }
            let set = Set(rule.values.filter { !$0.cleared }.map(\.name) + [register.key])
            if rule.mode == .enter {
                problems += register.fields.filter { $0.required && !set.contains($0.name) }.map {
                    "\(service): register \(register.name) needs \($0.name) of each new entry"
                }
            }
            return problems
        }
    }
}
