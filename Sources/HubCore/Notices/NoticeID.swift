// What a notice is called: the same change always makes the same notice, so that it exists once and twins are known.

import Crypto
import HubDomain
import HubProto

/// Names of notices, 24 bytes each: notices of a case stand together.
package enum NoticeID {
    /// A notice of an event.
    ///
    /// - Parameters:
    ///   - log: Identity of the log: a hub that was restored may come to the same version of a case in another way, and who
    ///     was told of the first must be told of the second.
    ///   - ordinal: Of the event's notices, from 0.
    static func of(_ caseID: [UInt8], version: UInt64, ordinal: Int, log: [UInt8]) -> [UInt8] {
        // 15 bits of the log, 32 of version and 16 of ordinal: a case has neither so many events nor so many readers.
        let mark = SHA256.hash(data: log).prefix(2).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } & 0x7FFF
        let tail = mark << 48 | (version & 0xFFFF_FFFF) << 16 | UInt64(truncatingIfNeeded: ordinal & 0xFFFF)
        return caseID + bytes(of: tail)
    }

    /// A reminder: one for each reader of each time before each deadline, until the deadline moves.
    static func ofReminder(
        _ caseID: [UInt8], to recipient: String, _ name: String, dueMillis: Int64, hoursBefore: UInt32
    ) -> [UInt8] {
        let text = "\(recipient)\n\(name)\n\(dueMillis)\n\(hoursBefore)"
        var tail = [UInt8](SHA256.hash(data: Array(text.utf8)).prefix(8))
        tail[0] |= 0x80
        return caseID + tail
    }

    /// 48 hexadecimal digits, as receivers and operators see it.
    package static func text(_ id: some Sequence<UInt8>) -> String { Hexadecimal.text(id) }

    /// Reads what ``text(_:)`` made; nil for anything else.
    package static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard text.utf8.count == 48, digits.count == 48 else { return nil }
        return stride(from: 0, to: 48, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private static func bytes(of number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
    }
}
