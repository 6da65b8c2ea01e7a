// Scans that nobody made: small images and files of the kinds that the hub knows by their content.

/// What citizens photograph.
enum Paper {
    /// A file of that type that can be shown, then noise: no two are alike as they are sent.
    static func scan(_ mediaType: String, chance: inout Chance) -> [UInt8] {
        let file =
            switch mediaType {
            case "application/pdf": Array("%PDF-1.7\n".utf8)
            case "image/png": drawing
            default: photo
            }
        return file + (0..<chance.number(64...256)).flatMap { _ in chance.key() }
    }

    /// A JPEG of 16 by 8 pixels, taken with a camera ``camera`` that lay on its side, at 7°53' S, 110°16' E.
    static let photo = bytes(
        "ffd8ffe000104a46494600010100000100010000ffe100ac4578696600004d4d002a000000080003010f000200"
            + "00000c0000003201120003000000010006000088250004000000010000003e000000004b616d65726157617267"
            + "610000040001000200000002530000000002000500000003000000740003000200000002450000000004000500"
            + "0000030000008c000000000000000700000001000000350000000100000000000000010000006e000000010000"
            + "0010000000010000000000000001ffdb0043001b12141714111b1716171e1c1b2028422b28252528513a3d3042"
            + "605565645f555d5b6a7899816a7190735b5d85b586909ea3abadab6780bcc9baa6c799a8aba4ffc0000b080008"
            + "001001011100ffc40014000100000000000000000000000000000005ffc4001410010000000000000000000000"
            + "0000000000ffda0008010100003f0014d3ffd9")

    /// A PNG of as many pixels.
    static let drawing = bytes(
        "89504e470d0a1a0a0000000d4948445200000010000000080800000000d51d204b000000154944415478da63d4"
            + "6080800828cdc48006e823000045880090c49734710000000049454e44ae426082")

    /// What stands in ``photo`` and must stand in nothing that the hub keeps.
    static let camera = "KameraWarga"

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }
}
