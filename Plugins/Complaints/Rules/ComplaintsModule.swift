// What the complaints desk decides beyond its definition: who answers, who else does, and until when a complaint may be
// reopened.

import HubDomain
public import HubModuleKit

/// The module of the complaints desk.
public struct ComplaintsModule: DepartmentModule {
    /// As in the manifest.
    public static let id = "complaints"
    /// As in the manifest.
    public static let version = "1.1.0"
    /// As in the manifest.
    public static let services = ["aduan"]

    /// Made once by the host.
    public init() {}

    /// Actions with one way lead there; the rules below add what data cannot say.
    public func decide(_ question: Question) -> Answer {
        switch question.action {
        case "submit": received(question)
        case "teruskan": routed(question)
        case "minta_keterangan": .go(to: "perlu_keterangan").setting("kembali_ke", question.stage)
        case "lengkapi": .go(to: question.text("kembali_ke") ?? "diterima")
        case "jawab": .go(to: "dijawab")
        case "tangani": .go(to: "ditangani")
        case "serahkan": handedOver(question)
        case "ambil_kembali": .go(to: "diterima")
        case "tutup": .go(to: "menunggu_verifikasi")
        case "sahkan": .go(to: "selesai")
        case "kembalikan": .go(to: "ditangani")
        case "buka_kembali": reopened(question)
        case "tarik": .go(to: "ditarik")
        default:
            .refuse(
                Violation(
                    "", "action", id: "Tindakan ini tidak dikenal modul pengaduan.",
                    en: "The complaints module does not know this action."))
        }
    }

    /// A complaint of an older register that was closed there stays closed.
    private func received(_ question: Question) -> Answer {
        if let origin = question.origin { return .go(to: origin.closedMs > 0 ? "selesai" : "diterima") }
        if question.text("kerahasiaan") != "anonim", question.text("nama") == nil {
            return .refuse(
                Violation(
                    "nama", "named", id: "Isi nama, atau pilih kerahasiaan anonim.",
                    en: "Give a name, or choose to stay anonymous."))
        }
        // Clear ones go to their unit at once, as the regency's routes say; others wait at the desk.
        return question.route.flatMap { $0.unit.isEmpty ? nil : sent(by: $0) } ?? .go(to: "diterima")
    }

    private func sent(by route: Route) -> Answer {
        route.values.sorted { $0.key < $1.key }.reduce(.go(to: "diteruskan").held(by: route.unit)) { answer, value in
            answer.setting(value.key, value.value)
        }
    }

    /// Routing names the unit that answers; the class then says how many days there are (domain rows 18 and 19).
    private func routed(_ question: Question) -> Answer {
        guard let unit = question.text("unit_tujuan") else {
            return .refuse(
                Violation(
                    "unit_tujuan", "required", id: "Pilih unit yang akan menjawab.", en: "Choose the unit that answers."
                ))
        }
        guard question.text("kelas") != nil || question.text("jenis") != "aduan" else {
            return .refuse(
                Violation("kelas", "required", id: "Pilih kelas penanganan.", en: "Choose the class of handling."))
        }
        return .go(to: "diteruskan").held(by: unit)
    }

    /// What an earlier agency said is answered anew by this one.
    private func handedOver(_ question: Question) -> Answer {
        guard question.text("instansi") != nil else {
            return .refuse(
                Violation("instansi", "required", id: "Pilih instansi yang berwenang.", en: "Choose the agency."))
        }
        return .go(to: "diserahkan").clearing("nomor_lapor").clearing("jawaban_instansi")
    }

    /// Within the days of the table `batas-buka-kembali` after closing, here or in an older register; it goes to the unit that
    /// held it.
    private func reopened(_ question: Question) -> Answer {
        let state = question.raw.case
        let closed = CalendarDate(
            epochMillis: state.stageSinceMs > 0 ? state.stageSinceMs : state.updatedMs,
            utcOffsetMinutes: Int(question.raw.utcOffsetMinutes))
        let limit = question.record("batas-buka-kembali")?["hari"].flatMap { Int($0) } ?? 0
        if CalendarDate.daysBetween(closed, question.today) > limit {
            return .refuse(
                Violation(
                    "", "reopen_days", id: "Aduan hanya dapat dibuka kembali dalam \(limit) hari; ajukan aduan baru.",
                    en: "A complaint can be reopened within \(limit) days only; file a new one."))
        }
        return .go(to: "ditangani")
    }
}
