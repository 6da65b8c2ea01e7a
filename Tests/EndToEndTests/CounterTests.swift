// An identity card over the wire: many want the last place, the hub is killed, and the counter works with hubctl alone.

import Foundation
import HubClient
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Counters")
    struct CounterTests {
        private static let service = "ktp-el"
        private static let office = "dukcapil-selatan"

        @Test("one of many has the last place, also after the hub was killed, and is served at the counter by hubctl")
        func served() async throws {
            try await RunningHub.serve { hub in
                var filed: [String] = []
                for person in 1...6 { filed.append(try await Self.printed(hub, person)) }
                let numbers = filed
                let slot = try #require(try await Self.slots(hub).last { $0.free == 1 })
                let winners = try await concurrently(numbers, width: 6) { number in
                    let person = (numbers.firstIndex(of: number) ?? 0) + 1
                    return try await Self.book(hub, number, person, slot)
                }
                #expect(winners.count { $0 } == 1, "\(winners)")
                try await hub.regency.crash()
                try await hub.regency.start()
                let winner = try #require(zip(numbers, winners).first { $1 }?.0)
                let person = (numbers.firstIndex(of: winner) ?? 0) + 1
                #expect(try await hub.town.read(winner, as: hub.town.admin).appointments.last?.state == .booked)
                #expect(try await Self.slots(hub).first { $0.startMs == slot.startMs }?.free == 0)

                let desk = try await hub.regency.enrol("dukcapil", "loket-3", role: "counter")
                try await Self.pass(hub, until: slot.startMs)
                let there = try await Self.run(
                    hub, desk, ["appointment", "check-in", winner, "--office", Self.office, "-o", "name"])
                #expect(there.status == 0 && there.output.contains("B-001"), "\(there.output)")
                let shown = try await Self.run(hub, desk, ["office", "queue", Self.office, "-o", "json"])
                #expect(shown.output.contains("B-001") && !shown.output.contains(winner), "\(shown.output)")
                let called = try await Self.run(
                    hub, desk, ["appointment", "call", "--office", Self.office, "--counter", "3"])
                #expect(called.status == 0 && called.output.contains(winner), "\(called.output)")
                let blind = try await Self.run(hub, desk, ["appointment", "serve", winner, "--shown", "kk"])
                #expect(blind.status != 0 && !blind.output.contains(Self.nik(person)), "\(blind.output)")
                let client = try hub.regency.client(desk)
                let done = try await client.appointments.serve(
                    .with { ($0.case, $0.shown, $0.nik) = (winner, "kk", Self.nik(person)) }
                ).message.case
                await client.close()
                #expect(done.stage == "diserahkan" && done.ended)
                #expect(try await hub.regency.admin(["audit", "verify"]).status == 0)
            }
        }

        @Test(
            "a day that its office declares closed frees what is booked on it, tells it, and lists it until it is booked anew"
        )
        func closed() async throws {
            try await RunningHub.serve(settings: RunningHub.settings + "notices: { file: { folder: ../notices } }\n") {
                hub in
                let number = try await Self.printed(hub, 1)
                let free = try await Self.slots(hub)
                let (slot, other) = (try #require(free.first), try #require(free.last))
                #expect(try await Self.book(hub, number, 1, slot))
                let day = CalendarDate(epochMillis: slot.startMs, utcOffsetMinutes: 420).iso
                let text = try String(
                    contentsOfFile: Place.checkout + "/Plugins/CivilRegistry/bundle/offices/dukcapil.yaml",
                    encoding: .utf8)
                let file = hub.regency.folder + "/dukcapil.yaml"
                let south = try #require(text.range(of: "code: \(Self.office)"))
                let closing = """
                        dates:
                          - { day: "\(day)", title: { id: "Banjir", en: "Flood" } }
                        kinds:
                    """
                let after = text[south.lowerBound...].replacing(
                    "    kinds:\n", with: closing + "\n", maxReplacements: 1)
                try (String(text[..<south.lowerBound]).replacing("2026.1", with: "2026.2") + after).write(
                    toFile: file, atomically: true, encoding: .utf8)
                let published = try await hub.regency.admin(["service", "publish", file, "--note", "Banjir"])
                #expect(published.status == 0, "\(published.output)")
                try await Self.eventually {
                    try await hub.town.read(number, as: hub.town.admin).appointments.map(\.state) == [.freed, .wanted]
                }
                let listed = try await hub.regency.admin(["office", "conflicts"])
                #expect(listed.status == 3 && listed.output.contains(number), "\(listed.output)")
                #expect(try await Self.slots(hub).allSatisfy { $0.startMs != slot.startMs })
                #expect(try await Self.book(hub, number, 1, other))
                #expect(try await hub.regency.admin(["office", "conflicts"]).status == 0)
                let folder = hub.regency.folder + "/notices/new"
                try await Self.eventually {
                    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
                    return try files.contains {
                        try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8).contains("kantor tutup")
                    }
                }
            }
        }

        /// Within ten seconds.
        private static func eventually(_ holds: () async throws -> Bool) async throws {
            for _ in 0..<200 {
                if try await holds() { return }
                try await Task.sleep(for: .milliseconds(50))
            }
            Issue.record("it did not come to that")
        }

        /// Of nobody who exists.
        private static func nik(_ person: Int) -> String { "3402\(10 + person)0101800000" }

        /// A card that waits to be fetched.
        private static func printed(_ hub: RunningHub, _ person: Int) async throws -> String {
            var chance = Chance(seed: UInt64(400 + person))
            let citizen = "nik:\(nik(person))"
            var request = LayananSubmitRequest.with {
                $0.service = service
                $0.form = (try? hub.town.office(service).definition.example) ?? []
            }
            request.set(.text("nik", nik(person)))
            request.documents = try await hub.town.put(
                ["kk", "ktp_lama"], of: service, through: [hub.town.channel], for: citizen, chance: &chance)
            var options = CallOptions()
            options.onBehalfOf = citizen
            let number = try await hub.town.channel.call(.declare, request, as: LayananCaseReply.self, options: options)
                .message.case.number
            for action in ["periksa", "cetak"] {
                try await hub.town.take(
                    Step(by: .officer, action: action), on: number, of: service, for: citizen, chance: &chance)
            }
            return number
        }

        private static func slots(_ hub: RunningHub) async throws -> [LayananSlot] {
            let request = LayananSlotsRequest.with { ($0.office, $0.kind, $0.days) = (office, "pengambilan", 14) }
            return try await hub.town.channel.appointments.slots(request).message.slots
        }

        /// Whether the citizen has the place.
        private static func book(
            _ hub: RunningHub, _ number: String, _ person: Int, _ slot: LayananSlot
        ) async throws -> Bool {
            var options = CallOptions()
            options.onBehalfOf = "nik:\(nik(person))"
            let request = LayananBookRequest.with {
                ($0.case, $0.office, $0.startMs) = (number, office, slot.startMs)
            }
            do throws(HubError) {
                _ = try await hub.town.channel.appointments.book(request, options: options)
            } catch {
                guard error.code == .slotFull else { throw error }
                return false
            }
            return true
        }

        private static func pass(_ hub: RunningHub, until millis: Int64) async throws {
            let now = try await hub.town.status().nowMs
            let request = HubAdvanceClockRequest.with { $0.byMs = UInt64(max(0, millis - now)) }
            _ = try await hub.town.admin.call(.advanceClock, request, as: HubAdvanceClockReply.self)
        }

        private static func run(
            _ hub: RunningHub, _ desk: Desk, _ words: [String]
        ) async throws -> Regency.Answer {
            try await hub.regency.hubctl(
                words + [
                    "--address", "127.0.0.1:\(hub.regency.port)", "--cert", desk.certificate, "--key", desk.key, "--ca",
                    desk.authority,
                ])
        }
    }
}
