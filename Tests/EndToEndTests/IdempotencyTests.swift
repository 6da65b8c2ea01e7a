// One key, one change: however often it is sent, and whatever is sent with it.

import HubClient
import HubDomain
import HubProto
import NIOCore
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Idempotency")
    struct IdempotencyTests {
        @Test("the same key twice brings the same bytes, marked hub-replayed, also after the hub was killed")
        func sameKeyTwice() async throws {
            try await RunningHub.serve { hub in
                let petition = try await Bench(hub).petitions(Service.complaint, count: 1, seed: 21)[0]
                let first = try await Self.send(petition)
                let second = try await Self.send(petition)
                #expect(!first.replayed)
                #expect(second.replayed)
                #expect(first.message == second.message)
                try await hub.regency.crash()
                try await hub.regency.start()
                let third = try await Self.send(petition)
                #expect(third.replayed)
                #expect(third.message == first.message)
                #expect(try await hub.town.status().cases == 1)
            }
        }

        @Test("the same key with another body is refused, and nothing is stored")
        func anotherBody() async throws {
            try await RunningHub.serve { hub in
                let all = try await Bench(hub).petitions(Service.complaint, count: 12, seed: 22)
                // Keys belong to the program that sends them.
                let other = try #require(all.dropFirst().first { $0.sender === all[0].sender })
                _ = try await Self.send(all[0])
                let error = try await refusal { try await Self.send(other, key: all[0].key) }
                #expect(error.code == .keyReused)
                #expect(error.status == .failedPrecondition)
                #expect(try await hub.town.status().cases == 1)
            }
        }

        @Test("a change without a key, or with a short one, is refused")
        func missingKey() async throws {
            try await RunningHub.serve { hub in
                let petition = try await Bench(hub).petitions(Service.complaint, count: 1, seed: 23)[0]
                let raw = try await RawConnection.open(port: hub.regency.port, Self.greeting(hub))
                try await raw.hello()
                for (stream, key) in [(UInt32(1), []), (3, [UInt8](repeating: 1, count: 15))] {
                    try await raw.call(petition.method.path, stream: stream, petition.request, key: key)
                    let end = try #require(try await raw.next(.end)).message(HubEnd.self)
                    #expect(HubError(end: end)?.code == .keyMissing)
                    #expect(HubError(end: end)?.status == .invalidArgument)
                }
                await raw.close()
                #expect(try await hub.town.status().cases == 0)
            }
        }

        @Test("one key sent many times at once makes one case")
        func allAtOnce() async throws {
            try await RunningHub.serve { hub in
                let petition = try await Bench(hub).petitions(Service.permit, count: 1, seed: 24)[0]
                let answers = try await concurrently(Array(0..<24), width: 24) { _ in try await Self.send(petition) }
                #expect(Set(answers.map { [UInt8](buffer: $0.message) }).count == 1)
                #expect(answers.count { !$0.replayed } == 1)
                #expect(try await hub.town.status().cases == 1)
            }
        }

        /// The answer's own bytes.
        private static func send(_ petition: Petition, key: [UInt8]? = nil) async throws -> RawAnswer {
            var options = CallOptions()
            options.idempotencyKey = key ?? petition.key
            options.onBehalfOf = petition.citizen
            let bytes: [UInt8] = try petition.request.serializedBytes()
            return try await withCheckedThrowingContinuation { continuation in
                petition.sender.raw(petition.method, bytes, options: options) { continuation.resume(with: $0) }
            }
        }

        private static func greeting(_ hub: RunningHub) -> RawGreeting {
            let state = hub.regency.state
            return RawGreeting(
                certificate: state + "/admin.pem", key: state + "/admin.key", authority: state + "/ca.pem")
        }
    }
}
