// Business permits beyond their definition: the risk class, the shortest way, and scale against capital.

import HubDomain
import HubModuleKit

/// `izin-usaha`
struct BusinessPermit {
    /// Actions with one way lead there; the rules below add what data cannot say.
    func decide(_ question: Question) -> Answer {
        switch question.action {
        case "submit", "perbaiki": received(question)
        case "minta_perbaikan": .go(to: "perbaikan")
        case "dokumen_lengkap": documentsComplete(question)
        case "selesai_dinilai": .go(to: "keputusan")
        case "terbitkan": issued(question, "keputusan")
        case "tolak": .go(to: "ditolak")
        case "tarik": .go(to: "ditarik")
        case "perpanjang": renewalAsked(question)
        case "setujui_perpanjangan": renewed(question)
        case "ubah": changeAsked(question)
        case "setujui_perubahan": changed(question)
        case "tolak_perpanjangan", "tolak_perubahan": .go(to: "terbit")
        case "cabut": .go(to: "dicabut")
        case "kembalikan": .go(to: "dikembalikan")
        default: PermitsModule.unknownAction()
        }
    }

    private func received(_ question: Question) -> Answer {
        if question.isTakenOver { return .go(to: "terbit") }
        var reasons: [Violation] = []
        let risk = question.record("kbli")?["risiko"]
        if risk == nil {
            reasons.append(
                Violation(
                    "kbli", "risk_class", id: "Kode KBLI belum memiliki tingkat risiko; hubungi DPMPTSP.",
                    en: "This KBLI code has no risk class yet; ask the permits office."))
        }
        if let contradiction = scaleAgainstCapital(question) { reasons.append(contradiction) }
        if let number = question.text("nib_pemohon"), !number.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            reasons.append(
                Violation("nib_pemohon", "digits", id: "NIB terdiri atas 13 angka.", en: "It has 13 digits."))
        }
        if let outside = PermitsModule.outsideDistricts(question) { reasons.append(outside) }
        guard reasons.isEmpty, let risk else { return .refuse(reasons) }
        let answer = Answer.go(to: "pemeriksaan_dokumen").setting("risiko", risk)
        // Whoever has a number is asked for no other, whichever way the permit is granted: the hub then asks nobody.
        return question.text("nib_pemohon").map { answer.setting("nib", $0) } ?? answer
    }

    /// A business is micro, small or medium by its capital without land and buildings (PP 7/2021 art. 35; domain row:
    /// `izin-usaha`); the bounds are the table `skala-usaha`.
    private func scaleAgainstCapital(_ question: Question) -> Violation? {
        guard let row = question.record("skala-usaha"), let capital = question.integer("modal"),
            let least = row["modal_min"].flatMap({ Int64($0) }), let most = row["modal_maks"].flatMap({ Int64($0) })
        else {
            return Violation(
                "skala", "capital", id: "Batas modal skala ini belum ditetapkan; hubungi DPMPTSP.",
                en: "This scale has no bounds of capital yet; ask the permits office.")
        }
        if least <= capital, capital <= most { return nil }
        return Violation(
            "skala", "capital",
            id: "Skala usaha tidak sesuai dengan modal: untuk skala ini modal Rp\(least) sampai Rp\(most).",
            en: "Scale and capital do not match: this scale has a capital of Rp\(least) to Rp\(most).")
    }

    /// Micro businesses with low risk are issued without assessment.
    private func documentsComplete(_ question: Question) -> Answer {
        let risk = question.record("kbli")?["risiko"]
        if question.text("skala") == "mikro", risk == "rendah" { return issued(question, "otomatis") }
        return .go(to: "penilaian")
    }

    /// - Parameter ground: Value of `dasar_terbit`.
    private func issued(_ question: Question, _ ground: String) -> Answer {
        .go(to: "menunggu_nib").setting("berlaku_sejak", question.today.iso).setting("dasar_terbit", ground)
    }
}
