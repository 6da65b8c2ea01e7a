// What documents go through before they are kept: told by content, scanned, images encoded anew.

import Crypto
import Foundation
import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import HubCore

@Suite("Documents on their way in")
struct IntakeTests {
    private static let photo = SmallHub.photo
    private static let pdf = SmallHub.letter()
    private static func hash(_ bytes: [UInt8]) -> Data { Data(SHA256.hash(data: bytes)) }

    @Test("an image is kept under the hash of what it became, and a case may name it by either hash")
    func encoded() async throws {
        let hub = try await SmallHub.examining()
        let reply = try await hub.put(Self.photo)
        let kept = Array(Self.photo.prefix(3)) + Array("CLEAN".utf8)
        #expect(reply.sha256 == Self.hash(kept) && reply.size == 8)
        #expect(try await hub.blobs.read(sha256: [UInt8](Self.hash(Self.photo)), offset: 0, count: 9) == nil)
        for named in [reply.sha256, Self.hash(Self.photo)] {
            let state = try await hub.submit(for: SmallHub.anna, documents: [SmallHub.evidence(reply, named: named)])
            #expect(state.documents.map(\.sha256) == [reply.sha256])
            #expect(state.documents[0].originalSha256 == (named == reply.sha256 ? Data() : named))
            let request = LayananGetDocumentRequest.with { ($0.sha256, $0.case) = (reply.sha256, state.number) }
            let got = try await hub.call(
                .getDocument, request, as: LayananGetDocumentReply.self, by: .portal, for: SmallHub.anna)
            #expect([UInt8](got.body) == kept)
        }
        // The hash of what somebody else sent opens nothing.
        await #expect(throws: HubError(.documentInvalid, "")) {
            try await hub.submit(
                for: SmallHub.budi, documents: [SmallHub.evidence(reply, named: Self.hash(Self.photo))])
        }
    }

    @Test("a document that is not what it is said to be, or no image that can be shown, is refused and not kept")
    func refused() async throws {
        let hub = try await SmallHub.examining()
        for (bytes, type) in [(Self.pdf, "image/jpeg"), (Self.photo, "application/pdf"), (Self.photo, "text/plain")] {
            await #expect(throws: HubError(.documentTypeWrong, "")) { try await hub.put(bytes, type) }
        }
        let broken = Self.photo + [0xEE]
        await #expect(throws: HubError(.imageUnreadable, "")) { try await hub.put(broken) }
        for bytes in [Self.pdf, Self.photo, broken] {
            #expect(try await hub.blobs.read(sha256: [UInt8](Self.hash(bytes)), offset: 0, count: 1) == nil)
        }
        #expect(try await hub.put(Self.pdf, "application/pdf").sha256 == Self.hash(Self.pdf))
    }

    @Test("an upload becomes the image that is kept; committed once more it is the same; one that is refused is gone")
    func uploads() async throws {
        let hub = try await SmallHub.examining()
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
        let hub = try await SmallHub.examining(scanner)
        scanner.say(.harmful("Eicar"))
        await #expect(throws: HubError(.documentHarmful, "")) { try await hub.put(Self.pdf, "application/pdf") }
        #expect(try await hub.blobs.read(sha256: [UInt8](Self.hash(Self.pdf)), offset: 0, count: 1) == nil)
    }

    @Test("a type in other letters is the same type, and the first one who has the bytes spoils them for nobody")
    func spelling() async throws {
        let plain = try await SmallHub.open()
        for hub in [try await SmallHub.examining(), plain] {
            #expect(try await hub.put(Self.pdf, "Application/PDF", for: SmallHub.budi).mediaType == "application/pdf")
            let reply = try await hub.put(Self.pdf, "application/pdf")
            _ = try await hub.submit(for: SmallHub.anna, documents: [SmallHub.evidence(reply)])
        }
        // Bytes that tell themselves are what they are, also where nobody compares.
        #expect(try await plain.put(Self.photo, "text/plain").mediaType == "image/jpeg")
        #expect(try await plain.put([1, 2], "IMAGE/PNG").mediaType == "image/png")
    }

    @Test("the limit of a kind holds for what was sent, not for what the hub made of it, and a client cannot say less")
    func sizes() async throws {
        let hub = try await SmallHub.open(equip: { $0.imageFilter = SizingFilter() })
        func sketch(_ reply: LayananPutDocumentReply, named hash: Data? = nil) -> [HubDocument] {
            var document = SmallHub.evidence(reply, named: hash)
            (document.kind, document.originalSize) = ("sketsa", 1)
            return [document]
        }
        func submit(_ documents: [HubDocument]) async throws -> [String] {
            do { _ = try await hub.submit(for: SmallHub.anna, documents: documents) } catch let error as HubError {
                return error.violations.map(\.rule)
            }
            return []
        }
        let short = SizingFilter.image(count: 900, becoming: 0xC0)
        let grown = try await hub.put(short, "image/png")
        #expect(grown.size > 1_000)
        #expect(try await submit(sketch(grown)).isEmpty)
        #expect(try await submit(sketch(grown, named: Self.hash(short))).isEmpty)
        let shrunk = try await hub.put(SizingFilter.image(count: 1_001, becoming: 0x10), "image/png")
        #expect(shrunk.size < 1_000)
        #expect(try await submit(sketch(shrunk)) == ["size_max"])
        // Another one that becomes the same, and is short enough.
        _ = try await hub.put(SizingFilter.image(count: 999, becoming: 0x10), "image/png", for: SmallHub.budi)
        #expect(try await submit(sketch(shrunk)).isEmpty)
        let unfiltered = try await hub.put([UInt8](repeating: 3, count: 1_001), "image/png")
        #expect(try await submit(sketch(unfiltered)) == ["size_max"])
    }
}
