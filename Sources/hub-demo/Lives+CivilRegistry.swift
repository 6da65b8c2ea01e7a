// The lives that cases of the civil registry lead here, births apart.

import HubProto

extension Life {
    /// Where a request waits that looks like another one, until an officer has compared both.
    static let doubt = "dugaan_ganda"
    /// The officer has compared them, and they are of two people.
    static let compared = Step(by: .officer, action: "bukan_ganda", note: "Nama mirip, orangnya berbeda.")

    /// Somebody has declared the child already.
    static let birthTwice = Life(
        name: "declared a second time, found and rejected",
        steps: [Step(by: .head, action: "tolak", note: "Kelahiran ini sudah dilaporkan.")], ends: "ditolak")

    // MARK: Deaths

    static let deathOnTime = Life(name: "registered", steps: [checked] + deathEntered, ends: "akta_siap")
    /// Declared after more than 30 days: the head of the office decides.
    static let deathLate = Life(
        name: "late, allowed and registered",
        steps: [
            checked, Step(by: .head, action: "setujui_terlambat", note: "Alasan keterlambatan dapat diterima."),
        ] + deathEntered, ends: "akta_siap")
    static let deathRepaired = Life(
        name: "sent back, repaired and registered",
        steps: sentBack("Surat kematian tidak terbaca.", repairedWith: "surat_kematian") + [checked] + deathEntered,
        ends: "akta_siap")
    static let deathRejected = Life(
        name: "rejected", steps: [rejected("Kematian sudah dicatat di daerah lain.")], ends: "ditolak")
    static let deathWithdrawn = Life(name: "withdrawn", steps: [withdrawn], ends: "ditarik")

    private static let deathEntered = [entered, answered, Step(by: .officer, action: "serahkan_akta")]

    // MARK: Family cards

    /// A member comes: the card keeps its number, and nobody else is asked.
    static let familyGrows = Life(
        name: "a member comes", steps: [checked, entered, handedOver], ends: "selesai")
    /// The new family's number is the national register's.
    static let familySplits = Life(
        name: "the family splits", steps: [checked, entered, answered, handedOver], ends: "selesai")
    static let familyRepaired = Life(
        name: "sent back, repaired and registered",
        steps: sentBack("Bukti perubahan belum dilampirkan lengkap.", repairedWith: "bukti_perubahan") + [
            checked, entered, handedOver,
        ], ends: "selesai")
    static let familyRejected = Life(
        name: "rejected", steps: [checked, rejected("Anggota masih tercatat di kabupaten lain.")], ends: "ditolak")
    static let familyWithdrawn = Life(name: "withdrawn", steps: [withdrawn], ends: "ditarik")

    // MARK: Identity cards

    /// Fingerprints and photograph are taken first; the day is changed once.
    static let cardFirst = Life(
        name: "first card, by two appointments",
        steps: [
            checked, Step(by: .booking, action: ""), Step(by: .changing, action: ""),
            Step(by: .visiting, action: "kk"), printed, Step(by: .booking, action: ""), fetched,
        ], ends: "diserahkan")
    static let cardLost = Life(
        name: "lost, printed again, fetched after a missed appointment",
        steps: [checked, printed, Step(by: .absent, action: ""), Step(by: .booking, action: ""), fetched],
        ends: "diserahkan", papers: ["surat_polisi"])
    static let cardDamaged = Life(
        name: "damaged, printed again, fetched without an appointment",
        steps: [checked, printed, Step(by: .visiting, action: "kk", note: withoutAppointment)], ends: "diserahkan",
        papers: ["ktp_lama"])
    static let cardRejected = Life(
        name: "rejected", steps: [checked, rejected("Data biometrik milik orang lain.")], ends: "ditolak")
    static let cardWithdrawn = Life(name: "withdrawn", steps: [withdrawn], ends: "ditarik")

    /// The visitor comes as soon as the office is open.
    static let withoutAppointment = "tanpa janji"
    private static let printed = Step(by: .officer, action: "cetak")
    /// The digits on what is shown are compared with the case's.
    private static let fetched = Step(by: .visiting, action: "kk")

    // MARK: Corrections

    static let correctionMade = Life(
        name: "decided and corrected",
        steps: [checked, Step(by: .head, action: "setujui", note: "Sesuai surat keterangan lahir.")], ends: "dibetulkan"
    )
    static let correctionRejected = Life(
        name: "rejected", steps: [checked, rejected("Bukti tidak cukup.")], ends: "ditolak")

    // MARK: Steps

    private static let checked = Step(by: .officer, action: "periksa")
    private static let entered = Step(by: .officer, action: "daftarkan")
    private static let handedOver = Step(by: .officer, action: "serahkan")
    private static let withdrawn = Step(by: .citizen, action: "tarik")
    private static func rejected(_ reason: String) -> Step { Step(by: .head, action: "tolak", note: reason) }
    private static func sentBack(_ reason: String, repairedWith paper: String) -> [Step] {
        [
            Step(by: .officer, action: "minta_perbaikan", note: reason),
            Step(by: .citizen, action: "perbaiki", papers: [paper]),
        ]
    }
}
