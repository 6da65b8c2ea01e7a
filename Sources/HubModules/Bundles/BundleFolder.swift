// One bundle's folder while it is read: which files it must hold, and how they belong together.

import Crypto
import Foundation
import HubCore
import HubDomain
import HubProto

/// Reads one folder from its manifest to its library.
final class BundleFolder: RuleFiles {
    let findings = Findings()
    /// As in the manifest; each definition must name it.
    private(set) var department: String?
    private let path: String
    /// Over names and contents of all files that were read, in their order.
    private var hash = SHA256()

    init(path: String) { self.path = path }

    func read() -> ModuleSpecification {
        let manifest = yaml("manifest.yaml").map { Manifest($0) }
        department = manifest?.department
        let rules = rules()
        let definitions = rules.definitions.map(\.rule)
        let libraryPath = manifest.flatMap { library($0.library) }
        if let manifest { check(manifest, definitions) }
        let folder = path.split(separator: "/").last.map(String.init) ?? path
        let bundle = LoadedBundle(
            module: manifest.flatMap { $0.id.isEmpty ? nil : $0.id } ?? folder, department: manifest?.department ?? "",
            definitions: definitions, standing: rules.standing.map(\.rule))
        return ModuleSpecification(
            bundle: bundle, version: manifest?.version ?? "", libraryPath: libraryPath,
            bundleHash: [UInt8](hash.finalize()), refusals: findings.all.map(\.told))
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

    private func library(_ name: String) -> String? {
        guard !name.isEmpty else { return nil }
        guard name.hasPrefix("lib"), name.hasSuffix(".so"), !name.contains("/") else {
            findings.add("manifest.yaml", line: 0, "library", "must be lib<Name>.so in the bundle's folder")
            return nil
        }
        return feed(name, atMost: Self.libraryBytesMax) { _ in } ? "\(path)/\(name)" : nil
    }

    // MARK: Files

    /// Largest library that is looked at, bytes.
    private static let libraryBytesMax = 268_435_456

    func bytes(_ file: String, atMost limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        return feed(file, atMost: limit) { bytes += $0 } ? bytes : nil
    }

    /// Reads a file piece by piece into the hash and `take`; a library is never in memory as a whole.
    ///
    /// - Returns: False, with a finding, when the file cannot be read to its end.
    private func feed(_ file: String, atMost limit: Int, _ take: (Data) -> Void) -> Bool {
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

    func files(_ folder: String, _ endings: [String]) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []
        let seen = names.filter { !$0.hasPrefix(".") }.sorted()
        for name in seen where !endings.contains(where: { name.hasSuffix($0) }) {
            findings.add(
                "\(folder)/\(name)", line: 0, "file", "only \(endings.joined(separator: " and ")) files are read")
        }
        return seen.filter { name in endings.contains { name.hasSuffix($0) } }.map { "\(folder)/\($0)" }
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
