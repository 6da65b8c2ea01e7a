// Money over the wire: a bank and a counter pay for a building, by hubctl alone, and a killed hub forgets no rupiah.

import Foundation
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Paying")
    struct PayingTests {
        @Test("a bill is paid in two parts, once by a killed hub's retry, and the books say where each rupiah lies")
        func paid() async throws {
            try await RunningHub.serve { hub in
                let open = try await Bench(hub).cases(Service.building, count: 1, seed: 91)[0]
                var chance = Chance(seed: 91)
                for step in open.petition.life.steps.prefix(3) {
                    try await hub.town.take(
                        step, on: open.number, of: Service.building, for: open.petition.citizen, chance: &chance)
                }
                let bill = try #require(try await hub.town.read(open.number, as: hub.town.admin).bills.last)
                let bank = try await hub.regency.enrol("bank-daerah", "h2h-2", role: "bank")
                let counter = try await hub.regency.enrol("bpkad", "kasir-1", role: "treasurer")

                let shown = try await Self.run(hub, bank, ["bill", "show", bill.number])
                #expect(shown.output.contains(RupiahText.digits(bill.total)), "\(shown.output)")
                #expect(shown.output.contains("000201"), "a code to scan: \(shown.output)")
                let part = String(bill.total / 4)
                let first = [
                    "payment", "add", bill.number, "--amount", part, "--reference", "B-1", "--channel", "bank",
                ]
                let short = try await Self.run(hub, bank, first)
                #expect(short.output.contains("held_short"), "\(short.output)")
                try await hub.regency.crash()
                try await hub.regency.start()
                #expect(try await Self.run(hub, bank, first).output.contains("known"))
                let rest = String(bill.total - bill.total / 4)
                let settled = try await Self.run(
                    hub, counter, ["payment", "add", bill.number, "--amount", rest, "--reference", "K-1"])
                #expect(settled.output.contains("settled"), "\(settled.output)")
                let state = try await hub.town.read(open.number, as: hub.town.admin)
                #expect(state.stage == bill.settledTo)

                let today = CalendarDate(epochMillis: try await hub.town.status().nowMs, utcOffsetMinutes: 420).iso
                let books = try await Self.run(hub, counter, ["payment", "books", today, today, "-o", "json"])
                #expect(
                    books.output.contains("\"credit\" : \(bill.total)")
                        || books.output.contains("\"credit\":\(bill.total)"), "\(books.output)")
                #expect(try await hub.regency.admin(["audit", "verify"]).status == 0)
            }
        }

        @Test("a bank sees no case, and a citizens' channel books no money")
        func rights() async throws {
            try await RunningHub.serve { hub in
                let number = try await Bench(hub).cases(Service.complaint, count: 1, seed: 92)[0].number
                let bank = try await hub.regency.enrol("bank-daerah", "h2h-3", role: "bank")
                let portal = try await hub.regency.enrol("portal", "kios-1", role: "applicant")
                #expect(try await Self.run(hub, bank, ["case", "show", number]).status == 5)
                let paid = try await Self.run(
                    hub, portal, ["payment", "add", "2026000000013", "--amount", "1", "--reference", "x"])
                #expect(paid.status == 5, "\(paid.output)")
            }
        }

        private static func run(_ hub: RunningHub, _ desk: Desk, _ arguments: [String]) async throws -> Regency.Answer {
            try await hub.regency.hubctl(
                arguments + [
                    "--address", "127.0.0.1:\(hub.regency.port)", "--cert", desk.certificate, "--key", desk.key, "--ca",
                    desk.authority,
                ])
        }
    }
}
