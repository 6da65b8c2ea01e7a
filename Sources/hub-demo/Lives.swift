// The lives that cases of permits, buildings, events, births and complaints lead here. Stages and actions are those of the departments' bundles.

/// Services of the demo's departments.
enum Service {
    static let permit = "izin-usaha"
    static let birth = "akta-kelahiran"
    static let complaint = "aduan"
    static let building = "pbg-sederhana"
    static let event = "izin-keramaian"
    static let death = "akta-kematian"
    static let family = "perubahan-kk"
    static let card = "ktp-el"
    /// Asked for when there are certificates.
    static let correction = "pembetulan-akta"
    static let common = [permit, birth, complaint]
    /// Those of which a demonstration has few.
    static let rare = [building, event, death, family, card]
    static let all = common + rare
}

extension Life {
    /// Those that the few cases of a rare service lead, in turn: none is missing.
    static func turns(of service: String) -> [Life] {
        switch service {
        case Service.building: [.buildingPaid, .buildingPaidInParts, .buildingRedrawn, .buildingWithdrawn]
        case Service.event: [.eventPermitted, .eventAgainstAdvice, .eventWithdrawn]
        case Service.death: [.deathOnTime, .deathLate, .deathRepaired, .deathRejected, .deathWithdrawn]
        case Service.family: [.familyGrows, .familySplits, .familyRepaired, .familyRejected, .familyWithdrawn]
        case Service.card: [.cardFirst, .cardLost, .cardDamaged, .cardRejected, .cardWithdrawn]
        default: []
        }
    }

    /// What most cases of a service come to.
    static func usual(of service: String) -> Life {
        turns(of: service).first ?? mix(of: service).first?.life ?? .complaintIgnored
    }

    /// How many of a hundred cases of a common service lead which life.
    static func mix(of service: String) -> [(percent: Int, life: Life)] {
        switch service {
        case Service.permit:
            [
                (30, .permitAtOnce), (25, .permitAssessed), (15, .permitRepaired), (10, .permitRejected),
                (10, .permitWithdrawn), (5, .permitChanged), (5, .permitRevoked),
            ]
        case Service.birth:
            [(50, .birthOnTime), (20, .birthLate), (15, .birthRepaired), (10, .birthRejected), (5, .birthWithdrawn)]
        default:
            [
                (35, .complaintClosed), (20, .complaintReopened), (20, .complaintAsked), (10, .complaintIgnored),
                (15, .complaintWithdrawn),
            ]
        }
    }

    // MARK: Permits

    /// Micro business of low risk: issued as soon as the papers are complete.
    static let permitAtOnce = Life(
        name: "issued at once", steps: [Step(by: .officer, action: "dokumen_lengkap"), answered], ends: "terbit")
    static let permitAssessed = Life(
        name: "assessed and issued",
        steps: [Step(by: .officer, action: "dokumen_lengkap"), assess, Step(by: .head, action: "terbitkan"), answered],
        ends: "terbit")
    static let permitRepaired = Life(
        name: "sent back, repaired and issued",
        steps: [
            Step(by: .officer, action: "minta_perbaikan", note: "Foto tempat usaha kurang jelas."),
            Step(by: .citizen, action: "perbaiki", papers: ["foto_tempat"]),
            Step(by: .officer, action: "dokumen_lengkap"), assess, Step(by: .head, action: "terbitkan"), answered,
        ], ends: "terbit")
    static let permitRejected = Life(
        name: "rejected",
        steps: [
            Step(by: .officer, action: "dokumen_lengkap"),
            Step(by: .head, action: "tolak", note: "Lokasi tidak sesuai rencana tata ruang."),
        ], ends: "ditolak")
    static let permitWithdrawn = Life(
        name: "withdrawn", steps: [Step(by: .citizen, action: "tarik")], ends: "ditarik")

    /// Issued, and printed anew with the name that the business has now.
    static let permitChanged = Life(
        name: "issued, then changed",
        steps: [
            Step(by: .officer, action: "dokumen_lengkap"), answered,
            Step(by: .citizen, action: "ubah", form: [.text("nama_usaha_baru", "Warung Pindah Nama")]),
            Step(by: .head, action: "setujui_perubahan"),
        ], ends: "terbit")
    static let permitRevoked = Life(
        name: "issued, then revoked",
        steps: [
            Step(by: .officer, action: "dokumen_lengkap"), answered,
            Step(by: .head, action: "cabut", note: "Diperoleh dengan data yang tidak benar."),
        ], ends: "dicabut")

    /// The authority that was asked has answered.
    static let answered = Step(by: .authority, action: "")
    private static let assess = Step(by: .officer, action: "selesai_dinilai", note: "Tempat usaha layak.")

    // MARK: Buildings

    static let buildingPaid = Life(
        name: "paid and issued", steps: advice + [assessCharge, pay(100), issue], ends: "terbit")
    static let buildingPaidInParts = Life(
        name: "paid in two parts and issued", steps: advice + [assessCharge, pay(40), pay(100), issue], ends: "terbit")
    static let buildingRedrawn = Life(
        name: "drawn anew, paid and issued",
        steps: [
            Step(by: .officer, action: "dokumen_lengkap"),
            Step(by: .adviser, action: "minta_perbaikan_teknis", note: "Lebar tangga kurang dari 90 cm."),
            Step(by: .citizen, action: "perbaiki_gambar", papers: ["gambar_teknis"]), statement, assessCharge,
            pay(100), issue,
        ], ends: "terbit")
    static let buildingWithdrawn = Life(
        name: "withdrawn before paying", steps: advice + [assessCharge, Step(by: .citizen, action: "tarik")],
        ends: "ditarik")

    private static let advice = [Step(by: .officer, action: "dokumen_lengkap"), statement]
    private static let statement = Step(by: .adviser, action: "nyatakan_layak", note: "Memenuhi standar teknis.")
    private static let assessCharge = Step(by: .officer, action: "tetapkan_retribusi")
    private static let issue = Step(by: .head, action: "terbitkan")
    private static func pay(_ percent: Int) -> Step { Step(by: .bank, action: "\(percent)") }

    // MARK: Public events

    static let eventPermitted = Life(
        name: "advised on, recommended and permitted by the police",
        steps: [favourable("kecamatan"), favourable("ketertiban"), Step(by: .head, action: "teruskan"), permit],
        ends: "selesai_diizinkan")
    static let eventAgainstAdvice = Life(
        name: "recommended against advice and permitted by the police",
        steps: [
            Step(by: .consulted, action: "ketertiban", note: unfavourable), favourable("kecamatan"),
            Step(by: .head, action: "teruskan", note: "Penyelenggara menambah pengamanan."), permit,
        ], ends: "selesai_diizinkan")
    static let eventWithdrawn = Life(
        name: "withdrawn while it is advised on",
        steps: [favourable("ketertiban"), Step(by: .citizen, action: "tarik")], ends: "ditarik")

    /// Advice that says no.
    static let unfavourable = "Jumlah petugas keamanan kurang."
    private static func favourable(_ name: String) -> Step {
        Step(by: .consulted, action: name, note: "Tidak keberatan.")
    }
    private static let permit = Step(
        by: .officer, action: "catat_izin", note: "Surat izin Kepolisian diterima.", papers: ["surat_polisi"])

    // MARK: Births

    static let birthOnTime = Life(
        name: "registered", steps: [Step(by: .officer, action: "periksa")] + registration, ends: "akta_siap")
    /// Declared after more than 60 days: the head of the office decides.
    static let birthLate = Life(
        name: "late, allowed and registered",
        steps: [
            Step(by: .officer, action: "periksa"),
            Step(by: .head, action: "setujui_terlambat", note: "Alasan keterlambatan dapat diterima."),
        ] + registration, ends: "akta_siap")
    static let birthRepaired = Life(
        name: "sent back, repaired and registered",
        steps: [
            Step(by: .officer, action: "minta_perbaikan", note: "Surat keterangan lahir tidak terbaca."),
            Step(by: .citizen, action: "perbaiki", papers: ["surat_lahir"]), Step(by: .officer, action: "periksa"),
        ] + registration, ends: "akta_siap")
    static let birthRejected = Life(
        name: "rejected", steps: [Step(by: .head, action: "tolak", note: "Kelahiran sudah tercatat di daerah lain.")],
        ends: "ditolak")
    static let birthWithdrawn = Life(
        name: "withdrawn", steps: [Step(by: .citizen, action: "tarik")], ends: "ditarik")

    private static let registration = [
        Step(by: .officer, action: "daftarkan"), answered, Step(by: .officer, action: "cetak_akta"),
    ]

    // MARK: Complaints

    static let complaintClosed = Life(
        name: "answered and closed", steps: [route, answer, start, close, confirm], ends: "selesai")
    static let complaintReopened = Life(
        name: "closed, reopened and closed",
        steps: [
            route, answer, start, close, confirm,
            Step(by: .citizen, action: "buka_kembali", note: "Lubangnya muncul lagi setelah hujan."), close, sendBack,
            close, confirm,
        ], ends: "selesai")
    static let complaintAsked = Life(
        name: "asked, supplemented and closed",
        steps: [
            Step(by: .officer, action: "minta_keterangan", note: "Mohon sebutkan lokasi yang tepat."),
            Step(by: .citizen, action: "lengkapi", papers: ["foto"]), answer, start, close, confirm,
        ], ends: "selesai")
    /// Nobody answers: after three days it escalates.
    static let complaintIgnored = Life(name: "ignored", steps: [], ends: "diterima", orEnds: "diteruskan")
    /// What becomes of these is told where neighbours complain.
    static let complaintFollowed = Life(name: "followed", steps: [], ends: "selesai")
    static let complaintMerged = Life(name: "merged", steps: [], ends: "digabung")
    static let complaintHandedOver = Life(
        name: "another agency's matter",
        steps: [
            Step(
                by: .officer, action: "serahkan", note: "Jalan ini jalan provinsi; kami teruskan lewat SP4N-LAPOR!.",
                form: [.text("instansi", "provinsi")]), answered, close, confirm,
        ], ends: "selesai")
    static let complaintWithdrawn = Life(
        name: "withdrawn", steps: [route, Step(by: .citizen, action: "tarik")], ends: "ditarik")

    private static let route = Step(
        by: .officer, action: "teruskan", form: [.text("kelas", "pengaduan"), .text("unit_tujuan", "pupr")])
    private static let answer = Step(
        by: .officer, action: "jawab", note: "Terima kasih, petugas kami akan memeriksa minggu ini.")
    private static let start = Step(by: .officer, action: "tangani")
    private static let close = Step(
        by: .officer, action: "tutup", form: [.text("jawaban_baku", "selesai")], papers: ["bukti_perbaikan"])
    /// Somebody else looks whether it is so.
    private static let confirm = Step(by: .head, action: "sahkan")
    private static let sendBack = Step(by: .head, action: "kembalikan", note: "Foto bukti menunjukkan tempat lain.")
}
