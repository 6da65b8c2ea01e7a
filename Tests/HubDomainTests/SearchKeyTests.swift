// Names made comparable.

import HubDomain
import Testing

@Suite("search keys")
struct SearchKeyTests {
    @Test(
        "names fold to small letters, digits and single blanks",
        arguments: [
            ("  Siti   Nur'aini ", "siti nuraini"), ("WARUNG \"Maju-Jaya\" No. 7", "warung majujaya no 7"),
            ("a - b", "a b"), ("\tA\nB\u{00A0}C", "a b c"), ("", ""), (" . ", ""), ("Café René", "cafe rene"),
            ("Cafe\u{301} Rene\u{301}", "cafe rene"), ("Đỗ", "dỗ"), ("İstanbul", "istanbul"), ("محمد", "محمد"),
            ("½", "½"),
        ])
    func folding(written: String, key: String) {
        #expect(SearchKey.fold(written) == key)
    }

    @Test("folding twice changes nothing")
    func stable() {
        for text in ["  Siti   Nur'aini ", "Łódź Æon ß", "e\u{301}\u{323}x  y-"] {
            let key = SearchKey.fold(text)
            #expect(SearchKey.fold(key) == key)
        }
    }
}
