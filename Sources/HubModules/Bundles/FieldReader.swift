// Fields of forms and registers, and values that are written for them.

import HubProto

/// Reads `fields:` of a definition or a register.
enum FieldReader {
    static func read(_ object: YAMLObject) -> HubFormField {
        var field = HubFormField()
        field.name = object.text("name", required: true)
        field.type = object.word("type", Words.fieldTypes, required: true) ?? .unspecified
        field.title = object.title()
        field.required = object.flag("required")
        field.personal = object.flag("personal")
        field.published = object.flag("public")
        field.decided = object.flag("decided")
        field.index = object.word("index", Words.indexKinds) ?? .unspecified
        field.lengthMin = UInt32(object.integer("length_min", 0...100_000) ?? 0)
        field.lengthMax = UInt32(object.integer("length_max", 1...100_000) ?? 0)
        if let min = object.integer("min", Int.min...Int.max) { field.valueMin = Int64(min) }
        if let max = object.integer("max", Int.min...Int.max) { field.valueMax = Int64(max) }
        field.table = object.text("table")
        field.choices = object.objects("choices").map { choice in
            defer { choice.finish() }
            return .with {
                $0.value = choice.text("value", required: true)
                $0.title = choice.title()
            }
        }
        if let when = condition(object) { field.when = when }
        field.countedBy = object.text("counted_by")
        if let born = object.object("compare_with") {
            field.birthDateField = born.text("birth_date", required: true)
            field.sexField = born.text("sex")
            field.sexFemale = born.text("female")
            born.finish()
        }
        field.fields = object.objects("fields").map(read)
        field.rowsMax = UInt32(object.integer("rows_max", 1...50) ?? 0)
        object.finish()
        return field
    }

    /// `when: { field: …, values: […] }`
    static func condition(_ object: YAMLObject) -> HubFieldCondition? {
        guard let when = object.object("when") else { return nil }
        defer { when.finish() }
        return .with {
            $0.field = when.text("field", required: true)
            $0.values = when.texts("values", required: true)
        }
    }

    /// Values typed as their fields are; decided fields have none.
    static func values(_ object: YAMLObject, of fields: [HubFormField]) -> [HubFieldValue] {
        defer { object.finish() }
        return fields.filter { !$0.decided && object.has($0.name) }.map { field in
            HubFieldValue.with { value in
                value.name = field.name
                switch field.type {
                case .integer, .rupiah, .latitude, .longitude:
                    value.integer = Int64(object.integer(field.name, Int.min...Int.max) ?? 0)
                case .flag: value.flag = object.flag(field.name)
                case .group:
                    value.rows.rows = object.objects(field.name).map { row in
                        .with { $0.values = values(row, of: field.fields) }
                    }
                default: value.text = object.text(field.name)
                }
            }
        }
    }
}
