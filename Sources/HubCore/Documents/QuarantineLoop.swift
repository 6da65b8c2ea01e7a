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
    /// Documents in a row about which the scanner says nothing before a round ends: then it is the scanner, not the document.
    private static let silencesMax = 3

    /// What a round has done.
    package struct Round: Sendable {
        /// How many left the quarantine.
        package var freed = 0
        /// Record of the document that was tried last; empty = none was.
        package var last = ""
    }

    package func run() async {
        guard intake.scanner != nil else { return }
        var last = ""
        while !Task.isCancelled {
            do throws(HubError) { last = try await round(behind: last).last } catch {
                logger.error("documents in quarantine cannot be looked at", metadata: ["error": "\(error)"])
            }
            await pause(UInt32(clamping: intake.policy.rescanMillis))
        }
    }

    /// Scans what waits, each document once. One about which the scanner says nothing, or that cannot be read, keeps no other
    /// from its turn.
    ///
    /// - Parameter last: Where the round before came to; this one begins behind it.
    @discardableResult
    package func round(behind last: String = "") async throws(HubError) -> Round {
        var round = Round(last: last)
        guard let scanner = intake.scanner else { return round }
        let waiting = try await intake.ledger.records(prefix: DocumentIntake.quarantinePrefix)
            .filter { $0.body.first == DocumentIntake.Quarantine.waiting.rawValue }.map(\.key)
        var silences = 0
        for key in waiting.filter({ $0 > last }) + waiting.filter({ $0 <= last }) where !Task.isCancelled {
            round.last = key
            do throws(HubError) {
                guard let hash = Self.hash(key), let bytes = try await bytes(hash) else { continue }
                let verdict = await scanner.scan(bytes)
                if case .silent = verdict {
                    silences += 1
                    guard silences < Self.silencesMax else { break }
                    continue
                }
                silences = 0
                try await settle(hash, verdict)
                round.freed += 1
            } catch {
                logger.error("a document in quarantine cannot be looked at", metadata: ["error": "\(error)"])
            }
        }
        return round
    }

    private func settle(_ hash: [UInt8], _ verdict: ScanVerdict) async throws(HubError) {
        switch verdict {
        case .silent: return
        case .clean: try await intake.set(hash, nil, nowMillis: clock.nowMillis())
        case .harmful(let name):
            logger.warning("a document in quarantine is harmful", metadata: ["name": "\(name)"])
            try await intake.set(hash, .harmful, nowMillis: clock.nowMillis())
            // No case could use it; its bytes go as those of other documents of nobody do.
            try await intake.ledger.release([hash], atMillis: clock.nowMillis())
        }
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
