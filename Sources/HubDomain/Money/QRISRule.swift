// Rules that a payment code may break: some make it unreadable, others are only named.

/// Why a payment code is refused, or how it differs from what the standard says.
enum QRISRule: String {
    // Nobody can say what such a code means.
    case tag, utf8, repeated, crc, foreign, amount
    // Refused when a length leads outside; a value that is too long or empty is a deviation. So is a code of some bytes.
    case length, size
    // Deviations alone.
    case missing, order, value, digits, characters

    /// Place (`59`, `62.01`), rule, and what to do in both languages; never the value.
    func violation(at tags: Int?...) -> Violation { violation(tags.compactMap(\.self)) }

    /// What the reader throws.
    func refusal(at tags: Int?...) -> HubError {
        HubError(
            .definitionInvalid, "a payment code cannot be read: \(rawValue)",
            violations: [violation(tags.compactMap(\.self))])
    }

    private func violation(_ tags: [Int]) -> Violation {
        let (indonesian, english) = remedy
        return Violation(
            tags.map { Digits.text($0, width: 2) }.joined(separator: "."), rawValue, id: indonesian, en: english)
    }

    private var remedy: (String, String) {
        switch self {
        case .tag: ("Tanda harus dua angka dan diikuti panjang.", "A tag must be two digits, with a length behind.")
        case .utf8: ("Isi harus berupa teks UTF-8.", "The value must be UTF-8 text.")
        case .repeated: ("Tanda hanya boleh muncul sekali.", "A tag may stand once only.")
        case .crc: ("Pindai ulang: angka pemeriksa tidak cocok.", "Scan again: the check value does not hold.")
        case .foreign:
            (
                "Harus kode Indonesia dalam rupiah: 00=01, 53=360, 58=ID.",
                "Must be a code of Indonesia in rupiah: 00=01, 53=360, 58=ID."
            )
        case .amount: ("Jumlah harus rupiah bulat.", "The amount must be whole rupiah.")
        case .length: ("Panjang tidak sesuai dengan standar.", "The length is not what the standard allows.")
        case .size: ("Kode terlalu panjang.", "The code is too long.")
        case .missing: ("Bagian ini wajib ada.", "This part is required.")
        case .order: ("Bagian ini harus paling depan.", "This part must come first.")
        case .value: ("Isi tidak sesuai dengan standar.", "The value is not what the standard allows.")
        case .digits: ("Isi dengan angka tanpa desimal.", "Write digits without decimals.")
        case .characters: ("Hanya huruf, angka dan tanda baca dasar.", "Printable ASCII characters only.")
        }
    }
}
