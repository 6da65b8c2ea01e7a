// What the civil registry decides beyond its definition: dates of birth that cannot be, and reports that come late.

import HubDomain
public import HubModuleKit

/// The module of the civil registry.
public struct CivilRegistryModule: DepartmentModule {
    /// As in the manifest.
    public static let id = "civil-registry"
    /// As in the manifest.
    public static let version = "1.0.0"
    /// As in the manifest.
    public static let services = ["akta-kelahiran"]

    /// Made once by the host.
    public init() {}

    /// What the action leads to, with everything an officer should look at as long as it is so.
    public func decide(_ question: Question) -> Answer {
        papers(question, motherAge(question, parents(question, outcome(question))))
    }

    /// Actions with one way lead there; the rules below add what data cannot say.
    private func outcome(_ question: Question) -> Answer {
        switch question.action {
        case "submit", "perbaiki": declared(question)
        case "minta_perbaikan": .go(to: "perbaikan")
        case "periksa": checked(question)
        case "setujui_terlambat": .go(to: "diperiksa")
        case "daftarkan": .go(to: "terdaftar").setting("tanggal_pencatatan", question.today.iso)
        case "cetak_akta": .go(to: "akta_siap")
        case "tolak": .go(to: "ditolak")
        case "tarik": .go(to: "ditarik")
        default:
            .refuse(
                Violation(
                    "", "action", id: "Tindakan ini tidak dikenal modul pencatatan sipil.",
                    en: "The civil registry module does not know this action."))
        }
    }

    private func declared(_ question: Question) -> Answer {
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
        reasons += people(question)
        guard reasons.isEmpty else { return .refuse(reasons) }
        return .go(to: "dideklarasikan").setting("pelaporan", isLate(question) ? "terlambat" : "tepat_waktu")
    }

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

    /// Counted to the day of the declaration, not of the check: an office's delay makes no report late.
    private func isLate(_ question: Question) -> Bool {
        guard let born = question.date("tanggal_lahir"),
            let limit = question.record("batas-pelaporan")?["hari"].flatMap({ Int($0) })
        else { return false }
        return CalendarDate.daysBetween(born, declaredOn(question)) > limit
    }

    private func declaredOn(_ question: Question) -> CalendarDate {
        guard question.raw.hasCase else { return question.today }
        return CalendarDate(
            epochMillis: question.raw.case.createdMs, utcOffsetMinutes: Int(question.raw.utcOffsetMinutes))
    }
}
