// Values of a form as papers say them.

import HubCore
import HubDomain
import HubProto
import Testing

@Suite("A form's values on paper")
struct PaperValuesTests {
    private let definition = HubServiceDefinition.with {
        $0.fields = [
            .with { ($0.name, $0.type) = ("lahir", .date) }, .with { ($0.name, $0.type) = ("modal", .rupiah) },
            .with { ($0.name, $0.type) = ("lintang", .latitude) }, .with { ($0.name, $0.type) = ("luas", .integer) },
            .with { ($0.name, $0.type) = ("ada", .flag) }, .with { ($0.name, $0.type) = ("nama", .text) },
            .with { ($0.name, $0.type, $0.table) = ("jalan", .code, "jalan") },
            .with {
                ($0.name, $0.type) = ("skala", .choice)
                $0.choices = [.with { ($0.value, $0.title.id) = ("mikro", "Mikro") }]
            },
        ]
    }

    private func values(_ data: [HubFieldValue]) -> [String: String] {
        let table = HubTable.with {
            ($0.name, $0.columns) = ("jalan", ["kode", "nama"])
            $0.rows = [.with { $0.values = ["01", "Jalan Melati"] }]
        }
        return PaperValues.values(of: data, in: definition, tables: ["jalan": TableIndex(table)])
    }

    private func text(_ name: String, _ text: String) -> HubFieldValue { .with { ($0.name, $0.text) = (name, text) } }
    private func number(_ name: String, _ number: Int64) -> HubFieldValue {
        .with { ($0.name, $0.integer) = (name, number) }
    }

    @Test("are words and digits as people write them in Indonesian")
    func words() {
        #expect(
            values([
                text("lahir", "1990-05-15"), number("modal", 15_000_000), number("lintang", -7_801_200),
                number("luas", 72), .with { ($0.name, $0.flag) = ("ada", true) }, text("nama", "Contoh"),
                text("skala", "mikro"), text("jalan", "01"),
            ]) == [
                "lahir": "15 Mei 1990", "modal": "Rp15.000.000", "lintang": "-7,801200", "luas": "72", "ada": "Ya",
                "nama": "Contoh", "skala": "Mikro", "jalan": "01", "jalan_kode": "01", "jalan_nama": "Jalan Melati",
            ])
    }

    @Test("stay what they are when a definition or a table does not know them, and unknown fields are left out")
    func unknown() {
        #expect(
            values([
                text("lahir", "kemarin"), text("skala", "raksasa"), text("jalan", "99"), text("lain", "x"),
                number("lintang", .min), .with { $0.name = "nama" },
            ]) == [
                "lahir": "kemarin", "skala": "raksasa", "jalan": "99", "lintang": "-9223372036854,775808", "nama": "",
            ])
    }
}
