// Corrections beyond their definition: the certificate is there, is that person's, and would change.

import HubDomain
import HubModuleKit

/// `pembetulan-akta` (UU 23/2006 art. 71; domain rows 2 and 22).
struct Correction {
    /// Actions with one way lead there; the rules below add what data cannot say.
    func decide(_ question: Question) -> Answer {
        switch question.action {
        case "submit", "perbaiki": asked(question)
        case "minta_perbaikan": .go(to: "perbaikan")
        case "periksa": .go(to: "keputusan_kepala")
        case "setujui": .go(to: "dibetulkan")
        case "tolak": .go(to: "ditolak")
        case "tarik": .go(to: "ditarik")
        default: CivilRegistryModule.unknownAction()
        }
    }

    private func asked(_ question: Question) -> Answer {
        guard let number = question.text("nomor_akta"), let entry = question.entry("akta", number) else {
            return .refuse(
                Violation(
                    "nomor_akta", "unknown", id: "Nomor akta ini tidak ada dalam register; periksa kutipan akta.",
                    en: "The register has no certificate of this number; look at the certificate."))
        }
        guard entry["nik"] == question.text("nik") else {
            return .refuse(
                Violation(
                    "nik", "other_person", id: "Akta ini bukan milik NIK tersebut; periksa kutipan akta.",
                    en: "The certificate is of another NIK; look at the certificate."))
        }
        let (field, value) =
            question.text("unsur") == "tanggal"
            ? ("tanggal_benar", question.text("tanggal_benar")) : ("teks_benar", question.text("teks_benar"))
        if let now = written(question, entry), now == value {
            return .refuse(
                Violation(
                    field, "same", id: "Sudah tertulis demikian dalam register.", en: "The register says so already."))
        }
        return .go(to: "diajukan").setting("jenis_akta", entry["jenis"] == "kematian" ? "kematian" : "kelahiran")
    }

    private func written(_ question: Question, _ entry: [String: String]) -> String? {
        switch question.text("unsur") {
        case "nama": entry["nama"]
        case "tempat": entry["tempat_peristiwa"]
        case "tanggal": entry["tanggal_peristiwa"]
        case "nama_ibu": entry["nama_ibu"]
        case "nama_ayah": entry["nama_ayah"]
        default: nil
        }
    }
}
