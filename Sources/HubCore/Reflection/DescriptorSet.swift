// The protos as the hub shows them: files by name, and in which file a name is declared.

import SwiftProtobuf

/// A set of files with all they import, as `make protos` writes it.
struct DescriptorSet: Sendable {
    private struct File {
        var bytes: [UInt8]
        var imports: [String]
    }

    private struct Extension: Hashable {
        var type: String
        var number: Int32
    }

    private var files: [String: File] = [:]
    /// Full name of everything that is declared to its file.
    private var homes: [String: String] = [:]
    private var extensions: [Extension: String] = [:]
    private var messages: Set<String> = []

    /// The files of `Protos/`, read when the first program asks.
    static let own = DescriptorSet(PackageResources.descriptors_binpb)

    /// - Parameter set: A serialised `google.protobuf.FileDescriptorSet`; one that cannot be read is an empty one.
    init(_ set: [UInt8]) {
        guard let set = try? Google_Protobuf_FileDescriptorSet(serializedBytes: set) else { return }
        for file in set.file {
            // Serialising fails for missing required fields only, and what was just parsed has them.
            files[file.name] = File(bytes: (try? file.serializedBytes()) ?? [], imports: file.dependency)
            add(file)
        }
    }

    /// The serialised file and then all it imports, each once; nil when there is none of this name.
    func file(named name: String) -> [[UInt8]]? {
        guard files[name] != nil else { return nil }
        var wanted = [name]
        var place = 0
        while place < wanted.count {
            for next in files[wanted[place]]?.imports ?? [] where !wanted.contains(next) { wanted.append(next) }
            place += 1
        }
        return wanted.compactMap { files[$0]?.bytes }
    }

    /// As ``file(named:)``, by the full name of a service, method, message, field, enum or value.
    func file(declaring name: String) -> [[UInt8]]? { homes[name].flatMap(file(named:)) }

    /// As ``file(named:)``, by the number of an extension.
    func file(extending type: String, number: Int32) -> [[UInt8]]? {
        extensions[Extension(type: type, number: number)].flatMap(file(named:))
    }

    /// Numbers of a message's extensions, in order; nil when there is no such message.
    func extensionNumbers(of type: String) -> [Int32]? {
        guard messages.contains(type) else { return nil }
        return extensions.keys.filter { $0.type == type }.map(\.number).sorted()
    }

    // MARK: Reading

    private mutating func add(_ file: Google_Protobuf_FileDescriptorProto) {
        func full(_ name: String) -> String { file.package.isEmpty ? name : "\(file.package).\(name)" }
        for message in file.messageType { add(message, full(message.name), file.name) }
        for item in file.enumType { add(item, full(item.name), file.name) }
        add(file.extension, in: file.package, file.name)
        for service in file.service {
            homes[full(service.name)] = file.name
            for method in service.method { homes["\(full(service.name)).\(method.name)"] = file.name }
        }
    }

    private mutating func add(_ message: Google_Protobuf_DescriptorProto, _ name: String, _ file: String) {
        homes[name] = file
        messages.insert(name)
        for field in message.field { homes["\(name).\(field.name)"] = file }
        for choice in message.oneofDecl { homes["\(name).\(choice.name)"] = file }
        for nested in message.nestedType { add(nested, "\(name).\(nested.name)", file) }
        for nested in message.enumType { add(nested, "\(name).\(nested.name)", file) }
        add(message.extension, in: name, file)
    }

    /// Values stand beside their enum, not inside it.
    private mutating func add(_ item: Google_Protobuf_EnumDescriptorProto, _ name: String, _ file: String) {
        homes[name] = file
        let scope = name.split(separator: ".").dropLast().joined(separator: ".")
        for value in item.value { homes[scope.isEmpty ? value.name : "\(scope).\(value.name)"] = file }
    }

    private mutating func add(
        _ fields: [Google_Protobuf_FieldDescriptorProto], in scope: String, _ file: String
    ) {
        for field in fields {
            homes[scope.isEmpty ? field.name : "\(scope).\(field.name)"] = file
            // The compiler writes full names with a dot before them.
            let type = field.extendee.first == "." ? String(field.extendee.dropFirst()) : field.extendee
            extensions[Extension(type: type, number: field.number)] = file
        }
    }
}
