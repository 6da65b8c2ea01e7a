// notices/*.yaml → hub.v1.NoticeRules, with every rule that must hold within them.

import HubCore
import HubDomain
import HubProto

/// Reads whom the hub tells what, and checks that each text can be filled on its occasion.
enum NoticeReader {
    /// Templates of one file, and characters of a subject and of a text.
    private static let templatesMax = 200
    private static let subjectMax = 120
    private static let textMax = 2_000
    /// 90 days.
    private static let hoursMax = 2_160

    static func read(_ top: YAMLObject) -> HubNoticeRules {
        var rules = HubNoticeRules()
        rules.name = top.text("name", required: true)
        rules.version = top.text("version", required: true)
        rules.source = top.text("source", required: true)
        let blocks = top.objects("templates", required: true)
        if blocks.count > templatesMax {
            top.find("templates", "length", "at most \(templatesMax) templates in a file")
        }
        var seen: Set<String> = []
        rules.templates = blocks.prefix(templatesMax).map { block in
            let template = template(block)
            if !seen.insert(template.place).inserted {
                wrong(block, "unique", "another template is for the same thing")
            }
            return template
        }
        top.finish()
        if !rules.name.isEmpty, !Name.isIdentifier(rules.name) {
            top.find("name", "name", "must match [a-z][a-z0-9_-]{0,47}")
        }
        return rules
    }

    private static func template(_ block: YAMLObject) -> HubNoticeTemplate {
        var template = HubNoticeTemplate()
        template.occasion = block.word("occasion", occasions, required: true) ?? .unspecified
        template.reader = block.word("reader", readers) ?? .applicant
        template.service = block.text("service")
        template.stage = block.text("stage")
        template.clock = block.text("clock")
        template.silent = block.flag("silent")
        let isNear = template.occasion == .deadlineNear
        template.hoursBefore = UInt32(block.integer("hours_before", 1...hoursMax, required: isNear) ?? 0)
        if !template.silent {
            template.subject = text("subject", block, atMost: subjectMax, isLine: true, template.occasion)
            template.text = text("text", block, atMost: textMax, isLine: false, template.occasion)
        }
        block.finish()
        if template.occasion != .unspecified { check(template, block) }
        return template
    }

    private static func check(_ template: HubNoticeTemplate, _ block: YAMLObject) {
        if !readers(of: template.occasion).contains(template.reader) {
            block.find("reader", "reader", "nobody of this kind is told on this occasion")
        }
        if template.service.isEmpty, !template.stage.isEmpty || !template.clock.isEmpty {
            wrong(block, "service", "name the service whose stage or clock it is")
        }
        switch template.occasion {
        case .deadlineNear:
            if !template.stage.isEmpty { block.find("stage", "stage", "a reminder is for a clock, whatever the stage") }
        case .deadlinePassed:
            if template.hoursBefore > 0 { block.find("hours_before", "hours", "only a reminder comes before") }
        default:
            if template.hoursBefore > 0 { block.find("hours_before", "hours", "only a reminder comes before") }
            if !template.clock.isEmpty { block.find("clock", "clock", "only deadlines have a clock") }
        }
    }

    /// `{ id: …, en: … }` with placeholders that the occasion has.
    private static func text(
        _ key: String, _ block: YAMLObject, atMost limit: Int, isLine: Bool, _ occasion: HubNoticeOccasion
    ) -> HubText {
        guard let object = block.object(key, required: true) else { return HubText() }
        defer { object.finish() }
        let known = NoticePlaceholders.names(occasion)
        func read(_ language: String) -> String {
            let text = object.text(language, required: true)
            if text.unicodeScalars.count > limit { object.find(language, "length", "at most \(limit) characters") }
            if isLine, text.unicodeScalars.contains("\n") { object.find(language, "line", "a subject is one line") }
            guard let parts = PlaceholderText(text) else {
                object.find(language, "placeholder", "write placeholders as {name}")
                return text
            }
            // A line is filled by itself, so a placeholder stands in one.
            if text.split(separator: "\n").contains(where: { PlaceholderText(String($0)) == nil }) {
                object.find(language, "placeholder", "write each placeholder in one line")
            }
            for name in Set(parts.names).subtracting(known).sorted() {
                let names = known.sorted().joined(separator: ", ")
                object.find(language, "placeholder", "nothing fills {\(name)} here; there are \(names)")
            }
            return text
        }
        return .with {
            $0.id = read("id")
            $0.en = read("en")
        }
    }

    private static func wrong(_ block: YAMLObject, _ rule: String, _ remedy: String) {
        block.findings.add(block.file, line: block.line, rule, remedy)
    }

    /// Whom an occasion concerns.
    private static func readers(of occasion: HubNoticeOccasion) -> Set<HubNoticeReader> {
        switch occasion {
        case .deadlineNear, .deadlinePassed: [.applicant, .holder]
        case .assigned: [.holder]
        case .advice: [.advisers]
        case .escalated: [.asked]
        default: [.applicant]
        }
    }

    private static let occasions: [String: HubNoticeOccasion] = [
        "appointment_booked": .appointmentBooked, "appointment_near": .appointmentNear,
        "appointment_cancelled": .appointmentCancelled, "appointment_missed": .appointmentMissed,
        "appointment_freed": .appointmentFreed,
        "changed": .changed, "stage": .stage, "bill": .bill, "paid": .paid, "paper": .paper,
        "deadline_near": .deadlineNear, "deadline_passed": .deadlinePassed, "advice": .advice, "assigned": .assigned,
        "escalated": .escalated,
    ]
    private static let readers: [String: HubNoticeReader] = [
        "applicant": .applicant, "holder": .holder, "asked": .asked, "advisers": .advisers,
    ]
}
