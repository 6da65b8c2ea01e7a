// Writes payment codes, and only such as the standard allows.

extension QRISPayload {
    /// The text of the code, ascending by tag, the CRC last; at most 512 bytes.
    ///
    /// - Throws: ``HubError/Code/refusedByRule`` with place and rule of everything that the standard does not allow, as
    ///   ``QRISReading`` names it, and `tag` or `repeated` for tags that are none, or stand at the wrong place or twice.
    public func text() throws(HubError) -> String {
        var found = misplaced
        for template in templates { found += Self.faults(of: template.parts, in: template.tag) }
        // Insides can be written, and compared with the standard, once each of them has a tag and a length.
        if found.isEmpty { found = Self.faults(of: objects, in: nil) }
        if found.isEmpty { found = try deviations() }
        if found.isEmpty {
            let covered = EMVObject.write(objects) + "6304"
            let text = covered + CRC16.text(covered.utf8)
            if text.utf8.count <= QRISLimits.payloadBytes { return text }
            found = [QRISRule.size.violation()]
        }
        throw Self.refusal(found)
    }

    /// Version, currency and country.
    static let constants = [00: "01", 53: "360", 58: "ID"]

    private typealias Template = (tag: Int, parts: [EMVObject])

    /// Everything but the CRC. Sound once ``templates`` are.
    private var objects: [EMVObject] {
        let texts = [
            (01, use.map { $0 == .dynamic ? "12" : "11" } ?? ""), (52, category), (54, amount.map { String($0) } ?? ""),
            (59, name), (60, city), (61, postalCode),
        ]
        return Self.constants.map(EMVObject.init(tag:value:)) + Self.given(texts)
            + templates.map { EMVObject(tag: $0.tag, value: EMVObject.write($0.parts)) } + others
    }

    private var templates: [Template] {
        let merchants: [Template] = (acquirers + [national].compactMap(\.self)).map { merchant in
            let texts = [
                (00, merchant.domain), (01, merchant.accountNumber), (02, merchant.merchantID), (03, merchant.criteria),
            ]
            return (merchant.tag, Self.given(texts) + merchant.others)
        }
        let texts = [(01, additional.billNumber), (05, additional.reference), (07, additional.terminal)]
        let parts = Self.given(texts) + additional.others
        return merchants + (parts.isEmpty ? [] : [(62, parts)])
    }

    /// Empty text does not stand in a code.
    private static func given(_ texts: [(Int, String)]) -> [EMVObject] {
        texts.filter { !$0.1.isEmpty }.map(EMVObject.init(tag:value:))
    }

    // MARK: What may not be written

    private var misplaced: [Violation] {
        (acquirers.map(\.tag).filter { !(26...45).contains($0) } + [national].compactMap(\.?.tag).filter { $0 != 51 })
            .map { QRISRule.tag.violation(at: $0) }
    }

    /// Tags and lengths that two digits cannot say, and tags that stand twice.
    private static func faults(of objects: [EMVObject], in template: Int?) -> [Violation] {
        var tags: Set<Int> = []
        return objects.compactMap { object in
            guard (0...99).contains(object.tag) else { return QRISRule.tag.violation(at: template, object.tag) }
            guard tags.insert(object.tag).inserted else { return QRISRule.repeated.violation(at: template, object.tag) }
            return object.value.utf8.count > 99 ? QRISRule.length.violation(at: template, object.tag) : nil
        }
    }

    /// What a template holds that was given as text may be anything.
    private func deviations() throws(HubError) -> [Violation] {
        do throws(HubError) { return try QRISLimits.deviations(of: objects) } catch {
            throw Self.refusal(error.violations)
        }
    }

    private static func refusal(_ found: [Violation]) -> HubError {
        HubError(.refusedByRule, "a payment code may not be written", violations: found)
    }
}
