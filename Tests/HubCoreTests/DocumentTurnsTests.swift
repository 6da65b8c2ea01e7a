// Bytes of a document are put and removed one after the other.

import HubDomain
import Testing

@testable import HubCore

@Suite("turns of documents")
struct DocumentTurnsTests {
    @Test("work on one document is done one after the other, on different ones at once, also when it fails")
    func turns() async {
        let turns = DocumentTurns()
        let counter = Counter()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask {
                    _ = try? await turns.alone(with: [UInt8(number % 3)]) { () async throws(HubError) in
                        await counter.enter(number % 3)
                        await Task.yield()
                        await counter.leave(number % 3)
                        if number.isMultiple(of: 7) { throw HubError(.ledgerFailed, "told to") }
                    }
                }
            }
            await group.waitForAll()
        }
        #expect(await counter.most == 1)
        #expect(await counter.count == 60)
    }

    private actor Counter {
        private var inside = [0, 0, 0]
        private(set) var most = 0
        private(set) var count = 0

        func enter(_ place: Int) {
            inside[place] += 1
            count += 1
            most = max(most, inside[place])
        }

        func leave(_ place: Int) { inside[place] -= 1 }
    }
}
