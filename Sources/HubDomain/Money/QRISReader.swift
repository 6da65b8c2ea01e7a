// Reads payment codes as they are printed, and says where they differ from the standard.

/// What a payment code says, and how it says it otherwise than the standard wants.
public struct QRISReading: Sendable, Hashable {
    /// What it says.
    public let payload: QRISPayload
    /// Place (`59`, `62.01`, empty = the whole), rule and remedy of each deviation. The rules are `missing`, `order`,
    /// `length`, `size`, `value`, `digits` and `characters`.
    public let deviations: [Violation]

    /// Longest code that is read, bytes; a QR code holds no more than 4,296 characters.
    public static let bytesMax = 4_296

    /// Reads liberally: tags in any order, unknown ones kept, names too long for the standard. Lengths are counted in bytes
    /// of UTF-8.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid`` with place and rule when nobody can say what the code means: `size`,
    ///   `crc`, `tag`, `length` (a length leads outside), `utf8`, `repeated`, `foreign` (another version, currency or country) or
    ///   `amount` (not whole rupiah).
    public init(_ text: String) throws(HubError) {
        let bytes = Array(text.utf8.prefix(Self.bytesMax + 1))
        guard bytes.count <= Self.bytesMax else { throw QRISRule.size.refusal() }
        let isCapital = try Self.check(bytes)
        let objects = try EMVObject.read(bytes.dropLast(8))
        guard !objects.contains(where: { $0.tag == 63 }) else { throw QRISRule.repeated.refusal(at: 63) }
        payload = try QRISPayload(objects)
        var found = try QRISLimits.deviations(of: objects)
        if objects.dropFirst().contains(where: { $0.tag == 0 }) { found.append(QRISRule.order.violation(at: 0)) }
        if bytes.count > QRISLimits.payloadBytes { found.append(QRISRule.size.violation()) }
        if !isCapital { found.append(QRISRule.value.violation(at: 63)) }
        deviations = found
    }

    /// The CRC stands at the end and covers everything before its own four digits. Returns whether they are capitals.
    private static func check(_ bytes: [UInt8]) throws(HubError) -> Bool {
        let (covered, digits) = (bytes.dropLast(4), bytes.suffix(4))
        guard bytes.count >= 8, covered.suffix(4).elementsEqual("6304".utf8) else {
            throw QRISRule.crc.refusal(at: 63)
        }
        let crc = CRC16.text(covered)
        let written = String(decoding: digits, as: UTF8.self)
        guard written.uppercased() == crc else { throw QRISRule.crc.refusal(at: 63) }
        return written == crc
    }
}

extension CRC16 {
    /// Four hexadecimal digits in capitals.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let hex = String(of(bytes), radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - hex.utf8.count) + hex
    }
}

extension QRISPayload {
    /// Puts each object in its place; those without one are kept aside.
    fileprivate init(_ objects: [EMVObject]) throws(HubError) {
        self.init(use: nil, acquirers: [], national: nil, category: "", name: "", city: "")
        for object in objects.ascending {
            switch object.tag {
            case 00, 53, 58: try Self.same(object)
            case 01: use = ["11": .static, "12": .dynamic][object.value]
            case 26...45: acquirers.append(try Merchant(object))
            case 51: national = try Merchant(object)
            case 52: category = object.value
            case 54: amount = try Self.rupiah(object.value)
            case 59: name = object.value
            case 60: city = object.value
            case 61: postalCode = object.value
            case 62: additional = try Additional(object)
            default: others.append(object)
            }
        }
    }

    /// What is the same in every code of QRIS: the payload would say it anew, whatever stood there.
    private static func same(_ object: EMVObject) throws(HubError) {
        guard object.value == constants[object.tag] else { throw QRISRule.foreign.refusal(at: object.tag) }
    }

    /// Zeros behind a point are forgiven, since some banks write them.
    private static func rupiah(_ text: String) throws(HubError) -> Int64 {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let zeros = parts.dropFirst().joined()
        guard let whole = parts.first.flatMap(Digits.number), zeros.allSatisfy({ $0 == UInt8(ascii: "0") }) else {
            throw QRISRule.amount.refusal(at: 54)
        }
        return Int64(whole)
    }
}

extension QRISPayload.Merchant {
    fileprivate init(_ template: EMVObject) throws(HubError) {
        self.init(tag: template.tag, domain: "", merchantID: "")
        for part in try EMVObject.read(template.value.utf8, of: template.tag).ascending {
            switch part.tag {
            case 00: domain = part.value
            case 01: accountNumber = part.value
            case 02: merchantID = part.value
            case 03: criteria = part.value
            default: others.append(part)
            }
        }
    }
}

extension QRISPayload.Additional {
    fileprivate init(_ template: EMVObject) throws(HubError) {
        self.init()
        for part in try EMVObject.read(template.value.utf8, of: template.tag).ascending {
            switch part.tag {
            case 01: billNumber = part.value
            case 05: reference = part.value
            case 07: terminal = part.value
            default: others.append(part)
            }
        }
    }
}
