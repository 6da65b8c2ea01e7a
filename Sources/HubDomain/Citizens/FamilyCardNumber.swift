// The number of a family card (Kartu Keluarga).

/// Nomor KK: 16 digits, issued by the state. Its inner layout is not settled in law, so none is read from it.
public struct FamilyCardNumber: Sendable, Hashable {
    /// 16 ASCII digits.
    public let text: String

    /// Exactly 16 ASCII digits; nil for anything else.
    public init?(_ text: String) {
        guard text.utf8.prefix(17).count == 16, text.utf8.allSatisfy(Digits.isDigit) else { return nil }
        self.text = text
    }
}
