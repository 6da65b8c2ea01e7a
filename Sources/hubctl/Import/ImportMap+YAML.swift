// Reads the map of an import. Every wrong key is named with its line.

import HubDomain
import Yams

extension ImportMap {
    /// Bytes a map may have.
    static let fileBytesMax = 262_144

    /// Reads a map.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` naming file, line, key and what was expected.
    init(yaml: String, file: String) throws(HubError) {
        let top: Node?
        do {
            top = try Yams.compose(yaml: yaml)
        } catch {
            throw HubError(.configurationInvalid, "\(file): \((error as? YamlError)?.place ?? "not YAML")")
        }
        guard let top else { throw HubError(.configurationInvalid, "\(file): empty") }
        let map = try MapNode(top, path: "", file: file)
        try map.allow([
            "version", "source", "separator", "id", "applicant", "category", "created", "closed", "note", "time",
            "form",
            "tables",
        ])
        guard try map.text("version") == "1" else { throw map.wrong("version", "1; this hubctl knows no other") }
        source = try map.text("source")
        guard (1...32).contains(source.utf8.count), source.utf8.allSatisfy(Self.isSourceByte) else {
            throw map.wrong("source", "a-z, 0-9 and -, at most 32")
        }
        let separator = Array(try map.optionalText("separator")?.utf8 ?? ",".utf8)
        guard separator.count == 1 else { throw map.wrong("separator", "one ASCII character") }
        self.separator = separator[0]
        idColumn = try map.text("id")
        categoryColumn = try map.optionalText("category")
        createdColumn = try map.text("created")
        noteColumn = try map.optionalText("note")
        applicant = try map.optionalMap("applicant").map { node throws(HubError) in try Holder(node) }
        closing = try map.optionalMap("closed").map { node throws(HubError) in try Closing(node) }
        let time = try map.map("time")
        try time.allow(["format", "offsets"])
        timeFormat = try TimeFormat(try time.text("format"))
        offsets = try WallOffsets(
            try time.list("offsets").map { node throws(HubError) in try WallOffsets.Change(node) })
        tables = try Self.tables(map)
        fields = try Self.fields(try map.map("form"), tables: tables)
    }

    private static func fields(
        _ form: MapNode, tables: [String: Translation]
    ) throws(HubError) -> [Field] {
        var fields: [Field] = []
        for name in form.keys {
            let node = try form.map(name)
            try node.allow(["constant", "column", "table", "join", "with", "length_max"])
            let lengthMax = try node.optionalText("length_max").map { text throws(HubError) in
                guard let length = Int(text), length > 0 else {
                    throw node.wrong("length_max", "a whole number above 0")
                }
                return length
            }
            fields.append(Field(name: name, source: try fieldSource(node, tables), lengthMax: lengthMax))
        }
        return fields
    }

    private static func fieldSource(
        _ node: MapNode, _ tables: [String: Translation]
    ) throws(HubError) -> FieldSource {
        if let constant = try node.optionalText("constant") { return .constant(constant) }
        if node.keys.contains("join") {
            return .joined(try node.texts("join"), separator: try node.optionalText("with") ?? " ")
        }
        let column = try node.text("column")
        guard let table = try node.optionalText("table") else { return .column(column) }
        guard tables[table] != nil else { throw node.wrong("table", "one of those under tables") }
        return .translated(column, table: table)
    }

    private static func tables(_ map: MapNode) throws(HubError) -> [String: Translation] {
        guard let node = try map.optionalMap("tables") else { return [:] }
        var tables: [String: Translation] = [:]
        for name in node.keys {
            let table = try node.map(name)
            try table.allow(["default", "values"])
            let values = try table.map("values")
            var translation = Translation(values: [:], fallback: try table.optionalText("default"))
            for key in values.keys { translation.values[key] = try values.text(key) }
            tables[name] = translation
        }
        return tables
    }

    private static func isSourceByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
    }
}

extension ImportMap.Holder {
    fileprivate init(_ node: MapNode) throws(HubError) {
        try node.allow(["register", "column"])
        register = try node.text("register")
        guard CitizenReference.isRegister(register.utf8) else {
            throw node.wrong("register", "2 to 8 letters a-z, such as nik, and not urn")
        }
        column = try node.text("column")
    }
}

extension ImportMap.Closing {
    fileprivate init(_ node: MapNode) throws(HubError) {
        try node.allow(["column", "status", "values"])
        column = try node.text("column")
        statusColumn = try node.optionalText("status")
        if statusColumn != nil { values = Set(try node.texts("values")) }
    }
}

extension WallOffsets.Change {
    /// `{from: "2011-03-13 02:00", minutes: -240}`
    fileprivate init(_ node: MapNode) throws(HubError) {
        try node.allow(["from", "minutes"])
        guard let from = try TimeFormat("yyyy-MM-dd HH:mm").wallSeconds(try node.text("from")) else {
            throw node.wrong("from", "a wall time YYYY-MM-DD HH:MM")
        }
        guard let minutes = Int(try node.text("minutes")), abs(minutes) <= 840 else {
            throw node.wrong("minutes", "whole minutes east of UTC")
        }
        self.init(fromWallSeconds: from, minutes: minutes)
    }
}
