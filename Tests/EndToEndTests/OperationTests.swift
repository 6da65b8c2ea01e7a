// What an operator meets: ports in use, a second hub, a newer schema, a damaged log, and logs without personal data.

import Foundation
import GRDB
import HubClient
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Operation")
    struct OperationTests {
        @Test("a port in use is refused in clear words")
        func portInUse() async throws {
            let elsewhere = try Place.temporary()
            let second = try await Regency.found(Place.programs, in: elsewhere)
            try await RunningHub.serve { hub in
                let (status, said) = try await Self.hubd(
                    ["--state", second.state, "--listen", "127.0.0.1:\(hub.regency.port)"], in: elsewhere)
                #expect(status != 0)
                #expect(said.contains("in use"))
                #expect(said.contains("\(hub.regency.port)"))
                _ = try await hub.town.status()
            }
        }

        @Test("a second hub on one state directory is refused, and the first goes on")
        func secondHub() async throws {
            try await RunningHub.serve { hub in
                let (status, said) = try await Self.hubd(
                    ["--state", hub.regency.state, "--listen", "127.0.0.1:0"], in: hub.regency.folder)
                #expect(status != 0)
                #expect(said.contains("another hub is using this state directory"))
                _ = try await hub.town.status()
            }
        }

        @Test("a state directory of a newer schema is refused and left as it is")
        func newerSchema() async throws {
            try await RunningHub.serve { hub in
                await hub.regency.stop()
                try Self.write(hub) { db in
                    try db.execute(sql: "UPDATE meta SET value = value + 1 WHERE key = 'schema_version'")
                }
                let (status, said) = try await Self.hubd(
                    ["--state", hub.regency.state, "--listen", "127.0.0.1:0"], in: hub.regency.folder)
                #expect(status != 0)
                #expect(said.contains("schema"))
                #expect(said.contains("newer hub"))
                try Self.write(hub) { db in
                    try db.execute(sql: "UPDATE meta SET value = value - 1 WHERE key = 'schema_version'")
                }
                try await hub.regency.start()
                _ = try await hub.town.status()
            }
        }

        @Test("a flipped byte in the log is found offline, and named")
        func flippedByte() async throws {
            try await RunningHub.serve { hub in
                let bench = try await Bench(hub)
                _ = try await bench.cases(Service.complaint, count: 5, seed: 31)
                await hub.regency.stop()
                let verify = ["audit", "verify", "--state", hub.regency.state]
                #expect(try await Self.hubd(verify, in: hub.regency.folder).status == 0)
                try Self.write(hub) { db in
                    var body = try #require(
                        try Data.fetchOne(db, sql: "SELECT body FROM event WHERE sequence = 3"))
                    body[body.startIndex + body.count / 2] ^= 0x01
                    try db.execute(sql: "UPDATE event SET body = ? WHERE sequence = 3", arguments: [body])
                }
                let (status, said) = try await Self.hubd(verify, in: hub.regency.folder)
                #expect(status != 0)
                #expect(said.contains("3"))
            }
        }

        @Test("names, identity numbers and telephones appear in nothing that hubd and hubctl print")
        func noPersonalData() async throws {
            try await RunningHub.serve { hub in
                var people = try await hub.people(seed: 32)
                var chance = Chance(seed: 32)
                for service in Service.all {
                    let papers = try await hub.town.papers(for: service, chance: &chance)
                    let sound = try Petitions.sound(service, hub.town, people: &people, papers: papers)
                    var options = CallOptions()
                    options.onBehalfOf = sound.citizen
                    let stored = try await sound.sender.call(
                        sound.method, sound.request, as: LayananCaseReply.self, options: options)
                    var wrong = sound.request
                    wrong.form.append(.text("nobody_asked_for_this", sound.citizen))
                    _ = try await refusal {
                        try await sound.sender.call(sound.method, wrong, as: LayananCaseReply.self, options: options)
                    }
                    for words in [["case", "show"], ["case", "history"]] {
                        let shown = try await hub.regency.admin(words + [stored.message.case.number, "-o", "json"])
                        #expect(shown.status == 0)
                    }
                }
                let listed = try await hub.regency.admin(["case", "list", "-o", "wide"])
                #expect(listed.status == 0)
                let printed = hub.regency.printed()
                #expect(printed.count > 10)
                #expect(people.canaries.count >= 9)
                #expect(Canaries.files(holding: people.canaries, in: printed) == [])
            }
        }

        /// Runs hubd to its end; what it printed.
        static func hubd(_ arguments: [String], in folder: String) async throws -> (status: Int32, said: String) {
            let output = folder + "/hubd-\(UUID().uuidString).log"
            let child = try ChildProcess(Place.programs.hubd, arguments, output: output)
            let status = try await child.wait(seconds: 30)
            return (status, TextFile.text(output) ?? "")
        }

        /// Changes the ledger's file behind the hub's back.
        private static func write(_ hub: RunningHub, _ change: (Database) throws -> Void) throws {
            let files = try FileManager.default.contentsOfDirectory(atPath: hub.regency.state)
            let name = try #require(files.first { $0.hasSuffix(".sqlite") || $0.hasSuffix(".db") })
            try DatabaseQueue(path: hub.regency.state + "/" + name).write(change)
        }
    }
}
