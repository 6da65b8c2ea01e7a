// A permit in the hands of whoever holds it: saved by hubctl, read by other people's programs, verified without the hub.

import Foundation
import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Papers")
    struct PaperTests {
        @Test(
            "an approval's PDF is read by others, its code verifies with the published key alone, one changed byte not")
        func offline() async throws {
            try await RunningHub.serve { hub in
                let open = try await Bench(hub).cases(Service.building, count: 1, seed: 95)[0]
                var chance = Chance(seed: 95)
                for step in open.petition.life.steps {
                    try await hub.town.take(
                        step, on: open.number, of: Service.building, for: open.petition.citizen, chance: &chance)
                }
                let state = try await hub.town.read(open.number, as: hub.town.admin)
                let paper = try #require(state.papers.last)
                #expect(paper.state == .issued)

                let folder = try Place.temporary()
                defer { try? FileManager.default.removeItem(atPath: folder) }
                let saved = try await hub.regency.admin([
                    "case", "document", open.number, paper.number, "--out", "\(folder)/paper.pdf",
                ])
                #expect(saved.status == 0, "\(saved.output)")
                let text = try Self.run("pdftotext", ["-layout", "\(folder)/paper.pdf", "-"])
                #expect(text.contains(paper.number) && text.contains("PERSETUJUAN BANGUNAN GEDUNG"), "\(text)")
                #expect(text.contains(RupiahText.digits(state.bills[0].total)))
                #expect(try Self.run("pdffonts", ["\(folder)/paper.pdf"]).contains("yes yes yes"))

                _ = try Self.run("pdftoppm", ["-r", "150", "-png", "\(folder)/paper.pdf", "\(folder)/paper"])
                let code = try Self.run("zbarimg", ["--quiet", "--raw", "\(folder)/paper-1.png"])
                    .trimmingCharacters(in: .newlines)
                #expect(code == paper.qr)
                let key = hub.regency.state + "/papers.pub.pem"
                let script = Place.checkout + "/Scripts/verify-paper.py"
                #expect(try Self.run("python3", [script, "--key", key, code]).contains(paper.number))
                let changed =
                    String(code.prefix(100)) + (code.dropFirst(100).first == "7" ? "8" : "7")
                    + code.dropFirst(101)
                #expect(
                    try Self.run("python3", [script, "--key", key, changed], status: 1).contains(paper.number) == false)

                let held = try await hub.regency.admin(["paper", "check", code])
                #expect(held.status == 0 && held.output.contains("holds"), "\(held.output)")
                let copy = try await hub.regency.admin([
                    "paper", "reprint", open.number, paper.number, "--note", "Rusak terkena hujan",
                ])
                #expect(copy.status == 0, "\(copy.output)")
                let revoked = try await hub.regency.admin(["act", open.number, "cabut", "--note", "Data tidak benar"])
                #expect(revoked.status == 0, "\(revoked.output)")
                let checked = try await hub.regency.admin(["paper", "check", paper.number])
                #expect(checked.status == 3 && checked.output.contains("revoked"), "\(checked.output)")
            }
        }

        /// What a program of the machine says.
        private static func run(_ program: String, _ arguments: [String], status: Int32 = 0) throws -> String {
            let process = Process()
            let pipe = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [program] + arguments
            process.standardOutput = pipe
            process.standardError = FileHandle.nullDevice
            try process.run()
            let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            try process.waitForEnd()
            #expect(process.terminationStatus == status, "\(program)")
            return output
        }
    }
}
