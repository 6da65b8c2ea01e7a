// Amounts as receipts say them. Row 34 of the domain's facts: what is billed is said before it is paid.

import HubDomain
import Testing

@Suite("rupiah in digits and words (row 34)")
struct RupiahTextTests {
    @Test(
        "digits stand in groups of three with dots, and nothing between Rp and the amount",
        arguments: [
            (0, "Rp0"), (7, "Rp7"), (999, "Rp999"), (1_000, "Rp1.000"), (12_500, "Rp12.500"), (100_000, "Rp100.000"),
            (1_250_000, "Rp1.250.000"), (-500, "-Rp500"), (-1_000, "-Rp1.000"),
            (.max, "Rp9.223.372.036.854.775.807"), (.min, "-Rp9.223.372.036.854.775.808"),
        ] as [(Int64, String)])
    func digits(rupiah: Int64, text: String) {
        #expect(RupiahText.digits(rupiah) == text)
    }

    @Test(
        "words follow the rules of Indonesian: seribu, seratus, sebelas, and satu before every larger group",
        arguments: [
            (0, "nol"), (1, "satu"), (10, "sepuluh"), (11, "sebelas"), (12, "dua belas"), (19, "sembilan belas"),
            (20, "dua puluh"), (21, "dua puluh satu"), (99, "sembilan puluh sembilan"), (100, "seratus"),
            (101, "seratus satu"), (110, "seratus sepuluh"), (111, "seratus sebelas"), (200, "dua ratus"),
            (215, "dua ratus lima belas"), (1_000, "seribu"), (1_001, "seribu satu"), (1_100, "seribu seratus"),
            (1_999, "seribu sembilan ratus sembilan puluh sembilan"), (2_000, "dua ribu"), (11_000, "sebelas ribu"),
            (21_000, "dua puluh satu ribu"), (100_000, "seratus ribu"), (101_000, "seratus satu ribu"),
            (1_000_000, "satu juta"), (1_001_000, "satu juta seribu"), (1_001_001, "satu juta seribu satu"),
            (1_250_000, "satu juta dua ratus lima puluh ribu"), (11_000_011, "sebelas juta sebelas"),
            (1_000_000_000, "satu miliar"), (1_000_001_000_000, "satu triliun satu juta"),
            (3_000_000_000_000_000, "tiga kuadriliun"), (1_000_000_000_000_000_001, "satu kuintiliun satu"),
            (-1_500, "minus seribu lima ratus"),
        ] as [(Int64, String)])
    func words(rupiah: Int64, text: String) {
        #expect(RupiahText.words(rupiah) == "\(text) rupiah")
    }

    @Test("the largest and the least amount have words, too")
    func bounds() {
        let common =
            "sembilan kuintiliun dua ratus dua puluh tiga kuadriliun tiga ratus tujuh puluh dua triliun "
            + "tiga puluh enam miliar delapan ratus lima puluh empat juta tujuh ratus tujuh puluh lima ribu delapan ratus "
        #expect(RupiahText.words(.max) == common + "tujuh rupiah")
        #expect(RupiahText.words(.min) == "minus " + common + "delapan rupiah")
    }

    @Test("no two amounts share their words")
    func distinct() {
        let amounts =
            Array(0...3_000) + (1...3_000).map { Int64($0) * 1_000 } + (1...3_000).map { Int64($0) * 1_000_000 }
        #expect(Set(amounts.map(RupiahText.words)).count == Set(amounts).count)
    }
}
