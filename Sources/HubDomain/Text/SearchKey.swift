// How names are made comparable for search.

/// Folds what people write into what is looked up, the same way when it is stored and when it is asked for.
public enum SearchKey {
    /// Lower case, letters and digits only, runs of blanks as one, none at the ends; Latin letters lose their accents,
    /// however they were encoded. `"  Siti   Nur'aini "` becomes `siti nuraini`.
    public static func fold(_ text: some StringProtocol) -> String {
        var key = ""
        for character in text.lowercased() {
            if character.isWhitespace {
                if !key.isEmpty, key.last != " " { key.append(" ") }
            } else if character.isLetter || character.isNumber {
                key += base(of: character)
            }
        }
        if key.last == " " { key.removeLast() }
        return key
    }

    /// A letter without its marks. `Character` compares by canonical equivalence, so both encodings meet here.
    private static func base(of letter: Character) -> String {
        if letter.isASCII { return String(letter) }
        if let plain = accented[letter] { return plain }
        // Anything else keeps its letters and loses combining marks, which differ between encodings.
        return String(
            String.UnicodeScalarView(letter.unicodeScalars.filter { $0.properties.generalCategory != .nonspacingMark }))
    }

    /// Small accented letters of Latin-1 and Latin Extended-A.
    private static let accented: [Character: String] = {
        let groups: [(plain: String, letters: String)] = [
            ("a", "àáâãäåāăą"), ("ae", "æ"), ("c", "çćĉċč"), ("d", "ďđð"), ("e", "èéêëēĕėęě"), ("g", "ĝğġģ"),
            ("h", "ĥħ"), ("i", "ìíîïĩīĭįı"), ("j", "ĵ"), ("k", "ķ"), ("l", "ĺļľŀł"), ("n", "ñńņňŉ"),
            ("o", "òóôõöøōŏő"), ("oe", "œ"), ("r", "ŕŗř"), ("s", "śŝşšſ"), ("ss", "ß"), ("t", "ţťŧ"), ("th", "þ"),
            ("u", "ùúûüũūŭůűų"), ("w", "ŵ"), ("y", "ýÿŷ"), ("z", "źżž"),
        ]
        var table: [Character: String] = [:]
        for (plain, letters) in groups {
            for letter in letters { table[letter] = plain }
        }
        return table
    }()
}
