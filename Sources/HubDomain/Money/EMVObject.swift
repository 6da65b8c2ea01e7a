// Tags, lengths and values of EMVCo payment codes, which may hold further ones inside.

/// A data object: two digits of tag, two digits of length, and a value of that many bytes of UTF-8.
///
/// EMVCo, "QR Code Specification for Payment Systems, Merchant-Presented Mode" 1.1, 4.2.
public struct EMVObject: Sendable, Hashable {
    /// 0…99
    public let tag: Int
    /// Text, or objects again when it is a template.
    public let value: String

    /// Judged when it is written.
    public init(tag: Int, value: String) {
        self.tag = tag
        self.value = value
    }

    /// Two digits.
    var tagText: String { Digits.text(tag, width: 2) }

    /// The objects of a payload or a template, in their order.
    ///
    /// - Parameter template: tag of the template that holds them; nil = the payload itself.
    /// - Throws: ``HubError/Code/definitionInvalid`` with the rule `tag`, `length`, `utf8` or `repeated`.
    static func read(_ bytes: some Collection<UInt8>, of template: Int? = nil) throws(HubError) -> [EMVObject] {
        var objects: [EMVObject] = []
        var tags: Set<Int> = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let tag = Digits.number(rest.prefix(2)), rest.count >= 4 else {
                throw QRISRule.tag.refusal(at: template)
            }
            rest = rest.dropFirst(2)
            guard let length = Digits.number(rest.prefix(2)), rest.count - 2 >= length else {
                throw QRISRule.length.refusal(at: template, tag)
            }
            rest = rest.dropFirst(2)
            guard let value = String(validating: rest.prefix(length), as: UTF8.self) else {
                throw QRISRule.utf8.refusal(at: template, tag)
            }
            // Of two amounts one reader would take the first, another the last.
            guard tags.insert(tag).inserted else { throw QRISRule.repeated.refusal(at: template, tag) }
            objects.append(EMVObject(tag: tag, value: value))
            rest = rest.dropFirst(length)
        }
        return objects
    }

    /// Ascending by tag, so that 00 comes first. Lengths must have been judged: none is above 99.
    static func write(_ objects: [EMVObject]) -> String {
        objects.ascending.map { "\($0.tagText)\(Digits.text($0.value.utf8.count, width: 2))\($0.value)" }.joined()
    }
}

extension [EMVObject] {
    /// By tag, as they are written.
    var ascending: Self { sorted { $0.tag < $1.tag } }
}
