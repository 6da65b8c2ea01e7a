// Completes an answer: the receipt is known only when the change is written, the rest of the message before.

package import HubProto
import SwiftProtobuf

/// Field 15, `hub.v1.Receipt receipt = 15`, of every answer of a method that changes something.
///
/// Protobuf lets fields stand in any order and messages be joined by joining their bytes (Encoding, "Last One Wins"),
/// so the receipt is appended without parsing the answer.
package enum ReceiptField {
    /// Key of field 15 with wire type 2, length-delimited: `15 << 3 | 2`.
    private static let key: UInt8 = 0x7A

    /// Appends `receipt` to the serialised `answer`.
    ///
    /// - Throws: What the serialisation throws; a receipt has no field for which it can.
    package static func append(_ receipt: HubReceipt, to answer: inout [UInt8]) throws {
        let body: [UInt8] = try receipt.serializedBytes()
        answer.append(key)
        var length = UInt64(body.count)
        while length >= 0x80 {
            answer.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        answer.append(UInt8(truncatingIfNeeded: length))
        answer.append(contentsOf: body)
    }
}
