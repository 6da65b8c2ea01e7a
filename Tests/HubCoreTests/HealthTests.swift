// Health: what is asked, what is watched, and who makes it change.

import HubCore
import HubDomain
import HubProto
import Testing

@Suite("health", .timeLimit(.minutes(5)))
struct HealthTests {
    private func check(_ hub: SmallHub, _ name: String) async throws -> GRPCHealthCheckResponse.ServingStatus {
        try await hub.call(
            .checkHealth, GRPCHealthCheckRequest.with { $0.service = name }, as: GRPCHealthCheckResponse.self,
            by: .kiosk
        ).status
    }

    @Test("the hub, a module and its services are known by name; anything else is not found")
    func names() async throws {
        let hub = try await SmallHub.open()
        for name in ["", "uji", SmallHub.service] { #expect(try await check(hub, name) == .serving) }
        await #expect(throws: HubError(.serviceUnknown, "")) { try await check(hub, "lain") }
        hub.health.report(module: "uji", services: [SmallHub.service], isServing: false)
        #expect(try await check(hub, SmallHub.service) == .notServing)
        #expect(try await check(hub, "") == .serving)
        let list = try await hub.call(.listHealth, GRPCHealthListRequest(), as: GRPCHealthListResponse.self, by: .kiosk)
        #expect(list.statuses.mapValues(\.status) == ["": .serving, "uji": .notServing, SmallHub.service: .notServing])
    }

    @Test("a list of more than a hundred names is refused, and each can still be asked for")
    func longList() async throws {
        let hub = try await SmallHub.open()
        hub.health.report(module: "besar", services: (0..<100).map { "layanan-\($0)" }, isServing: true)
        let error = await #expect(throws: HubError.self) {
            try await hub.call(.listHealth, GRPCHealthListRequest(), as: GRPCHealthListResponse.self, by: .kiosk)
        }
        #expect(error?.status == .resourceExhausted)
        #expect(try await check(hub, "layanan-99") == .serving)
    }

    @Test("a watch of a name that nobody knows says so, then tells each change, and none twice")
    func watch() async throws {
        let hub = try await SmallHub.open()
        let sink = RecordingSink<GRPCHealthCheckResponse>()
        let watch = try hub.stream(
            .watchHealth, GRPCHealthCheckRequest.with { $0.service = "baru" }, by: .kiosk, into: sink)
        await sink.wait(1)
        hub.health.report(module: "lain", services: [], isServing: true)
        hub.health.report(module: "baru", services: [], isServing: true)
        await sink.wait(2)
        hub.health.report(module: "baru", services: [], isServing: true)
        hub.health.report(module: "baru", services: [], isServing: false)
        await sink.wait(3)
        watch.cancel()
        #expect(await watch.value?.code == .cancelled)
        #expect(sink.seen.map(\.status) == [.serviceUnknown, .serving, .notServing])
    }

    @Test("a hub that drains serves nothing any more, whatever its modules say")
    func drain() async throws {
        let hub = try await SmallHub.open()
        let sink = RecordingSink<GRPCHealthCheckResponse>()
        let watch = try hub.stream(.watchHealth, GRPCHealthCheckRequest(), by: .kiosk, into: sink)
        await sink.wait(1)
        hub.health.drain()
        await sink.wait(2)
        hub.health.report(module: "uji", services: [SmallHub.service], isServing: true)
        #expect(try await check(hub, "uji") == .notServing)
        watch.cancel()
        _ = await watch.value
        #expect(sink.seen.map(\.status) == [.serving, .notServing])
    }
}
