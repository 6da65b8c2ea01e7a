// The civil registry: which of its services is asked for, and what several of them ask.

import HubDomain
public import HubModuleKit

/// The module of the civil registry.
public struct CivilRegistryModule: DepartmentModule {
    /// As in the manifest.
    public static let id = "civil-registry"
    /// As in the manifest.
    public static let version = "1.2.0"
    /// As in the manifest.
    public static let services = ["akta-kelahiran", "akta-kematian", "ktp-el", "pembetulan-akta", "perubahan-kk"]

    /// Made once by the host.
    public init() {}

    /// Each service has its own rules.
    public func decide(_ question: Question) -> Answer {
        switch question.service {
        case "akta-kematian": Death().decide(question)
        case "perubahan-kk": FamilyCard().decide(question)
        case "ktp-el": IdentityCard().decide(question)
        case "pembetulan-akta": Correction().decide(question)
        default: Birth().decide(question)
        }
    }

    /// What no service of the registry knows.
    static func unknownAction() -> Answer {
        .refuse(
            Violation(
                "", "action", id: "Tindakan ini tidak dikenal modul pencatatan sipil.",
                en: "The civil registry module does not know this action."))
    }

    /// An event of an older register: entered as it was there, or sent back with what it lacks.
    static func takenOver(_ question: Question, needs fields: [String]) -> Answer {
        let missing = fields.filter { question.text($0) == nil }
        guard missing.isEmpty else {
            return .refuse(
                missing.map {
                    Violation(
                        $0, "required", id: "Register lama harus memuat isian ini.",
                        en: "The older register must give this.")
                })
        }
        return .go(to: "register_lama")
    }

    /// The register of persons says that somebody has died.
    static func isDead(_ nik: String?, _ question: Question) -> Bool {
        nik.flatMap { question.entry("penduduk", $0) }?["status"] == "meninggal"
    }

    /// Counted to the day of the declaration, not of the check: an office's delay makes no report late.
    static func isLate(_ event: CalendarDate, _ question: Question) -> Bool {
        guard let limit = question.record("batas-pelaporan")?["hari"].flatMap({ Int($0) }) else { return false }
        let declared =
            question.raw.hasCase
            ? CalendarDate(
                epochMillis: question.raw.case.createdMs, utcOffsetMinutes: Int(question.raw.utcOffsetMinutes))
            : question.today
        return CalendarDate.daysBetween(event, declared) > limit
    }

    /// Places of events are districts.
    static func outsideDistricts(_ field: String, _ question: Question) -> Violation? {
        guard let area = question.text(field), area.utf8.count != 6 else { return nil }
        return Violation(field, "district", id: "Pilih kecamatan (kode 6 angka).", en: "Choose a district (6 digits).")
    }
}
