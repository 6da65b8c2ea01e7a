// The hub's side of a module link: what is answered, and what ends the module.

import HubDomain
import HubProto
import HubWire
import SwiftProtobuf
import Testing

@Suite("A module that breaks the profile is ended")
struct ModuleLinkMachineTests {
    private static func payload(_ message: some Message) throws -> [UInt8] { try message.serializedBytes() }

    private func feed(
        _ machine: inout ModuleLinkMachine, _ type: FrameType, flags: FrameFlags = [], stream: UInt32 = 0,
        _ payload: [UInt8] = []
    ) -> ModuleLinkMachine.Action {
        let header = FrameHeader(type, flags: flags, stream: stream, length: UInt32(payload.count))
        if let error = machine.check(header) { return .broken(error) }
        return payload.withUnsafeBytes { machine.receive(header, $0) }
    }

    private func greeted(firstStream: UInt32 = 1) -> ModuleLinkMachine {
        var machine = ModuleLinkMachine(firstStream: firstStream)
        _ = feed(&machine, .hello)
        return machine
    }

    private func isBroken(_ action: ModuleLinkMachine.Action) -> Bool {
        if case .broken = action { true } else { false }
    }

    @Test("a call is answered once its DATA and its END are there, on odd ids that only rise")
    func answer() {
        var machine = greeted()
        #expect(machine.open() == 1)
        #expect(machine.open() == 3)
        guard case .ignore = feed(&machine, .data, flags: .end, stream: 3, [9]),
            case .answered(3, [9]) = feed(&machine, .end, stream: 3)
        else {
            Issue.record("no answer on stream 3")
            return
        }
        #expect(machine.openCalls == 1)
        guard case .ignore = feed(&machine, .data, flags: .end, stream: 1, []),
            case .answered(1, []) = feed(&machine, .end, stream: 1, [])
        else {
            Issue.record("no answer on stream 1")
            return
        }
        #expect(machine.open() == 5)
    }

    @Test("END with a status fails the call and leaves the link in order")
    func failure() throws {
        var machine = greeted()
        let opened = machine.open()
        let stream = try #require(opened)
        let end = try Self.payload(HubEnd(error: HubError(.messageMalformed, "no request")))
        guard case .failed(stream, let error) = feed(&machine, .end, stream: stream, end) else {
            Issue.record("the call did not fail")
            return
        }
        #expect(error == HubError(.messageMalformed, ""))
        #expect(machine.open() == 3)
    }

    @Test("nothing is asked before HELLO, nor after the last id")
    func opens() {
        var early = ModuleLinkMachine()
        #expect(early.open() == nil)
        var late = greeted(firstStream: .max - 2)
        #expect(late.open() == UInt32.max - 2)
        #expect(!late.isUsedUp)
        #expect(late.open() == UInt32.max)
        #expect(late.isUsedUp)
        #expect(late.open() == nil)
        var full = greeted()
        for _ in 0..<ModuleLinkLimits.openCallsMax { #expect(full.open() != nil) }
        #expect(full.open() == nil)
    }

    @Test("the host's reason for not starting is taken in place of HELLO, cut to its limit")
    func refusal() throws {
        var end = HubEnd()
        end.status = 9
        end.message = "abi_major expected 1, found 2"
        var machine = ModuleLinkMachine()
        guard case .refused("abi_major expected 1, found 2") = feed(&machine, .end, try Self.payload(end)) else {
            Issue.record("no reason")
            return
        }
        end.message = String(repeating: "x", count: 5_000)
        var other = ModuleLinkMachine()
        guard case .refused(let reason) = feed(&other, .end, try Self.payload(end)) else {
            Issue.record("no reason")
            return
        }
        #expect(reason.utf8.count == ModuleLinkMachine.reasonBytesMax)
    }

    @Test("a first frame that is not HELLO ends the link", arguments: [FrameType.data, .call, .ping, .end, .goaway])
    func first(type: FrameType) {
        var machine = ModuleLinkMachine()
        #expect(isBroken(feed(&machine, type, [UInt8](repeating: 0, count: type == .ping ? 8 : 0))))
        #expect(machine.open() == nil)
    }

    @Test("two answers, an answer nobody asked for, an END without an answer, DATA with MORE: each ends the link")
    func breaches() throws {
        var twice = greeted()
        _ = twice.open()
        _ = feed(&twice, .data, flags: .end, stream: 1, [1])
        #expect(isBroken(feed(&twice, .data, flags: .end, stream: 1, [2])))

        var late = greeted()
        _ = late.open()
        _ = feed(&late, .data, flags: .end, stream: 1, [1])
        _ = feed(&late, .end, stream: 1)
        #expect(isBroken(feed(&late, .data, flags: .end, stream: 1, [2])))

        var unasked = greeted()
        #expect(isBroken(feed(&unasked, .end, stream: 1)))

        var silent = greeted()
        _ = silent.open()
        #expect(isBroken(feed(&silent, .end, stream: 1)))

        var split = greeted()
        _ = split.open()
        #expect(isBroken(feed(&split, .data, flags: .more, stream: 1, [1])))

        var both = greeted()
        _ = both.open()
        _ = feed(&both, .data, flags: .end, stream: 1, [1])
        let end = try Self.payload(HubEnd(error: HubError(.internalFault, "")))
        #expect(isBroken(feed(&both, .end, stream: 1, end)))
        guard case .ignore = feed(&both, .ping, [1]) else {
            Issue.record("a closed link still speaks")
            return
        }
    }

    @Test("a header that announces too much is refused before its payload, to the byte")
    func lengths() {
        let bounds: [(FrameType, UInt32)] = [
            (.hello, 4_096), (.ping, 8), (.data, 4_194_304), (.end, 65_536), (.init(rawValue: 0xE0), 65_536),
        ]
        for (type, most) in bounds {
            var machine = greeted()
            #expect(machine.check(FrameHeader(type, stream: 1, length: most)) == nil)
            #expect(machine.check(FrameHeader(type, stream: 1, length: most + 1)) == HubError(.frameTooLarge, ""))
        }
        var machine = greeted()
        var header = FrameHeader(.data, stream: 1, length: 0)
        header.reserved = 1
        #expect(machine.check(header) == HubError(.protocolViolation, ""))
    }

    @Test("PING is answered with its own bytes, extensions are dropped unless they must be understood")
    func others() {
        var machine = greeted()
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        guard case .pong(bytes) = feed(&machine, .ping, bytes),
            case .alive(bytes) = feed(&machine, .ping, flags: .ack, bytes)
        else {
            Issue.record("PING was not answered")
            return
        }
        guard case .ignore = feed(&machine, .init(rawValue: 0xE5), stream: 7, [1]) else {
            Issue.record("an extension was not dropped")
            return
        }
        #expect(isBroken(feed(&machine, .init(rawValue: 0xE5), flags: .mustUnderstand)))
    }

    @Test("no frame of any type, flag, stream or short payload traps, before or after HELLO")
    func anything() {
        for greet in [false, true] {
            for type in UInt8.min...UInt8.max {
                for flags in [UInt8(0), 1, 2, 8, 0x80, 0xff] {
                    for stream in [UInt32(0), 1, 2, .max] {
                        for payload in [[], [0xff], [UInt8](repeating: 0x08, count: 8)] {
                            var machine = greet ? greeted() : ModuleLinkMachine()
                            _ = machine.open()
                            _ = feed(
                                &machine, .init(rawValue: type), flags: .init(rawValue: flags), stream: stream, payload)
                        }
                    }
                }
            }
        }
    }
}
