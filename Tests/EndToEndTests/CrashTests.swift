// Processes killed with SIGKILL under load: nothing acknowledged is lost, nothing happens twice.

import Glibc
import HubClient
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Crashes")
    struct CrashTests {
        @Test("a module host killed again and again costs nothing; the other modules answer on and hubd stays")
        func moduleHostKilled() async throws {
            let kills = Place.isFull ? 100 : 10
            try await RunningHub.serve { hub in
                let bench = try await Bench(hub)
                let pid = hub.regency.pid
                var unanswered: [Int] = []
                var others = 0
                for kill in 0..<kills {
                    let batch = try await bench.petitions(Service.permit, count: 60, seed: UInt64(kill))
                    let neighbours = try await bench.petitions(Service.complaint, count: 4, seed: UInt64(kill))
                    let blow = try await bench.saboteur.aimAtHost(of: Service.permit, after: 16)
                    async let stormed = bench.storm.run(batch, under: blow)
                    for neighbour in neighbours {
                        let outcome = try await bench.traffic.send(neighbour)
                        guard case .stored = outcome else {
                            Issue.record("the complaints module stopped answering: \(outcome)")
                            continue
                        }
                        others += 1
                    }
                    unanswered.append(try await stormed.calamity?.unanswered.count ?? 0)
                }
                print("module host killed \(kills) times; submits unanswered at each kill: \(unanswered)")
                #expect(unanswered.allSatisfy { $0 >= Saboteur.unansweredMin })
                #expect(others == kills * 4)
                #expect(hub.regency.pid == pid)
                try await bench.nothingIsLost(expected: kills * 64)
                let info = try await bench.saboteur.module(of: Service.permit)
                #expect(info?.crashes ?? 0 >= UInt64(kills))
            }
        }

        @Test("hubd killed again and again loses nothing it acknowledged, and every unanswered key exists exactly once")
        func hubKilled() async throws {
            let kills = Place.isFull ? 50 : 5
            try await RunningHub.serve { hub in
                let bench = try await Bench(hub)
                var unanswered: [Int] = []
                for kill in 0..<kills {
                    let batch = try await bench.petitions(Service.complaint, count: 72, seed: UInt64(kill))
                    let met = try await bench.storm.run(batch, under: bench.saboteur.aimAtHub(after: 24))
                    unanswered.append(met.calamity?.unanswered.count ?? 0)
                }
                print("hubd killed \(kills) times; submits unanswered at each kill: \(unanswered)")
                #expect(unanswered.allSatisfy { $0 >= Saboteur.unansweredMin })
                try await bench.nothingIsLost(expected: kills * 72)
            }
        }

        @Test("modules' hosts end with a hub that was killed")
        func noOrphans() async throws {
            try await RunningHub.serve { hub in
                let hosts = try await hub.town.status().modules.map { pid_t($0.pid) }.filter { $0 > 0 }
                #expect(hosts.count == 3)
                try await hub.regency.crash()
                var alive = hosts
                for _ in 0..<200 where !alive.isEmpty {
                    alive = alive.filter { Memory.proportional(of: $0) != nil }
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(alive.isEmpty)
            }
        }
    }

    /// A hub under load, and what its clients know.
    struct Bench: Sendable {
        let hub: RunningHub
        let list: AcknowledgementList
        let traffic: Traffic
        let promises = Promises()
        let papers: [String: [HubDocument]]

        var storm: Storm { Storm(traffic: traffic, promises: promises) }
        var saboteur: Saboteur { Saboteur(regency: hub.regency, admin: hub.town.admin, traffic: traffic) }

        init(_ hub: RunningHub) async throws {
            self.hub = hub
            list = try AcknowledgementList(path: hub.regency.folder + "/acknowledged")
            traffic = Traffic(list: list)
            var papers: [String: [HubDocument]] = [:]
            var chance = Chance(seed: 99)
            for service in Service.all {
                papers[service] = try await hub.town.papers(for: service, chance: &chance)
            }
            self.papers = papers
        }

        /// Sound requests of one service, of different citizens, with papers that the hub already has.
        func petitions(_ service: String, count: Int, seed: UInt64) async throws -> [Petition] {
            var people = try await hub.people(seed: seed &* 1_000 &+ UInt64(service.count))
            return try (0..<count).map { _ in
                try Petitions.sound(service, hub.town, people: &people, papers: papers[service] ?? [])
            }
        }

        /// Sends sound requests of one service, as many as are asked for.
        func cases(_ service: String, count: Int, seed: UInt64) async throws -> [OpenCase] {
            let cases = try await storm.run(petitions(service, count: count, seed: seed)).cases
            try #require(cases.count == count, "\(promises.broken.map(\.found))")
            return cases
        }

        /// Compares the client's synced list with the hub.
        func nothingIsLost(expected: Int) async throws {
            #expect(promises.broken.map(\.sentence) == [])
            let numbers = list.read()
            #expect(numbers.count == expected)
            #expect(Set(numbers.values).count == expected)
            let town = hub.town
            let lost = try await concurrently(Array(numbers.values), width: 16) { number in
                (try? await town.read(number, as: town.admin)) == nil ? number : nil
            }.compactMap(\.self)
            #expect(lost == [])
            #expect(try await town.status().cases == UInt64(expected))
            let audit = try await hub.regency.admin(["audit", "verify"])
            #expect(audit.status == 0, "\(audit.output)")
        }
    }
}
