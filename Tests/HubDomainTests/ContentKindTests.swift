// What a document is by its first bytes.

import HubDomain
import Testing

@Suite("Documents tell themselves")
struct ContentKindTests {
    private static let heads: [(kind: ContentKind, bytes: [UInt8])] = [
        (.jpeg, [0xFF, 0xD8, 0xFF, 0xE1, 0x00, 0x10, 0x45, 0x78, 0x69, 0x66, 0, 0]),
        (.png, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]),
        (.pdf, Array("%PDF-1.7\n%\u{2}\u{3}".utf8)),
        (.webp, Array("RIFF".utf8) + [1, 2, 3, 4] + Array("WEBP".utf8)),
    ]

    @Test("each kind by its beginning, and no kind by a piece of one")
    func kinds() {
        for (kind, bytes) in Self.heads {
            #expect(ContentKind(head: bytes) == kind)
            #expect(ContentKind(head: bytes + [9, 9]) == kind)
            #expect(ContentKind(head: bytes.prefix(2)) == nil)
        }
        #expect(ContentKind(head: []) == nil)
        #expect(ContentKind(head: Array("RIFFxxxxWAVE".utf8)) == nil)
        #expect(ContentKind(head: Array("<html>%PDF-".utf8)) == nil)
    }

    @Test("what is said must be what is there, whichever of the two tells itself")
    func agreement() throws {
        for (kind, bytes) in Self.heads {
            #expect(try ContentKind.agreed(head: bytes, declared: kind.mediaType) == kind)
            for other in ContentKind.allCases.map(\.mediaType) + ["text/plain"] where other != kind.mediaType {
                let error = #expect(throws: HubError.self) { try ContentKind.agreed(head: bytes, declared: other) }
                #expect(error?.code == .documentTypeWrong && error?.violations.count == 1)
            }
        }
        #expect(try ContentKind.agreed(head: Array("halo".utf8), declared: "text/plain") == nil)
        #expect(throws: HubError.self) { try ContentKind.agreed(head: Array("halo".utf8), declared: "image/jpeg") }
        #expect(try ContentKind.agreed(head: Self.heads[0].bytes, declared: "IMAGE/JPEG") == .jpeg)
    }
}
