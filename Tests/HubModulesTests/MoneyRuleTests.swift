// Tariffs, treasuries and charges as files.

import Foundation
import HubCore
import HubModules
import HubProto
import Testing

@Suite("Rules of money")
struct MoneyRuleTests {
    private func read(_ path: String, _ text: String) -> (rules: RuleSet, found: [String]) {
        let (rules, findings) = RuleFileReader().read([.with { ($0.path, $0.content) = (path, Data(text.utf8)) }])
        return (rules, findings.map { "\($0.line) \($0.rule)" })
    }

    private static let tariff = """
        name: retribusi
        version: "1"
        source: test
        legal_basis: [perda]
        title: { id: Retribusi, en: Charge }
        account: "4.1"
        periods:
          - from: "2026-01-01"
            groups:
              - mode: progressive
                round_up_to: 100
                slabs:
                  - { up_to: 10, fixed: 5, per_unit: 7 }
                  - { per_unit: 9 }
        late: { basis_points: 100, months_max: 24 }
        """

    private static let treasury = """
        name: kas
        version: "1"
        source: test
        accounts:
          - { code: "1.1", title: { id: Bank, en: Bank } }
          - { code: "1.2", title: { id: Loket, en: Counter } }
          - { code: "2.1", title: { id: Titipan, en: Held } }
          - { code: "4.2", title: { id: Bunga, en: Interest } }
        qris: "00020101021126690020ID.CO.BANKDAERAH.WWW011893600000000000000002120000000000010303URE51440014ID.CO.QRIS.WWW0215ID00000000000010303URE5204939953033605802ID5923PEMKAB MAKMUR SEJAHTERA6006MAKMUR6105557006304C425"
        uses: { bank: "1.1", counter: "1.2", held: "2.1", interest: "4.2" }
        """

    @Test("a tariff is read whole")
    func tariff() throws {
        let (rules, found) = read("tariffs/a.yaml", Self.tariff)
        #expect(found == [])
        let tariff = try #require(rules.all(HubTariff.self).first?.rule)
        let group = try #require(tariff.periods.first?.groups.first)
        #expect(group.mode == .progressive && group.roundUpTo == 100 && group.slabs.map(\.hasUpTo) == [true, false])
        #expect(tariff.late.basisPoints == 100 && tariff.account == "4.1")
    }

    @Test(
        "what is wrong with a tariff is told with its place",
        arguments: [
            ("up_to: 10", "up_to: -1", "type"), ("{ per_unit: 9 }", "{ up_to: 3, per_unit: 9 }", "ascending"),
            ("from: \"2026-01-01\"", "from: \"2026-13-01\"", "date"), ("mode: progressive", "mode: sliding", "type"),
            ("months_max: 24", "months_max: 2400", "type"), ("name: retribusi", "name: Retribusi", "name"),
            ("fixed: 5", "fixd: 5", "unknown_key"),
        ])
    func badTariff(_ right: String, _ wrong: String, _ rule: String) {
        let text = Self.tariff.replacing(right, with: wrong)
        #expect(text != Self.tariff)
        #expect(read("tariffs/a.yaml", text).found.contains { $0.hasSuffix(" \(rule)") })
    }

    @Test("a treasury is read whole")
    func treasury() throws {
        let (rules, found) = read("treasury/a.yaml", Self.treasury)
        #expect(found == [])
        #expect(rules.all(HubTreasury.self).first?.rule.held == "2.1")
    }

    @Test(
        "what is wrong with a treasury is told with its line",
        arguments: [
            ("code: \"4.2\"", "code: \"4.x\"", "7 code"), ("code: \"1.2\"", "code: \"1.1\"", "4 unique"),
            ("held: \"2.1\"", "held: \"2.9\"", "9 account"), ("held: \"2.1\"", "held: \"1.1\"", "9 held"),
            ("6304C425", "6304C426", "9 qris"),
        ])
    func badTreasury(_ right: String, _ wrong: String, _ finding: String) {
        let text = Self.treasury.replacing(right, with: wrong)
        #expect(text != Self.treasury)
        let found = read("treasury/a.yaml", text).found
        #expect(
            found.contains(finding) || found.contains { $0.hasSuffix(finding.split(separator: " ")[1]) }, "\(found)")
    }

    @Test(
        "charges must lean on fields, and bills on charges and stages",
        arguments: [
            ("quantity: luas_lantai", "quantity: fungsi", "quantity"), ("group: fungsi", "group: luas_lantai", "group"),
            ("charges: [retribusi_pbg]", "charges: [lain]", "bill"),
            ("settled_to: penerbitan", "settled_to: lain", "settled_to"),
            ("field: berpenghasilan_rendah", "field: luas_lantai", "when"),
            ("charges: [retribusi_pbg]", "charges: []", "bill"),
            ("settled_to: penerbitan", "settled_to: menunggu_pembayaran", "settled_to"),
            // What is written into a register stays, whatever becomes of the payment.
            (
                "{ name: penerbitan, ",
                "{ name: penerbitan, entries: [{ register: r, mode: enter, key: nik, values: { nama: nama } }], ",
                "settled_to"
            ),
        ])
    func badCharges(_ right: String, _ wrong: String, _ rule: String) throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Plugins/Permits/bundle/services/pbg-sederhana.yaml")
        let sound = try String(contentsOf: path, encoding: .utf8)
        #expect(read("services/a.yaml", sound).found == [])
        let text = sound.replacing(right, with: wrong)
        #expect(text != sound)
        #expect(read("services/a.yaml", text).found.contains { $0.hasSuffix(" \(rule)") })
    }
}
