// Births beyond their definition: dates that cannot be, reports that come late, and what the register says of the parents.

import HubDomain
import HubModuleKit

/// `akta-kelahiran` (domain rows 1 to 3 and 7).
struct Birth {
    /// What the action leads to, with everything an officer should look at as long as it is so.
    func decide(_ question: Question) -> Answer {
        papers(question, motherAge(question, parents(question, outcome(question))))
    }

    /// Actions with one way lead there; the rules below add what data cannot say.
    private func outcome(_ question: Question) -> Answer {
        switch question.action {
        case "submit", "perbaiki": declared(question)
        case "bukan_ganda": .go(to: "dideklarasikan")
        case "minta_perbaikan": .go(to: "perbaikan")
        case "periksa": checked(question)
        case "setujui_terlambat": .go(to: "diperiksa")
        case "daftarkan": .go(to: "menunggu_siak").setting("tanggal_pencatatan", question.today.iso)
        case "tarik_pencatatan": .go(to: "diperiksa")
        case "cetak_akta": .go(to: "akta_siap")
        case "tolak": .go(to: "ditolak")
        case "tarik": .go(to: "ditarik")
        default: CivilRegistryModule.unknownAction()
        }
    }

    private func declared(_ question: Question) -> Answer {
        if question.origin != nil { return takenOver(question) }
        var reasons: [Violation] = []
        if let born = question.date("tanggal_lahir"), born > question.today {
            reasons.append(
                Violation(
                    "tanggal_lahir", "future", id: "Tanggal lahir belum terjadi.",
                    en: "The date of birth lies in the future."))
        }
        if let area = question.text("wilayah"), area.utf8.count != 6 {
            reasons.append(
                Violation(
                    "wilayah", "district", id: "Pilih kecamatan (kode 6 angka).", en: "Choose a district (6 digits)."))
        }
        reasons += people(question) + registered(question)
        guard reasons.isEmpty else { return .refuse(reasons) }
        // An officer looks before one child is registered twice.
        let isAlike = !question.likenesses("anak_sama").isEmpty
        return .go(to: isAlike ? "dugaan_ganda" : "dideklarasikan")
            .setting("pelaporan", isLate(question) ? "terlambat" : "tepat_waktu")
    }

    /// An older register has its numbers already; what it lacks cannot be entered here.
    private func takenOver(_ question: Question) -> Answer {
        CivilRegistryModule.takenOver(question, needs: ["nik_anak", "nomor_akta", "tanggal_pencatatan"])
    }

    /// What the register of persons says of the parents: nobody bears a child after her death, or before being a person
    /// who could; a father may have died up to 300 days before (KUH Perdata pasal 255).
    private func registered(_ question: Question) -> [Violation] {
        guard let born = question.date("tanggal_lahir") else { return [] }
        var reasons: [Violation] = []
        for (field, days) in [("nik_ibu", 0), ("nik_ayah", 300)] {
            guard let entry = question.text(field).flatMap({ question.entry("penduduk", $0) }) else { continue }
            if let died = entry["tanggal_meninggal"].flatMap({ CalendarDate(iso: $0) }),
                CalendarDate.daysBetween(died, born) > days
            {
                reasons.append(
                    Violation(
                        field, "dead_before_birth",
                        id:
                            "Menurut register penduduk, orang ini meninggal sebelum kelahiran; periksa NIK dan tanggal.",
                        en: "By the register this person died before the birth; check NIK and date."))
            }
            if let parent = entry["tanggal_lahir"].flatMap({ CalendarDate(iso: $0) }),
                CalendarDate.daysBetween(parent, born) / 365 < Self.parentYearsMin
            {
                reasons.append(
                    Violation(
                        field, "parent_too_young",
                        id: "Menurut register penduduk, selisih usia orang tua dan anak tidak mungkin; periksa NIK.",
                        en: "By the register this parent is too young for the child; check the NIK."))
            }
        }
        return reasons
    }

    /// Below this nobody is a parent; what is merely unusual is a warning.
    private static let parentYearsMin = 9

    /// Two witnesses are two people, and neither is a parent.
    private func people(_ question: Question) -> [Violation] {
        var reasons: [Violation] = []
        if let first = question.text("nik_saksi_1"), first == question.text("nik_saksi_2") {
            reasons.append(
                Violation(
                    "nik_saksi_2", "two_witnesses", id: "Kedua saksi harus orang yang berbeda.",
                    en: "The two witnesses must be different people."))
        }
        let parents = ["nik_ibu", "nik_ayah"].compactMap { question.text($0) }
        for field in ["nik_saksi_1", "nik_saksi_2"] {
            if let witness = question.text(field), parents.contains(witness) {
                reasons.append(
                    Violation(
                        field, "witness_not_parent", id: "Saksi tidak boleh orang tua anak.",
                        en: "A witness must not be a parent of the child."))
            }
        }
        if question.text("nik_ayah") != nil, question.text("nama_ayah") == nil {
            reasons.append(
                Violation("nama_ayah", "required", id: "Isi nama ayah.", en: "Give the father's name."))
        }
        return reasons
    }

    /// A NIK says the sex of whoever holds it (domain row 1), but is kept for life whatever is corrected (row 2): an
    /// officer looks, nobody is refused.
    private func parents(_ question: Question, _ answer: Answer) -> Answer {
        var answer = answer
        for (field, female) in [("nik_ibu", true), ("nik_ayah", false)] {
            if let nik = question.text(field).flatMap({ NIK($0) }), nik.isFemale != female {
                answer = answer.warning(
                    "parent_sex", field: field, id: "Angka NIK tidak sesuai jenis kelamin orang tua; periksa kembali.",
                    en: "The digits of the NIK do not match the parent's sex; check it.")
            }
        }
        return answer
    }

    /// The marriage extract belongs to the papers (domain row 7); without it the father is recorded on other grounds,
    /// which an officer decides.
    private func papers(_ question: Question, _ answer: Answer) -> Answer {
        guard question.text("nama_ayah") != nil, !question.documentKinds.contains("buku_nikah") else { return answer }
        return answer.warning(
            "marriage_extract", field: "nama_ayah",
            id: "Nama ayah diisi tanpa kutipan akta perkawinan atau buku nikah.",
            en: "A father is named without a marriage extract.")
    }

    /// An unusual age of the mother is looked at by an officer, never refused.
    private func motherAge(_ question: Question, _ answer: Answer) -> Answer {
        guard let mother = question.date("tanggal_lahir_ibu"), let child = question.date("tanggal_lahir") else {
            return answer
        }
        let years = CalendarDate.daysBetween(mother, child) / 365
        if (12...60).contains(years) { return answer }
        return answer.warning(
            "mother_age", field: "tanggal_lahir_ibu", id: "Usia ibu pada saat kelahiran tidak lazim; periksa kembali.",
            en: "The mother's age at the birth is unusual; check it.")
    }

    /// Later than the limit of the table `batas-pelaporan` the head of office decides (domain row 7).
    private func checked(_ question: Question) -> Answer {
        isLate(question) ? .go(to: "keputusan_kepala") : .go(to: "diperiksa")
    }

    private func isLate(_ question: Question) -> Bool {
        question.date("tanggal_lahir").map { CivilRegistryModule.isLate($0, question) } ?? false
    }
}
