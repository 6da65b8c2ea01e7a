// Rules of money that come into force while bills are open.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("money rules under review")
struct MoneyReviewTests {
    private func findings(
        _ hub: PayingHub, tariff: HubTariff? = nil, treasury: HubTreasury? = nil,
        definition: HubServiceDefinition? = nil
    ) async throws -> [String] {
        var files: [HubRuleFile] = []
        if let tariff { files.append(try MessageRules.file("tariffs/t.bin", tariff)) }
        if let treasury { files.append(try MessageRules.file("treasury/k.bin", treasury)) }
        if let definition { files.append(try MessageRules.file("services/d.bin", definition)) }
        let reply = try await hub.small.call(
            .checkRules, HubCheckRulesRequest.with { $0.files = files }, as: HubCheckRulesReply.self, by: .officer)
        return reply.findings.map { "\($0.file) \($0.rule)" }
    }

    private func next(_ change: (inout HubServiceDefinition) -> Void) -> HubServiceDefinition {
        PayingHub.definition { definition in
            (definition.version, definition.validFrom) = ("2026.2", "2026-02-01")
            definition.hash = .init([2])
            change(&definition)
        }
    }

    @Test("a tariff that is raised from a day on touches bills made from then on, and never one that is there")
    func raised() async throws {
        let hub = try await PayingHub.open()
        let open = try await hub.assessed()
        var tariff = PayingHub.tariff("2")
        tariff.periods[1].from = "2026-03-01"
        tariff.periods[1].groups[0].slabs[0].perUnit = 7_000
        let file = try MessageRules.file("tariffs/t.bin", tariff)
        let request = HubPublishRulesRequest.with { ($0.files, $0.note) = ([file], "Perda 2/2026") }
        _ = try await hub.small.call(.publishRules, request, as: HubPublishRulesReply.self, by: .officer)
        let sooner = try await hub.assessed()
        hub.small.clock.advance(toMillis: Sample.now + 60 * 24 * SmallHub.hour)
        let later = try await hub.assessed()
        #expect([open, sooner, later].map(\.bill.total) == [100_000, 100_000, 700_000])
        #expect(later.bill.lines.map(\.tariff) == ["retribusi/2"])
        #expect(try await hub.state(open).bill == open.bill)
    }

    @Test("a tariff without a price for a value that the form offers is refused before anybody stands at a counter")
    func missingGroup() async throws {
        let hub = try await PayingHub.open()
        var tariff = PayingHub.tariff("2")
        tariff.periods[1].groups = [tariff.periods[1].groups[1]]  // Places of worship alone.
        #expect(try await findings(hub, tariff: tariff) == ["tariffs/t.bin periods"])
    }

    @Test("a tariff that begins after today is refused while cases may be charged by it")
    func lateStart() async throws {
        let hub = try await PayingHub.open()
        var tariff = PayingHub.tariff("2")
        tariff.periods.removeFirst()
        #expect(try await findings(hub, tariff: tariff) == ["tariffs/t.bin periods"])
    }

    @Test("a definition that charges by a tariff that is not there, or for a value without a price, is refused")
    func definition() async throws {
        let hub = try await PayingHub.open()
        #expect(
            try await findings(hub, definition: next { $0.charges[0].tariff = "lain" }) == ["services/d.bin tariff"])
        let sound = next { $0.fields[1].choices.append(.with { $0.value = "toko" }) }
        #expect(try await findings(hub, definition: sound) == [])
    }

    @Test("accounts that something was booked under stay, and a tariff earns for one that is there")
    func accounts() async throws {
        let hub = try await PayingHub.open()
        var treasury = PayingHub.treasury
        treasury.version = "2"
        treasury.accounts.removeAll { $0.code == "4.1" }
        #expect(
            try await findings(hub, treasury: treasury) == ["treasury/k.bin accounts", "treasury/k.bin accounts"])
        var tariff = PayingHub.tariff("2")
        tariff.account = "4.9"
        #expect(try await findings(hub, tariff: tariff) == ["tariffs/t.bin account"])
    }
}
