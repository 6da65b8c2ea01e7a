// Names that may be one person's. Row 4 of what users complain about: equal records are not noticed.

import HubDomain
import Testing

@Suite("similarity of names (section 4, row 4)")
struct NameSimilarityTests {
    static let rules = NameRules(
        titles: ["H.", "Hj.", "Dr.", "dr.", "Drs.", "Ir.", "S.H.", "S.E.", "S.Pd.", "M.Si."],
        particles: ["bin", "binti", "b.", "bt."],
        variants: [
            "Mohamad": "Muhammad", "Mohammad": "Muhammad", "Muhamad": "Muhammad", "Mochamad": "Muhammad",
            "Mochammad": "Muhammad", "Moh.": "Muhammad", "Muh.": "Muhammad", "Mhd.": "Muhammad", "M.": "Muhammad",
            "Abd.": "Abdul",
        ],
        spellings: [.init("oe", "u"), .init("dj", "j"), .init("tj", "c"), .init("", "x")])

    static func score(_ a: String, _ b: String) -> Int {
        NameSimilarity.score(ComparableName(a, by: rules), ComparableName(b, by: rules))
    }

    @Test(
        "the same words in any order, case, spelling and with any title are one name",
        arguments: [
            ("Siti Aminah", "SITI  AMINAH"), ("Siti Aminah", "Aminah, Siti"), ("Nur'aini", "Nuraini"),
            ("H. Ahmad Fauzi, S.H.", "Ahmad Fauzi"), ("H.Ahmad Fauzi,S.H.,M.Si", "ahmad fauzi"),
            ("Moh. Rizki", "Muhammad Rizki"), ("M.Rizki", "Mochammad Rizki"), ("Soeharto", "Suharto"),
            ("Djoko Soesilo", "Joko Susilo"), ("Siti binti Asep", "Siti bt. Asep"), ("Haji", "haji"), ("H.", "h"),
            ("René", "Rene"),
        ])
    func same(a: String, b: String) {
        #expect(Self.score(a, b) == 1_000)
        #expect(Self.score(b, a) == 1_000)
    }

    @Test(
        "names that one person may have are worth a look together",
        arguments: [
            ("Siti Aminah", "SITI AMINAH BINTI ASEP"), ("Moh. Rizky", "Muhammad Rizki"), ("Nur Aini", "Nuraini"),
            ("Dewi Lestari", "Dewi Lestary"), ("H. Akhmad Fauzi", "Ahmad Fauzi, S.H."), ("Tjahjo Utomo", "Cahyo Utomo"),
            ("Ni Luh Putu Ayu", "Ni Luh Putu Ayu Lestari"), ("Sri Wahyuningsih", "Sri Wahyuningsi"),
            ("Abdul Rahman Saleh", "Saleh Abdul Rachman"), ("Yohanes Wibowo", "Johanes Wibowo"),
            ("I Made Sudarsana", "Made Sudarsana"), ("Kartini Puspitasari", "Kartini P"),
        ])
    func near(a: String, b: String) {
        #expect((850..<1_000).contains(Self.score(a, b)), "\(Self.score(a, b))")
        #expect(Self.score(a, b) == Self.score(b, a))
    }

    @Test(
        "names of two people are not, though they share a word or many letters",
        arguments: [
            ("Budi Santoso", "Budi Setiawan"), ("Siti Aminah", "Siti Rohmah"), ("Agus Salim", "Agus Supriyadi"),
            ("Muhammad Rizki", "Muhammad Iqbal"), ("Budi", "Budi Santoso"), ("Slamet", "Selma"),
            ("Ahmad Hidayat", "Hidayati Rahma"), ("Sri", "Siti"), ("", "Siti"), ("", ""), (" . ,", "—"),
        ])
    func far(a: String, b: String) {
        #expect((0..<750).contains(Self.score(a, b)), "\(Self.score(a, b))")
        #expect(Self.score(a, b) == Self.score(b, a))
    }

    @Test(
        "single words compare by Jaro–Winkler, cut to per mille; what is less alike than 880 is another word",
        arguments: [("martha", "marhta", 960), ("rizki", "rizky", 919), ("dewi", "desi", 0), ("dixon", "dicksonx", 0)])
    func words(a: String, b: String, score: Int) {
        #expect(Self.score(a, b) == score)
    }

    @Test("names that differ in blanks alone are nearly one")
    func blanks() {
        #expect(Self.score("Nur Aini Al Amin", "Nuraini Al-Amin") == 990)
    }

    @Test("the comparison is the same both ways, and only the same words make 1000")
    func symmetric() {
        // Words of a few letters, drawn so that many of them are alike.
        var seed: UInt64 = 17
        func next(_ bound: UInt64) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((seed >> 33) % bound)
        }
        let letters = Array("ains")
        let names = (0..<40).map { _ in
            (0...next(5)).map { _ in String((0...next(7)).map { _ in letters[next(4)] }) }
        }
        let compared = names.map { ComparableName($0.joined(separator: " "), by: Self.rules) }
        for (a, x) in zip(names, compared) {
            for (b, y) in zip(names, compared) {
                let score = NameSimilarity.score(x, y)
                #expect((0...1_000).contains(score) && score == NameSimilarity.score(y, x), "\(a) / \(b)")
                #expect((score == 1_000) == (a.sorted() == b.sorted()), "\(a) / \(b)")
            }
        }
    }

    @Test("names without end are compared in a bounded time")
    func long() {
        let many = String(repeating: "aminah siti ", count: 100_000)
        #expect(Self.score(many, many) == 1_000)
        let one = String(repeating: "a", count: 1_000_000)
        #expect(Self.score(one, one + " b") == 1_000)  // What is beyond 200 characters does not count.
    }
}
