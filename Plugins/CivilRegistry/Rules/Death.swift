// Deaths beyond their definition: dates that cannot be, reports that come late, and that one person dies once.

import HubDomain
import HubModuleKit

/// `akta-kematian` (domain rows 3, 6 and 9).
struct Death {
    /// Actions with one way lead there; the rules below add what data cannot say.
    func decide(_ question: Question) -> Answer {
        let answer: Answer =
            switch question.action {
            case "submit", "perbaiki": declared(question)
            case "bukan_ganda": .go(to: "dilaporkan")
            case "minta_perbaikan": .go(to: "perbaikan")
            case "periksa": isLate(question) ? .go(to: "keputusan_kepala") : .go(to: "diperiksa")
            case "setujui_terlambat": .go(to: "diperiksa")
            case "daftarkan": registered(question)
            case "tarik_pencatatan": .go(to: "diperiksa")
            case "serahkan_akta": .go(to: "akta_siap")
            case "tolak": .go(to: "ditolak")
            case "tarik": .go(to: "ditarik")
            default: CivilRegistryModule.unknownAction()
            }
        return unknownPerson(question, otherData(question, reporter(question, answer)))
    }

    private func declared(_ question: Question) -> Answer {
        if question.origin != nil { return takenOver(question) }
        var reasons = [alreadyDead(question), CivilRegistryModule.outsideDistricts("wilayah", question)]
        if let died = question.date("tanggal_meninggal") {
            if died > question.today {
                reasons.append(
                    Violation(
                        "tanggal_meninggal", "future", id: "Tanggal meninggal belum terjadi.",
                        en: "The date of death lies in the future."))
            }
            if let born = birth(question), died < born {
                reasons.append(
                    Violation(
                        "tanggal_meninggal", "before_birth", id: "Tanggal meninggal mendahului tanggal lahir.",
                        en: "The date of death is before the date of birth."))
            }
        }
        if question.text("nik_pelapor") == question.text("nik_almarhum") {
            reasons.append(
                Violation(
                    "nik_pelapor", "reporter", id: "Pelapor harus orang lain.", en: "The reporter is another person."))
        }
        let wrong = reasons.compactMap { $0 }
        guard wrong.isEmpty else { return .refuse(wrong) }
        let isAlike = !question.likenesses("orang_sama").isEmpty || !question.likenesses("nama_mirip").isEmpty
        return .go(to: isAlike ? "dugaan_ganda" : "dilaporkan")
            .setting("pelaporan", isLate(question) ? "terlambat" : "tepat_waktu")
    }

    /// An older register has its numbers already; one person dies once all the same.
    private func takenOver(_ question: Question) -> Answer {
        if let reason = alreadyDead(question) { return .refuse(reason) }
        return CivilRegistryModule.takenOver(question, needs: ["nomor_akta", "tanggal_pencatatan"])
    }

    /// Somebody else's declaration may have been registered since this one was made.
    private func registered(_ question: Question) -> Answer {
        if let reason = alreadyDead(question) { return .refuse(reason) }
        return .go(to: "menunggu_siak").setting("tanggal_pencatatan", question.today.iso)
    }

    private func alreadyDead(_ question: Question) -> Violation? {
        guard CivilRegistryModule.isDead(question.text("nik_almarhum"), question) else { return nil }
        return Violation(
            "nik_almarhum", "one_death",
            id: "Kematian orang ini sudah tercatat; minta kutipan akta yang ada.",
            en: "The death of this person is registered already; ask for a copy of that certificate.")
    }

    /// As the form says, or else the register.
    private func birth(_ question: Question) -> CalendarDate? {
        question.date("tanggal_lahir") ?? entry(question)?["tanggal_lahir"].flatMap { CalendarDate(iso: $0) }
    }

    private func entry(_ question: Question) -> [String: String]? {
        question.text("nik_almarhum").flatMap { question.entry("penduduk", $0) }
    }

    /// Reports are made by the head of the RT or the family (UU 24/2013 art. 44); somebody else's is looked at.
    private func reporter(_ question: Question, _ answer: Answer) -> Answer {
        var answer = answer
        if question.text("hubungan_pelapor") == "lainnya" {
            answer = answer.warning(
                "reporter", field: "hubungan_pelapor",
                id: "Pelapor bukan ketua RT atau keluarga (UU 24/2013 pasal 44): periksa kewenangannya.",
                en: "The reporter is neither head of the RT nor family: check by what right.")
        }
        if CivilRegistryModule.isDead(question.text("nik_pelapor"), question) {
            answer = answer.warning(
                "reporter_dead", field: "nik_pelapor", id: "Menurut register, pelapor sudah meninggal: periksa NIK.",
                en: "By the register the reporter is dead: check the NIK.")
        }
        return answer
    }

    /// A NIK stays and a birth date may have been corrected (domain row 2): a difference is looked at, never refused.
    private func otherData(_ question: Question, _ answer: Answer) -> Answer {
        guard let known = entry(question)?["tanggal_lahir"], let given = question.text("tanggal_lahir"), known != given
        else { return answer }
        return answer.warning(
            "other_birth_date", field: "tanggal_lahir", id: "Tanggal lahir berbeda dari register penduduk: cocokkan.",
            en: "The date of birth differs from the register: compare.")
    }

    private func unknownPerson(_ question: Question, _ answer: Answer) -> Answer {
        guard entry(question) == nil else { return answer }
        return answer.warning(
            "unknown_person", field: "nik_almarhum",
            id: "NIK ini belum ada dalam register kabupaten: cocokkan dengan KK dan SIAK.",
            en: "This NIK is not in the regency's register yet: compare with family card and national register.")
    }

    private func isLate(_ question: Question) -> Bool {
        question.date("tanggal_meninggal").map { CivilRegistryModule.isLate($0, question) } ?? false
    }
}
