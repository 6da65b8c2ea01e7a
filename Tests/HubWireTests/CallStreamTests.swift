// The life of a call on a client's connection: opened, asked, answered, refused, cancelled.

import HubDomain
import HubProto
import HubWire
import Testing

@Suite("Calls and their streams")
struct CallStreamTests {
    @Test("CALL opens, DATA with END asks, and the answer frees the stream")
    func unary() throws {
        let client = try ScriptedClient()
        #expect(try client.call(1) == .opened(1, method: "hub.v1.Diagnostics/Echo"))
        #expect(client.machine.isOpen(1))
        #expect(client.data(1, [7, 8]) == .request(1, [7, 8]))
        #expect(client.machine.openCalls == 1)
        client.machine.answered(1)
        #expect(client.machine.openCalls == 0)
        #expect(!client.machine.isOpen(1))
        #expect(client.machine.lastStream == 1)
    }

    @Test("a request in several frames is joined")
    func joined() throws {
        let client = try ScriptedClient()
        _ = try client.call(1)
        #expect(client.data(1, [1, 2], .more) == .nothing)
        #expect(client.data(1, [], .more) == .nothing)
        #expect(client.data(1, [3]) == .request(1, [1, 2, 3]))
    }

    @Test("many small frames cost no more than their bytes", .timeLimit(.minutes(5)))
    func smallFrames() throws {
        let client = try ScriptedClient()
        _ = try client.call(1)
        let frames = 500_000
        for _ in 1..<frames { _ = client.data(1, [1, 2, 3, 4], .more) }
        #expect(client.data(1, [1, 2, 3, 4]) != .nothing)
    }

    @Test("calls on one connection do not wait for each other")
    func multiplexed() throws {
        let client = try ScriptedClient()
        _ = try client.call(1)
        _ = try client.call(3)
        #expect(client.data(3, [3]) == .request(3, [3]))
        #expect(client.data(1, [1]) == .request(1, [1]))
        client.machine.answered(3)
        client.machine.answered(1)
        #expect(client.machine.openCalls == 0)
    }

    @Test("a stream that is even, the connection's own, or not above the last one ends the connection")
    func streamIds() throws {
        for streams in [[0], [2], [1, 1], [5, 3], [7, 7]] as [[UInt32]] {
            let client = try ScriptedClient()
            for stream in streams.dropLast() { _ = try client.call(stream) }
            #expect(try client.call(streams[streams.count - 1]) == .goaway(.protocolError))
        }
    }

    @Test("ids may be left out, as far as the credit goes")
    func gaps() throws {
        let client = try ScriptedClient()
        #expect(try client.ask(9) == .request(9, []))
        #expect(try client.ask(199) == .request(199, []))
        #expect(try client.call(.max) == .goaway(.streamLimit))
    }

    @Test("DATA on a stream that was never opened ends the connection", arguments: [0, 2, 3, 5, 0xFFFF_FFFF])
    func idle(stream: UInt32) throws {
        for flags in [FrameFlags.end, .more, .compressed, []] {
            let client = try ScriptedClient()
            _ = try client.call(1)
            #expect(client.data(stream, [], flags) == .goaway(.protocolError))
        }
    }

    @Test("CALL with a flag, and DATA with an undefined one or with END and MORE, end the connection")
    func flags() throws {
        let client = try ScriptedClient()
        #expect(
            client.send(.call, flags: .end, stream: 1, try HubCall.echo.serializedBytes()) == .goaway(.protocolError))
        for flags in [FrameFlags.ack, .mustUnderstand, FrameFlags(rawValue: 0x10), [.end, .more]] {
            let client = try ScriptedClient()
            _ = try client.call(1)
            #expect(client.data(1, [], flags) == .goaway(.protocolError))
        }
    }

    @Test("compressed DATA ends its call, once, and the connection lives")
    func compressed() throws {
        let client = try ScriptedClient()
        _ = try client.call(1)
        #expect(client.data(1, [1], [.compressed, .more]) == .refused(1, .protocolViolation, .internalError))
        #expect(client.data(1, [1], [.compressed, .more]) == .nothing)
        #expect(client.data(1, [1], [.compressed, .end]) == .nothing)
        #expect(try client.ask(3) == .request(3, []))
    }

    @Test("a message whose frames say COMPRESSED is handed on as it came, with the longest that may become of it")
    func compressedRequest() throws {
        let client = try ScriptedClient()
        _ = try client.call(1, .echo { $0.encoding = "zstd" })
        client.machine.expect(1, .interopOutput)
        #expect(client.data(1, [1], [.compressed, .more]) == .nothing)
        #expect(
            client.data(1, [2], [.compressed, .end])
                == .compressed(1, [1, 2], longest: Int(HubMethod.requestBytesStandard)))
        // The encoding obliges to nothing.
        _ = try client.call(3, .echo { $0.encoding = "zstd" })
        #expect(client.data(3, [1]) == .request(3, [1]))
    }

    @Test("COMPRESSED on some frames of a message ends its call, once, and the connection lives")
    func compressedInPart() throws {
        for (first, second) in [(FrameFlags.more, FrameFlags.compressed), ([.more, .compressed], [])] {
            let client = try ScriptedClient()
            _ = try client.call(1, .echo { $0.encoding = "zstd" })
            #expect(client.data(1, [1], first) == .nothing)
            #expect(client.data(1, [1], second.union(.more)) == .refused(1, .protocolViolation, .internalError))
            #expect(client.data(1, [1], .end) == .nothing)
            #expect(try client.ask(3) == .request(3, []))
        }
    }

    @Test("of the messages of a stream each may be compressed or not")
    func compressedStream() throws {
        let client = try ScriptedClient()
        _ = try client.call(1, .echo { $0.encoding = "zstd" })
        client.machine.expect(1, .interopInput)
        #expect(client.data(1, [1], .compressed) == .compressed(1, [1], longest: 4_194_304))
        #expect(client.data(1, [2], []) == .request(1, [2]))
        #expect(client.data(1, [3], .compressed) == .compressed(1, [3], longest: 4_194_304))
        #expect(client.data(1, [], [.end, .none]) == .requestsEnded(1))
    }

    @Test("a second request of a method that takes one is refused")
    func clientStream() throws {
        let client = try ScriptedClient()
        _ = try client.call(1)
        #expect(client.data(1, [1], []) == .refused(1, .methodUnknown, .unimplemented))
        #expect(client.data(1, [2], []) == .nothing)
        #expect(client.data(1, [3]) == .nothing)
        #expect(client.machine.openCalls == 0)
    }

    @Test("a message above the limit ends its call, the rest is dropped, and the connection lives")
    func tooLarge() throws {
        let client = try ScriptedClient(limits: WireLimits(messageBytesMax: 5))
        _ = try client.call(1)
        #expect(client.data(1, [1, 2, 3], .more) == .nothing)
        #expect(client.data(1, [4, 5, 6], .more) == .refused(1, .messageTooLarge, .resourceExhausted))
        #expect(client.data(1, [7]) == .nothing)
        #expect(try client.ask(3, [1, 2, 3, 4, 5]) == .request(3, [1, 2, 3, 4, 5]))
        #expect(try client.ask(5, [1, 2, 3, 4, 5, 6]) == .refused(5, .messageTooLarge, .resourceExhausted))
        #expect(client.data(5, []) == .reset(5, .streamClosed))
    }

    @Test("a CALL that cannot be decoded is the caller's fault and ends only itself")
    func malformedCall() throws {
        let client = try ScriptedClient()
        #expect(client.send(.call, stream: 1, [0xFF]) == .refused(1, .messageMalformed, .invalidArgument))
        #expect(client.data(1) == .nothing)
        #expect(try client.ask(3) == .request(3, []))
    }

    @Test("a call that was refused at once takes no slot, and its request is dropped")
    func refusedEarly() throws {
        let client = try ScriptedClient(limits: WireLimits(openCallsMax: 1))
        let bad = HubCall.echo { $0.metadata = [HubMetadata("hub-x", [])] }
        #expect(try client.call(1, bad) == .refused(1, .metadataInvalid, .invalidArgument))
        #expect(client.machine.openCalls == 0)
        #expect(!client.machine.isOpen(1))
        #expect(client.data(1, [1], .more) == .nothing)
        #expect(client.data(1, [2]) == .nothing)
        #expect(try client.ask(3) == .request(3, []))
    }

    @Test("a client that finishes or resets what was refused may go on for ever", arguments: [true, false])
    func refusedAndFinished(finishes: Bool) throws {
        let client = try ScriptedClient(limits: WireLimits(openCallsMax: 2))
        let bad = HubCall.echo { $0.encoding = "brotli" }
        for stream in stride(from: 1 as UInt32, to: 101, by: 2) {
            #expect(try client.call(stream, bad) == .refused(stream, .methodUnknown, .unimplemented))
            #expect((finishes ? client.data(stream, [1]) : client.send(.reset, stream: stream)) == .nothing)
        }
    }

    @Test("a stream above the credit ends the connection; credit comes back when the work has ended, not the call")
    func streamCredit() throws {
        let client = try ScriptedClient(limits: WireLimits(openCallsMax: 2))
        _ = try client.ask(1)
        _ = try client.ask(3)
        #expect(client.send(.reset, stream: 1) == .cancelled(1))
        client.machine.answered(3)
        let early = client.machine.takeGrants(withOthers: true)
        #expect(early.isEmpty && client.grants.isEmpty, "\(client.grants)")
        client.machine.release(1)
        let grants = client.machine.takeGrants(withOthers: true)
        #expect(grants.map(\.maxStream) == [5])
        #expect(try client.ask(5) == .request(5, []))
        #expect(try client.call(7) == .goaway(.streamLimit))
    }

    @Test("credit for streams leaves when half is used; while calls are worked on, alone only when three quarters are")
    func streamCreditAlone() throws {
        let client = try ScriptedClient(limits: WireLimits(openCallsMax: 8))
        client.hearsOthers = false
        _ = try client.ask(1)
        for stream in [3, 5, 7, 9] as [UInt32] {
            _ = try client.ask(stream)
            client.machine.answered(stream)
            client.machine.release(stream)
        }
        #expect(client.grants.isEmpty)
        var withAnswers = client.machine
        var idle = client.machine
        let offered = withAnswers.takeGrants(withOthers: true)
        #expect(offered.map(\.maxStream) == [23])
        idle.answered(1)
        idle.release(1)
        let atRest = idle.takeGrants(withOthers: false)
        #expect(atRest.map(\.maxStream) == [25])
        _ = try client.ask(11)
        #expect(client.grants.map(\.maxStream) == [23])
    }

    @Test("a client that is refused without end and finishes nothing loses its connection")
    func flood() throws {
        let client = try ScriptedClient(limits: WireLimits(openCallsMax: 4))
        let bad = HubCall.echo { $0.metadata = [HubMetadata("hub-x", [])] }
        for stream in stride(from: 1 as UInt32, to: 17, by: 2) {
            #expect(try client.call(stream, bad) == .refused(stream, .metadataInvalid, .invalidArgument))
        }
        #expect(try client.call(17, bad) == .goaway(.streamLimit))
        #expect(client.goaway?.lastStream == 15)
    }

    @Test("a thousand calls in a row that come to nothing are enough, one that is answered begins the count anew")
    func vain() throws {
        let client = try ScriptedClient()
        func giveUp(_ count: Int) throws -> Heard {
            var heard = Heard.nothing
            for _ in 0..<count {
                let stream = client.machine.lastStream + 2
                _ = try client.call(stream | 1)
                heard = client.send(.reset, stream: stream | 1)
                client.machine.release(stream | 1)
            }
            return heard
        }
        #expect(try giveUp(ServerConnectionMachine.vainCallsMax) != .goaway(.enhanceYourCalm))
        client.machine.succeeded()
        #expect(try giveUp(ServerConnectionMachine.vainCallsMax) != .goaway(.enhanceYourCalm))
        #expect(try giveUp(1) == .goaway(.enhanceYourCalm))
    }

    @Test("requests of a stream come one by one, and end with END or with a frame that has no message")
    func requestStream() throws {
        for isBare in [true, false] {
            let client = try ScriptedClient()
            _ = try client.call(1)
            client.machine.expect(1, .interopInput)
            #expect(client.data(1, [1], []) == .request(1, [1]))
            #expect(client.data(1, [2], .more) == .nothing)
            #expect(client.data(1, [3], []) == .request(1, [2, 3]))
            let last = isBare ? client.data(1, [], [.end, .none]) : client.data(1, [4])
            #expect(last == (isBare ? .requestsEnded(1) : .request(1, [4])))
            #expect(client.data(1, [5]) == .reset(1, .streamClosed))
        }
    }

    @Test("credit for bytes comes back when a request was taken, and whoever sends more loses the connection")
    func byteCredit() throws {
        let client = try ScriptedClient(limits: WireLimits(streamCredit: 10))
        _ = try client.call(1)
        client.machine.expect(1, .interopInput)
        let ten = [UInt8](repeating: 1, count: 10)
        #expect(client.data(1, ten, []) == .request(1, ten))
        #expect(client.grants.isEmpty)
        client.machine.taken(1, bytes: 10)
        let grants = client.machine.takeGrants(withOthers: true)
        #expect(grants.map(\.offset) == [20])
        #expect(client.data(1, ten, []) == .request(1, ten))
        #expect(client.data(1, [1], []) == .goaway(.flowControl))
    }

    @Test("all streams together may hold no more than the connection's credit")
    func connectionCredit() throws {
        let client = try ScriptedClient(limits: WireLimits(connectionCredit: 15))
        let ten = [UInt8](repeating: 1, count: 10)
        for stream in [1, 3] as [UInt32] { _ = try client.call(stream) }
        #expect(client.data(1, ten) == .request(1, ten))
        #expect(client.data(3, ten) == .goaway(.flowControl))
    }

    @Test("when the hub answers before the request was whole, the rest is dropped")
    func answeredEarly() throws {
        let client = try ScriptedClient()
        _ = try client.call(1)
        _ = client.data(1, [1], .more)
        client.machine.answered(1)
        #expect(client.machine.openCalls == 0)
        #expect(client.data(1, [2]) == .nothing)
        #expect(try client.ask(3) == .request(3, []))
    }

    @Test("RESET cancels a call, while it is asked and while it is answered")
    func cancel() throws {
        let client = try ScriptedClient()
        _ = try client.call(1)
        #expect(client.send(.reset, stream: 1) == .cancelled(1))
        _ = try client.ask(3)
        #expect(client.send(.reset, stream: 3) == .cancelled(3))
        #expect(client.machine.openCalls == 0)
    }

    @Test("RESET of a call that has ended is harmless, twice too")
    func lateReset() throws {
        let client = try ScriptedClient()
        _ = try client.ask(1)
        client.machine.answered(1)
        #expect(client.send(.reset, stream: 1) == .nothing)
        #expect(client.send(.reset, stream: 1) == .nothing)
        #expect(client.machine.openCalls == 0)
    }

    @Test("RESET of a stream that was never opened ends the connection", arguments: [0, 2, 3])
    func idleReset(stream: UInt32) throws {
        let client = try ScriptedClient()
        _ = try client.call(1)
        #expect(client.send(.reset, stream: stream) == .goaway(.protocolError))
    }

    @Test("RESET with a flag ends the connection")
    func resetWithFlag() throws {
        let client = try ScriptedClient()
        _ = try client.call(1)
        #expect(client.send(.reset, flags: .end, stream: 1) == .goaway(.protocolError))
    }

    @Test("DATA after END cancels the call and is answered with RESET")
    func dataAfterEnd() throws {
        let client = try ScriptedClient()
        _ = try client.ask(1)
        #expect(client.data(1, [1]) == .reset(1, .streamClosed))
        #expect(client.machine.openCalls == 0)
        #expect(client.data(1, [1]) == .reset(1, .streamClosed))
    }

    @Test("ten late frames are forgiven, the eleventh ends the connection")
    func lateFrames() throws {
        let client = try ScriptedClient()
        _ = try client.ask(1)
        client.machine.answered(1)
        for _ in 1...ServerConnectionMachine.lateFramesMax { #expect(client.data(1) == .reset(1, .streamClosed)) }
        #expect(client.data(1) == .goaway(.protocolError))
    }

    @Test("an answer to a stream nobody opened, or a second one, changes nothing")
    func answeredTwice() throws {
        let client = try ScriptedClient()
        _ = try client.ask(1)
        client.machine.answered(1)
        client.machine.answered(1)
        client.machine.answered(99)
        #expect(client.machine.openCalls == 0)
    }

    @Test(
        "requests that never end may together hold two of the longest messages, and one that ends gives its room back")
    func unfinishedRequests() throws {
        let limits = WireLimits(messageBytesMax: 100)
        let client = try ScriptedClient(limits: limits)
        let part = [UInt8](repeating: 1, count: 50)
        for stream in [1, 3, 5, 7, 9] as [UInt32] { _ = try client.call(stream) }
        for stream in [1, 3, 5, 7] as [UInt32] { #expect(client.data(stream, part, .more) == .nothing) }
        #expect(client.data(9, part, .more) == .refused(9, .tooManyCalls, .resourceExhausted))
        #expect(client.machine.openCalls == 4)
        // One ends, one is given up, one is answered before its end: each makes room for as much.
        #expect(client.data(1, part) == .request(1, part + part))
        #expect(client.send(.reset, stream: 3) == .cancelled(3))
        client.machine.answered(5)
        for stream in [11, 13, 15] as [UInt32] {
            _ = try client.call(stream)
            #expect(client.data(stream, part, .more) == .nothing)
        }
        _ = try client.call(17)
        #expect(client.data(17, part, .more) == .refused(17, .tooManyCalls, .resourceExhausted))
    }

    @Test("after the connection has ended no stream is open, so nothing is answered behind GOAWAY")
    func closed() throws {
        let client = try ScriptedClient()
        _ = try client.ask(1)
        #expect(client.machine.isOpen(1))
        client.machine.close()
        #expect(!client.machine.isOpen(1))
    }
}
