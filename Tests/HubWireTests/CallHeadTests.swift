// A CALL that is read in place and the same CALL decoded say the same.

import HubProto
import HubWire
import Testing

@Suite("Head of a call")
struct CallHeadTests {
    private func opened(_ payload: [UInt8]) throws -> Heard { try ScriptedClient().send(.call, stream: 1, payload) }

    @Test("says the same, read in place or decoded", arguments: [nil, 0, 1, 127, 128, 30_000, .max] as [UInt32?])
    func same(timeout: UInt32?) throws {
        let call = HubCall.echo { if let timeout { $0.timeoutMs = timeout } }
        let plain = try call.serializedBytes() as [UInt8]
        // An unknown field sends it through the decoder.
        let decoded = plain + [0xF8, 0x07, 0x01]
        for payload in [plain, decoded] {
            var machine = ServerConnectionMachine(limits: WireLimits())
            _ = machine.receive(
                FrameHeader(.hello, stream: 0, length: 0), UnsafeRawBufferPointer(start: nil, count: 0))
            let header = FrameHeader(.call, stream: 1, length: UInt32(payload.count))
            guard case .opened(1, let head) = payload.withUnsafeBytes({ machine.receive(header, $0) }) else {
                Issue.record("not opened")
                return
            }
            #expect(head.timeoutMillis == timeout)
            if case .plain = head { #expect(payload == plain) } else { #expect(payload == decoded) }
        }
    }

    @Test("says the same of zstd, read in place or decoded")
    func encodings() throws {
        for (encoding, accepted, said) in [
            ("zstd", ["zstd"], [.requests, .answers]), ("zstd", [], .requests), ("", ["zstd"], .answers),
            ("", ["br", "zstd"], .answers), ("identity", ["zstd", "identity"], .answers), ("", ["gzip"], []),
        ] as [(String, [String], CallEncodings)] {
            for timeout in [nil, 30_000] as [UInt32?] {
                let call = HubCall.echo {
                    $0.encoding = encoding
                    $0.acceptEncoding = accepted
                    if let timeout { $0.timeoutMs = timeout }
                }
                let plain = try call.serializedBytes() as [UInt8]
                for payload in [plain, plain + [0xF8, 0x07, 0x01]] {
                    var machine = ServerConnectionMachine(limits: WireLimits())
                    _ = machine.receive(
                        FrameHeader(.hello, stream: 0, length: 0), UnsafeRawBufferPointer(start: nil, count: 0))
                    let header = FrameHeader(.call, stream: 1, length: UInt32(payload.count))
                    guard case .opened(1, let head) = payload.withUnsafeBytes({ machine.receive(header, $0) }) else {
                        Issue.record("\(encoding) \(accepted) was not opened")
                        continue
                    }
                    #expect(head.encodings == said && head.timeoutMillis == timeout)
                    let isUsual = payload == plain && (encoding.isEmpty || encoding == "zstd")
                    if case .plain = head { #expect(isUsual) } else { #expect(!isUsual || accepted.first != "zstd") }
                }
            }
        }
    }

    @Test(
        "is refused in the same words, read in place or decoded",
        arguments: ["", "/", "a", "a/", "/a", "echo", "hub.v1.Diagnostics/"])
    func faults(method: String) throws {
        let payload = try HubCall.with { $0.method = method }.serializedBytes() as [UInt8]
        #expect(try opened(payload) == opened(payload + [0xF8, 0x07, 0x01]))
        guard case .refused(1, .methodUnknown, _) = try opened(payload) else {
            Issue.record("\(method) was not refused")
            return
        }
    }

    @Test("whatever its bytes, it is opened, refused or left to the decoder; never read beyond its end")
    func cutShort() throws {
        let whole =
            try HubCall.echo {
                $0.timeoutMs = 70_000
                $0.encoding = "zstd"
                $0.acceptEncoding = ["zstd"]
            }.serializedBytes() as [UInt8]
        for count in 0..<whole.count {
            // In memory of its own, so that a byte too many is seen by the sanitiser.
            let cut = Array(whole.prefix(count))
            switch try opened(cut) {
            case .opened(1, _): #expect((try? HubCall(serializedBytes: cut)) != nil)
            case .refused(1, let code, _): #expect(code == .methodUnknown || code == .messageMalformed)
            default: Issue.record("\(count) bytes")
            }
        }
    }
}
