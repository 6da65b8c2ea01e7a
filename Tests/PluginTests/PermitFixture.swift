// Two businesses that apply for a permit, and the desk that takes their requests.

import HubProto
import PermitsRules

enum Business {
    static let papers = ["ktp", "foto_tempat"]

    /// A bakery in Klaten: not of low risk, so that it goes the whole way.
    static let bakery: [HubFieldValue] = [
        .text("nik", "3310015203900001"), .text("nama", "Sri Lestari"), .text("tanggal_lahir", "1990-03-12"),
        .text("telepon", "081234567890"), .text("nama_usaha", "Roti Lestari"), .text("kbli", "10710"),
        .text("skala", "kecil"), .integer("modal", 1_500_000_000), .integer("tenaga_kerja", 6),
        .text("alamat", "Jalan Pemuda 12"), .text("wilayah", "331001"),
    ]
    /// A coffee stall: micro and of low risk.
    static let stall = bakery.with(.text("kbli", "56304")).with(.text("skala", "mikro"))
        .with(.integer("modal", 25_000_000))

    /// - Parameter start: Local time.
    static func desk(_ start: String = "2026-03-13 10:00") throws -> Desk {
        try Desk(PermitsModule(), service: "izin-usaha", at: start)
    }
}
