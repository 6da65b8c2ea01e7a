// What becomes of a business permit once it is there: renewed, changed, revoked, given back.

import HubDomain
import HubModuleKit

extension BusinessPermit {
    /// Not before its last days (table `masa-izin-usaha`); after them it has expired, and the hub refuses the action.
    func renewalAsked(_ question: Question) -> Answer {
        guard let last = lastDay(question), let days = term(question, "paling_awal_hari") else {
            return .refuse(noTerm)
        }
        let first = last.adding(days: -days)
        guard question.today < first else { return .go(to: "pemeriksaan_perpanjangan") }
        return .refuse(
            Violation(
                "", "too_early", id: "Perpanjangan dapat diajukan mulai \(first.indonesian).",
                en: "A renewal can be asked for from \(first.iso) on."))
    }

    /// The new term begins where the old one ends, so that nobody loses a day by asking early.
    func renewed(_ question: Question) -> Answer {
        guard let last = lastDay(question), let months = term(question, "bulan") else { return .refuse(noTerm) }
        let until = max(last.adding(days: 1), question.today).lastDay(ofMonths: months)
        return .go(to: "terbit").setting("batas_berlaku", until.iso)
    }

    /// At least one thing is to be another.
    func changeAsked(_ question: Question) -> Answer {
        let area = question.text("wilayah_baru")
        if let area, area.utf8.count != 6 {
            return .refuse(
                Violation(
                    "wilayah_baru", "district", id: "Pilih kecamatan (kode 6 angka).",
                    en: "Choose a district (6 digits)."))
        }
        let isChange =
            [("nama_usaha_baru", "nama_usaha"), ("alamat_baru", "alamat"), ("wilayah_baru", "wilayah")]
            .contains { new, old in question.text(new).map { $0 != question.text(old) } ?? false }
            || (question.integer("tenaga_kerja_baru").map { $0 != question.integer("tenaga_kerja") } ?? false)
        if isChange { return .go(to: "pemeriksaan_perubahan") }
        return .refuse(
            Violation(
                "nama_usaha_baru", "changed", id: "Isi sedikitnya satu data baru yang berbeda dari izin.",
                en: "Give at least one value that is not what the permit says."))
    }

    /// The permit says something else and ends when it would have ended.
    func changed(_ question: Question) -> Answer {
        guard let last = lastDay(question), last >= question.today else { return .refuse(noTerm) }
        return .go(to: "terbit").setting("batas_berlaku", last.iso)
    }

    /// Of the paper that holds or waits for its signature, or as the older register had it. One that is not printed yet says
    /// what was decided.
    private func lastDay(_ question: Question) -> CalendarDate? {
        let papers = question.raw.case.papers
        let decided = question.date("batas_berlaku")
        guard !papers.isEmpty else { return decided }
        guard let paper = papers.last(where: { [.issued, .toSign, .due].contains($0.state) }) else { return nil }
        return CalendarDate(iso: paper.validUntil) ?? (paper.state == .due ? decided : nil)
    }

    private func term(_ question: Question, _ column: String) -> Int? {
        question.record("masa-izin-usaha")?[column].flatMap { Int($0) }
    }

    private var noTerm: Violation {
        Violation(
            "", "term", id: "Tidak ada izin berlaku yang dapat diperpanjang atau diubah; ajukan izin baru.",
            en: "No permit holds that could be renewed or changed; apply for a new one.")
    }
}
