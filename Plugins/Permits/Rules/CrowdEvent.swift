// Public events beyond their definition: filed in time, handed to the right police, and never against advice without a word.

import HubDomain
import HubModuleKit

/// `izin-keramaian` (domain row 33). The regency recommends; the permit is the police's.
struct CrowdEvent {
    /// Actions with one way lead there; the rules below add what data cannot say.
    func decide(_ question: Question) -> Answer {
        switch question.action {
        case "submit": filed(question, reasons: [tooLate(question)])
        case "perbaiki": filed(question, reasons: [isMoved(question) ? tooLate(question) : nil])
        case "minta_perbaikan": .go(to: "perbaikan")
        case "teruskan": recommended(question)
        case "catat_izin": .go(to: "selesai_diizinkan")
        case "catat_tolak": .go(to: "selesai_ditolak")
        case "tolak": .go(to: "ditolak")
        case "tarik": .go(to: "ditarik")
        default: PermitsModule.unknownAction()
        }
    }

    private func filed(_ question: Question, reasons: [Violation?]) -> Answer {
        let reasons = (reasons + [PermitsModule.outsideDistricts(question), backwards(question)]).compactMap { $0 }
        return reasons.isEmpty ? .go(to: "rekomendasi") : .refuse(reasons)
    }

    /// At least 14 working days before the event, 21 when it is national: the table `batas-keramaian` says how many.
    private func tooLate(_ question: Question) -> Violation? {
        guard let least = question.record("batas-keramaian")?["hari_kerja"].flatMap({ Int($0) }) else {
            return Violation(
                "tingkat", "lead_time", id: "Batas waktu untuk tingkat acara ini belum ditetapkan; hubungi DPMPTSP.",
                en: "This scale has no lead time yet; ask the permits office.")
        }
        let left = question.workingDays(before: "mulai") ?? 0
        if left >= least { return nil }
        return Violation(
            "mulai", "lead_time",
            id:
                "Permohonan diajukan paling lambat \(least) hari kerja sebelum acara (PP 60/2017; Peraturan Polri 7/2023); "
                + "sampai tanggal ini hanya \(left) hari kerja. Pilih tanggal yang lebih lambat.",
            en:
                "File at least \(least) working days before the event (PP 60/2017; Police Regulation 7/2023); there are "
                + "\(left) before this date. Choose a later one.")
    }

    /// A repair that keeps day and scale keeps the day on which it was filed.
    private func isMoved(_ question: Question) -> Bool {
        ["mulai", "tingkat"].contains { question.text($0) != question.previousText($0) }
    }

    private func backwards(_ question: Question) -> Violation? {
        guard let first = question.date("mulai"), let last = question.date("selesai"), last < first else { return nil }
        return Violation(
            "selesai", "order", id: "Tanggal selesai tidak boleh sebelum tanggal mulai.",
            en: "The last day cannot be before the first.")
    }

    /// Whoever decides against advice says why.
    private func recommended(_ question: Question) -> Answer {
        guard let police = question.record("batas-keramaian")?["polisi"], !police.isEmpty else {
            return .refuse(
                Violation(
                    "tingkat", "police", id: "Kepolisian yang berwenang untuk tingkat ini belum ditetapkan.",
                    en: "No police is named for this scale."))
        }
        if question.note.isEmpty, question.advice.contains(where: { !$0.favourable }) {
            return .refuse(
                Violation(
                    "note", "advice", id: "Ada pertimbangan yang tidak mendukung; tuliskan alasan keputusan ini.",
                    en: "Some advice is unfavourable; give the reason for this decision."))
        }
        return .go(to: "diserahkan").setting("polisi", police)
    }
}
