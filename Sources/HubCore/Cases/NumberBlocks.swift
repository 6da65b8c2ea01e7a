// Case numbers from leased blocks: durable before use, never twice, no counter on the path of a submit.

import HubDomain

/// Hands out numbers of every series; what is left of a block when the hub stops is never used.
actor NumberBlocks {
    private let ledger: any Ledger
    private let blockSize: UInt64
    private var blocks: [String: Range<UInt64>] = [:]
    private var leasing: [String: Task<Range<UInt64>, any Error>] = [:]

    init(ledger: any Ledger, blockSize: UInt64 = 100) {
        self.ledger = ledger
        self.blockSize = blockSize
    }

    /// The next number of a series, from 1.
    func next(_ series: String) async throws(HubError) -> UInt64 {
        while true {
            if let block = blocks[series], let first = block.first {
                blocks[series] = block.dropFirst()
                return first
            }
            let task = leasing[series] ?? lease(series)
            do {
                let block = try await task.value
                // Whoever comes first after the wait installs the block; the others find it.
                if leasing[series] == task {
                    leasing[series] = nil
                    blocks[series] = block
                }
            } catch {
                if leasing[series] == task { leasing[series] = nil }
                throw error as? HubError ?? HubError(.ledgerFailed, "numbers cannot be leased")
            }
        }
    }

    private func lease(_ series: String) -> Task<Range<UInt64>, any Error> {
        let (ledger, count) = (self.ledger, blockSize)
        let task = Task<Range<UInt64>, any Error> { try await ledger.leaseNumbers(series: series, count: count) }
        leasing[series] = task
        return task
    }
}
