// Rules as files: definitions, calendars, tables, papers and the organisation, wherever the files lie.

import Crypto
import HubCore
import HubProto
import SwiftProtobuf

/// Files by the paths they have in a bundle: a folder on disk, or what somebody wants to publish.
protocol RuleFiles: AnyObject {
    var findings: Findings { get }
    /// What each definition must name as its department; nil = anything.
    var department: String? { get }
    /// Paths of a folder's files with one of these endings, by name; one with another ending is told, because its author
    /// thinks it counts.
    func files(_ folder: String, _ endings: [String]) -> [String]
    /// A file's bytes; nil, with a finding, when it is not there or cannot be taken.
    func bytes(_ file: String, atMost limit: Int) -> [UInt8]?
}

/// Folders of YAML files, and what a file in each becomes. Tables, of two files each, are read by themselves.
enum StandingReaders {
    static let byFolder: [(folder: String, read: @Sendable (YAMLObject) -> any StandingRule)] = [
        ("calendars", { CalendarReader.read($0) }),
        ("organisation", { OrganisationReader($0).read() }),
        ("treasury", { TreasuryReader.read($0) }),
        ("tariffs", { TariffReader.read($0) }),
        ("papers", { PaperReader($0).read() }),
        ("registers", { RegisterReader.read($0) }),
        ("offices", { OfficeReader.read($0) }),
        ("notices", { NoticeReader.read($0) }),
        ("questionnaires", { QuestionnaireReader.read($0) }),
        ("routes", { RouteReader.read($0) }),
    ]
}

extension RuleFiles {
    /// All rules that can be read; what is wrong is told in ``findings``.
    func rules() -> RuleSet {
        var rules = RuleSet()
        for file in files("services", [".yaml"]) {
            if let found = definition(file) { rules.definitions.append(RuleSet.Written(file: file, rule: found)) }
        }
        for (folder, read) in StandingReaders.byFolder {
            for file in files(folder, [".yaml"]) {
                guard let top = yaml(file) else { continue }
                rules.standing.append(RuleSet.Written(file: file, rule: read(top)))
            }
        }
        let tables = files("tables", [".csv", ".yaml"])
        for file in tables where file.hasSuffix(".csv") {
            if let found = table(file) { rules.standing.append(RuleSet.Written(file: file, rule: found)) }
        }
        for file in tables where file.hasSuffix(".yaml") && !tables.contains(file.dropLast(5) + ".csv") {
            findings.add(file, line: 0, "missing", "no table stands beside it: add the .csv or remove the file")
        }
        return rules
    }

    func yaml(_ file: String) -> YAMLObject? {
        guard let bytes = bytes(file, atMost: YAMLObject.fileBytesMax) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            findings.add(file, line: 1, "utf8", "save the file as UTF-8")
            return nil
        }
        return YAMLObject.top(of: text, file: file, findings)
    }

    private func definition(_ file: String) -> HubServiceDefinition? {
        guard let top = yaml(file) else { return nil }
        var definition = DefinitionReader(top).read()
        DefinitionRules(definition: definition, top: top).check()
        if let department, !definition.department.isEmpty, definition.department != department {
            top.find("department", "department", "the manifest says \(department)")
        }
        if let bytes = try? definition.ledgerBytes() { definition.hash = .init(SHA256.hash(data: bytes)) }
        return definition
    }

    private func table(_ file: String) -> HubTable? {
        let name = String(file.dropFirst("tables/".count).dropLast(".csv".count))
        if !Name.isIdentifier(name) { findings.add(file, line: 0, "name", "must match [a-z][a-z0-9_-]{0,47}.csv") }
        guard let csv = bytes(file, atMost: TableReader.bytesMax), let about = yaml("tables/\(name).yaml") else {
            return nil
        }
        return TableReader.read(name: name, csv: csv, about: about, file: file, findings)
    }
}
