// A hub that looks at documents: filters and a scanner that do as they are told.

import Crypto
import Foundation
import HubCore
import HubDomain
import HubProto
import HubTestKit
import Synchronization

/// Keeps what a test can recognise: the word CLEAN in place of everything behind an image's first bytes.
struct ShorteningFilter: ImageFilter {
    func encodedAnew(_ bytes: [UInt8], _ kind: ContentKind) async throws(HubError) -> [UInt8] {
        guard !bytes.contains(0xEE) else { throw HubError(.imageUnreadable, "broken") }
        return Array(bytes.prefix(3)) + Array("CLEAN".utf8)
    }
}

/// Makes of an image as many times eight bytes as its ninth byte says.
struct SizingFilter: ImageFilter {
    /// A PNG by its first bytes.
    static func image(count: Int, becoming eighths: UInt8) -> [UInt8] {
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, eighths] + [UInt8](repeating: 1, count: count - 9)
    }

    func encodedAnew(_ bytes: [UInt8], _ kind: ContentKind) async throws(HubError) -> [UInt8] {
        bytes.prefix(8) + [UInt8](repeating: bytes[8], count: 8 * Int(bytes[8]))
    }
}

/// Says what the test lets it say.
final class WordedScanner: DocumentScanner {
    private let word = Mutex(ScanVerdict.clean)
    private let silent = Mutex(Set<[UInt8]>())

    func say(_ verdict: ScanVerdict) { word.withLock { $0 = verdict } }

    /// Says nothing about these, whatever it says otherwise.
    func sayNothing(about documents: [[UInt8]]) { silent.withLock { $0 = Set(documents) } }

    func scan(_ bytes: [UInt8]) async -> ScanVerdict {
        silent.withLock { $0.contains(bytes) } ? .silent("slow") : word.withLock(\.self)
    }
}

extension SmallHub {
    static let photo: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE1] + Array("GPS 7 53 S".utf8)
    static func letter(_ number: Int = 1) -> [UInt8] { Array("%PDF-1.7 surat \(number)".utf8) }

    /// A hub that compares contents, encodes images anew and asks a scanner, where one is given.
    static func examining(
        _ scanner: WordedScanner? = nil, waits: Bool = true, ledger: any Ledger = InMemoryLedger(),
        blobs: any BlobStore = InMemoryBlobStore()
    ) async throws -> SmallHub {
        try await open(
            ledger: ledger, blobs: blobs,
            equip: { ports in
                examine(&ports, scanner)
                ports.intake.waitsForScanner = waits
                ports.pause = { _ in try? await Task.sleep(for: .milliseconds(5)) }
            })
    }

    static func examine(_ ports: inout HubPorts, _ scanner: WordedScanner? = nil) {
        ports.imageFilter = ShorteningFilter()
        ports.scanner = scanner
        ports.intake.checksContent = true
    }

    func put(
        _ bytes: [UInt8], _ mediaType: String = "image/jpeg", by caller: Caller = .portal, for citizen: String = anna
    ) async throws -> LayananPutDocumentReply {
        let request = LayananPutDocumentRequest.with { ($0.mediaType, $0.body) = (mediaType, Data(bytes)) }
        return try await call(.putDocument, request, as: LayananPutDocumentReply.self, by: caller, for: citizen)
    }

    /// A document of a case.
    static func evidence(_ reply: LayananPutDocumentReply, named hash: Data? = nil) -> HubDocument {
        .with {
            ($0.kind, $0.sha256, $0.size, $0.mediaType) = ("bukti", hash ?? reply.sha256, reply.size, reply.mediaType)
        }
    }
}
