// Files of rules on the command line: single ones, or folders as they stand in a bundle.

import ArgumentParser
import Foundation
import HubDomain
import HubProto

/// `PATH …` of `service check`, `diff` and `publish`.
struct RuleFiles: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Rules (.yaml), tables (.csv with the .yaml beside it), or a bundle's folder.",
            valueName: "path"), completion: .file())
    var paths: [String]

    /// Folders of a bundle that hold rules, with the endings of their files.
    private static let folders = [
        "services": ["yaml"], "calendars": ["yaml"], "organisation": ["yaml"], "papers": ["yaml"],
        "registers": ["yaml"],
        "notices": ["yaml"], "questionnaires": ["yaml"], "offices": ["yaml"], "routes": ["yaml"],
        "tariffs": ["yaml"], "treasury": ["yaml"], "tables": ["csv", "yaml"],
    ]
    /// As the hub takes it.
    private static let fileBytesMax = 3 * 1_048_576

    /// The files as the hub wants them.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` naming a path that is no rule or cannot be read.
    func read() throws(HubError) -> [HubRuleFile] {
        var files: [HubRuleFile] = []
        for path in paths { files += Self.isFolder(path) ? try Self.folder(path) : try Self.file(path) }
        var seen: [String: Data] = [:]
        var once: [HubRuleFile] = []
        for file in files {
            if let other = seen.updateValue(file.content, forKey: file.path) {
                guard other == file.content else {
                    throw HubError(.configurationInvalid, "two files are \(file.path) to the hub: give one of them")
                }
            } else {
                once.append(file)
            }
        }
        return once
    }

    private static func folder(_ path: String) throws(HubError) -> [HubRuleFile] {
        let name = URL(fileURLWithPath: path).lastPathComponent
        if folders[name] != nil { return try files(in: path, as: name) }
        var found: [HubRuleFile] = []
        for name in folders.keys.sorted() where isFolder("\(path)/\(name)") {
            found += try files(in: "\(path)/\(name)", as: name)
        }
        guard !found.isEmpty else {
            throw HubError(
                .configurationInvalid, "\(path): holds none of \(folders.keys.sorted().joined(separator: "/, "))/")
        }
        return found
    }

    private static func files(in folder: String, as name: String) throws(HubError) -> [HubRuleFile] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let endings = folders[name] ?? []
        var found: [HubRuleFile] = []
        for file in names.sorted() where !file.hasPrefix(".") {
            guard endings.contains(ending(of: file)) else {
                throw HubError(
                    .configurationInvalid, "\(folder)/\(file): only .\(endings.joined(separator: ", .")) is read")
            }
            found.append(try read("\(folder)/\(file)", as: "\(name)/\(file)"))
        }
        return found
    }

    /// One file, and what belongs to it. Its folder says what it is; where that says nothing, the file does.
    private static func file(_ path: String) throws(HubError) -> [HubRuleFile] {
        let url = URL(fileURLWithPath: path)
        let name = url.lastPathComponent
        let stem = url.deletingPathExtension()
        let folder = url.deletingLastPathComponent().lastPathComponent
        switch ending(of: name) {
        case "csv":
            return [
                try read(path, as: "tables/\(name)"),
                try read("\(stem.path).yaml", as: "tables/\(stem.lastPathComponent).yaml"),
            ]
        case "yaml" where FileManager.default.fileExists(atPath: "\(stem.path).csv"):
            return try file("\(stem.path).csv")
        case "yaml":
            var rule = try read(path, as: "services/\(name)")
            rule.path = "\(folders[folder] == nil ? kind(of: rule.content) : folder)/\(name)"
            return [rule]
        default: throw HubError(.configurationInvalid, "\(path): rules are .yaml and .csv files")
        }
    }

    /// Folder in which a bundle would have a file with this text, by a key that only one of them has.
    private static func kind(of content: Data) -> String {
        let lines = String(decoding: content, as: UTF8.self).split(separator: "\n")
        let telling = [
            "open_weekdays:": "calendars", "based_on:": "calendars", "positions:": "organisation",
            "accounts:": "treasury", "periods:": "tariffs", "letterhead:": "papers",
            "register:": "registers",
            "templates:": "notices", "open_days:": "questionnaires", "offices:": "offices", "rules:": "routes",
        ]
        return lines.compactMap { line in telling.first { line.hasPrefix($0.key) }?.value }.first ?? "services"
    }

    private static func read(_ path: String, as name: String) throws(HubError) -> HubRuleFile {
        let bytes = try ByteFile.whole(path, bytesMax: fileBytesMax)
        return .with {
            $0.path = name
            $0.content = Data(bytes)
        }
    }

    private static func ending(of name: String) -> String { name.split(separator: ".").last.map(String.init) ?? "" }

    private static func isFolder(_ path: String) -> Bool {
        var directory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &directory) && directory.boolValue
    }
}
