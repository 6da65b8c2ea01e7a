// Numbers of an authority over the wire: an adapter is killed between asking and answering, and each child has one number.

import Foundation
import HubClient
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Inquiring")
    struct InquiringTests {
        private static let count = 12

        @Test("adapters that are killed between asking and answering cost time: every birth gets one number, its own")
        func killed() async throws {
            try await RunningHub.serve { hub in
                let adapter = try await Adapter.enrol("siak", hub.regency)
                let bench = try await Bench(hub)
                let births = try await bench.cases(Service.birth, count: Self.count, seed: 81)
                for open in births { try await Self.register(open, hub) }
                let waiting = try await hub.regency.admin(["inquiry", "list", "-o", "json"])
                #expect(waiting.status == 0 && births.allSatisfy { waiting.output.contains($0.number) })

                for life in 0..<3 {
                    let process = try adapter.start(["--slow", "150", "--seed", "\(life)"])
                    try await Self.wait(hub, "an adapter takes something") { $0.contains { $0.state == .taken } }
                    process.signal(SIGKILL)
                    try await process.wait(seconds: 10)
                }
                let process = try adapter.start()
                try await Self.wait(hub, "all are answered") { $0.isEmpty }
                await process.stop()

                var numbers: Set<String> = []
                for open in births {
                    let state = try await hub.town.read(open.number, as: hub.town.admin)
                    #expect(state.stage == "terdaftar" && state.inquiries.map(\.state) == [.answered])
                    numbers.insert(state.data.first { $0.name == "nik_anak" }?.text ?? "")
                }
                #expect(numbers.count == Self.count && !numbers.contains(""))
                let shown = try await hub.regency.admin(["inquiry", "show", births[0].number])
                #expect(shown.status == 0 && shown.output.contains("answered"), "\(shown.output)")
                let status = try await hub.regency.admin(["authority", "status", "siak"])
                #expect(status.status == 0 && status.output.contains("answering"), "\(status.output)")
                #expect(try await hub.regency.admin(["audit", "verify"]).status == 0)
            }
        }

        @Test("a dead letter is listed, shown with its case, and released by hubctl")
        func deadLetter() async throws {
            try await RunningHub.serve { hub in
                let bench = try await Bench(hub)
                let birth = try await bench.cases(Service.birth, count: 1, seed: 82)[0]
                try await Self.register(birth, hub)
                try await hub.town.pass(hours: 168)
                let parked = try await hub.regency.admin(["inquiry", "list", "--parked"])
                #expect(parked.output.contains(birth.number) && parked.output.contains("expired"), "\(parked.output)")
                let shown = try await hub.regency.admin(["case", "show", birth.number])
                #expect(shown.output.contains("Inquiries (UTC):") && shown.output.contains("parked"), "\(shown.output)")
                let state = try await hub.town.read(birth.number, as: hub.town.admin)
                #expect(state.escalation > 0, "somebody was called")
                #expect(try await hub.regency.admin(["inquiry", "retry", birth.number]).status == 0)
                #expect(try await hub.regency.admin(["inquiry", "retry", birth.number]).status == 7)
                let process = try await Adapter.enrol("siak", hub.regency).start()
                try await Self.wait(hub, "it is answered") { $0.isEmpty }
                await process.stop()
                let status = try await hub.town.channel.authority.status(LayananAuthorityStatusRequest()).message
                let one = try #require(status.authorities.first { $0.authority == "siak" })
                #expect(one.waiting == 0 && one.answeredMs > 0)
            }
        }

        /// Brings a birth to the stage that asks.
        private static func register(_ open: OpenCase, _ hub: RunningHub) async throws {
            var chance = Chance(seed: 83)
            for action in ["periksa", "daftarkan"] {
                try await hub.town.take(
                    Step(by: .officer, action: action), on: open.number, of: Service.birth, for: open.petition.citizen,
                    chance: &chance)
            }
        }

        /// Lets the hub's clock run until what waits is as it should be; 60 s at most.
        private static func wait(
            _ hub: RunningHub, _ what: String, until isSo: ([HubInquiry]) -> Bool
        ) async throws {
            for turn in 0..<600 {
                let request = LayananListInquiriesRequest.with { $0.pageSize = 200 }
                let open = try await hub.town.admin.authority.list(request).message.inquiries.map(\.inquiry)
                if isSo(open) { return }
                if turn % 10 == 9 {
                    _ = try await hub.regency.admin(["clock", "advance", "2m"])
                }
                try await Task.sleep(for: .milliseconds(100))
            }
            Issue.record("after a minute still not: \(what)")
        }
    }
}
