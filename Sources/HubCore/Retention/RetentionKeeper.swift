// Removes what the ledger has forgotten but still lies about: bytes of documents, and answers kept for whoever asks again.

package import HubDomain
package import Logging

/// Goes through what was released, and through answers by their time.
package struct RetentionKeeper: HourlySweep {
    let ledger: any Ledger
    let blobs: any BlobStore
    let intake: DocumentIntake
    let turns: DocumentTurns
    let clock: any HubClock
    package let logger: Logger

    package static let subject = "documents of nobody"
    /// A backup that was begun before still finds the bytes that its ledger names.
    private static let graceMillis: Int64 = 86_400_000
    /// As long a key is good for (PROTOCOL.md): 30 days.
    static let answerMillis: Int64 = 30 * 86_400_000
    /// Rows of one piece, so that nobody's commit waits long.
    private static let piece = 200

    package func look(isFirst: Bool) async throws(HubError) -> Int { try await sweep() }

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
            if isForgotten {
                try await blobs.remove(sha256: hash)
                try await intake.forget(hash, nowMillis: clock.nowMillis())
            }
            try await ledger.settle(released: hash)
            return isForgotten
        }
    }
}
