// Family cards beyond their definition: who can come, go, and be the head.

import HubDomain
import HubModuleKit

/// `perubahan-kk` (domain rows 3 and 4).
struct FamilyCard {
    /// Actions with one way lead there; the rules below add what data cannot say.
    func decide(_ question: Question) -> Answer {
        let answer: Answer =
            switch question.action {
            case "submit", "perbaiki": asked(question)
            case "minta_perbaikan": .go(to: "perbaikan")
            case "periksa": .go(to: "diperiksa")
            case "daftarkan": registered(question)
            case "tarik_pencatatan": .go(to: "diperiksa")
            case "serahkan": .go(to: "selesai")
            case "tolak": .go(to: "ditolak")
            case "tarik": .go(to: "ditarik")
            default: CivilRegistryModule.unknownAction()
            }
        return alike(question, otherFamily(question, answer))
    }

    private func asked(_ question: Question) -> Answer {
        let reasons =
            members(question) + heads(question) + unknown(question)
            + [CivilRegistryModule.outsideDistricts("wilayah_baru", question)].compactMap { $0 }
        return reasons.isEmpty ? .go(to: "diajukan") : .refuse(reasons)
    }

    /// A new family waits for its number; what the register says may have changed since the request.
    private func registered(_ question: Question) -> Answer {
        let reasons = members(question) + heads(question) + unknown(question)
        guard reasons.isEmpty else { return .refuse(reasons) }
        return .go(to: question.text("jenis_perubahan") == "pisah_kk" ? "menunggu_siak" : "terdaftar")
            .setting("tanggal_pencatatan", question.today.iso)
    }

    /// Members are each named once, are alive, and who goes is not the head.
    private func members(_ question: Question) -> [Violation] {
        var reasons: [Violation] = []
        var seen: Set<String> = []
        let head = question.text("nomor_kk").flatMap { question.entry("keluarga", $0) }?["nik_kepala"]
        for (index, row) in question.rows("anggota").enumerated() {
            guard let nik = row["nik"] else { continue }
            let field = "anggota[\(index + 1)].nik"
            if !seen.insert(nik).inserted {
                reasons.append(
                    Violation(field, "twice", id: "Anggota ini tertulis dua kali.", en: "This member stands twice."))
            }
            if question.text("jenis_perubahan") != "kurang_anggota", CivilRegistryModule.isDead(nik, question) {
                reasons.append(
                    Violation(
                        field, "dead", id: "Menurut register, orang ini sudah meninggal; periksa NIK.",
                        en: "By the register this person is dead; check the NIK."))
            }
            if question.text("jenis_perubahan") == "kurang_anggota", nik == head {
                reasons.append(
                    Violation(
                        field, "head", id: "Ganti kepala keluarga lebih dahulu.",
                        en: "Change the head of the family first."))
            }
        }
        return reasons
    }

    /// A new head is alive; that of a split family is among those who move.
    private func heads(_ question: Question) -> [Violation] {
        guard let head = question.text("nik_kepala_baru") else { return [] }
        if CivilRegistryModule.isDead(head, question) {
            return [
                Violation(
                    "nik_kepala_baru", "dead", id: "Menurut register, orang ini sudah meninggal.",
                    en: "By the register this person is dead.")
            ]
        }
        guard question.text("jenis_perubahan") == "pisah_kk",
            !question.rows("anggota").contains(where: { $0["nik"] == head })
        else { return [] }
        return [
            Violation(
                "nik_kepala_baru", "head", id: "Kepala keluarga baru harus termasuk anggota yang pindah.",
                en: "The new head must be among the members who move.")
        ]
    }

    /// Data are changed of persons whom the register knows.
    private func unknown(_ question: Question) -> [Violation] {
        question.rows("perubahan_data").enumerated().compactMap { index, row in
            guard let nik = row["nik"], question.entry("penduduk", nik) == nil else { return nil }
            return Violation(
                "perubahan_data[\(index + 1)].nik", "unknown_person",
                id: "NIK ini belum ada dalam register; tambahkan sebagai anggota lebih dahulu.",
                en: "This NIK is not in the register; add the member first.")
        }
    }

    /// Who goes or moves should belong to the card; the register may be older than the card, so an officer looks.
    private func otherFamily(_ question: Question, _ answer: Answer) -> Answer {
        guard ["kurang_anggota", "pisah_kk"].contains(question.text("jenis_perubahan") ?? ""),
            let card = question.text("nomor_kk")
        else { return answer }
        var answer = answer
        for (index, row) in question.rows("anggota").enumerated() {
            guard let nik = row["nik"], let known = question.entry("penduduk", nik)?["nomor_kk"], known != card else {
                continue
            }
            answer = answer.warning(
                "other_family", field: "anggota[\(index + 1)].nik",
                id: "Menurut register, orang ini tercatat pada KK lain: cocokkan dengan KK lama.",
                en: "By the register this person belongs to another card: compare with the old card.")
        }
        return answer
    }

    private func alike(_ question: Question, _ answer: Answer) -> Answer {
        guard !question.likenesses("permohonan_sama").isEmpty else { return answer }
        return answer.warning(
            "same_card", field: "nomor_kk", id: "KK yang sama sedang diubah dengan permohonan lain: periksa keduanya.",
            en: "Another request changes the same card: look at both.")
    }
}
