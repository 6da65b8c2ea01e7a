// A descriptor as the lines of a .proto file, without its comments.

import SwiftProtobuf

/// What one file declares, in words.
struct ProtoText {
    private let file: Google_Protobuf_FileDescriptorProto

    init(_ file: Google_Protobuf_FileDescriptorProto) { self.file = file }

    /// The lines of a service, a method, a message or an enum by its full name; of a field or a value, those of what holds
    /// it. Nil when the file has none of this name.
    func declaration(of name: String) -> [String]? {
        var name = name
        if let found = exactly(name) { return found }
        // Methods, fields and values have no lines of their own but in what holds them.
        while let dot = name.lastIndex(of: ".") {
            let last = String(name[name.index(after: dot)...])
            name = String(name[..<dot])
            if let service = service(name), let method = service.method.first(where: { $0.name == last }) {
                return [line(method)]
            }
            if let found = exactly(name) { return found }
        }
        return nil
    }

    private func exactly(_ name: String) -> [String]? {
        if let service = service(name) {
            return ["service \(service.name) {"] + service.method.map { "  " + line($0) } + ["}"]
        }
        return file.messageType.lazy.compactMap { lines(of: name, in: $0, full($0.name)) }.first
            ?? file.enumType.first { full($0.name) == name }.map(lines)
    }

    private func full(_ name: String) -> String { file.package.isEmpty ? name : "\(file.package).\(name)" }

    private func service(_ name: String) -> Google_Protobuf_ServiceDescriptorProto? {
        file.service.first { full($0.name) == name }
    }

    private func line(_ method: Google_Protobuf_MethodDescriptorProto) -> String {
        let asks = (method.clientStreaming ? "stream " : "") + Self.plain(method.inputType)
        let gives = (method.serverStreaming ? "stream " : "") + Self.plain(method.outputType)
        return "rpc \(method.name)(\(asks)) returns (\(gives));"
    }

    private func lines(
        of name: String, in message: Google_Protobuf_DescriptorProto, _ full: String
    ) -> [String]? {
        if full == name { return lines(message, full) }
        guard name.hasPrefix(full + ".") else { return nil }
        return message.nestedType.lazy.compactMap { lines(of: name, in: $0, "\(full).\($0.name)") }.first
            ?? message.enumType.first { "\(full).\($0.name)" == name }.map(lines)
    }

    private func lines(_ message: Google_Protobuf_DescriptorProto, _ full: String) -> [String] {
        var lines = ["message \(message.name) {"]
        for item in message.enumType { lines += self.lines(item).map { "  " + $0 } }
        // A map is written by the compiler as a message of its own; here it is a map again.
        let maps = Dictionary(
            message.nestedType.filter(\.options.mapEntry).map { (".\(full).\($0.name)", $0) }
        ) { first, _ in first }
        for nested in message.nestedType where !nested.options.mapEntry {
            lines += self.lines(nested, "\(full).\(nested.name)").map { "  " + $0 }
        }
        for field in message.field {
            let holder =
                field.hasOneofIndex && !field.proto3Optional
                    && message.oneofDecl.indices.contains(Int(field.oneofIndex))
                ? "  // oneof \(message.oneofDecl[Int(field.oneofIndex)].name)" : ""
            lines.append("  \(type(of: field, maps)) \(field.name) = \(field.number);\(holder)")
        }
        return lines + ["}"]
    }

    private func type(
        of field: Google_Protobuf_FieldDescriptorProto, _ maps: [String: Google_Protobuf_DescriptorProto]
    ) -> String {
        if let map = maps[field.typeName], map.field.count == 2 {
            return "map<\(type(of: map.field[0], [:])), \(type(of: map.field[1], [:]))>"
        }
        let name = field.typeName.isEmpty ? "\(field.type)".dropPrefix("type") : Self.plain(field.typeName)
        if field.label == .repeated { return "repeated \(name)" }
        return field.proto3Optional ? "optional \(name)" : name
    }

    private func lines(_ item: Google_Protobuf_EnumDescriptorProto) -> [String] {
        ["enum \(item.name) {"] + item.value.map { "  \($0.name) = \($0.number);" } + ["}"]
    }

    /// The compiler writes full names with a dot before them.
    private static func plain(_ name: String) -> String { name.hasPrefix(".") ? String(name.dropFirst()) : name }
}

extension String {
    /// `typeUint64` → `uint64`; a word without the prefix stays.
    fileprivate func dropPrefix(_ prefix: String) -> String {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)).lowercased() : lowercased()
    }
}
