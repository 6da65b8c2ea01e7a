// One bundle's folder while it is read: which files it must hold, and how they belong together.

import Crypto
import Foundation
import HubCore
import HubDomain
import HubProto

/// Reads one folder from its manifest to its library.
struct BundleFolder {
    private let path: String
    private let findings = Findings()

    init(path: String) { self.path = path }

    func read() -> ModuleSpecification {
        var hash = SHA256()
        let manifest = yaml("manifest.yaml", &hash).map { Manifest($0) }
        var definitions: [HubServiceDefinition] = []
        for file in files("services", [".yaml"]) {
            if let found = definition(file, manifest, &hash) { definitions.append(found) }
        }
        var tables: [HubTable] = []
        for file in files("tables", [".csv", ".yaml"]) where file.hasSuffix(".csv") {
            if let found = table(file, &hash) { tables.append(found) }
        }
        var calendars: [HubCalendar] = []
        for file in files("calendars", [".yaml"]) {
            if let top = yaml(file, &hash) { calendars.append(CalendarReader.read(top)) }
        }
        let libraryPath = manifest.flatMap { library($0.library, &hash) }
        if let manifest { check(manifest, definitions) }
        let folder = path.split(separator: "/").last.map(String.init) ?? path
        let bundle = LoadedBundle(
            module: manifest.flatMap { $0.id.isEmpty ? nil : $0.id } ?? folder, department: manifest?.department ?? "",
            definitions: definitions, tables: tables, calendars: calendars)
        return ModuleSpecification(
            bundle: bundle, version: manifest?.version ?? "", libraryPath: libraryPath,
            bundleHash: [UInt8](hash.finalize()), refusals: findings.all)
    }

    // MARK: How the files belong together

    private func check(_ manifest: Manifest, _ definitions: [HubServiceDefinition]) {
        let found = Set(definitions.map(\.service))
        if Set(manifest.services) != found {
            findings.add(
                "manifest.yaml", line: manifest.servicesLine, "services",
                "names \(manifest.services.sorted()), but services/ holds \(found.sorted())")
        }
        if manifest.library.isEmpty, !definitions.isEmpty {
            findings.add("manifest.yaml", line: 1, "library", "services need a library that decides on them")
        }
        var versions: Set<[String]> = []
        for definition in definitions {
            let first = versions.insert([definition.service, definition.version]).inserted
            let firstDay = versions.insert([definition.service, "from", definition.validFrom]).inserted
            if !first || !firstDay {
                findings.add(
                    "services", line: 0, "version",
                    "two files of \(definition.service) have one version or one valid_from; which is meant?")
            }
        }
    }

    private func definition(_ file: String, _ manifest: Manifest?, _ hash: inout SHA256) -> HubServiceDefinition? {
        guard let top = yaml(file, &hash) else { return nil }
        var definition = DefinitionReader(top).read()
        DefinitionRules(definition: definition, top: top).check()
        if let manifest, !definition.department.isEmpty, definition.department != manifest.department {
            top.find("department", "department", "the manifest says \(manifest.department)")
        }
        if let bytes = try? definition.ledgerBytes() { definition.hash = .init(SHA256.hash(data: bytes)) }
        return definition
    }

    private func table(_ file: String, _ hash: inout SHA256) -> HubTable? {
        let name = String(file.dropFirst("tables/".count).dropLast(".csv".count))
        if !Name.isIdentifier(name) { findings.add(file, line: 0, "name", "must match [a-z][a-z0-9_-]{0,47}.csv") }
        guard let csv = bytes(file, atMost: TableReader.bytesMax, &hash),
            let about = yaml("tables/\(name).yaml", &hash)
        else { return nil }
        return TableReader.read(name: name, csv: csv, about: about, file: file, findings)
    }

    private func library(_ name: String, _ hash: inout SHA256) -> String? {
        guard !name.isEmpty else { return nil }
        guard name.hasPrefix("lib"), name.hasSuffix(".so"), !name.contains("/") else {
            findings.add("manifest.yaml", line: 0, "library", "must be lib<Name>.so in the bundle's folder")
            return nil
        }
        return feed(name, atMost: Self.libraryBytesMax, &hash, { _ in }) ? "\(path)/\(name)" : nil
    }

    // MARK: Files

    /// Largest library that is looked at, bytes.
    private static let libraryBytesMax = 268_435_456

    private func yaml(_ file: String, _ hash: inout SHA256) -> YAMLObject? {
        guard let bytes = bytes(file, atMost: YAMLObject.fileBytesMax, &hash) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            findings.add(file, line: 1, "utf8", "save the file as UTF-8")
            return nil
        }
        return YAMLObject.top(of: text, file: file, findings)
    }

    private func bytes(_ file: String, atMost limit: Int, _ hash: inout SHA256) -> [UInt8]? {
        var bytes: [UInt8] = []
        return feed(file, atMost: limit, &hash, { bytes += $0 }) ? bytes : nil
    }

    /// Reads a file piece by piece into the hash and `take`; a library is never in memory as a whole.
    ///
    /// - Returns: False, with a finding, when the file cannot be read to its end.
    private func feed(_ file: String, atMost limit: Int, _ hash: inout SHA256, _ take: (Data) -> Void) -> Bool {
        let full = "\(path)/\(file)"
        guard isOrdinary(file, atMost: limit), let handle = FileHandle(forReadingAtPath: full) else { return false }
        defer { try? handle.close() }
        hash.update(data: Data("\(file)\n".utf8))
        var left = limit
        do {
            while let piece = try handle.read(upToCount: 65_536), !piece.isEmpty {
                left -= piece.count
                guard left >= 0 else { break }
                hash.update(data: piece)
                take(piece)
            }
        } catch {
            findings.add(file, line: 0, "missing", "cannot be read to its end")
            return false
        }
        hash.update(data: Data("\n\(limit - left)\n".utf8))
        return left >= 0
    }

    /// The file is one that nobody but its owner and group can change. Looked at before it is opened: a pipe would make
    /// the hub wait, a link could point anywhere.
    private func isOrdinary(_ file: String, atMost limit: Int) -> Bool {
        let full = "\(path)/\(file)"
        guard let facts = try? FileManager.default.attributesOfItem(atPath: full) else {
            findings.add(file, line: 0, "missing", "add the file, readable by the hub")
            return false
        }
        guard facts[.type] as? FileAttributeType == .typeRegular else {
            findings.add(file, line: 0, "kind", "must be an ordinary file, no link, folder or pipe")
            return false
        }
        guard facts[.size] as? Int ?? .max <= limit else {
            findings.add(file, line: 0, "size", "at most \(limit) bytes")
            return false
        }
        guard FileManager.default.isReadableFile(atPath: full) else {
            findings.add(file, line: 0, "missing", "make the file readable by the hub")
            return false
        }
        let folder = full.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        if isWorldWritable(full) || isWorldWritable(folder) {
            findings.add(file, line: 0, "mode", "chmod o-w the file and its folder: anybody could change it")
        }
        return true
    }

    /// Files of a subfolder, by name; one that nobody would read is told, because its author thinks it counts.
    private func files(_ folder: String, _ suffixes: [String]) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []
        let seen = names.filter { !$0.hasPrefix(".") }.sorted()
        for name in seen where !suffixes.contains(where: { name.hasSuffix($0) }) {
            findings.add(
                "\(folder)/\(name)", line: 0, "file", "only \(suffixes.joined(separator: " and ")) files are read")
        }
        return seen.filter { name in suffixes.contains { name.hasSuffix($0) } }.map { "\(folder)/\($0)" }
    }

    private func isWorldWritable(_ path: String) -> Bool {
        let mode = (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int
        return (mode ?? 0) & 0o002 != 0
    }
}

/// manifest.yaml
struct Manifest {
    let id: String
    let version: String
    let department: String
    /// Empty for a bundle of data alone.
    let library: String
    let services: [String]
    let servicesLine: Int

    init(_ top: YAMLObject) {
        id = top.text("id", required: true)
        version = top.text("version", required: true)
        department = top.text("department", required: true)
        library = top.text("library")
        services = top.texts("services")
        servicesLine = top.line(of: "services")
        _ = top.text("contact", required: true)
        for (key, code) in [("id", id), ("department", department)] where !code.isEmpty && !Name.isCode(code) {
            top.find(key, key, "must match [a-z][a-z0-9-]{0,31}")
        }
        if !library.isEmpty, let major = top.integer("abi_major", 0...65_535, required: true), major != 1 {
            top.find(
                "abi_major", "abi_major", "expected 1, found \(major): this hub loads ABI 1")
        }
        top.finish()
    }
}
