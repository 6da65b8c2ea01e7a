// Removes what the ledger has forgotten but still lies about: bytes of documents, and answers kept for whoever asks again.

package import HubDomain
import HubProto
import Logging

/// Looks once an hour, and when the hub starts; what could not be removed then is removed at the next look.
package struct RetentionKeeper: Sendable {
    let ledger: any Ledger
    let blobs: any BlobStore
    let turns: DocumentTurns
    let clock: any HubClock
    let logger: Logger

    /// Between two looks.
    private static let lookMillis: Int64 = 3_600_000
    /// A backup that was begun before still finds the bytes that its ledger names.
    private static let graceMillis: Int64 = 86_400_000
    /// As long a key is good for (PROTOCOL.md): 30 days.
    static let answerMillis: Int64 = 30 * 86_400_000
    /// Rows of one piece, so that nobody's commit waits long.
    private static let piece = 200

    /// Runs until its task is cancelled.
    ///
    /// - Parameter sleep: Waits for so many milliseconds; passed in, as all time is.
    package func run(sleep: @Sendable (Int64) async -> Void) async {
        while !Task.isCancelled {
            do throws(HubError) {
                let removed = try await sweep()
                if removed > 0 { logger.info("documents of nobody were removed", metadata: ["count": "\(removed)"]) }
            } catch {
                logger.error("what was forgotten cannot be removed", metadata: ["error": "\(error)"])
            }
            await sleep(Self.lookMillis)
        }
    }

    /// Removes bytes of documents that were forgotten a day ago, and answers that are too old.
    ///
    /// - Returns: How many documents.
    @discardableResult
    package func sweep() async throws(HubError) -> Int {
        let now = clock.nowMillis()
        while !Task.isCancelled {
            let forgotten = try await ledger.forgetAnswers(before: now - Self.answerMillis, limit: Self.piece)
            guard forgotten == Self.piece else { break }
        }
        var removed = 0
        while !Task.isCancelled {
            let hashes = try await ledger.released(before: now - Self.graceMillis, limit: Self.piece)
            for hash in hashes where try await remove(hash) { removed += 1 }
            guard hashes.count == Self.piece else { break }
        }
        return removed
    }

    /// False = somebody has put it again meanwhile.
    private func remove(_ hash: [UInt8]) async throws(HubError) -> Bool {
        try await turns.alone(with: hash) { () async throws(HubError) in
            let isForgotten = try await ledger.document(sha256: hash) == nil
            if isForgotten { try await blobs.remove(sha256: hash) }
            try await ledger.settle(released: hash)
            return isForgotten
        }
    }
}
