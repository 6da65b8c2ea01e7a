// A permit that its officer signs at an e-signature service: refused, away, and signed; hubctl and hubd for real.

import Foundation
import HubClient
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Signing")
    struct SigningTests {
        @Test(
            "a permit holds once its officer has signed it; a wrong passphrase and a service that is away change nothing"
        )
        func signed() async throws {
            let folder = try Place.temporary()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let log = folder + "/port"
            let script = Place.checkout + "/Tests/Receivers/esign.py"
            let service = try ChildProcess("/usr/bin/python3", [script, folder], output: log)
            var port = 0
            for _ in 0..<1_000 where port == 0 {
                port = Int((TextFile.text(log) ?? "").filter { !$0.isWhitespace }) ?? 0
                try await Task.sleep(for: .milliseconds(10))
            }
            try TextFile.write(Array("secret\n".utf8), to: folder + "/password")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder + "/password")
            let settings = """
                signature:
                  url: http://127.0.0.1:\(port)
                  user: hub
                  password_file: \(folder)/password

                """
            try await RunningHub.serve(settings: RunningHub.settings + settings) { hub in
                try await Self.life(hub, folder)
            }
            await service.stop()
        }

        private static func life(_ hub: RunningHub, _ folder: String) async throws {
            let file = folder + "/berkas.jpg"
            try TextFile.write(Paper.photo, to: file)
            let form = [
                "nik=3402011505900000", "nama=Contoh Pemohon", "telepon=081200000000", "nama_usaha=Warung Contoh",
                "kbli=56303", "skala=mikro", "modal=15000000", "tenaga_kerja=2", "alamat=Jalan Contoh 1",
                "wilayah=340201", "nib_pemohon=9120000000123",
            ].flatMap { ["--set", $0] }
            let papers = ["ktp", "foto_tempat"].flatMap { ["--document", "\($0)=\(file):image/jpeg"] }
            let filed = try await hub.regency.admin(["submit", Service.permit, "-o", "name"] + form + papers)
            let number = filed.output.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(filed.status == 0 && number.hasPrefix("IU-"))
            let issued = try await hub.regency.admin(["act", number, "dokumen_lengkap"])
            #expect(issued.status == 0)
            let waiting = try #require(try await hub.town.read(number, as: hub.town.admin).papers.last)
            #expect(waiting.state == .toSign && waiting.qr.isEmpty)

            let office = try hub.town.office(Service.permit)
            func sign(_ passphrase: String) async throws -> HubPaper {
                let request = LayananSignPaperRequest.with {
                    ($0.case, $0.number, $0.nik) = (number, waiting.number, "3402010101700001")
                    $0.passphrase = passphrase
                }
                return try await office.head.documents.sign(request).message.paper
            }
            let wrong = try await refusal { try await sign("salah") }
            #expect(wrong.code == .signatureRefused)
            try TextFile.write(Array("503".utf8), to: folder + "/mode")
            let away = try await refusal { try await sign("rahasia") }
            #expect(away.code == .signatureUnavailable)
            #expect(try await hub.town.read(number, as: hub.town.admin).papers.last == waiting)
            try TextFile.write(Array("ok".utf8), to: folder + "/mode")
            let paper = try await sign("rahasia")
            #expect(paper.state == .issued && paper.number == waiting.number)
            let checked = try await hub.regency.admin(["paper", "check", paper.qr])
            #expect(checked.status == 0 && checked.output.contains("holds"))
            let request = LayananGetDocumentRequest.with { ($0.sha256, $0.case) = (paper.sha256, number) }
            let bytes = [UInt8](try await hub.town.admin.documents.get(request).message.body)
            #expect(
                bytes.starts(with: "%PDF-".utf8) && String(decoding: bytes.suffix(200), as: UTF8.self).contains("/Sig"))
            for name in try FileManager.default.contentsOfDirectory(atPath: hub.regency.logs) {
                let text = TextFile.text("\(hub.regency.logs)/\(name)") ?? ""
                #expect(!text.contains("rahasia") && !text.contains("3402010101700001"), "\(name)")
            }
        }
    }
}
