// Two versions of a rule, place by place: what an author changed, and what history tells of it.

import HubProto
import SwiftProtobuf

/// A message as places with values: `clocks/perbaikan/amount` → `5`.
///
/// Made from the message's text format, so that no field can be forgotten. Blocks of a list are called by their name
/// where they have one, and by their position where they have none.
struct RuleOutline {
    /// In the order of the text.
    private(set) var paths: [String] = []
    private(set) var values: [String: [String]] = [:]

    /// Differences that a publication tells, and characters of a value.
    static let differencesMax = 400
    private static let charactersMax = 200

    init(_ message: some Message) {
        let lines = message.textFormatString().split(separator: "\n").map { line in
            line.drop { $0 == " " }
        }
        var at = lines.startIndex
        read(lines, &at, under: "")
    }

    /// Reads lines up to the end of a block.
    private mutating func read(_ lines: [Substring], _ at: inout Int, under path: String) {
        var seen: [String: Int] = [:]
        while at < lines.endIndex, lines[at] != "}" {
            let line = lines[at]
            at += 1
            if line.hasSuffix(" {") {
                let field = "\(path)\(line.dropLast(2))"
                let name = at < lines.endIndex ? Self.name(lines[at]) : nil
                seen[field, default: 0] += 1
                let block = name.map { "\(field)/\($0)" } ?? (seen[field] == 1 ? field : "\(field)/\(seen[field] ?? 0)")
                read(lines, &at, under: "\(block)/")
                at += 1
            } else if let colon = line.firstRange(of: ": ") {
                add("\(path)\(line[..<colon.lowerBound])", Self.plain(line[colon.upperBound...]))
            }
        }
    }

    private mutating func add(_ path: String, _ value: String) {
        if values[path] == nil { paths.append(path) }
        values[path, default: []].append(value)
    }

    /// What a block is called: the value of its first field, when that names it.
    private static func name(_ line: Substring) -> String? {
        for key in ["name: ", "code: ", "principal: ", "kind: ", "value: ", "day: ", "values: ", "key: ", "field: "]
        where line.hasPrefix(key) {
            return String(plain(line.dropFirst(key.count)).prefix(Self.nameMax))
        }
        return nil
    }

    /// Characters of a block's name: keys of tables may be long.
    private static let nameMax = 64

    private static func plain(_ value: Substring) -> String {
        value.hasPrefix("\"") && value.hasSuffix("\"") && value.count >= 2
            ? String(value.dropFirst().dropLast()) : String(value)
    }

    // MARK: Comparing

    /// What is different in `new`, in its order, then what is gone. Version, day and hash differ always and are left out.
    ///
    /// - Parameter most: How many are told.
    static func differences(
        from old: some Message, to new: some Message, most: Int
    ) -> (told: [HubRuleDifference], more: Int) {
        let before = Self(old)
        let after = Self(new)
        let expected: Set<String> = ["version", "valid_from", "hash"]
        var told: [HubRuleDifference] = []
        var more = 0
        for path in after.paths + before.paths.filter({ after.values[$0] == nil })
        where !expected.contains(path) && before.values[path] != after.values[path] {
            guard told.count < most else {
                more += 1
                continue
            }
            told.append(
                .with {
                    $0.path = path
                    $0.before = shown(before.values[path])
                    $0.after = shown(after.values[path])
                })
        }
        return (told, more)
    }

    private static func shown(_ values: [String]?) -> String {
        String((values ?? []).joined(separator: ", ").prefix(charactersMax))
    }
}
