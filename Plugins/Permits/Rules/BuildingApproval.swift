// Simple building approvals beyond their definition: who advises, how many rounds, and what low income needs.

import HubDomain
import HubModuleKit

/// `pbg-sederhana`. What is owed, and that nothing is issued before it is paid, the definition says: the hub bills.
struct BuildingApproval {
    /// Actions with one way lead there; the rules below add what data cannot say.
    func decide(_ question: Question) -> Answer {
        switch question.action {
        case "submit", "perbaiki": received(question)
        case "minta_perbaikan": .go(to: "perbaikan")
        case "dokumen_lengkap": consultation(question)
        case "minta_perbaikan_teknis": .go(to: "perbaikan_teknis")
        case "perbaiki_gambar": drawings(question)
        case "nyatakan_layak": sound(question)
        case "tetapkan_retribusi": .go(to: "menunggu_pembayaran")
        case "terbitkan": .go(to: "terbit").setting("berlaku_sejak", question.today.iso)
        case "ganti_pemilik": newOwner(question)
        case "cabut": .go(to: "dicabut")
        case "tolak": .go(to: "ditolak")
        case "tarik": .go(to: "ditarik")
        default: PermitsModule.unknownAction()
        }
    }

    private func received(_ question: Question) -> Answer {
        if question.isTakenOver { return .go(to: "terbit") }
        let reasons = [PermitsModule.outsideDistricts(question), unprovedIncome(question)].compactMap { $0 }
        return reasons.isEmpty ? .go(to: "pemeriksaan_dokumen") : .refuse(reasons)
    }

    /// Low-income housing is free of charge (domain row 30); whoever says so brings the proof, and it is a dwelling.
    private func unprovedIncome(_ question: Question) -> Violation? {
        guard question.flag("berpenghasilan_rendah") == true else { return nil }
        if question.text("fungsi") != "hunian" {
            return Violation(
                "berpenghasilan_rendah", "dwelling", id: "Bebas retribusi hanya untuk bangunan hunian.",
                en: "Only dwellings are free of charge.")
        }
        if question.documentKinds.contains("surat_penghasilan") { return nil }
        return Violation(
            "documents/surat_penghasilan", "required",
            id: "Lampirkan surat keterangan berpenghasilan rendah, atau isi tidak.",
            en: "Attach the proof of low income, or answer no.")
    }

    /// Public works advises, in as many rounds as it takes (PP 16/2021; domain row 29).
    private func consultation(_ question: Question) -> Answer {
        guard let unit = question.record("unit-teknis")?["unit_konsultasi"], !unit.isEmpty else {
            return .refuse(
                Violation(
                    "fungsi", "unit", id: "Belum ada unit teknis untuk fungsi bangunan ini.",
                    en: "No unit advises on buildings of this function."))
        }
        return .go(to: "konsultasi_teknis").held(by: unit).setting("putaran_konsultasi", 1)
    }

    private func drawings(_ question: Question) -> Answer {
        if let reason = unprovedIncome(question) ?? PermitsModule.outsideDistricts(question) { return .refuse(reason) }
        let rounds = question.integer("putaran_konsultasi") ?? 1
        return .go(to: "konsultasi_teknis").setting("putaran_konsultasi", rounds + 1)
    }

    /// The technical statement: the permits desk has the case again.
    private func sound(_ question: Question) -> Answer {
        let answer = Answer.go(to: "penetapan_retribusi")
        guard let unit = question.record("unit-teknis")?["unit_perizinan"], !unit.isEmpty else { return answer }
        return answer.held(by: unit)
    }

    private func newOwner(_ question: Question) -> Answer {
        guard question.text("nik") != question.previousText("nik") else {
            return .refuse(
                Violation(
                    "nik", "changed", id: "Isi NIK pemilik yang baru.", en: "Give the new owner's NIK."))
        }
        return .go(to: "terbit")
    }
}
