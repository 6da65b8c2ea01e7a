// Telephone numbers as people write them, kept in one form.

/// An Indonesian telephone number.
public struct PhoneNumber: Sendable, Hashable {
    /// `+62` and 8 to 13 digits (ITU-T E.164).
    public let text: String

    /// `+62` or `0`, then 8 to 13 digits of which the first is not 0; blanks, hyphens, dots and brackets between them
    /// are dropped.
    public init?(_ text: String) {
        let bytes = text.utf8.filter { !Self.separators.contains($0) }
        let national: ArraySlice<UInt8>
        if bytes.starts(with: "+62".utf8) {
            national = bytes.dropFirst(3)
        } else if bytes.first == UInt8(ascii: "0") {
            national = bytes.dropFirst(1)
        } else {
            return nil
        }
        guard (8...13).contains(national.count), national.first != UInt8(ascii: "0"),
            national.allSatisfy(Digits.isDigit)
        else { return nil }
        self.text = "+62" + String(decoding: national, as: UTF8.self)
    }

    private static let separators = Array(" -.()".utf8)
}
