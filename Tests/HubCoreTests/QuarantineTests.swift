// Documents that came while the scanner was silent: each has its turn, and none is used before.

import Crypto
import Foundation
import HubDomain
import HubProto
import HubStore
import HubTestKit
import Testing

@testable import HubCore

@Suite("Documents in quarantine")
struct QuarantineTests {
    private static let letter = SmallHub.letter()

    private func refused(_ hub: SmallHub, _ reply: LayananPutDocumentReply) async throws -> HubError? {
        do { _ = try await hub.submit(for: SmallHub.anna, documents: [SmallHub.evidence(reply)]) } catch {
            return error as? HubError
        }
        return nil
    }

    /// Letters that wait, in the order in which a round comes to them.
    private func waiting(
        _ count: Int, _ hub: SmallHub, _ scanner: WordedScanner
    ) async throws -> [(bytes: [UInt8], reply: LayananPutDocumentReply)] {
        scanner.say(.silent("down"))
        var letters: [(bytes: [UInt8], reply: LayananPutDocumentReply)] = []
        for number in 1...count {
            let bytes = SmallHub.letter(number)
            letters.append((bytes, try await hub.put(bytes, "application/pdf")))
        }
        scanner.say(.clean)
        return letters.sorted { $0.reply.sha256.lexicographicallyPrecedes($1.reply.sha256) }
    }

    @Test("while the scanner is silent documents wait: usable once it has answered, and never when it finds harm")
    func waits() async throws {
        let scanner = WordedScanner()
        let hub = try await SmallHub.examining(scanner)
        scanner.say(.silent("down"))
        let letter = try await hub.put(Self.letter, "application/pdf")
        for reply in [letter, try await hub.put(SmallHub.photo)] {
            let error = try await refused(hub, reply)
            #expect(error?.code == .documentHarmful && error?.retryAfterMillis != nil)
        }
        #expect(try await hub.hub.quarantine.round().freed == 0)
        scanner.say(.clean)
        #expect(try await hub.hub.quarantine.round().freed == 2)
        #expect(try await refused(hub, letter) == nil)
        scanner.say(.silent("down"))
        let late = try await hub.put(SmallHub.letter(2), "application/pdf")
        // What was scanned once is not put in quarantine for coming again.
        #expect(try await refused(hub, try await hub.put(Self.letter, "application/pdf")) == nil)
        scanner.say(.harmful("Eicar"))
        #expect(try await hub.hub.quarantine.round().freed == 1)
        let error = try await refused(hub, late)
        #expect(error?.code == .documentHarmful && error?.retryAfterMillis == nil)
    }

    @Test("one document about which the scanner says nothing keeps no other from its turn")
    func slow() async throws {
        let scanner = WordedScanner()
        let hub = try await SmallHub.examining(scanner)
        let letters = try await waiting(5, hub, scanner)
        scanner.sayNothing(about: [letters[0].bytes])
        #expect(try await hub.hub.quarantine.round().freed == 4)
        #expect(try await refused(hub, letters[0].reply) != nil)
        #expect(try await refused(hub, letters[4].reply) == nil)
    }

    @Test("three silences in a row end a round, and the next one begins behind the last that was tried")
    func silences() async throws {
        let scanner = WordedScanner()
        let hub = try await SmallHub.examining(scanner)
        let letters = try await waiting(7, hub, scanner)
        scanner.sayNothing(about: letters.prefix(3).map(\.bytes))
        let first = try await hub.hub.quarantine.round()
        #expect(first.freed == 0 && first.last.hasSuffix(Hexadecimal.text(letters[2].reply.sha256)))
        #expect(try await hub.hub.quarantine.round(behind: first.last).freed == 4)
    }

    @Test("bytes that cannot be read are told, and the others have their turn")
    func damaged() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("karantina-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let scanner = WordedScanner()
        let blobs = try FileBlobStore(path: folder, keys: try BlobKeys.open(state: folder))
        let hub = try await SmallHub.examining(scanner, blobs: blobs)
        let letters = try await waiting(3, hub, scanner)
        let name = Hexadecimal.text(letters[0].reply.sha256)
        let file = URL(filePath: "\(folder)/blobs/\(name.prefix(2))/\(name.dropFirst(2)).sealed")
        var bytes = try Data(contentsOf: file)
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: file)
        #expect(try await hub.hub.quarantine.round().freed == 2)
    }

    @Test("bytes that come again and are clean wait no more")
    func again() async throws {
        let scanner = WordedScanner()
        let hub = try await SmallHub.examining(scanner)
        let letter = try await waiting(1, hub, scanner)[0]
        #expect(try await refused(hub, letter.reply) != nil)
        _ = try await hub.put(letter.bytes, "application/pdf", for: SmallHub.budi)
        #expect(try await refused(hub, letter.reply) == nil)
    }

    @Test("what was found harmful is so without a scanner, too; what waits then is taken when it comes again")
    func without() async throws {
        let (ledger, blobs, scanner) = (InMemoryLedger(), InMemoryBlobStore(), WordedScanner())
        let hub = try await SmallHub.examining(scanner, ledger: ledger, blobs: blobs)
        let letter = try await waiting(1, hub, scanner)[0]
        scanner.say(.harmful("Eicar"))
        #expect(try await hub.hub.quarantine.round().freed == 1)
        scanner.say(.silent("down"))
        let late = try await hub.put(SmallHub.letter(2), "application/pdf")
        let plain = try await SmallHub.examining(ledger: ledger, blobs: blobs)
        _ = try await plain.put(letter.bytes, "application/pdf")
        #expect(try await refused(plain, letter.reply)?.code == .documentHarmful)
        let error = try await refused(plain, late)
        #expect(error?.code == .documentHarmful && error?.retryAfterMillis == nil)
        _ = try await plain.put(SmallHub.letter(2), "application/pdf")
        #expect(try await refused(plain, late) == nil)
    }

    @Test(
        "a hub that is told to accept takes documents while the scanner is silent, and scans those that waited before")
    func accepts() async throws {
        let (ledger, blobs, scanner) = (InMemoryLedger(), InMemoryBlobStore(), WordedScanner())
        let waiting = try await waiting(
            1, try await SmallHub.examining(scanner, ledger: ledger, blobs: blobs), scanner)[0]
        let hub = try await SmallHub.examining(scanner, waits: false, ledger: ledger, blobs: blobs)
        scanner.say(.silent("down"))
        let reply = try await hub.put(SmallHub.letter(2), "application/pdf")
        #expect(try await refused(hub, reply) == nil)
        #expect(try await refused(hub, waiting.reply) != nil)
        scanner.say(.clean)
        let loop = Task { await hub.hub.quarantine.run() }
        for _ in 0..<2_000 where try await refused(hub, waiting.reply) != nil {
            try await Task.sleep(for: .milliseconds(5))
        }
        loop.cancel()
        #expect(try await refused(hub, waiting.reply) == nil)
    }
}
