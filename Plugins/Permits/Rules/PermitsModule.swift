// The permits desk: which of its services is asked for, and what it decides beyond the definition.

import HubDomain
public import HubModuleKit

/// The module of the permits desk.
public struct PermitsModule: DepartmentModule {
    /// As in the manifest.
    public static let id = "permits"
    /// As in the manifest.
    public static let version = "1.3.0"
    /// As in the manifest.
    public static let services = ["izin-keramaian", "izin-usaha", "pbg-sederhana"]

    /// Made once by the host.
    public init() {}

    /// Each service has its own rules.
    public func decide(_ question: Question) -> Answer {
        switch question.service {
        case "pbg-sederhana": BuildingApproval().decide(question)
        case "izin-keramaian": CrowdEvent().decide(question)
        default: BusinessPermit().decide(question)
        }
    }

    /// What no service of the desk knows.
    static func unknownAction() -> Answer {
        .refuse(
            Violation(
                "", "action", id: "Tindakan ini tidak dikenal modul perizinan.",
                en: "The permits module does not know this action."))
    }

    /// Permits are for a place in a district.
    static func outsideDistricts(_ question: Question) -> Violation? {
        guard let area = question.text("wilayah"), area.utf8.count != 6 else { return nil }
        return Violation(
            "wilayah", "district", id: "Pilih kecamatan (kode 6 angka).", en: "Choose a district (6 digits).")
    }
}

extension Question {
    /// It was granted by an older register, which is not questioned.
    var isTakenOver: Bool { origin.map { $0.closedMs > 0 } ?? false }
}
