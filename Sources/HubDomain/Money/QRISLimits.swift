// What the standard allows in each part of a payment code, for the writer to obey and the reader to compare with.

/// Limits of EMVCo's merchant-presented mode 1.1 (tables 3.1 to 3.7) and of QRIS (row 35 of the domain's facts).
enum QRISLimits {
    /// Longest payload, bytes.
    static let payloadBytes = 512
    /// Longest bill number, reference or terminal, bytes.
    static let additionalBytes = 25

    /// Every deviation among the objects of a payload, without its CRC.
    static func deviations(of payload: [EMVObject]) throws(HubError) -> [Violation] {
        var found: [Violation] = []
        for tag in [00, 52, 53, 58, 59, 60] where !payload.contains(where: { $0.tag == tag }) {
            found.append(QRISRule.missing.violation(at: tag))
        }
        if !payload.contains(where: { (2...51).contains($0.tag) }) { found.append(QRISRule.missing.violation(at: 26)) }
        for object in payload {
            if isTemplate(object.tag) {
                found += try deviations(ofTemplate: object)
            } else if let rule = rule(brokenBy: object, within: limit(object.tag)) {
                found.append(rule.violation(at: object.tag))
            }
        }
        return found
    }

    /// Objects whose insides we know.
    static func isTemplate(_ tag: Int) -> Bool { (26...45).contains(tag) || tag == 51 || tag == 62 }

    private static func deviations(ofTemplate template: EMVObject) throws(HubError) -> [Violation] {
        guard (1...99).contains(template.value.utf8.count) else {
            return [QRISRule.length.violation(at: template.tag)]
        }
        let parts = try EMVObject.read(template.value.utf8, of: template.tag)
        var found: [Violation] = []
        if template.tag != 62, !parts.contains(where: { $0.tag == 0 }) {
            found.append(QRISRule.missing.violation(at: template.tag, 0))
        }
        for part in parts {
            if let rule = rule(brokenBy: part, within: limit(part.tag, in: template.tag)) {
                found.append(rule.violation(at: template.tag, part.tag))
            }
        }
        return found
    }

    // MARK: One value

    /// How long a value may be and what it may say.
    private struct Limit {
        var bytes = 1...99
        var rule = QRISRule.value
        var allows: @Sendable (String) -> Bool = { _ in true }
    }

    private static func rule(brokenBy object: EMVObject, within limit: Limit) -> QRISRule? {
        if !limit.bytes.contains(object.value.utf8.count) { return .length }
        // Names in another language have a template of their own, 64, in UTF-8.
        if object.tag != 64, !object.value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return .characters }
        return limit.allows(object.value) ? nil : limit.rule
    }

    private static func limit(_ tag: Int) -> Limit {
        switch tag {
        case 01: Limit { $0 == "11" || $0 == "12" }
        case 52: Limit(bytes: 4...4, allows: isDigits)
        case 54: Limit(bytes: 1...13, rule: .digits) { isDigits($0) && !$0.hasPrefix("0") }
        case 55: Limit(bytes: 2...2, allows: isDigits)
        case 56: Limit(bytes: 1...13)
        case 57: Limit(bytes: 1...5)
        case 59: Limit(bytes: 1...25)
        case 60: Limit(bytes: 1...15)
        case 61: Limit(bytes: 1...10)
        case 63: Limit { _ in false }  // The writer's own.
        default: Limit()
        }
    }

    private static func limit(_ tag: Int, in template: Int) -> Limit {
        switch (template, tag) {
        case (62, 01...08): Limit(bytes: 1...additionalBytes)
        case (62, 09): Limit(bytes: 1...3)
        case (62, _): Limit()
        case (51, 00): Limit { $0 == QRISPayload.Merchant.nationalDomain }
        case (51, 02): Limit { $0.hasPrefix("ID") && $0.utf8.count == 15 && isDigits(String($0.dropFirst(2))) }
        case (_, 00): Limit(bytes: 1...32)
        case (26...45, 01): Limit(bytes: 16...19, allows: isDigits)
        case (_, 03):
            Limit(bytes: 3...3) { $0.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) } }
        default: Limit()
        }
    }

    private static let isDigits: @Sendable (String) -> Bool = { $0.utf8.allSatisfy(Digits.isDigit) }
}
