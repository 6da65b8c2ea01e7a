// Files that came in a message, to be checked or published.

package import HubCore
package import HubProto

/// The files of one call, by path.
private final class GivenFiles: RuleFiles {
    let findings = Findings()
    let department: String? = nil
    private var contents: [String: [UInt8]] = [:]

    init(_ files: [HubRuleFile]) {
        for file in files {
            let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, Self.folders.contains(String(parts[0])),
                file.path.utf8.count <= Self.pathBytesMax, !parts[1].hasPrefix("."), Self.isPlain(parts[1])
            else {
                findings.add(
                    Self.shown(file.path), line: 0, "path",
                    "must be FOLDER/NAME.yaml, or tables/NAME.csv with its NAME.yaml; folders are "
                        + Self.folders.joined(separator: ", "))
                continue
            }
            if contents.updateValue([UInt8](file.content), forKey: file.path) != nil {
                findings.add(file.path, line: 0, "unique", "the file is given twice")
            }
        }
    }

    func files(_ folder: String, _ endings: [String]) -> [String] {
        let paths = contents.keys.filter { $0.hasPrefix("\(folder)/") }.sorted()
        for path in paths where !endings.contains(where: path.hasSuffix) {
            findings.add(path, line: 0, "file", "only \(endings.joined(separator: " and ")) files are read")
        }
        return paths.filter { path in endings.contains(where: path.hasSuffix) }
    }

    func bytes(_ file: String, atMost limit: Int) -> [UInt8]? {
        guard let bytes = contents[file] else {
            findings.add(file, line: 0, "missing", "give this file too")
            return nil
        }
        guard bytes.count <= limit else {
            findings.add(file, line: 0, "size", "at most \(limit) bytes")
            return nil
        }
        return bytes
    }

    private static let pathBytesMax = 80
    private static let folders = ["services", "tables"] + StandingReaders.byFolder.map(\.folder)

    /// A path is told back to its author and shown on terminals.
    private static func isPlain(_ name: some StringProtocol) -> Bool {
        name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func shown(_ path: String) -> String {
        isPlain(path) && path.utf8.count <= pathBytesMax ? path : "-"
    }
}

/// Reads rules from YAML and CSV.
package struct RuleFileReader: RuleReader {
    package init() {}

    package func read(_ files: [HubRuleFile]) -> (rules: RuleSet, findings: [HubRuleFinding]) {
        let given = GivenFiles(files)
        let rules = given.rules()
        let findings = given.findings.all.map { finding in
            HubRuleFinding.with {
                $0.file = finding.file
                $0.line = UInt32(clamping: finding.line)
                $0.rule = finding.rule
                $0.remedy = finding.remedy
            }
        }
        return (rules, findings)
    }
}
