// registers/*.yaml → hub.v1.Register.

import HubCore
import HubProto

/// What a register holds.
enum RegisterReader {
    static func read(_ top: YAMLObject) -> HubRegister {
        var register = HubRegister()
        register.name = top.text("register", required: true)
        register.version = top.text("version", required: true)
        register.title = top.title()
        register.legalBasis = top.texts("legal_basis", required: true)
        register.key = top.text("key", required: true)
        register.fields = top.objects("fields", required: true).map(FieldReader.read)
        register.unique = top.texts("unique")
        check(register, top)
        top.finish()
        return register
    }

    private static func check(_ register: HubRegister, _ top: YAMLObject) {
        func wrong(_ rule: String, _ remedy: String, _ field: HubFormField) {
            top.findings.add(top.file, line: top.line(of: "fields", field.name), rule, "field \(field.name) \(remedy)")
        }
        if !register.name.isEmpty, !Name.isCode(register.name) {
            top.find("register", "name", "must match [a-z][a-z0-9-]{0,31}")
        }
        let rules = DefinitionRules(definition: .with { $0.fields = register.fields }, top: top)
        rules.fields()
        for field in register.fields {
            if field.decided || field.hasWhen || !field.countedBy.isEmpty {
                wrong("register", "is decided, conditional or counted: a register asks nobody", field)
            }
            if field.type == .group { wrong("register", "is a group: give its rows entries of their own", field) }
        }
        let key = rules.field(register.key)
        switch key?.type {
        case .nik, .familyCard: break
        case .text where (1...RegisterLimits.keyBytesMax).contains(Int(key?.lengthMax ?? 0)): break
        default:
            top.find(
                "key", "key",
                "must name a NIK, a family card or a text with length_max up to \(RegisterLimits.keyBytesMax)")
        }
        if key?.required == false { top.find("key", "key", "must name a required field") }
        for name in register.unique {
            guard let field = rules.field(name), field.type != .group else {
                top.find("unique", "unique", "names \(name.prefix(48)), which is no field")
                continue
            }
        }
    }
}
