// Finds bundles in a folder and reads them: a specification each, with every reason where one is refused.

import Crypto
import Foundation
import HubCore
import HubDomain
import HubProto
import SwiftProtobuf

/// Reads bundles: `manifest.yaml`, `services/*.yaml`, `tables/*.csv` (+ `.yaml`), `calendars/*.yaml`, a library.
package enum BundleReader {
    /// Every folder in `directory`, by name; what they refer to in each other is checked too.
    ///
    /// A folder that is no bundle becomes a refused specification, never an error: one department's mistake stops no
    /// other. Without the directory there are no bundles.
    package static func discover(directory: String) -> [ModuleSpecification] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let bundles = names.sorted().filter { !$0.hasPrefix(".") && isDirectory("\(directory)/\($0)") }
            .map { read(folder: "\(directory)/\($0)") }
        return BundleReferences(bundles).checked()
    }

    /// One bundle by itself.
    package static func read(folder: String) -> ModuleSpecification {
        BundleFolder(path: folder).read()
    }

    private static func isDirectory(_ path: String) -> Bool {
        var directory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &directory) && directory.boolValue
    }
}

/// One folder while it is read.
private struct BundleFolder {
    let path: String
    private let findings = Findings()

    init(path: String) { self.path = path }

    func read() -> ModuleSpecification {
        let folder = path.split(separator: "/").last.map(String.init) ?? path
        var hash = SHA256()
        if isWorldWritable(path) { findings.add(".", line: 0, "mode", "chmod o-w: anybody could change this bundle") }
        let manifest = yaml("manifest.yaml", &hash).map(Manifest.init)
        var definitions: [HubServiceDefinition] = []
        for file in files("services", ".yaml") {
            if let found = definition(file, manifest, &hash) { definitions.append(found) }
        }
        var tables: [HubTable] = []
        for file in files("tables", ".csv") { if let found = table(file, &hash) { tables.append(found) } }
        var calendars: [HubCalendar] = []
        for file in files("calendars", ".yaml") {
            if let top = yaml(file, &hash) { calendars.append(CalendarReader.read(top)) }
        }
        let libraryPath = library(manifest?.library ?? "", &hash)
        if let manifest {
            let found = Set(definitions.map(\.service))
            if Set(manifest.services) != found {
                findings.add(
                    "manifest.yaml", line: 0, "services",
                    "manifest names \(manifest.services.sorted()), services/ holds \(found.sorted())")
            }
            if libraryPath == nil, !definitions.isEmpty {
                findings.add("manifest.yaml", line: 0, "library", "services need a library that decides on them")
            }
        }
        let bundle = LoadedBundle(
            module: manifest?.id ?? folder, department: manifest?.department ?? "", definitions: definitions,
            tables: tables, calendars: calendars)
        return ModuleSpecification(
            bundle: bundle, version: manifest?.version ?? "", libraryPath: libraryPath, bundleHash: [UInt8](hash.finalize()),
            refusals: findings.all)
    }

    private func definition(_ file: String, _ manifest: Manifest?, _ hash: inout SHA256) -> HubServiceDefinition? {
        guard let top = yaml(file, &hash) else { return nil }
        var definition = DefinitionReader(top).read()
        DefinitionRules(definition: definition, file: file, findings: findings).check()
        if let manifest, definition.department != manifest.department {
            findings.add(file, line: 0, "department", "the manifest says \(manifest.department)")
        }
        if let bytes = try? definition.ledgerBytes() { definition.hash = .init(SHA256.hash(data: bytes)) }
        return definition
    }

    private func table(_ file: String, _ hash: inout SHA256) -> HubTable? {
        guard let csv = bytes(file, &hash), let about = yaml(file.dropSuffix(".csv") + ".yaml", &hash) else { return nil }
        let name = file.dropPrefix("tables/").dropSuffix(".csv")
        if !Name.isIdentifier(name) { findings.add(file, line: 0, "name", "must match [a-z][a-z0-9_-]{0,47}") }
        return TableReader.read(name: name, csv: csv, about: about, file: file, findings)
    }

    private func library(_ name: String, _ hash: inout SHA256) -> String? {
        guard !name.isEmpty else { return nil }
        guard name.hasPrefix("lib"), name.hasSuffix(".so"), !name.contains("/") else {
            findings.add("manifest.yaml", line: 0, "library", "must be lib<Name>.so in the bundle's folder")
            return nil
        }
        guard bytes(name, &hash) != nil else { return nil }
        return "\(path)/\(name)"
    }

    private func yaml(_ file: String, _ hash: inout SHA256) -> YAMLObject? {
        guard let bytes = bytes(file, &hash) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            findings.add(file, line: 1, "utf8", "save the file as UTF-8")
            return nil
        }
        return YAMLObject.top(of: text, file: file, findings)
    }

    private func bytes(_ file: String, _ hash: inout SHA256) -> [UInt8]? {
        guard let data = FileManager.default.contents(atPath: "\(path)/\(file)") else {
            findings.add(file, line: 0, "missing", "add the file, readable by the hub")
            return nil
        }
        if isWorldWritable("\(path)/\(file)") {
            findings.add(file, line: 0, "mode", "chmod o-w: anybody could change this file")
        }
        hash.update(data: Data("\(file)\n\(data.count)\n".utf8))
        hash.update(data: data)
        return [UInt8](data)
    }

    private func files(_ folder: String, _ suffix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []
        return names.filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }.sorted().map { "\(folder)/\($0)" }
    }

    private func isWorldWritable(_ path: String) -> Bool {
        let mode = (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int ?? 0
        return mode & 0o002 != 0
    }
}

/// manifest.yaml
private struct Manifest {
    let id: String
    let version: String
    let department: String
    /// Empty for a bundle of data alone.
    let library: String
    let services: [String]

    init(_ top: YAMLObject) {
        id = top.text("id", required: true)
        version = top.text("version", required: true)
        department = top.text("department", required: true)
        library = top.text("library")
        services = top.texts("services")
        _ = top.text("contact", required: true)
        if !Name.isCode(id) { top.find("id", "must match [a-z][a-z0-9-]{0,31}") }
        if !Name.isCode(department) { top.find("department", "must match [a-z][a-z0-9-]{0,31}") }
        if !library.isEmpty, top.integer("abi_major", 0...65_535, required: true) != 1 {
            top.find("abi_major", "this hub loads modules of ABI 1")
        }
        top.finish()
    }
}

extension String {
    fileprivate func dropPrefix(_ prefix: String) -> String { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self }
    fileprivate func dropSuffix(_ suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}
