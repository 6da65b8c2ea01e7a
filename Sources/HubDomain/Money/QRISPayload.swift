// A QRIS payment code: what it says of the merchant, the amount and the bill.

/// The content of an Indonesian payment code (QRIS), merchant-presented, after EMVCo and row 35 of the domain's facts.
///
/// Empty text means that a part does not stand in the code. Whether a payload may be written is judged by
/// ``QRISPayload/text()``; ``QRISReading`` says how one that was read differs from the standard.
public struct QRISPayload: Sendable, Hashable {
    /// Tag 01: good for many payments (`11`), or for one (`12`).
    public enum Use: Sendable, Hashable { case `static`, dynamic }

    /// A merchant as an acquirer (tags 26…45) or the national register (tag 51) knows it.
    public struct Merchant: Sendable, Hashable {
        /// Domain of the national register: its merchant id is the NMID, `ID` and 13 digits.
        public static let nationalDomain = "ID.CO.QRIS.WWW"

        /// 26…45 for an acquirer, 51 for the national register.
        public var tag: Int
        /// 00: reverse domain of whoever keeps the account.
        public var domain: String
        /// 01: merchant's primary account number, `9360…`; acquirers alone.
        public var accountNumber: String
        /// 02: merchant id at the acquirer, or the NMID.
        public var merchantID: String
        /// 03: class of the merchant, such as `UMI` or `URE`.
        public var criteria: String
        /// What else stood in the template.
        public var others: [EMVObject]

        /// A merchant from its parts.
        public init(
            tag: Int, domain: String, accountNumber: String = "", merchantID: String, criteria: String = "",
            others: [EMVObject] = []
        ) {
            self.tag = tag
            self.domain = domain
            self.accountNumber = accountNumber
            self.merchantID = merchantID
            self.criteria = criteria
            self.others = others
        }
    }

    /// Tag 62: what the payment is for.
    public struct Additional: Sendable, Hashable {
        /// 01
        public var billNumber: String
        /// 05
        public var reference: String
        /// 07
        public var terminal: String
        /// What else stood in the template.
        public var others: [EMVObject]

        /// All empty unless given.
        public init(
            billNumber: String = "", reference: String = "", terminal: String = "", others: [EMVObject] = []
        ) {
            self.billNumber = billNumber
            self.reference = reference
            self.terminal = terminal
            self.others = others
        }
    }

    /// 01; nil = not said.
    public var use: Use?
    /// 26…45
    public var acquirers: [Merchant]
    /// 51
    public var national: Merchant?
    /// 52: merchant category code of ISO 18245, 4 digits.
    public var category: String
    /// 54, in whole rupiah; nil = the payer enters it.
    public var amount: Int64?
    /// 59
    public var name: String
    /// 60
    public var city: String
    /// 61
    public var postalCode: String
    /// 62
    public var additional: Additional
    /// Tags of the payload that stand nowhere else here, ascending; their values are kept as they came.
    public var others: [EMVObject]

    /// A payload from its parts.
    public init(
        use: Use?, acquirers: [Merchant], national: Merchant?, category: String, amount: Int64? = nil, name: String,
        city: String, postalCode: String = "", additional: Additional = Additional(), others: [EMVObject] = []
    ) {
        self.use = use
        self.acquirers = acquirers
        self.national = national
        self.category = category
        self.amount = amount
        self.name = name
        self.city = city
        self.postalCode = postalCode
        self.additional = additional
        self.others = others
    }

    /// The code for one bill, made from the merchant's printed one.
    ///
    /// It asks for exactly this amount: prompts for a tip go away. That a payer's bank shows the bill number is no proof of
    /// payment: settlement still needs the notice of the acquiring bank, whose right it is to issue dynamic codes (row 37
    /// of the domain's facts, unverified).
    ///
    /// - Parameters:
    ///   - amount: 1 to 9,999,999,999,999 rupiah.
    ///   - billNumber: 1 to 25 printable ASCII characters.
    ///   - reference: as the bill number; nil = as printed.
    ///   - terminal: as the bill number; nil = as printed.
    /// - Throws: ``HubError/Code/refusedByRule`` with the place and rule of everything that may not be written, and `01`
    ///   `value` when the code is one bill's already.
    public func dynamic(
        amount: Int64, billNumber: String, reference: String? = nil, terminal: String? = nil
    ) throws(HubError) -> QRISPayload {
        guard use != .dynamic, self.amount == nil else {
            throw HubError(
                .refusedByRule, "a payment code belongs to a bill already",
                violations: [QRISRule.value.violation(at: 01)])
        }
        guard !billNumber.isEmpty else {
            throw HubError(
                .refusedByRule, "a bill has no number", violations: [QRISRule.missing.violation(at: 62, 01)])
        }
        var bill = self
        bill.use = .dynamic
        bill.amount = amount
        bill.additional.billNumber = billNumber
        if let reference { bill.additional.reference = reference }
        if let terminal { bill.additional.terminal = terminal }
        bill.others.removeAll { (55...57).contains($0.tag) }
        _ = try bill.text()
        return bill
    }
}
