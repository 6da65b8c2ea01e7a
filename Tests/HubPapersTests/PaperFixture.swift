// The permits department's own templates with values of nobody who exists, and programs of others that read papers.

import Foundation
import HubCore
import HubDomain
import HubModules
import HubPapers
import HubProto
import HubTestKit
import HubTrust
import Testing

/// A paper as tests make it.
struct PaperFixture {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let createdMillis: Int64 = 1_795_690_800_000
    /// One for all tests, as a hub has one.
    static let press = Result { try PaperPress() }

    var template: HubPaperTemplate
    var values: [String: String]
    let issue = PaperIssue(
        issuer: "Kabupaten Makmur", number: "IU-2026-000042-7",
        issuedOn: CalendarDate(year: 2026, month: 11, day: 26) ?? .earliest, validUntil: nil)
    let key: PaperKey

    /// - Parameter name: Of a template in the permits department's bundle.
    init(_ name: String = "izin-usaha") throws {
        let file = "papers/\(name).yaml"
        let text = try String(
            contentsOf: Self.root.appendingPathComponent("Plugins/Permits/bundle/\(file)"), encoding: .utf8)
        let (rules, findings) = RuleFileReader().read([
            .with {
                $0.path = file
                $0.content = Data(text.utf8)
            }
        ])
        #expect(findings == [])
        template = try #require(rules.all(HubPaperTemplate.self).first?.rule)
        key = try PaperKey()
        values = [
            "nama_usaha": "Warung Kopi Contoh", "nama": "Contoh Pemohon", "alamat": "Jalan Contoh Nomor 1, Desa Contoh",
            "kbli": "56303", "kbli_judul": "Rumah minum/kafe", "skala": "Mikro", "risiko": "Rendah",
            "modal": "Rp15.000.000", "tenaga_kerja": "2", "tempat": "Makmur",
            "jabatan": "KEPALA DINAS PENANAMAN MODAL DAN PELAYANAN TERPADU SATU PINTU",
            "pejabat": "Dra. CONTOH PEJABAT, M.Si.", "pangkat": "Pembina Utama Muda", "nip": "19700101 199503 2 000",
            "tanggal_permohonan": "2 November 2026", "wilayah_nama": "Contoh", "lintang": "-7,801200",
            "bujur": "110,364500", "nomor_sertifikat": "SHM 00000/Contoh", "fungsi": "Hunian", "luas_lantai": "72",
            "jumlah_lantai": "2", "tagihan": "Rp1.296.000", "bukti_bayar": "SSRD-2026-000011-5",
        ]
        values.merge(issue.values) { $1 }
    }

    func content() -> PaperContent { PaperContent(template: template, values: values) }

    func sealed() async throws -> String { try await content().sealed(issue, by: key).qrText }

    func pdf(qrText: String, copy: Int = 0, stamp: PaperStamp? = nil) throws -> [UInt8] {
        try Self.press.get().pdf(
            of: PaperOrder(
                template: template, values: values, qrText: qrText, copy: copy, stamp: stamp,
                createdMillis: Self.createdMillis))
    }
}

/// A folder that is gone after the test, and programs that run in it.
final class Workshop {
    let folder = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("papers-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: folder.appendingPathComponent(name))
    }

    /// What a program says, and how it ended.
    @discardableResult
    func run(_ program: String, _ arguments: [String]) throws -> (output: String, status: Int32) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/\(program)")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = pipe
        // zbarimg complains there of a desktop that is not here.
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        return (output, try process.waitForEnd())
    }

    func text(of pdf: [UInt8]) throws -> String {
        try write(pdf, to: "paper.pdf")
        return try run("pdftotext", ["-layout", "paper.pdf", "-"]).output
    }
}
