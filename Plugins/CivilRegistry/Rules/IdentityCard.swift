// Identity cards beyond their definition: who is old enough, and what proves a loss.

import HubDomain
import HubModuleKit

/// `ktp-el` (domain rows 8, 10 and 11).
struct IdentityCard {
    /// Actions with one way lead there; the rules below add what data cannot say.
    func decide(_ question: Question) -> Answer {
        let answer: Answer =
            switch question.action {
            case "submit", "perbaiki": asked(question)
            case "minta_perbaikan": .go(to: "perbaikan")
            // Fingerprints and photograph are taken once.
            case "periksa": .go(to: question.text("jenis") == "baru" ? "menunggu_perekaman" : "pencetakan")
            case "cetak": .go(to: "siap_diambil")
            case "tolak": .go(to: "ditolak")
            case "tarik": .go(to: "ditarik")
            default: CivilRegistryModule.unknownAction()
            }
        return alike(question, answer)
    }

    private func asked(_ question: Question) -> Answer {
        var reasons: [Violation] = []
        if CivilRegistryModule.isDead(question.text("nik"), question) {
            reasons.append(
                Violation(
                    "nik", "dead", id: "Menurut register, orang ini sudah meninggal; periksa NIK.",
                    en: "By the register this person is dead; check the NIK."))
        }
        if let born = question.date("tanggal_lahir"), !isOldEnough(born, question) {
            reasons.append(
                Violation(
                    "tanggal_lahir", "age",
                    id: "KTP-el diberikan mulai usia 17 tahun atau setelah kawin (UU 24/2013 pasal 63).",
                    en: "A card is given from the age of 17, or to who is or was married (UU 24/2013 art. 63)."))
        }
        if question.text("jenis") == "hilang", !question.documentKinds.contains("surat_polisi") {
            reasons.append(
                Violation(
                    "documents/surat_polisi", "required",
                    id: "Lampirkan surat keterangan hilang dari kepolisian.", en: "Attach the letter of the police."))
        }
        if question.text("jenis") == "rusak", !question.documentKinds.contains("ktp_lama") {
            reasons.append(
                Violation(
                    "documents/ktp_lama", "required", id: "Lampirkan foto KTP-el yang rusak.",
                    en: "Attach a picture of the damaged card."))
        }
        return reasons.isEmpty ? .go(to: "diajukan") : .refuse(reasons)
    }

    /// On the day of the request; whoever has a card already was old enough once.
    private func isOldEnough(_ born: CalendarDate, _ question: Question) -> Bool {
        guard question.text("jenis") == "baru" else { return born <= question.today }
        return born.adding(months: Self.months) <= question.today || question.flag("sudah_kawin") == true
    }

    private static let months = 17 * 12

    private func alike(_ question: Question, _ answer: Answer) -> Answer {
        guard !question.likenesses("permohonan_sama").isEmpty else { return answer }
        return answer.warning(
            "same_person", field: "nik", id: "Ada permohonan lain dengan NIK yang sama: periksa keduanya.",
            en: "There is another request of the same NIK: look at both.")
    }
}
