// A mail as its bytes: headers that nobody can add to, and a text in base64.

import FoundationEssentials
package import HubCore
package import HubDomain

/// One message (RFC 5322) with one plain text part (RFC 2045).
package struct MailMessage: Sendable {
    /// With CRLF at the end of each line, each at most 78 bytes.
    package let bytes: [UInt8]

    package init(_ parcel: NoticeParcel, to address: EmailAddress, from: EmailAddress, name: String) {
        let host = from.text.drop { $0 != "@" }
        let headers = [
            "Date: " + Self.date(parcel.createdMillis),
            "From: \(Self.encoded(name))\r\n <\(from.text)>",
            "To: <\(address.text)>",
            "Subject: " + Self.encoded(parcel.subject),
            // The same however often it is sent: receivers know twins by it.
            "Message-ID: <\(parcel.id)\(host)>",
            "Content-Language: \(parcel.language == .english ? "en" : "id")",
            // No machine answers to a machine (RFC 3834).
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
        ]
        let text =
            parcel.text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n") + "\r\n"
        let body = Self.lines(Data(text.utf8).base64EncodedString(), of: 76)
        bytes = Array((headers.joined(separator: "\r\n") + "\r\n\r\n" + body + "\r\n").utf8)
    }

    /// Encoded words (RFC 2047) of whole characters, whatever the text is: what is base64 can be no header of its own.
    static func encoded(_ text: String) -> String {
        var words: [String] = []
        var part: [UInt8] = []
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if part.count + bytes.count > 39 {
                words.append(word(part))
                part = []
            }
            part += bytes
        }
        return (words + [word(part)]).joined(separator: "\r\n ")
    }

    private static func word(_ bytes: [UInt8]) -> String { "=?utf-8?B?\(Data(bytes).base64EncodedString())?=" }

    private static func lines(_ text: String, of length: Int) -> String {
        let bytes = Array(text.utf8)
        return stride(from: 0, to: bytes.count, by: length)
            .map { String(decoding: bytes[$0..<min($0 + length, bytes.count)], as: UTF8.self) }
            .joined(separator: "\r\n")
    }

    /// `26 Nov 2026 08:21:00 +0000`
    static func date(_ millis: Int64) -> String {
        let day = CalendarDate(epochMillis: millis, utcOffsetMinutes: 0)
        let seconds = ((millis / 1_000) % 86_400 + 86_400) % 86_400
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = "\(two(seconds / 3_600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        return "\(day.day) \(months[day.month - 1]) \(day.year) \(time) +0000"
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
