// Errors on their way through an END frame.

import HubDomain
import HubProto
import HubWire
import Testing

@Suite("Errors in END")
struct StatusDetailsTests {
    /// Through the bytes, as on the wire.
    private func sent(_ error: HubError, cursor: [UInt8]? = nil) throws -> HubEnd {
        let bytes: [UInt8] = try HubEnd(error: error, cursor: cursor).serializedBytes()
        return try HubEnd(serializedBytes: bytes)
    }

    @Test("every error of the catalogue arrives with its code, status and sentence", arguments: HubError.Code.all)
    func everyCode(code: HubError.Code) throws {
        let end = try sent(HubError(code, "expected 3, found 4"))
        let error = try #require(HubError(end: end))
        #expect(error.code == code)
        #expect(error.status == code.status)
        #expect(end.status == code.status.rawValue)
        #expect(error.detail == "expected 3, found 4")
        #expect(error.violations.isEmpty && error.facts.isEmpty && error.retryAfterMillis == nil)
        #expect(end.resumeCursor == nil)
        #expect(end.message == "E\(code.number) expected 3, found 4")
    }

    @Test("violations, facts, the time to wait and the cursor arrive as they were", arguments: HubError.Code.all)
    func everything(code: HubError.Code) throws {
        let violations = [
            Violation("nik", "nik", id: "NIK harus 16 angka.", en: "NIK must have 16 digits."),
            Violation("", "rule", id: "Tidak boleh [dua] kali.", en: "Not [twice]."),
            Violation("documents/ktp", "required", id: "", en: ""),
        ]
        let error = HubError(
            code, "form [of 3 fields]", status: .aborted, violations: violations,
            facts: ["present_version": "7", "stage": "a [b]"], retryAfterMillis: 0)
        let end = try sent(error, cursor: [1, 2, 3])
        let back = try #require(HubError(end: end))
        #expect(back.code == code)
        #expect(back.status == .aborted)
        #expect(back.detail == "form [of 3 fields]")
        #expect(back.violations == violations)
        #expect(back.facts == error.facts)
        #expect(back.retryAfterMillis == 0)
        #expect(end.resumeCursor == [1, 2, 3])
    }

    @Test("ErrorInfo is the first detail, with a sentence in both languages", arguments: HubError.Code.all)
    func errorInfoFirst(code: HubError.Code) throws {
        let end = try sent(HubError(code, "x", violations: [Violation("a", "b", id: "", en: "")], retryAfterMillis: 5))
        let first = try #require(end.details.first)
        #expect(first.typeURL == "type.googleapis.com/hub.v1.ErrorInfo")
        let info = try HubErrorInfo(unpackingAny: first)
        #expect(info.code.rawValue == Int(code.number))
        #expect(!info.text.id.isEmpty && !info.text.en.isEmpty && info.text.id != info.text.en)
    }

    @Test("a good end is no error, and an empty frame is a good end")
    func ok() throws {
        let end = HubEnd.ok(metadata: [HubMetadata(HubMetadataKey.replayed, [0x31])], finalSize: 9)
        #expect(HubError(end: end) == nil)
        #expect(end.finalSize == 9)
        #expect(HubError(end: try HubEnd(serializedBytes: [UInt8]())) == nil)
    }

    @Test("an error of a newer hub keeps its number")
    func newerCode() throws {
        let error = HubError(HubError.Code(number: 4_999, status: .aborted), "newer")
        let back = try #require(HubError(end: try sent(error)))
        #expect(back.code.number == 4_999)
        #expect(back.status == .aborted)
        #expect(back.detail == "newer")
    }

    @Test("a status that does not exist is read as UNKNOWN, and details may be missing or garbage")
    func strangeEnd() throws {
        var end = HubEnd.with {
            $0.status = 4_000_000_000
            $0.message = "strange"
        }
        #expect(HubError(end: end)?.status == .unknown)
        #expect(HubError(end: end)?.detail == "strange")
        end.details = try sent(HubError(.formInvalid, "x")).details
        end.details[0].value = .init([0xFF])
        #expect(HubError(end: end)?.code.number == 0)
    }

    @Test("no error is longer than the smallest frame a client may ask for, whatever a module says")
    func bounded() throws {
        let long = String(repeating: "ä👩‍👩‍👧", count: 4_000)
        let many = (0..<3_000).map { Violation("field\($0)", "rule", id: "Isi ulang.", en: "Fill in again.") }
        for violations in [many, [Violation(long, long, id: long, en: long)]] {
            let facts = Dictionary(uniqueKeysWithValues: (0..<500).map { ("f\($0)", "value") })
            let error = HubError(
                .refusedByRule, long, violations: violations, facts: facts, retryAfterMillis: .max)
            let bytes: [UInt8] = try HubEnd(error: error, cursor: [UInt8](repeating: 1, count: 64)).serializedBytes()
            #expect(bytes.count <= WireLimits.endBytesMax)
            let back = try #require(HubError(end: try HubEnd(serializedBytes: bytes)))
            #expect(back.code == .refusedByRule)
            let last = try #require(back.violations.last)
            #expect(last.rule == "more")
            #expect(last.english == "There are \(violations.count - back.violations.count + 1) more.")
        }
    }
}
