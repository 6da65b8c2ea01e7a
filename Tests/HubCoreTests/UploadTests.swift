// Uploads: chunks in order, breaks, damage, accounts, and what comes of it.

import Crypto
import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("uploads")
struct UploadTests {
    private static let id = [UInt8](repeating: 5, count: 16)
    private static let bytes = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }

    private func opening(
        _ bytes: [UInt8] = bytes, id: [UInt8] = id, _ change: (inout LayananOpenUploadRequest) -> Void = { _ in }
    ) -> LayananOpenUploadRequest {
        var request = LayananOpenUploadRequest()
        request.uploadID = .init(id)
        request.size = UInt64(bytes.count)
        request.sha256 = .init(SHA256.hash(data: bytes))
        request.mediaType = "image/png"
        change(&request)
        return request
    }

    private func chunks(
        _ bytes: [UInt8] = bytes, id: [UInt8] = id, from offset: Int = 0, to end: Int = .max, of size: Int = 200_000
    ) -> [LayananUploadChunk] {
        stride(from: offset, to: min(end, bytes.count), by: size).map { start in
            let data = Array(bytes[start..<min(start + size, end, bytes.count)])
            return .with {
                $0.uploadID = .init(start == offset ? id : [])
                $0.offset = UInt64(start)
                $0.crc32C = CRC32C.of(data)
                $0.data = .init(data)
            }
        }
    }

    private func open(
        _ hub: SmallHub, _ request: LayananOpenUploadRequest, by caller: Caller = .portal,
        for citizen: String = SmallHub.anna
    ) async throws -> LayananUploadState {
        try await hub.call(.openUpload, request, as: LayananUploadState.self, by: caller, for: citizen)
    }

    private func write(
        _ hub: SmallHub, _ chunks: [LayananUploadChunk], by caller: Caller = .portal,
        for citizen: String = SmallHub.anna
    ) async throws -> LayananUploadState {
        try await hub.gather(.writeUpload, chunks, as: LayananUploadState.self, by: caller, for: citizen)
    }

    private func commit(
        _ hub: SmallHub, _ bytes: [UInt8] = bytes, id: [UInt8] = id, for citizen: String = SmallHub.anna
    ) async throws -> LayananPutDocumentReply {
        let request = LayananCommitUploadRequest.with {
            $0.uploadID = .init(id)
            $0.sha256 = .init(SHA256.hash(data: bytes))
        }
        return try await hub.call(
            .commitUpload, request, as: LayananPutDocumentReply.self, by: .portal, for: citizen)
    }

    private func paper(_ reply: LayananPutDocumentReply, kind: String = "bukti") -> HubDocument {
        .with { ($0.kind, $0.sha256, $0.size, $0.mediaType) = (kind, reply.sha256, reply.size, reply.mediaType) }
    }

    /// The error, with its fact of where the upload stands.
    private func failure(_ body: () async throws -> some Any) async -> (code: HubError.Code?, offset: String?) {
        do {
            _ = try await body()
            return (nil, nil)
        } catch {
            let error = error as? HubError
            return (error?.code, error?.facts["committed_offset"])
        }
    }

    @Test("a document in chunks can be attached like one that was put, and is read back in pieces from any offset")
    func whole() async throws {
        let hub = try await SmallHub.open()
        let state = try await open(hub, opening())
        #expect(state.committedOffset == 0 && state.size == 600_000 && state.chunkBytesMax == 262_144)
        #expect(try await write(hub, chunks()).committedOffset == 600_000)
        let reply = try await commit(hub)
        #expect(reply.sha256 == .init(SHA256.hash(data: Self.bytes)) && reply.mediaType == "image/png")
        let filed = try await hub.submit(for: SmallHub.anna, documents: [paper(reply)])
        for offset in [0, 599_999, 65_536] as [UInt64] {
            let request = LayananReadDocumentRequest.with {
                ($0.sha256, $0.case, $0.offset) = (reply.sha256, filed.number, offset)
            }
            let sink = RecordingSink<LayananDocumentChunk>()
            let end = try hub.stream(.readDocument, request, by: .portal, for: SmallHub.anna, into: sink)
            #expect(await end.value == nil)
            #expect(sink.seen.flatMap { [UInt8]($0.data) } == Array(Self.bytes[Int(offset)...]))
            #expect(sink.seen.first?.offset == offset)
            #expect(sink.seen.allSatisfy { CRC32C.of([UInt8]($0.data)) == $0.crc32C && $0.size == 600_000 })
            let stranger = try hub.stream(.readDocument, request, by: .portal, for: SmallHub.budi, into: sink)
            #expect(await stranger.value?.code == .caseNotFound)
        }
    }

    @Test("an upload that broke off goes on where it stands, also after the hub was started anew")
    func resumes() async throws {
        let (ledger, blobs) = (InMemoryLedger(), InMemoryBlobStore())
        var hub = try await SmallHub.open(ledger: ledger, blobs: blobs)
        _ = try await open(hub, opening())
        #expect(try await write(hub, chunks(to: 400_000)).committedOffset == 400_000)
        hub = try await SmallHub.open(ledger: ledger, blobs: blobs)
        #expect(try await open(hub, opening()).committedOffset == 400_000)
        #expect(try await write(hub, chunks(from: 400_000)).committedOffset == 600_000)
        #expect(try await commit(hub).size == 600_000)
    }

    @Test("a chunk or a commit at another place than the upload stands is refused, and told the place")
    func gap() async throws {
        let hub = try await SmallHub.open()
        _ = try await open(hub, opening())
        #expect(await failure { try await write(hub, chunks(from: 200_000)) } == (.uploadOffset, "0"))
        let twice = chunks(to: 200_000) + chunks(to: 200_000)
        #expect(await failure { try await write(hub, twice) } == (.uploadOffset, "200000"))
        #expect(await failure { try await commit(hub) } == (.uploadOffset, "200000"))
        #expect(try await write(hub, chunks(from: 200_000)).committedOffset == 600_000)
    }

    @Test("a damaged chunk is dropped and those before it stay")
    func damagedChunk() async throws {
        let hub = try await SmallHub.open()
        _ = try await open(hub, opening())
        var sent = chunks()
        sent[1].data[17] ^= 1
        #expect(await failure { try await write(hub, sent) } == (.uploadDamaged, "200000"))
        #expect(try await open(hub, opening()).committedOffset == 200_000)
    }

    @Test("bytes that do not have the announced hash are thrown away as a whole")
    func otherHash() async throws {
        let hub = try await SmallHub.open()
        let other = [UInt8](Self.bytes.reversed())
        _ = try await open(hub, opening())
        _ = try await write(hub, chunks(other))
        #expect(await failure { try await commit(hub) } == (.uploadDamaged, nil))
        #expect(await failure { try await commit(hub) } == (.uploadUnknown, nil))
        #expect(try await open(hub, opening()).committedOffset == 0)
    }

    @Test("a commit whose answer was lost is answered again")
    func commitTwice() async throws {
        let hub = try await SmallHub.open()
        _ = try await open(hub, opening())
        _ = try await write(hub, chunks())
        #expect(try await commit(hub) == (try await commit(hub)))
        #expect(try await hub.blobs.parts().isEmpty)
    }

    @Test("nobody reaches an upload, or by its hash a document, of another citizen")
    func foreign() async throws {
        let hub = try await SmallHub.open()
        _ = try await open(hub, opening())
        #expect(await failure { try await write(hub, chunks(), for: SmallHub.budi) } == (.uploadUnknown, nil))
        #expect(try await open(hub, opening(), for: SmallHub.budi).committedOffset == 0)
        _ = try await write(hub, chunks())
        let reply = try await commit(hub)
        #expect(await failure { try await commit(hub, for: SmallHub.budi) } == (.uploadOffset, "0"))
        await #expect(throws: HubError(.documentInvalid, "")) {
            try await hub.submit(for: SmallHub.budi, documents: [paper(reply)])
        }
    }

    @Test("what is announced is checked before a byte is sent")
    func announced() async throws {
        let hub = try await SmallHub.open()
        let wrong: [(inout LayananOpenUploadRequest) -> Void] = [
            { $0.uploadID = .init(repeating: 1, count: 15) }, { $0.uploadID = .init(repeating: 1, count: 65) },
            { $0.size = 0 }, { $0.size = 26_214_401 }, { $0.sha256 = .init(repeating: 1, count: 31) },
            { $0.mediaType = "png" }, { ($0.service, $0.kind) = (SmallHub.service, "lain") },
            { ($0.service, $0.kind, $0.size) = (SmallHub.service, "sketsa", 1_001) },
            { ($0.service, $0.kind, $0.size, $0.mediaType) = (SmallHub.service, "sketsa", 1_000, "image/jpeg") },
        ]
        for change in wrong {
            #expect(
                await failure { try await open(hub, opening(Self.bytes, id: Self.id, change)) } == (
                    .documentRefused, nil
                ))
        }
        #expect(await failure { try await open(hub, opening { $0.service = "lain" }) } == (.serviceUnknown, nil))
        _ = try await open(hub, opening { ($0.service, $0.kind) = (SmallHub.service, "bukti") })
        #expect(await failure { try await open(hub, opening { $0.size += 1 }) } == (.keyReused, nil))
    }

    @Test("chunks that are empty, too long, beyond the end or of two uploads are refused")
    func chunkForm() async throws {
        let hub = try await SmallHub.open()
        _ = try await open(hub, opening())
        var two = chunks()
        two[1].uploadID = .init(repeating: 6, count: 16)
        let beyond = chunks(Self.bytes + [1], from: 599_000)
        let long = chunks(of: 262_145)
        let empty = [LayananUploadChunk.with { $0.uploadID = .init(Self.id) }]
        for wrong in [two, beyond, long, empty] {
            #expect(await failure { try await write(hub, wrong) } == (.documentRefused, nil))
        }
        #expect(await failure { try await write(hub, []) } == (.uploadUnknown, nil))
        #expect(
            await failure { try await write(hub, chunks(id: Array(repeating: 9, count: 16))) } == (.uploadUnknown, nil))
    }

    @Test("a document above the limit of its kind cannot be attached")
    func limitOfKind() async throws {
        let hub = try await SmallHub.open()
        let bytes = [UInt8](repeating: 3, count: 1_001)
        _ = try await open(hub, opening(bytes))
        _ = try await write(hub, chunks(bytes))
        let reply = try await commit(hub, bytes)
        let error = await #expect(throws: HubError.self) {
            try await hub.submit(for: SmallHub.anna, documents: [paper(reply, kind: "sketsa")])
        }
        #expect(error?.violations.map(\.rule) == ["size_max"])
    }

    @Test("a principal holds no more open uploads and bytes than its account allows, and others are not touched")
    func account() async throws {
        var limits = UploadLimits()
        (limits.perPrincipal, limits.bytesPerPrincipal) = (3, 1_500_000)
        let hub = try await SmallHub.open(uploads: limits)
        func open(_ number: UInt8, by caller: Caller = .portal, _ bytes: [UInt8]) async throws {
            _ = try await self.open(hub, opening(bytes, id: Array(repeating: number, count: 16)), by: caller)
        }
        try await open(1, Self.bytes)
        try await open(2, Self.bytes)
        #expect(await failure { try await open(3, Self.bytes) } == (.uploadLimit, nil))
        try await open(3, [1])
        #expect(await failure { try await open(4, [1]) } == (.uploadLimit, nil))
        try await open(4, by: .officer, [1])
        try await open(1, Self.bytes)
        _ = try await hub.call(
            .abandonUpload, LayananAbandonUploadRequest.with { $0.uploadID = .init(repeating: 1, count: 16) },
            as: LayananAbandonUploadReply.self, by: .portal, for: SmallHub.anna)
        try await open(4, [1])
    }

    @Test("one citizen cannot use up a portal: each has a share of its uploads and bytes")
    func shares() async throws {
        var limits = UploadLimits()
        (limits.perCitizen, limits.bytesPerCitizen) = (2, 1_000_000)
        let hub = try await SmallHub.open(uploads: limits)
        func open(_ number: UInt8, _ bytes: [UInt8], by caller: Caller = .portal, for citizen: String) async throws {
            let request = opening(bytes, id: Array(repeating: number, count: 16))
            _ = try await self.open(hub, request, by: caller, for: citizen)
        }
        try await open(1, Self.bytes, for: SmallHub.anna)
        #expect(await failure { try await open(2, Self.bytes, for: SmallHub.anna) } == (.uploadLimit, nil))
        try await open(2, [1], for: SmallHub.anna)
        #expect(await failure { try await open(3, [1], for: SmallHub.anna) } == (.uploadLimit, nil))
        for number: UInt8 in 1...2 { try await open(number, [1], for: SmallHub.budi) }
        for number: UInt8 in 1...3 { try await open(number, [1], by: .officer, for: "") }
    }

    @Test("an upload that nobody opens for a week is thrown away, by the hub's clock")
    func expires() async throws {
        let hub = try await SmallHub.open()
        let week: Int64 = 7 * 24
        _ = try await open(hub, opening())
        _ = try await write(hub, chunks(to: 200_000))
        hub.wait(hours: week - 1)
        #expect(try await open(hub, opening()).committedOffset == 200_000)
        hub.wait(hours: week - 1)
        #expect(try await open(hub, opening()).expiresMs == hub.clock.nowMillis() + week * SmallHub.hour)
        hub.wait(hours: week)
        _ = try await open(hub, opening([1], id: Array(repeating: 6, count: 16)))
        #expect(try await hub.blobs.parts().count == 1)
        #expect(try await open(hub, opening()).committedOffset == 0)
    }

    @Test("a document that is too long for one message is named as such, and no more than a chunk is put at once")
    func tooLongForGet() async throws {
        let hub = try await SmallHub.open()
        let bytes = [UInt8](repeating: 3, count: 1_048_577)
        _ = try await open(hub, opening(bytes))
        _ = try await write(hub, chunks(bytes))
        let reply = try await commit(hub, bytes)
        let filed = try await hub.submit(for: SmallHub.anna, documents: [paper(reply)])
        let request = LayananGetDocumentRequest.with { ($0.sha256, $0.case) = (reply.sha256, filed.number) }
        await #expect(throws: HubError(.messageTooLarge, "")) {
            try await hub.call(
                .getDocument, request, as: LayananGetDocumentReply.self, by: .portal, for: SmallHub.anna)
        }
        let put = LayananPutDocumentRequest.with { ($0.mediaType, $0.body) = ("image/png", .init(bytes)) }
        await #expect(throws: HubError(.documentRefused, "")) {
            try await hub.call(.putDocument, put, as: LayananPutDocumentReply.self, by: .portal)
        }
    }
}
