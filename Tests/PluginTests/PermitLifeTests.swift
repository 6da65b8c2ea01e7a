// Business permits once they are there: renewed, changed, revoked, given back, expired, taken over from an older register.

import HubDomain
import HubProto
import PermitsRules
import Testing

@Suite("The life of a business permit")
struct PermitLifeTests {
    /// The stall's permit, issued on Friday 13 March 2026.
    private func permit() throws -> Desk {
        var desk = try Business.desk()
        try desk.submit(Business.stall, papers: Business.papers)
        try desk.act("dokumen_lengkap")
        try desk.answer([.text("nib", "9120000000001")])
        #expect(desk.stage == "terbit" && desk.state?.papers.map(\.validUntil) == ["2031-03-12"])
        return desk
    }

    @Test("an authority that is late has granted (row 31): five working days after the request, and the paper says why")
    func deemedGranted() throws {
        var desk = try Business.desk()
        try desk.submit(Business.bakery, papers: Business.papers)
        try desk.act("dokumen_lengkap")
        try desk.wait(until: "2026-03-27 23:59")
        #expect(desk.stage == "penilaian")
        try desk.wait(until: "2026-03-28 00:00")
        #expect(desk.stage == "menunggu_nib" && desk.text("dasar_terbit") == "fiktif_positif")
        try desk.answer([.text("nib", "9120000000001")])
        #expect(desk.stage == "terbit" && desk.state?.papers.map(\.state) == [.issued])
    }

    @Test("time that the applicant takes for a repair does not grant anything")
    func repairIsNotLate() throws {
        var desk = try Business.desk()
        try desk.submit(Business.bakery, papers: Business.papers)
        try desk.wait(until: "2026-03-16 10:00")
        try desk.act("minta_perbaikan", note: "Foto buram.")
        try desk.wait(until: "2026-03-27 10:00")
        try desk.act("perbaiki", papers: ["foto_tempat"], by: "applicant")
        try desk.wait(until: "2026-03-31 23:59")
        #expect(desk.stage == "pemeriksaan_dokumen")
    }

    @Test("a renewal can be asked for from 90 days before the end on, and not before")
    func renewed() throws {
        var desk = try permit()
        try desk.alter { $0.papers[0].validUntil = "2026-08-31" }
        try desk.wait(until: "2026-06-01 12:00")
        let early = try refusal { try desk.act("perpanjang", by: "applicant") }
        #expect(early.rules == ["/too_early"] && early.violations[0].indonesian.contains("2 Juni 2026"))
        try desk.wait(until: "2026-06-02 08:00")
        try desk.act("perpanjang", by: "applicant")
        #expect(desk.stage == "pemeriksaan_perpanjangan")
    }

    @Test("a renewal adds to the old term and supersedes the paper; a refused one leaves the paper as it was")
    func renewedTerm() throws {
        var desk = try Desk(PermitsModule(), service: "izin-usaha", at: "2026-01-05 10:00")
        try desk.submit(Business.stall, papers: Business.papers)
        try desk.act("dokumen_lengkap")
        try desk.answer([.text("nib", "9120000000001")])
        try desk.alter { $0.papers[0].validUntil = "2026-03-31" }
        try desk.act("perpanjang", by: "applicant")
        try desk.act("tolak_perpanjangan", note: "Tempat usaha tutup.", by: "head")
        #expect(desk.stage == "terbit" && desk.state?.papers.count == 1)
        try desk.act("perpanjang", by: "applicant")
        try desk.act("setujui_perpanjangan", by: "head")
        #expect(desk.state?.papers.map(\.state) == [.superseded, .issued])
        #expect(desk.state?.papers.last?.validUntil == "2031-03-31")
        try desk.wait(until: "2031-04-01 00:00")
        #expect(desk.stage == "kedaluwarsa")
        #expect(throws: HubError.self) { try desk.act("perpanjang", by: "applicant") }
    }

    @Test(
        "each term is whole: it ends before the day of its beginning comes again, or with the month that has no such day"
    )
    func wholeTerms() throws {
        for (last, next) in [("2026-02-28", "2031-02-28"), ("2027-02-28", "2032-02-29"), ("2026-03-30", "2031-03-30")] {
            var desk = try Desk(PermitsModule(), service: "izin-usaha", at: "2026-01-05 10:00")
            try desk.submit(Business.stall, papers: Business.papers)
            try desk.act("dokumen_lengkap")
            try desk.answer([.text("nib", "9120000000001")])
            try desk.alter { $0.papers[0].validUntil = last }
            let end = try #require(CalendarDate(iso: last))
            try desk.wait(until: "\(end.adding(days: -10).iso) 10:00")
            try desk.act("perpanjang", by: "applicant")
            try desk.act("setujui_perpanjangan", by: "head")
            #expect(desk.state?.papers.last?.validUntil == next)
        }
    }

    @Test("a change that is approved before a renewed permit is signed does not take the new term away")
    func changeBeforeSignature() throws {
        var desk = try permit()
        try desk.alter { $0.papers[0].validUntil = "2026-03-31" }
        try desk.act("perpanjang", by: "applicant")
        try desk.act("setujui_perpanjangan", by: "head")
        try desk.alter { state in
            (state.papers[0].state, state.papers[1].state) = (.issued, .toSign)
        }
        try desk.act("ubah", [.text("nama_usaha_baru", "Kopi Pagi")], by: "applicant")
        try desk.act("setujui_perubahan", by: "head")
        #expect(desk.state?.papers.last?.validUntil == "2031-03-31")
    }

    @Test("a permit of an older register that is not renewed or changed stays the older register's: no paper is issued")
    func importedRefusals() throws {
        for (action, refusal) in [("perpanjang", "tolak_perpanjangan"), ("ubah", "tolak_perubahan")] {
            var desk = try Desk(PermitsModule(), service: "izin-usaha", at: "2026-03-13 10:00")
            try desk.bring(
                Business.stall + [
                    .text("nib", "9120000000001"), .text("dasar_terbit", "keputusan"),
                    .text("berlaku_sejak", "2021-04-01"), .text("batas_berlaku", "2026-03-31"),
                ], created: try Desk.millis("2021-04-01 09:00"), closed: try Desk.millis("2021-04-01 10:00"))
            #expect(desk.stage == "terbit" && desk.state?.papers.isEmpty == true)
            try desk.act(action, action == "ubah" ? [.text("nama_usaha_baru", "Kopi Pagi")] : [], by: "applicant")
            try desk.act(refusal, note: "Tempat usaha tutup.", by: "head")
            #expect(desk.stage == "terbit" && desk.state?.papers.isEmpty == true)
            try desk.act("perpanjang", by: "applicant")
            try desk.act("setujui_perpanjangan", by: "head")
            #expect(desk.state?.papers.map(\.validUntil) == ["2031-03-31"])
        }
    }

    @Test("whoever has a business number keeps it when the authority is late, and no other is asked for")
    func deemedWithOwnNumber() throws {
        var desk = try Business.desk()
        try desk.submit(Business.bakery + [.text("nib_pemohon", "9120000000009")], papers: Business.papers)
        try desk.wait(until: "2026-03-28 00:00")
        #expect(desk.stage == "terbit" && desk.text("nib") == "9120000000009")
        #expect(desk.text("dasar_terbit") == "fiktif_positif")
    }

    @Test("a change of data holds once it is approved, is printed anew and does not lengthen the permit")
    func changedData() throws {
        var desk = try permit()
        #expect(try refusal { try desk.act("ubah", by: "applicant") }.rules == ["nama_usaha_baru/changed"])
        let same = [HubFieldValue.text("nama_usaha_baru", "Roti Lestari")]
        #expect(try refusal { try desk.act("ubah", same, by: "applicant") }.rules == ["nama_usaha_baru/changed"])
        try desk.act(
            "ubah", [.text("nama_usaha_baru", "Kopi Lestari"), .integer("tenaga_kerja_baru", 3)], by: "applicant")
        #expect(desk.stage == "pemeriksaan_perubahan" && desk.text("nama_usaha") == "Roti Lestari")
        try desk.act("tolak_perubahan", note: "Nama sudah dipakai.", by: "head")
        #expect(desk.stage == "terbit" && desk.text("nama_usaha_baru") == nil && desk.state?.papers.count == 1)
        try desk.act("ubah", [.text("nama_usaha_baru", "Kopi Pagi")], by: "applicant")
        try desk.act("setujui_perubahan", by: "head")
        #expect(desk.text("nama_usaha") == "Kopi Pagi" && desk.text("nama_usaha_baru") == nil)
        #expect(desk.state?.papers.map(\.validUntil) == ["2031-03-12", "2031-03-12"])
        #expect(desk.state?.papers.map(\.state) == [.superseded, .issued])
    }

    @Test(
        "a permit is revoked with a reason by the head, or given back by its holder; either way its paper is worth nothing"
    )
    func ended() throws {
        var revoked = try permit()
        #expect(throws: HubError.self) { try revoked.act("cabut", note: "Data tidak benar.", by: "officer") }
        #expect(throws: HubError.self) { try revoked.act("cabut", by: "head") }
        try revoked.act("cabut", note: "Data tidak benar.", by: "head")
        #expect(revoked.stage == "dicabut" && revoked.state?.papers.map(\.state) == [.revoked])
        var given = try permit()
        try given.act("kembalikan", by: "applicant")
        #expect(given.stage == "dikembalikan" && given.state?.papers.map(\.state) == [.revoked])
        #expect(given.state?.deadlines.contains { $0.state == .running } == false)
    }
}
