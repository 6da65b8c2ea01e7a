// A text as the dots of a QR code (ISO/IEC 18004).

import CQREncode
import HubDomain

/// The dots of a code, without the white margin that belongs around it.
struct QRSquare: Sendable, Hashable {
    /// Dots of one side.
    let side: Int
    /// Row by row from the top, true = dark.
    let dark: [Bool]

    /// Above this a phone needs a steady hand: 97 dots a side.
    static let versionMax = 20

    /// - Parameter text: Of the letters of the alphanumeric mode only.
    /// - Throws: ``HubError/Code/formInvalid`` for other letters, or more than the largest code holds.
    init(_ text: String) throws(HubError) {
        // Level M: 15 % of a code may be dirty.
        guard let input = QRinput_new2(0, QR_ECLEVEL_M) else {
            throw HubError(.internalFault, "libqrencode cannot begin")
        }
        defer { QRinput_free(input) }
        let bytes = Array(text.utf8)
        guard bytes.count <= 4_296, QRinput_append(input, QR_MODE_AN, Int32(bytes.count), bytes) == 0,
            let code = QRcode_encodeInput(input)
        else { throw HubError(.formInvalid, "not a text for a QR code in alphanumeric mode") }
        defer { QRcode_free(code) }
        guard code.pointee.version <= Self.versionMax, let data = code.pointee.data else {
            throw HubError(.formInvalid, "a QR code of \(bytes.count) letters would be too dense: seal less")
        }
        side = Int(code.pointee.width)
        dark = (0..<side * side).map { data[$0] & 1 == 1 }
    }

    /// Dark dots that stand beside each other in one row.
    var runs: [(row: Int, from: Int, count: Int)] {
        (0..<side).flatMap { row in
            var runs: [(row: Int, from: Int, count: Int)] = []
            for column in 0..<side where dark[row * side + column] {
                if let last = runs.last, last.from + last.count == column {
                    runs[runs.count - 1].count += 1
                } else {
                    runs.append((row, column, 1))
                }
            }
            return runs
        }
    }
}
