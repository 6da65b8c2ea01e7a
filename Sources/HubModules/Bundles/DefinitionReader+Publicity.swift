// How many requests may come, and what everybody may read of them, from YAML.

import HubProto

extension DefinitionReader {
    static func limit(_ object: YAMLObject) -> HubLimitRule {
        defer { object.finish() }
        return .with {
            $0.name = object.text("name", required: true)
            $0.per = object.word("per", Words.limitSubjects, required: true) ?? .unspecified
            $0.most = UInt32(object.integer("most", 1...100, required: true) ?? 1)
            $0.hours = UInt32(object.integer("hours", 1...8_760, required: true) ?? 1)
            $0.openOnly = object.flag("open_only")
        }
    }

    static func publicity(_ object: YAMLObject) -> HubPublicRule {
        defer { object.finish() }
        return .with {
            if let unless = object.object("unless") {
                $0.unless.field = unless.text("field", required: true)
                $0.unless.values = unless.texts("values", required: true)
                unless.finish()
            }
            $0.category = object.text("category")
            $0.area = object.text("area")
            $0.latitude = object.text("latitude")
            $0.longitude = object.text("longitude")
        }
    }
}
