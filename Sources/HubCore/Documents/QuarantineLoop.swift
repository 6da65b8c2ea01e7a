// Documents that came while the scanner was silent are scanned when it answers again, and are usable from then on.

package import HubDomain
import HubProto
import Logging

/// Looks now and then, for as long as the hub runs.
package struct QuarantineLoop: Sendable {
    let intake: DocumentIntake
    let clock: any HubClock
    let pause: @Sendable (UInt32) async -> Void
    let logger: Logger

    /// Bytes of a document that are read at once.
    private static let piece = 1_048_576

    package func run() async {
        guard intake.scanner != nil, intake.policy.waitsForScanner else { return }
        while !Task.isCancelled {
            do throws(HubError) { try await round() } catch {
                logger.error("documents in quarantine cannot be looked at", metadata: ["error": "\(error)"])
            }
            await pause(UInt32(clamping: intake.policy.rescanMillis))
        }
    }

    /// Scans what waits; stops at the first one about which the scanner says nothing.
    ///
    /// - Returns: How many left the quarantine.
    @discardableResult
    package func round() async throws(HubError) -> Int {
        guard let scanner = intake.scanner else { return 0 }
        var freed = 0
        for record in try await intake.ledger.records(prefix: DocumentIntake.quarantinePrefix)
        where record.body.first == DocumentIntake.Quarantine.waiting.rawValue {
            guard let hash = Self.hash(record.key), let bytes = try await bytes(hash) else { continue }
            switch await scanner.scan(bytes) {
            case .silent: return freed
            case .clean: try await intake.set(hash, nil, nowMillis: clock.nowMillis())
            case .harmful(let name):
                logger.warning("a document in quarantine is harmful", metadata: ["name": "\(name)"])
                try await intake.set(hash, .harmful, nowMillis: clock.nowMillis())
                // No case could use it; its bytes go as those of other documents of nobody do.
                try await intake.ledger.release([hash], atMillis: clock.nowMillis())
            }
            freed += 1
        }
        return freed
    }

    private func bytes(_ hash: [UInt8]) async throws(HubError) -> [UInt8]? {
        var bytes: [UInt8] = []
        while let piece = try await intake.blobs.read(
            sha256: hash, offset: UInt64(bytes.count), count: Self.piece)
        {
            guard !piece.isEmpty, bytes.count <= Int(DocumentService.bytesMax) else { return bytes }
            bytes += piece
        }
        return nil
    }

    private static func hash(_ key: String) -> [UInt8]? {
        let digits = key.dropFirst(DocumentIntake.quarantinePrefix.count).compactMap(\.hexDigitValue)
        guard digits.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }
}
