// How many bytes of whole documents are in memory at once: the others wait their turn, and hold nothing while they do.

import HubDomain

/// First come, first served.
actor IntakeGate {
    private var free: UInt64
    private let all: UInt64
    private var waiting: [(bytes: UInt64, continuation: CheckedContinuation<Void, Never>)] = []

    /// Callers that may wait.
    private static let waitingMax = 256

    /// - Parameter bytes: At once; a document that is larger comes alone.
    init(bytes: UInt64) { (free, all) = (bytes, bytes) }

    /// - Throws: ``HubError/Code/uploadLimit`` when too many wait.
    func enter(_ bytes: UInt64) async throws(HubError) {
        let wanted = min(bytes, all)
        guard !waiting.isEmpty || wanted > free else {
            free -= wanted
            return
        }
        guard waiting.count < Self.waitingMax else {
            throw HubError(
                .uploadLimit, "too many documents wait to be looked at; commit once more", retryAfterMillis: 2_000)
        }
        await withCheckedContinuation { waiting.append((wanted, $0)) }
    }

    /// As many as were given to ``enter(_:)``.
    func leave(_ bytes: UInt64) {
        free += min(bytes, all)
        while let next = waiting.first, next.bytes <= free {
            waiting.removeFirst()
            free -= next.bytes
            next.continuation.resume()
        }
    }
}
