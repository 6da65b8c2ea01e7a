// What a stage asks of an authority, from YAML.

import HubProto

extension DefinitionReader {
    static func inquiry(_ object: YAMLObject) -> HubInquiryRule {
        var rule = HubInquiryRule()
        rule.name = object.text("name", required: true)
        rule.title = object.title()
        rule.authority = object.text("authority", required: true)
        rule.sends = object.texts("sends", required: true)
        rule.receives = object.objects("receives", required: true).map { received in
            defer { received.finish() }
            return .with {
                $0.field = received.text("field", required: true)
                $0.mayLack = received.flag("optional")
                $0.digits = UInt32(received.integer("digits", 1...64) ?? 0)
                $0.unique = received.flag("unique")
            }
        }
        rule.documents = object.texts("documents")
        rule.answeredTo = object.text("answered_to", required: true)
        rule.refusedTo = object.text("refused_to", required: true)
        rule.leaseSeconds = UInt32(object.integer("lease_seconds", 10...86_400) ?? 300)
        rule.waitSeconds = UInt32(object.integer("wait_seconds", 1...86_400) ?? 60)
        rule.waitSecondsMax = UInt32(object.integer("wait_seconds_max", 1...86_400) ?? 3_600)
        rule.faultsMax = UInt32(object.integer("faults_max", 1...100) ?? 5)
        rule.hoursMax = UInt32(object.integer("hours_max", 1...8_760) ?? 168)
        object.finish()
        return rule
    }
}
