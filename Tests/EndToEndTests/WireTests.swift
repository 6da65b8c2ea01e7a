// The edge of the hub: TLS, certificates, ALPN, frames and messages that are too large, deadlines.

import HubClient
import HubDomain
import HubProto
import HubWire
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("The wire")
    struct WireTests {
        @Test("no certificate, one of another authority, TLS 1.2 and another ALPN are closed before any frame")
        func strangers() async throws {
            let elsewhere = try Place.temporary()
            let other = try await Regency.found(Place.programs, in: elsewhere)
            try await RunningHub.serve { hub in
                let own = hub.greeting(hub.town.auditor)
                let none = RawGreeting(certificate: nil, key: nil, authority: own.authority)
                let foreign = RawGreeting(
                    certificate: other.state + "/admin.pem", key: other.state + "/admin.key", authority: own.authority)
                var old = own
                (old.minimum, old.maximum) = (.tlsv12, .tlsv12)
                var mute = own
                mute.protocols = []
                var wrong = own
                wrong.protocols = ["h2"]
                for (name, greeting) in [
                    ("none", none), ("foreign", foreign), ("TLS 1.2", old), ("no ALPN", mute), ("wrong ALPN", wrong),
                ] {
                    #expect(try await Self.frames(hub, greeting) == 0, "\(name)")
                }
                #expect(try await Self.frames(hub, own) > 0)
                _ = try await hub.town.status()
            }
        }

        @Test("a frame above the limit ends the connection with GOAWAY, before its payload is read")
        func oversizedFrame() async throws {
            try await RunningHub.serve { hub in
                let raw = try await RawConnection.open(port: hub.regency.port, hub.greeting(hub.town.auditor))
                try await raw.hello()
                var header: [UInt8] = []
                header.appendFrame(.data, stream: 1, payload: [])
                header.replaceSubrange(0..<4, with: [0x00, 0x01, 0x00, 0x01])  // 65,537 bytes are announced.
                try await raw.send(header)
                let goaway = try await raw.next(.goaway)
                #expect(try goaway?.message(HubGoaway.self).code == .frameSize)
                #expect(await raw.closes())
                _ = try await hub.town.status()
            }
        }

        @Test("a message above the limit fails its own call; the connection lives")
        func oversizedMessage() async throws {
            try await RunningHub.serve { hub in
                let client = hub.town.channel
                let large = LayananPutDocumentRequest.with {
                    $0.mediaType = "image/jpeg"
                    $0.body = .init([UInt8](repeating: 1, count: 5_000_000))
                }
                let error = try await refusal {
                    try await client.call(.putDocument, large, as: LayananPutDocumentReply.self)
                }
                #expect(error.code == .messageTooLarge || error.code == .documentRefused)
                let document = LayananPutDocumentRequest.with {
                    $0.mediaType = "image/jpeg"
                    $0.body = .init([UInt8](repeating: 1, count: 262_145))
                }
                let tooLong = try await refusal {
                    try await client.call(.putDocument, document, as: LayananPutDocumentReply.self)
                }
                #expect(tooLong.code == .documentRefused)
                _ = try await hub.town.status()
            }
        }

        @Test("a deadline that cannot be met ends the call, and nothing else")
        func expiredDeadline() async throws {
            try await RunningHub.serve { hub in
                let raw = try await RawConnection.open(port: hub.regency.port, hub.greeting(hub.town.auditor))
                try await raw.hello()
                var call = HubCall()
                call.method = HubMethod.listCases.path
                call.timeoutMs = 1
                try await raw.send(.call, stream: 1, call)
                try await Task.sleep(for: .milliseconds(50))
                try await raw.send(.data, flags: .end, stream: 1, LayananListCasesRequest())
                let end = try #require(try await raw.next(.end)).message(HubEnd.self)
                #expect(HubError(end: end)?.code == .deadlineExceeded)
                try await raw.call(HubMethod.listCases.path, stream: 3, LayananListCasesRequest())
                #expect(try #require(try await raw.next(.end)).message(HubEnd.self).status == 0)
                await raw.close()
            }
        }

        @Test("a message that is none, and a method that nobody knows, are answered by name")
        func nonsense() async throws {
            try await RunningHub.serve { hub in
                let raw = try await RawConnection.open(port: hub.regency.port, hub.greeting(hub.town.auditor))
                try await raw.hello()
                var call = HubCall()
                call.method = HubMethod.getCase.path
                try await raw.send(.call, stream: 1, call)
                var broken: [UInt8] = []
                broken.appendFrame(.data, flags: .end, stream: 1, payload: [0x0A, 0xFF, 0xFF])
                try await raw.send(broken)
                let malformed = try #require(try await raw.next(.end)).message(HubEnd.self)
                #expect(HubError(end: malformed)?.code == .messageMalformed)
                try await raw.call("layanan.v1.Cases/Erase", stream: 3, LayananGetCaseRequest())
                let unknown = try #require(try await raw.next(.end)).message(HubEnd.self)
                #expect(HubError(end: unknown)?.code == .methodUnknown)
                await raw.close()
            }
        }

        /// How many frames come before the hub closes, or the handshake fails; waits no longer than for the first.
        private static func frames(_ hub: RunningHub, _ greeting: RawGreeting) async throws -> Int {
            do {
                let raw = try await RawConnection.open(port: hub.regency.port, greeting)
                try? await raw.hello()
                let first = try await raw.next(seconds: 5)
                await raw.close()
                return first == nil ? 0 : 1
            } catch is Patience {
                throw NotRefused()
            } catch {
                return 0
            }
        }
    }
}
