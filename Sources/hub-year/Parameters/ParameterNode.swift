// A place in the file of parameters, and everything that is wrong with the file at once.

import Yams

/// Why a file of parameters is refused.
struct ParameterFault: Error, CustomStringConvertible {
    let reasons: [String]
    var description: String { "parameters are refused:\n" + reasons.map { "  \($0)" }.joined(separator: "\n") }
}

/// What was found on the way through a file.
final class ParameterReading {
    private(set) var faults: [String] = []
    private(set) var sources: [ParameterSource] = []

    func fault(_ place: String, _ remedy: String) { faults.append("\(place): \(remedy)") }
    func note(_ source: ParameterSource) { sources.append(source) }
}

/// One node with its place. Reading never fails: what is wrong is told to the reading, and something harmless comes back.
struct ParameterNode {
    let node: Node?
    let place: String
    let reading: ParameterReading

    /// - Throws: ``ParameterFault`` when it is no YAML.
    static func top(_ text: String) throws -> ParameterNode {
        do {
            return ParameterNode(node: try Yams.compose(yaml: text), place: "", reading: ParameterReading())
        } catch { throw ParameterFault(reasons: ["the file is not YAML: \(error)"]) }
    }

    // MARK: Structure

    subscript(_ key: String) -> ParameterNode {
        ParameterNode(node: node?.mapping?[key], place: place.isEmpty ? key : "\(place).\(key)", reading: reading)
    }

    var isThere: Bool { node != nil }

    /// The nodes of a list.
    var list: [ParameterNode] {
        (node?.sequence.map(Array.init) ?? []).enumerated().map { index, child in
            let name =
                child.mapping?["name"]?.string ?? child.mapping?["stage"]?.string ?? child.mapping?["service"]?.string
            return ParameterNode(node: child, place: "\(place)[\(name ?? "\(index)")]", reading: reading)
        }
    }

    /// The entries of a mapping, in the file's order.
    var entries: [(key: String, value: ParameterNode)] {
        (node?.mapping.map(Array.init) ?? []).compactMap { pair in
            pair.key.string.map { ($0, ParameterNode(node: pair.value, place: "\(place).\($0)", reading: reading)) }
        }
    }

    /// Tells of keys that nobody reads: a misspelt one would be a number that does not count.
    func allow(_ keys: String...) {
        for entry in entries where !keys.contains(entry.key) {
            reading.fault(entry.value.place, "nobody reads this; expected one of \(keys.joined(separator: ", "))")
        }
    }

    // MARK: Values that are no measures

    var text: String {
        guard let text = node?.string else {
            reading.fault(place, "give a text")
            return ""
        }
        return text
    }

    var optionalText: String? { node == nil ? nil : text }
    var texts: [String] { list.map(\.text) }
    var isTrue: Bool { node?.bool ?? false }

    // MARK: Measures: each has a unit and a source

    /// `{ value, unit, source }`
    var figure: Figure {
        allow("value", "unit", "source")
        source()
        return Figure(value: self["value"].number)
    }

    /// The same between 0 and 1.
    var share: Figure {
        let found = figure
        if !(0...1).contains(found.value) { reading.fault(place, "a share lies between 0 and 1") }
        return found
    }

    var optionalShare: Figure? { isThere ? share : nil }

    /// `{ median, sigma, unit, source }`
    var spread: Spread {
        allow("median", "sigma", "unit", "source")
        source()
        let found = Spread(median: self["median"].number, sigma: self["sigma"].number)
        if found.median < 0 || !(0...4).contains(found.sigma) {
            reading.fault(place, "a median is not negative, a sigma lies between 0 and 4")
        }
        return found
    }

    var optionalSpread: Spread? { isThere ? spread : nil }

    /// `{ values: [...], unit, source }`
    func numbers(_ count: Int) -> [Double] {
        allow("values", "unit", "source")
        source()
        let found = self["values"].list.map(\.number)
        if found.count == count, found.allSatisfy({ $0 >= 0 }), found.contains(where: { $0 > 0 }) { return found }
        reading.fault(place, "give \(count) numbers, none of them negative and not all of them 0")
        return Array(repeating: 1, count: count)
    }

    /// Notes where the numbers of this node come from; refuses those that do not say it.
    func source(unit: String? = nil) {
        let unit = unit ?? self["unit"].text
        let source = self["source"].text
        if unit.allSatisfy(\.isWhitespace) || source.allSatisfy(\.isWhitespace) {
            reading.fault(place, "every number has a unit, and a source or the word assumed")
        }
        reading.note(ParameterSource(place: place, unit: unit, source: source))
    }

    var number: Double {
        guard let number = node?.float, number.isFinite, abs(number) <= 1e12 else {
            reading.fault(place, "give a number")
            return 0
        }
        return number
    }

    /// `[least, most]`
    var range: ClosedRange<Int> {
        let found = list.map(\.number)
        guard found.count == 2, found[0] <= found[1] else {
            reading.fault(place, "give [least, most]")
            return 0...0
        }
        return Int(found[0])...Int(found[1])
    }
}
