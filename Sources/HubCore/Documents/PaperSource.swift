// Where a paper's values come from: the form, the case, its settled bill, and the rule that issues it.

import HubDomain
import HubProto

/// Values by placeholder.
///
/// Each field of the form gives its own: choices by their titles, days and amounts as people write them, codes with their
/// row's columns (`wilayah` and `wilayah_nama`). Of the case come `nomor_permohonan`, `tanggal_permohonan` and `catatan`; of
/// its settled bill `tagihan`, `tagihan_terbilang` and `bukti_bayar`. The rule's own values come last.
struct PaperSource: Sendable {
    let definition: HubServiceDefinition
    let catalogue: ServiceCatalogue

    /// Everything that a template may name.
    func names(_ rule: HubPaperRule) -> Set<String> {
        var names: Set<String> = [
            "nomor", "tanggal_terbit", "berlaku_sampai", "nomor_permohonan", "tanggal_permohonan", "catatan", "tagihan",
            "tagihan_terbilang", "bukti_bayar",
        ]
        names.formUnion(rule.values.map(\.name))
        for field in definition.fields {
            names.insert(field.name)
            for column in catalogue.tables[field.table]?.columns ?? [] { names.insert("\(field.name)_\(column)") }
        }
        return names
    }

    func values(of state: HubCase, _ rule: HubPaperRule) -> [String: String] {
        var values = PaperValues.values(of: state.data, in: definition, tables: catalogue.tables)
        values["nomor_permohonan"] = state.number
        values["tanggal_permohonan"] = catalogue.today(state.createdMs).indonesian
        values["catatan"] = PrintableText.line(state.note, charactersMax: PaperContent.valueCharactersMax)
        if let bill = state.bills.last(where: { $0.state == .settled }) {
            values["tagihan"] = RupiahText.digits(bill.total)
            values["tagihan_terbilang"] = RupiahText.words(bill.total)
            values["bukti_bayar"] = bill.receipt
        }
        for value in rule.values { values[value.name] = value.text }
        return values
    }
}
