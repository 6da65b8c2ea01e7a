// What documents go through before they are kept: told by content, scanned, images encoded anew.

import Crypto
import Foundation
import HubDomain
import HubProto
import HubTestKit
import Synchronization
import Testing

@testable import HubCore

/// Keeps what a test can recognise: the word CLEAN in place of everything behind an image's first bytes.
private struct ShorteningFilter: ImageFilter {
    func encodedAnew(_ bytes: [UInt8], _ kind: ContentKind) async throws(HubError) -> [UInt8] {
        guard !bytes.contains(0xEE) else { throw HubError(.imageUnreadable, "broken") }
        return Array(bytes.prefix(3)) + Array("CLEAN".utf8)
    }
}

/// Says what the test lets it say.
private final class WordedScanner: DocumentScanner {
    private let word = Mutex(ScanVerdict.clean)

    func say(_ verdict: ScanVerdict) { word.withLock { $0 = verdict } }

    func scan(_ bytes: [UInt8]) async -> ScanVerdict { word.withLock(\.self) }
}

@Suite("Documents on their way in")
struct IntakeTests {
    private static let photo: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE1] + Array("GPS 7 53 S".utf8)
    private static let pdf = Array("%PDF-1.7 surat".utf8)
    private static func hash(_ bytes: [UInt8]) -> Data { Data(SHA256.hash(data: bytes)) }

    private func hub(
        _ scanner: WordedScanner? = nil, waits: Bool = true, blobs: any BlobStore = InMemoryBlobStore()
    ) async throws -> SmallHub {
        try await SmallHub.open(
            blobs: blobs,
            equip: { ports in
                ports.imageFilter = ShorteningFilter()
                ports.scanner = scanner
                ports.intake.checksContent = true
                ports.intake.waitsForScanner = waits
            })
    }

    private func put(
        _ hub: SmallHub, _ bytes: [UInt8], _ mediaType: String = "image/jpeg", for citizen: String = SmallHub.anna
    ) async throws -> LayananPutDocumentReply {
        let request = LayananPutDocumentRequest.with { ($0.mediaType, $0.body) = (mediaType, Data(bytes)) }
        return try await hub.call(.putDocument, request, as: LayananPutDocumentReply.self, by: .portal, for: citizen)
    }

    private func paper(_ hash: Data, _ reply: LayananPutDocumentReply) -> HubDocument {
        .with { ($0.kind, $0.sha256, $0.size, $0.mediaType) = ("bukti", hash, reply.size, reply.mediaType) }
    }

    @Test("an image is kept under the hash of what it became, and a case may name it by either hash")
    func encoded() async throws {
        let hub = try await hub()
        let reply = try await put(hub, Self.photo)
        let kept = Array(Self.photo.prefix(3)) + Array("CLEAN".utf8)
        #expect(reply.sha256 == Self.hash(kept) && reply.size == 8)
        #expect(try await hub.blobs.read(sha256: [UInt8](Self.hash(Self.photo)), offset: 0, count: 9) == nil)
        for named in [reply.sha256, Self.hash(Self.photo)] {
            let state = try await hub.submit(for: SmallHub.anna, documents: [paper(named, reply)])
            #expect(state.documents.map(\.sha256) == [reply.sha256])
            #expect(state.documents[0].originalSha256 == (named == reply.sha256 ? Data() : named))
            let request = LayananGetDocumentRequest.with { ($0.sha256, $0.case) = (reply.sha256, state.number) }
            let got = try await hub.call(
                .getDocument, request, as: LayananGetDocumentReply.self, by: .portal, for: SmallHub.anna)
            #expect([UInt8](got.body) == kept)
        }
        // The hash of what somebody else sent opens nothing.
        await #expect(throws: HubError(.documentInvalid, "")) {
            try await hub.submit(for: SmallHub.budi, documents: [paper(Self.hash(Self.photo), reply)])
        }
    }

    @Test("a document that is not what it is said to be, or no image that can be shown, is refused and not kept")
    func refused() async throws {
        let hub = try await hub()
        for (bytes, type) in [(Self.pdf, "image/jpeg"), (Self.photo, "application/pdf"), (Self.photo, "text/plain")] {
            await #expect(throws: HubError(.documentTypeWrong, "")) { try await put(hub, bytes, type) }
        }
        let broken = Self.photo + [0xEE]
        await #expect(throws: HubError(.imageUnreadable, "")) { try await put(hub, broken) }
        for bytes in [Self.pdf, Self.photo, broken] {
            #expect(try await hub.blobs.read(sha256: [UInt8](Self.hash(bytes)), offset: 0, count: 1) == nil)
        }
        #expect(try await put(hub, Self.pdf, "application/pdf").sha256 == Self.hash(Self.pdf))
    }

    @Test("an upload becomes the image that is kept; committed once more it is the same; one that is refused is gone")
    func uploads() async throws {
        let hub = try await hub()
        func upload(_ bytes: [UInt8], _ type: String, _ id: UInt8) async throws -> LayananPutDocumentReply {
            let name = Data(repeating: id, count: 16)
            let opened = LayananOpenUploadRequest.with {
                ($0.uploadID, $0.size, $0.sha256) = (name, UInt64(bytes.count), Self.hash(bytes))
                $0.mediaType = type
            }
            _ = try await hub.call(
                .openUpload, opened, as: LayananUploadState.self, by: .portal, for: SmallHub.anna)
            let chunk = LayananUploadChunk.with {
                ($0.uploadID, $0.crc32C, $0.data) = (name, CRC32C.of(bytes), Data(bytes))
            }
            _ = try await hub.gather(
                .writeUpload, [chunk], as: LayananUploadState.self, by: .portal, for: SmallHub.anna)
            return try await commit(bytes, id)
        }
        func commit(_ bytes: [UInt8], _ id: UInt8) async throws -> LayananPutDocumentReply {
            let request = LayananCommitUploadRequest.with {
                ($0.uploadID, $0.sha256) = (Data(repeating: id, count: 16), Self.hash(bytes))
            }
            return try await hub.call(
                .commitUpload, request, as: LayananPutDocumentReply.self, by: .portal, for: SmallHub.anna)
        }
        let reply = try await upload(Self.photo, "image/jpeg", 1)
        #expect(reply.size == 8 && reply.sha256 != Self.hash(Self.photo))
        #expect(try await commit(Self.photo, 1) == reply)
        await #expect(throws: HubError(.documentTypeWrong, "")) { try await upload(Self.pdf, "image/png", 2) }
        await #expect(throws: HubError(.uploadUnknown, "")) { try await commit(Self.pdf, 2) }
        #expect(try await hub.blobs.parts().isEmpty)
    }

    @Test("what the scanner calls harmful is refused and not kept")
    func harmful() async throws {
        let scanner = WordedScanner()
        let hub = try await hub(scanner)
        scanner.say(.harmful("Eicar"))
        await #expect(throws: HubError(.documentHarmful, "")) { try await put(hub, Self.pdf, "application/pdf") }
        #expect(try await hub.blobs.read(sha256: [UInt8](Self.hash(Self.pdf)), offset: 0, count: 1) == nil)
    }

    @Test("while the scanner is silent documents wait: usable once it has answered, and never when it finds harm")
    func quarantine() async throws {
        let scanner = WordedScanner()
        let hub = try await hub(scanner)
        scanner.say(.silent("down"))
        let (letter, photo) = (try await put(hub, Self.pdf, "application/pdf"), try await put(hub, Self.photo))
        for reply in [letter, photo] {
            let error = await #expect(throws: HubError.self) {
                try await hub.submit(for: SmallHub.anna, documents: [paper(reply.sha256, reply)])
            }
            #expect(error?.code == .documentHarmful && error?.retryAfterMillis != nil)
        }
        #expect(try await hub.hub.quarantine.round() == 0)
        scanner.say(.clean)
        #expect(try await hub.hub.quarantine.round() == 2)
        _ = try await hub.submit(for: SmallHub.anna, documents: [paper(letter.sha256, letter)])
        scanner.say(.silent("down"))
        let late = try await put(hub, Self.pdf + [1], "application/pdf")
        // What was scanned once is not put in quarantine for coming again.
        let again = try await put(hub, Self.pdf, "application/pdf")
        _ = try await hub.submit(for: SmallHub.anna, documents: [paper(again.sha256, again)])
        scanner.say(.harmful("Eicar"))
        #expect(try await hub.hub.quarantine.round() == 1)
        let error = await #expect(throws: HubError.self) {
            try await hub.submit(for: SmallHub.anna, documents: [paper(late.sha256, late)])
        }
        #expect(error?.code == .documentHarmful && error?.retryAfterMillis == nil)
    }

    @Test("a hub that is told to accept takes documents while the scanner is silent")
    func accepts() async throws {
        let scanner = WordedScanner()
        scanner.say(.silent("down"))
        let hub = try await hub(scanner, waits: false)
        let reply = try await put(hub, Self.pdf, "application/pdf")
        _ = try await hub.submit(for: SmallHub.anna, documents: [paper(reply.sha256, reply)])
    }
}
