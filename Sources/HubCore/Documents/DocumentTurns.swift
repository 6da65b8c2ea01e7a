// One after the other for each document: bytes that are being put must not meet bytes that are being removed, nor two officers
// one paper.

import HubDomain

/// Turns by a document's hash, or whatever else names it. Work on different documents goes on at once.
actor DocumentTurns {
    /// Who waits for a hash; no entry = nobody works on it.
    private var waiting: [[UInt8]: [CheckedContinuation<Void, Never>]] = [:]

    /// Runs `body` when nobody else works on this document.
    func alone<Value: Sendable>(
        with hash: [UInt8], _ body: @Sendable () async throws(HubError) -> Value
    ) async throws(HubError) -> Value {
        await enter(hash)
        defer { leave(hash) }
        return try await body()
    }

    private func enter(_ hash: [UInt8]) async {
        guard waiting[hash] != nil else {
            waiting[hash] = []
            return
        }
        // Whoever leaves hands the turn on, so that nobody comes between.
        await withCheckedContinuation { waiting[hash, default: []].append($0) }
    }

    private func leave(_ hash: [UInt8]) {
        guard var rest = waiting[hash], !rest.isEmpty else {
            waiting[hash] = nil
            return
        }
        let next = rest.removeFirst()
        waiting[hash] = rest
        next.resume()
    }
}
