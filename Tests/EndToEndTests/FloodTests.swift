// What a program that floods does to itself, and to nobody else.

import HubProto
import HubWire
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Floods")
    struct FloodTests {
        @Test("does not take what a flooding program's next connection sends, and goes on when it has waited")
        func pause() async throws {
            try await RunningHub.serve(settings: RunningHub.settings + "principal_cuts_free: 0\n") { hub in
                let greeting = hub.greeting(hub.town.auditor)
                func connect() async throws -> RawConnection {
                    let raw = try await RawConnection.open(port: hub.regency.port, greeting)
                    try await raw.hello()
                    return raw
                }
                for flooding in [try await connect(), try await connect()] {
                    for _ in 1...4 { try await flooding.ping() }
                    let goaway = try await flooding.next(.goaway)
                    #expect(try goaway?.message(HubGoaway.self).code == .enhanceYourCalm)
                }
                // Four seconds after the second cut.
                let patient = try await connect()
                let greedy = try await RawConnection.open(port: hub.regency.port, greeting)
                let began = ContinuousClock.now
                try await patient.call("hub.v1.Diagnostics/Echo", stream: 1, HubEchoMessage())
                // More than the buffers of the kernel: it does not leave while nobody reads.
                await #expect(throws: Patience.self) {
                    try await Patience.limit(1) { try await greedy.send([UInt8](repeating: 0, count: 33_554_432)) }
                }
                #expect(try await patient.next(.end) != nil)
                #expect(began.duration(to: .now) > .seconds(1))
                _ = try await hub.town.status()
            }
        }
    }
}
