// Permits and births of older registers, taken over as complaints are: once, through the departments' own rules.

import Foundation
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Older registers")
    struct OlderRegisterTests {
        private static let permits = """
            nomor_izin,diajukan,diterbitkan,status,nik,nama,telepon,nama_usaha,kbli,skala,modal,tenaga_kerja,alamat,\
            wilayah,nib,berlaku_sejak,berlaku_sampai
            503/001/2021,2021-02-01 08:00,2021-02-15 10:00,terbit,3402011505900000,Contoh Satu,081200000001,\
            Warung Satu,56303,mikro,15000000,2,Jalan Contoh 1,340201,9120000000001,2021-02-15,2031-02-14
            503/002/2020,2020-02-01 08:00,2020-02-15 10:00,terbit,3402011505900000,Contoh Dua,081200000002,\
            Warung Dua,56303,mikro,15000000,2,Jalan Contoh 2,340201,9120000000002,2020-02-15,2025-02-14
            503/003/2021,2021-02-01 08:00,2021-02-15 10:00,terbit,12345,Contoh Tiga,081200000003,\
            Warung Tiga,56303,mikro,15000000,2,Jalan Contoh 3,340201,9120000000003,2021-02-15,2031-02-14

            """
        private static let births = """
            nomor_akta,dilaporkan,dicatat,status,nama_anak,jenis_kelamin,tanggal_lahir,tempat_lahir,wilayah,nomor_kk,\
            nik_ibu,nama_ibu,nik_ayah,nama_ayah,nik_anak,tanggal_pencatatan,pelaporan
            3402-LU-12082015-0042,2015-08-10 09:00,2015-08-12 09:00,tercatat,Anak Contoh,perempuan,2015-07-01,Bantul,\
            340201,3402010108150000,3402014101900000,Ibu Contoh,3402010202880000,Ayah Contoh,3402014107150000,\
            2015-08-12,tepat_waktu
            3402-LU-13082015-0043,2015-08-10 09:00,2015-08-13 09:00,tercatat,Tanpa Nomor,perempuan,2015-07-02,Bantul,\
            340201,3402010108150000,3402014101900000,Ibu Contoh,3402010202880000,Ayah Contoh,,2015-08-13,tepat_waktu

            """

        /// - Returns: Exit status and what was stored, there already and refused.
        private func bring(_ service: String, _ rows: String, _ map: String, _ hub: RunningHub) async throws
            -> (status: Int32, counts: [Int])
        {
            let file = hub.regency.folder + "/\(service).csv"
            try TextFile.write(Array(rows.utf8), to: file)
            let answer = try await hub.regency.admin(
                ["import", service, file, "--map", Place.checkout + "/Plugins/" + map, "-o", "json"])
            let last = try #require(answer.output.split(separator: "\n").last, "hubctl import printed nothing")
            let summary = try #require(try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
            return (answer.status, ["stored", "already", "refused"].map { summary[$0] as? Int ?? -1 })
        }

        @Test("permits of an older register hold, have expired or are refused by line; a second run adds none")
        func permits() async throws {
            try await RunningHub.serve { hub in
                let service = "izin-usaha"
                let map = "Permits/maps/izin-usaha-lama.yaml"
                #expect(try await bring(service, Self.permits, map, hub) == (8, [2, 0, 1]))
                #expect(try await bring(service, Self.permits, map, hub) == (8, [0, 2, 1]))
                _ = try await hub.town.pass(hours: 1)
                let listed = try await hub.town.admin.call(
                    .listCases, LayananListCasesRequest.with { $0.service = service }, as: LayananListCasesReply.self
                ).message.cases
                #expect(Set(listed.map(\.stage)) == ["terbit", "kedaluwarsa"])
                let holds = try #require(listed.first { $0.stage == "terbit" })
                let state = try await hub.town.read(holds.number, as: hub.town.admin)
                #expect(state.deadlines.first { $0.name == "masa_berlaku" }?.state == .running)
                #expect(state.applicant == "nik:3402011505900000")
                #expect(state.papers.isEmpty && state.data.first { $0.name == "nib" }?.text == "9120000000001")
            }
        }

        @Test("births of an older register are entries of the registers; a row without the child's number is refused")
        func births() async throws {
            try await RunningHub.serve { hub in
                let map = "CivilRegistry/maps/akta-kelahiran-lama.yaml"
                #expect(try await bring("akta-kelahiran", Self.births, map, hub) == (8, [1, 0, 1]))
                #expect(try await bring("akta-kelahiran", Self.births, map, hub) == (8, [0, 1, 1]))
                for (register, key) in [("penduduk", "3402014107150000"), ("akta", "3402-LU-12082015-0042")] {
                    let shown = try await hub.regency.admin(["register", "show", register, key, "-o", "json"])
                    #expect(shown.status == 0 && shown.output.contains("\"version\":1"), "\(shown.output)")
                }
                let audit = try await hub.regency.admin(["audit", "verify"])
                #expect(audit.status == 0)
            }
        }

        @Test(
            "a draft that was begun on one device is gone on with on another after the hub came back, and is sent once")
        func draft() async throws {
            try await RunningHub.serve { hub in
                let citizen = ["--on-behalf-of", "nik:3402011505900000"]
                let form = [
                    "--set", "jenis=aduan", "--set", "kategori=jalan", "--set", "kerahasiaan=anonim",
                ]
                let begun = try await hub.regency.admin(["draft", "save", Service.complaint, "jalan"] + form + citizen)
                #expect(begun.status == 0 && begun.output.contains("Not complete yet"), "\(begun.output)")
                await hub.regency.stop()
                try await hub.regency.start()
                let listed = try await hub.regency.admin(["draft", "list", "-o", "name"] + citizen)
                #expect(listed.output == "jalan\n")
                let whole = form + ["--set", "isi=Jalan di depan pasar berlubang besar"]
                let saved = try await hub.regency.admin(
                    ["draft", "save", Service.complaint, "jalan"] + whole + citizen)
                #expect(saved.output.contains("it can be submitted"))
                let shown = try await hub.regency.admin(["draft", "show", "jalan"] + citizen)
                #expect(shown.output.contains("‹personal›") && !shown.output.contains("berlubang"))
                let sent = try await hub.regency.admin(
                    ["submit", Service.complaint, "--draft", "jalan"] + whole + citizen + ["-o", "name"])
                #expect(sent.status == 0 && sent.output.hasPrefix("ADU-"))
                #expect(try await hub.regency.admin(["draft", "list", "-o", "name"] + citizen).output == "")
            }
        }
    }
}
