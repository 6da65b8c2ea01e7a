// How alike two words are, as a typist's slips change them.

/// Jaro–Winkler similarity in per mille: M. A. Jaro, "Advances in Record-Linkage Methodology", JASA 84 (1989);
/// W. E. Winkler, "String Comparator Metrics", Proc. Section on Survey Research Methods (1990).
enum JaroWinkler {
    /// 0…1000, the same both ways; 1000 for equal words alone. Words of up to some hundred letters, each compared with each.
    static func similarity(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        if a == b { return a.isEmpty ? 0 : 1_000 }
        let (common, other) = commonLetters(a, b)
        let m = common.count
        guard m > 0 else { return 0 }
        let moved = zip(common, other).count { $0 != $1 } / 2
        let jaro = 1_000 * (m * m * (a.count + b.count) + (m - moved) * a.count * b.count) / (3 * a.count * b.count * m)
        let prefix = zip(a, b).prefix(4).prefix { $0 == $1 }.count
        return min(jaro + prefix * (1_000 - jaro) / 10, 999)
    }

    /// Letters of each word that stand in the other not too far away, in their order.
    private static func commonLetters(
        _ a: [Unicode.Scalar], _ b: [Unicode.Scalar]
    ) -> ([Unicode.Scalar], [Unicode.Scalar]) {
        let window = max(max(a.count, b.count) / 2 - 1, 0)
        var taken = Array(repeating: false, count: b.count)
        var common: [Unicode.Scalar] = []
        for (index, letter) in a.enumerated() {
            let near = max(0, index - window)..<max(min(index + window + 1, b.count), max(0, index - window))
            guard let place = near.first(where: { !taken[$0] && b[$0] == letter }) else { continue }
            taken[place] = true
            common.append(letter)
        }
        return (common, b.indices.filter { taken[$0] }.map { b[$0] })
    }
}
