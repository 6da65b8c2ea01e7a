// How many requests may come, what everybody may read of them, and how long they name somebody, from YAML.

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

    static func retention(_ object: YAMLObject) -> HubRetentionRule {
        defer { object.finish() }
        return .with {
            $0.days = UInt32(object.integer("days", 1...36_500, required: true) ?? 1)
            $0.legalBasis = object.texts("legal_basis", required: true)
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
            $0.tellsUnits = object.texts("tells_units")
        }
    }
}
