// What the complaints desk decides beyond its definition: who answers, and until when a complaint may be reopened.

import HubDomain
public import HubModuleKit

/// The module of the complaints desk.
public struct ComplaintsModule: DepartmentModule {
    /// As in the manifest.
    public static let id = "complaints"
    /// As in the manifest.
    public static let version = "1.0.0"
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
        case "tutup": .go(to: "selesai")
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
        return .go(to: "diterima")
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

    /// Within the days of the table `batas-buka-kembali` after closing; it goes to the unit that held it.
    ///
    /// Nothing happens to a closed case, so its last change is its closing; only one that came closed from an older
    /// register (its first version) was closed before it was here.
    private func reopened(_ question: Question) -> Answer {
        let state = question.raw.case
        let closed = CalendarDate(
            epochMillis: state.version == 1 && state.hasOrigin ? state.origin.closedMs : state.updatedMs,
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
