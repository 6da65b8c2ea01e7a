// The check digit of case numbers.

/// The algorithm of H. Michael Damm, "Total anti-symmetrische Quasigruppen" (dissertation, Marburg 2004): one decimal
/// digit that finds every single wrong digit and every exchange of two neighbours.
enum DammDigit {
    /// Damm's totally anti-symmetric quasigroup of order 10, row by row.
    private static let quasigroup: [[UInt8]] = [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
        [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
        [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
        [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
        [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
        [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
        [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
        [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ]

    /// The digit (0…9) that completes these ASCII digits; 0 when they end with their own check digit already.
    static func of(_ digits: some Sequence<UInt8>) -> UInt8 {
        digits.reduce(0) { interim, byte in quasigroup[Int(interim)][Int(byte &- UInt8(ascii: "0")) % 10] }
    }
}
