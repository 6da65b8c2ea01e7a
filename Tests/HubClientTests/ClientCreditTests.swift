// Calls that take several requests, and the credit that both sides keep.

import HubDomain
import HubProto
import HubWire
import NIOCore
import Testing

@testable import HubClient

@Suite("Credit at the client")
struct ClientCreditTests {
    private func machine(_ shape: HubMethod.Shape, streamCredit: UInt32 = 100) -> ClientConnectionMachine<Int> {
        let limits = WireLimits(streamCredit: streamCredit)
        var machine = ClientConnectionMachine<Int>.open([shape], limits: limits)
        _ = machine.hear(Frames.hello())
        return machine
    }

    @Test("a long answer is given credit while it comes")
    func longAnswer() {
        var machine = machine(.unary)
        #expect(machine.hear(Frames().add(.data, flags: .more, stream: 1, [UInt8](repeating: 1, count: 60))) == [])
        let grants = machine.takeGrants()
        #expect(grants == [.init(stream: 1, offset: 160)])
    }

    @Test("a stream whose consumer takes nothing is given no credit, and all of it when it does")
    func slowConsumer() {
        let size = 40_000
        var machine = machine(.serverStream, streamCredit: 65_536)
        let message = [UInt8](repeating: 1, count: size)
        #expect(machine.hear(Frames().add(.data, stream: 1, message)) == [.message(0, message)])
        let early = machine.takeGrants()
        #expect(early.isEmpty)
        machine.taken(stream: 1, bytes: size)
        let grants = machine.takeGrants()
        #expect(grants == [.init(stream: 1, offset: 65_536 + UInt64(size))])
    }

    @Test("a hub that sends more than it was allowed loses the connection")
    func overdrawn() {
        var machine = machine(.serverStream)
        let heard = machine.hear(Frames().add(.data, stream: 1, [UInt8](repeating: 1, count: 101)))
        #expect(heard == [.broken(.flowControl, .protocolViolation)])
    }

    @Test("a stream that waits does not use up the connection")
    func connection() {
        var machine = machine(.serverStream, streamCredit: 2_000_000)
        let frame = [UInt8](repeating: 1, count: 60_000)
        for _ in 0..<10 { _ = machine.hear(Frames().add(.data, stream: 1, frame)) }
        let grants = machine.takeGrants()
        #expect(grants == [.init(stream: 0, offset: 1_048_576 + 600_000)])
    }
}
