// Where requests of a stream wait: as they came, until their handler takes them.

import HubCompression
import HubDomain
import NIOConcurrencyHelpers
import Testing

@testable import HubServer

@Suite("Requests that wait")
struct RequestInboxTests {
    private static let text = [[UInt8]](repeating: Array("baris 12\n".utf8), count: 3_000).flatMap(\.self)

    @Test("a compressed request is decompressed when it is taken, and gives back what came over the line")
    func taken() async throws {
        let frame = try #require(Self.text.withUnsafeBytes { Zstandard.compressed($0) })
        let given = NIOLockedValueBox<[Int]>([])
        let inbox = RequestInbox { bytes in given.withLockedValue { $0.append(bytes) } }
        inbox.put(frame, caps: ExpansionCaps(bytesMax: 1_048_576))
        inbox.put([1, 2, 3])
        inbox.finish()
        #expect(try await inbox.next() == Self.text)
        #expect(inbox.lastCameCompressed)
        #expect(try await inbox.next() == [1, 2, 3])
        #expect(!inbox.lastCameCompressed)
        #expect(try await inbox.next() == nil)
        #expect(given.withLockedValue { $0 } == [frame.count, 3])
    }

    @Test("a bomb is refused where it is taken")
    func bomb() async throws {
        let inbox = RequestInbox { _ in }
        inbox.put(
            [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58, 0x03, 0x00, 0x10, 0x00], caps: ExpansionCaps(bytesMax: 1_048_576))
        await #expect(throws: HubError(.messageTooLarge, "")) { try await inbox.next() }
    }
}
