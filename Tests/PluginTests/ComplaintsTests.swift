// The complaints desk against the catalogue row `aduan` and the facts it rests on (row numbers as in README).

import ComplaintsRules
import HubDomain
import HubProto
import Testing

@Suite("Complaints")
struct ComplaintsTests {
    private static let pothole: [HubFieldValue] = [
        .text("jenis", "aduan"), .text("kategori", "jalan"), .text("isi", "Jalan rusak di depan pasar."),
        .text("kerahasiaan", "bernama"), .text("nama", "Budi Santoso"), .text("telepon", "081234567890"),
    ]

    private func desk(_ start: String = "2026-03-13 10:00") throws -> Desk {
        try Desk(ComplaintsModule(), service: "aduan", at: start)
    }

    private func route(_ desk: inout Desk, class kind: String = "pengaduan") throws {
        try desk.act("teruskan", [.text("unit_tujuan", "pupr"), .text("kelas", kind)])
    }

    @Test("a complaint is received, routed, answered, taken in hand and closed with proof")
    func wholeWay() throws {
        var desk = try desk()
        try desk.submit(Self.pothole)
        #expect(desk.stage == "diterima")
        try route(&desk)
        #expect(desk.stage == "diteruskan")
        #expect(desk.state?.unit == "pupr")
        try desk.act("jawab", note: "Perbaikan dijadwalkan.")
        try desk.act("tangani")
        #expect(desk.stage == "ditangani")
        #expect(try refusal { try desk.act("tutup", note: "Selesai.") } == HubError(.documentInvalid, ""))
        try desk.act("tutup", papers: ["bukti_perbaikan"], note: "Selesai.")
        #expect(desk.stage == "menunggu_verifikasi")
        try desk.act("sahkan", by: "head")
        #expect(desk.stage == "selesai")
        #expect(desk.state?.unit == "pupr")
        #expect(desk.state?.deadlines.allSatisfy { $0.state == .met } == true)
    }

    @Test("row 20: two clocks run at once, 72 hours by the hour and working days by the calendar")
    func twoClocks() throws {
        var desk = try desk()
        try desk.submit(Self.pothole)
        #expect(desk.deadline("respons_pertama")?.dueMs == (try Desk.millis("2026-03-16 10:00")))
        #expect(desk.deadline("penyelesaian")?.dueMs == (try Desk.millis("2026-03-28 00:00")))
        #expect(desk.deadline("penyelesaian")?.calendar.hasPrefix("id-2026/") == true)
    }

    @Test("three days without an answer escalate, and each clock that passes goes one step further up")
    func escalates() throws {
        var desk = try desk()
        try desk.submit(Self.pothole)
        try desk.wait(until: "2026-03-16 09:59")
        #expect(desk.state?.escalation == 0)
        try desk.wait(until: "2026-03-16 10:00")
        #expect(desk.state?.escalatedTo == "kepala-seksi")
        #expect(desk.stage == "diterima")
        try desk.wait(until: "2026-03-26 00:00")  // Routing, 3 working days: 16, 17 and 25 March.
        #expect(desk.state?.escalatedTo == "kepala-dinas")
        try desk.wait(until: "2026-03-28 00:00")
        #expect(desk.state?.escalatedTo == "sekda")
    }

    @Test("the ladder is officer, head of section, head of department, Sekda, Bupati")
    func ladder() throws {
        #expect(try desk().definition.escalation.map(\.name) == ["kepala-seksi", "kepala-dinas", "sekda", "bupati"])
    }

    @Test("an answer within 72 hours stops the first clock and leaves the second")
    func answered() throws {
        var desk = try desk()
        try desk.submit(Self.pothole)
        try desk.wait(until: "2026-03-16 09:00")
        try desk.act("jawab", note: "Kami periksa.")
        try desk.wait(until: "2026-03-17 10:00")
        #expect(desk.deadline("respons_pertama")?.state == .met)
        #expect(desk.deadline("penyelesaian")?.state == .running)
        #expect(desk.state?.escalation == 0)
    }

    @Test(
        "rows 18 and 19: information and grievance have 5 working days, a dispute 14, with a field check 60",
        arguments: [
            ("informasi", 5, "2026-03-28 00:00"), ("pengaduan", 5, "2026-03-28 00:00"),
            ("sengketa", 14, "2026-04-11 00:00"), ("sengketa_lapangan", 60, "2026-06-25 00:00"),
        ])
    func byClass(_ kind: String, _ days: UInt32, _ due: String) throws {
        var desk = try desk()
        try desk.submit(Self.pothole)
        try route(&desk, class: kind)
        #expect(desk.deadline("penyelesaian")?.amount == days)
        #expect(desk.deadline("penyelesaian")?.dueMs == (try Desk.millis(due)))
    }

    @Test("row 18: a complaint is routed within 3 working days, to a named unit and class")
    func routing() throws {
        var desk = try desk()
        try desk.submit(Self.pothole)
        #expect(desk.deadline("penerusan")?.amount == 3)
        #expect(
            try refusal { try desk.act("teruskan", [.text("kelas", "sengketa")]) }.rules == ["unit_tujuan/required"])
        #expect(try refusal { try desk.act("teruskan", [.text("unit_tujuan", "dlh")]) }.rules == ["kelas/required"])
        try route(&desk)
        #expect(desk.deadline("penerusan")?.state == .met)
    }

    @Test("a suggestion or a report carries the first-response clock only", arguments: ["saran", "laporan"])
    func suggestions(_ kind: String) throws {
        var desk = try desk()
        try desk.submit(Self.pothole.with(.text("jenis", kind)))
        #expect(desk.state?.deadlines.map(\.name) == ["respons_pertama"])
    }

    @Test("row 18: asked for details, the complainant has 10 working days, then the case is closed")
    func noReply() throws {
        var desk = try desk()
        try desk.submit(Self.pothole)
        try desk.act("minta_keterangan", note: "Di pasar yang mana?")
        #expect(desk.deadline("respons_pertama")?.state == .paused)
        #expect(desk.deadline("penyelesaian")?.state == .paused)
        #expect(desk.deadline("tanpa_tanggapan")?.dueMs == (try Desk.millis("2026-04-07 00:00")))
        try desk.wait(until: "2026-04-07 00:00")
        #expect(desk.stage == "selesai")
        #expect(desk.state?.escalation == 0)
    }

    @Test("with details the case goes back where it was, and what was answered stays answered")
    func details() throws {
        var early = try desk()
        try early.submit(Self.pothole)
        try early.act("minta_keterangan", note: "Di mana?")
        try early.act("lengkapi", [.text("lokasi", "Pasar Gede")], by: "applicant")
        #expect(early.stage == "diterima")

        var late = try desk()
        try late.submit(Self.pothole)
        try route(&late)
        try late.act("jawab", note: "Kami periksa.")
        try late.act("tangani")
        try late.act("minta_keterangan", note: "Sisi mana?")
        #expect(late.deadline("respons_pertama")?.state == .met)
        try late.act("lengkapi", [.text("lokasi", "Sisi timur")], by: "applicant")
        #expect(late.stage == "ditangani")
        #expect(late.deadline("respons_pertama")?.state == .met)
        #expect(late.deadline("penyelesaian")?.state == .running)
    }

    @Test("class, unit and kind are not the complainant's to set")
    func closedFields() throws {
        var desk = try desk()
        #expect(
            try refusal { try desk.submit(Self.pothole + [.text("kelas", "informasi")]) } == HubError(.formInvalid, ""))
        try desk.submit(Self.pothole)
        try desk.act("minta_keterangan", note: "Di mana?")
        for value in [
            HubFieldValue.text("kelas", "sengketa_lapangan"), .text("jenis", "saran"), .text("kembali_ke", "ditangani"),
        ] {
            #expect(try refusal { try desk.act("lengkapi", [value], by: "applicant") } == HubError(.formInvalid, ""))
        }
    }

    @Test(
        "a complainant may reopen until the 14th day after closing, at the same unit and with a new clock",
        arguments: [("2026-03-30 23:59", true), ("2026-03-31 00:00", false)])
    func reopen(_ at: String, _ allowed: Bool) throws {
        var desk = try desk()
        try desk.submit(Self.pothole)
        try route(&desk)
        try desk.act("jawab", note: "Sudah ditambal.")
        try desk.wait(until: "2026-03-16 09:00")
        try desk.act("tutup", papers: ["bukti_perbaikan"], note: "Selesai.")
        try desk.act("sahkan", by: "head")
        try desk.wait(until: at)
        guard allowed else {
            let error = try refusal { try desk.act("buka_kembali", note: "Berlubang lagi.", by: "applicant") }
            #expect(error.rules == ["/reopen_days"])
            return #expect(desk.stage == "selesai")
        }
        try desk.act("buka_kembali", note: "Berlubang lagi.", by: "applicant")
        #expect(desk.stage == "ditangani")
        #expect(desk.state?.unit == "pupr")
        #expect(desk.deadline("penyelesaian")?.state == .running)
        #expect(desk.deadline("penyelesaian")?.startedMs == (try Desk.millis(at)))
    }

    @Test("row 18: a named or secret complaint needs a name, an anonymous one does not")
    func names() throws {
        var desk = try desk()
        let nameless = Self.pothole.without("nama")
        for kind in ["bernama", "rahasia"] {
            let error = try refusal { try desk.submit(nameless.with(.text("kerahasiaan", kind))) }
            #expect(error.rules == ["nama/named"])
        }
        try desk.submit(nameless.with(.text("kerahasiaan", "anonim")))
        #expect(desk.stage == "diterima")
    }

    @Test("a complaint of an older register stays closed when it was, and its clocks are history")
    func imported() throws {
        let created = try Desk.millis("2011-03-01 14:27")
        let form: [HubFieldValue] = [
            .text("jenis", "aduan"), .text("kategori", "jalan"), .text("isi", "Street sign missing"),
        ]
        var closed = try desk()
        try closed.bring(form, created: created, closed: try Desk.millis("2011-03-14 15:59"))
        #expect(closed.stage == "selesai")
        #expect(closed.state?.createdMs == created)
        #expect(closed.state?.deadlines.allSatisfy { $0.state == .history } == true)
        let error = try refusal { try closed.act("buka_kembali", note: "Lagi.", by: "applicant") }
        #expect(error.rules == ["/reopen_days"], "it was closed in 2011, not when it came here")

        var open = try desk()
        try open.bring(form, created: created, closed: nil)
        #expect(open.stage == "diterima")
        try open.wait(until: "2026-12-01 10:00")
        #expect(open.state?.escalation == 0)
    }

    @Test("row 28: closing needs proof and a second person, who may send it back; its clock runs until then")
    func verified() throws {
        var desk = try desk()
        try desk.submit(Self.pothole)
        try route(&desk)
        try desk.act("jawab", note: "Sudah ditambal.")
        try desk.act("tutup", [.text("jawaban_baku", "selesai")], papers: ["bukti_perbaikan"], note: "Selesai.")
        #expect(desk.deadline("penyelesaian")?.state == .running)
        #expect(desk.deadline("verifikasi")?.dueMs == (try Desk.millis("2026-03-26 00:00")))
        try desk.act("kembalikan", note: "Foto dari tempat lain.", by: "head")
        #expect(desk.stage == "ditangani" && desk.deadline("verifikasi")?.state == .met)
        #expect(desk.definition.actions.first { $0.name == "sahkan" }?.otherThan == ["tutup"])
    }

    @Test(
        "a complaint that says clearly what it is goes to its unit at once; what may be dangerous waits for people",
        arguments: [
            ("jalan", "Jalan BERLUBANG di depan pasar.", "3402", "pupr"),
            ("jalan", "Jalan berlubang di depan pasar.", "3404", ""),
            ("penerangan", "Sudah seminggu lampu jalan mati.", "", "dishub"),
            ("penerangan", "Lampu jalan mati, kabel listrik menjuntai!", "", ""),
            ("sampah", "Tumpukan sampah di tepi sungai.", "", "dlh"), ("lainnya", "Lampu jalan mati.", "", ""),
        ])
    func routes(_ kind: String, _ text: String, _ area: String, _ unit: String) throws {
        var desk = try desk()
        let form = Self.pothole.with(.text("kategori", kind)).with(.text("isi", text)).with(.text("wilayah", area))
        try desk.submit(form)
        #expect(desk.stage == (unit.isEmpty ? "diterima" : "diteruskan") && desk.state?.unit == unit)
        #expect((desk.text("kelas") ?? "") == (unit.isEmpty ? "" : "pengaduan"))
        #expect((desk.text("unit_tujuan") ?? "") == unit)
        try route(&desk)
        #expect(desk.state?.unit == "pupr", "an officer may always send it elsewhere")
    }

    @Test("a secret complaint goes to no unit by itself, and a unit that gets it is told neither name nor telephone")
    func secret() throws {
        var desk = try desk()
        let form = Self.pothole.with(.text("isi", "Jalan berlubang di depan pasar.")).with(.text("wilayah", "3402"))
        try desk.submit(form.with(.text("kerahasiaan", "rahasia")))
        #expect(desk.stage == "diterima" && desk.state?.unit == "" && desk.text("unit_tujuan") == nil)
        #expect(desk.definition.publishes.tellsUnits == ["isi", "lokasi", "latitude", "longitude"])
        for rule in try #require(desk.routes).rules where !rule.unit.isEmpty {
            #expect(rule.conditions.contains { $0.field == "kerahasiaan" && !$0.values.contains("rahasia") })
        }
    }

    @Test("row 18: another agency has 5 working days; handing over is the first response, and the settlement waits")
    func handedOver() throws {
        var desk = try desk()
        try desk.submit(Self.pothole)
        #expect(try refusal { try desk.act("serahkan", note: "x") }.rules == ["instansi/required"])
        try desk.act("serahkan", [.text("instansi", "provinsi")], note: "Jalan ini jalan provinsi.")
        #expect(desk.stage == "diserahkan")
        #expect(desk.deadline("respons_pertama")?.state == .met && desk.deadline("penyelesaian")?.state == .paused)
        #expect(desk.deadline("jawaban_lembaga")?.dueMs == (try Desk.millis("2026-03-28 00:00")))
        let inquiry = desk.state?.inquiries.last
        #expect(inquiry?.authority == "sp4n-lapor" && inquiry?.state == .waiting)
        let sends = desk.definition.stages.first { $0.name == "diserahkan" }?.inquires.sends ?? []
        #expect(Set(sends).isDisjoint(with: ["nama", "telepon"]), "who complains stays here")
        try desk.act("ambil_kembali", note: "Ternyata jalan kabupaten.")
        #expect(desk.stage == "diterima" && desk.deadline("penyelesaian")?.state == .running)
    }

    @Test("the public reads nothing that a complainant typed, and of secret complaints nothing at all")
    func published() throws {
        let definition = try desk().definition
        let typed = definition.actions.first { $0.kind == .submit }?.fields ?? []
        let texts = definition.fields.filter { $0.published && $0.type == .text }
        #expect(texts.map(\.name) == ["ringkasan"] && !typed.contains("ringkasan"))
        #expect(definition.publishes.unless.values == ["rahasia"])
    }

    @Test("the complainant may withdraw from every stage that has not ended")
    func withdraw() throws {
        let desk = try desk()
        let open = Set(desk.definition.stages.filter { !$0.ended }.map(\.name))
        #expect(desk.definition.actions.first { $0.kind == .withdraw }.map { Set($0.from) } == open)
    }
}
