// Instances: who answers, what it answers, and how it fared.

import HubCore
import HubDomain
import HubProto
import Testing

@Suite("instances", .timeLimit(.minutes(5)))
struct InstanceTests {
    private func select(name: String = "", id: String = "") -> HubAdminInstanceSelector {
        .with { ($0.name, $0.id) = (name, id) }
    }

    @Test("the hub and each module's process are instances with an id of their own; a bundle without a process is none")
    func info() async throws {
        let hub = try await SmallHub.open()
        let all = try await hub.call(
            .describeInstances, select(), as: HubAdminInfoReply.self, by: .admin
        ).instances
        #expect(all.map(\.instance.name) == ["hub", "uji"])
        #expect(Set(all.map(\.instance.id)).count == 2)
        #expect(all[0].endpoints.map(\.method) == HubMethod.all.map(\.path).sorted())
        #expect(all[0].endpoints.first { $0.method == HubMethod.reflect.path }?.shape == "exchange")
        #expect(all[1].services == [SmallHub.service] && all[1].instance.version == "1.2.0")
        let one = try await hub.call(
            .describeInstances, select(name: "uji", id: all[1].instance.id), as: HubAdminInfoReply.self, by: .admin)
        #expect(one.instances == [all[1]])
        await #expect(throws: HubError(.moduleUnknown, "")) {
            try await hub.call(
                .describeInstances, select(name: "uji", id: "x"), as: HubAdminInfoReply.self, by: .admin)
        }
    }

    @Test("an instance that answers is in the reply to Ping, with the time it took")
    func ping() async throws {
        let hub = try await SmallHub.open()
        let pongs = try await hub.call(.pingInstances, select(), as: HubAdminPingReply.self, by: .admin).instances
        #expect(pongs.map(\.instance.name) == ["hub", "uji"])
        #expect(pongs.map(\.roundTripNs) == [0, 1_500])
    }

    @Test("figures are those that were counted, with their average, and a method that nobody called is left out")
    func stats() async throws {
        let hub = try await SmallHub.open()
        let route = try hub.hub.router.route(HubMethod.echo.path, hub.hub.router.access(of: "admin"))
        for (time, error): (UInt64, UInt32) in [(1_000, 0), (3_000, 0), (2_000, 1_008), (0, 1_009)] {
            route.statistics.record(nanoseconds: time, error: error)
        }
        let reply = try await hub.call(.instanceStats, select(), as: HubAdminStatsReply.self, by: .admin)
        #expect(reply.nowMs == hub.clock.nowMillis())
        let expected = HubAdminMethodStats.with {
            ($0.method, $0.numRequests, $0.numErrors, $0.lastError) = (HubMethod.echo.path, 4, 2, 1_009)
            ($0.processingTimeNs, $0.averageProcessingTimeNs) = (6_000, 1_500)
        }
        #expect(reply.instances[0].methods == [expected])
        #expect(reply.instances[1].methods.map(\.numErrors) == [1])
        #expect(reply.instances[1].methods.map(\.averageProcessingTimeNs) == [400])
    }

    @Test("a watch of the figures sends them again and again until its reader leaves")
    func watch() async throws {
        let hub = try await SmallHub.open()
        let sink = RecordingSink<HubAdminStatsReply>()
        let request = HubAdminWatchStatsRequest.with { ($0.intervalMs, $0.instances) = (250, select(name: "uji")) }
        let watch = try hub.stream(.watchInstanceStats, request, by: .admin, into: sink)
        await sink.wait(2)
        watch.cancel()
        #expect(await watch.value?.code == .cancelled)
        #expect(sink.seen.allSatisfy { $0.instances.map(\.instance.name) == ["uji"] })
        let hasty = try hub.stream(
            .watchInstanceStats, HubAdminWatchStatsRequest.with { $0.intervalMs = 1 }, by: .admin, into: sink)
        #expect(await hasty.value?.code == .filterInvalid)
    }
}
