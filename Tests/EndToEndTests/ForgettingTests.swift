// The end of what is personal, at a real hub: nothing of it is left in the state directory.

import Foundation
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Forgetting")
    struct ForgettingTests {
        private static let words = "Saluran depan warung Bu Contoh mampet sejak Senin"
        private static let citizen = "nik:3402011505900077"

        /// What the files of the ledger hold, as bytes.
        private func ledger(_ hub: RunningHub) throws -> Data {
            try ["", "-wal"].reduce(into: Data()) { bytes, ending in
                let path = hub.regency.state + "/ledger.sqlite" + ending
                if FileManager.default.fileExists(atPath: path) {
                    bytes += try Data(contentsOf: URL(fileURLWithPath: path))
                }
            }
        }

        @Test("two years after its end nobody can be known by a complaint, not even in the file, and the chain holds")
        func forgotten() async throws {
            try await RunningHub.serve { hub in
                let filed = try await hub.regency.admin([
                    "submit", Service.complaint, "--set", "jenis=aduan", "--set", "kategori=drainase", "--set",
                    "kerahasiaan=bernama", "--set", "nama=Ibu Pelapor Sekian", "--set", "isi=\(Self.words)",
                    "--on-behalf-of", Self.citizen, "-o", "name",
                ])
                let number = filed.output.trimmingCharacters(in: .whitespacesAndNewlines)
                #expect(filed.status == 0 && number.hasPrefix("ADU-"), "\(filed.output)")
                let ended = try await hub.regency.admin(
                    ["act", number, "tarik", "--on-behalf-of", Self.citizen, "-o", "json"])
                #expect(ended.status == 0 && ended.output.contains("\"personal_until\":\"20"), "\(ended.output)")
                for _ in 1...3 { try await hub.town.pass(hours: 243 * 24) }
                #expect(try await hub.town.read(number, as: hub.town.admin).applicant == Self.citizen)
                try await hub.town.pass(hours: 2 * 24)
                let state = try await hub.town.read(number, as: hub.town.admin)
                #expect(state.applicant.isEmpty && state.anonymisedMs > 0 && state.stage == "ditarik")
                #expect(Set(state.data.map(\.name)).isSuperset(of: ["jenis", "kategori"]))
                let shown = try await hub.regency.admin(["case", "history", number, "--personal", "-o", "json"])
                #expect(shown.status == 0 && shown.output.contains("anonymised"), "\(shown.output)")
                #expect(!shown.output.contains("mampet") && !shown.output.contains(Self.citizen))
                let audit = try await hub.regency.admin(["audit", "verify"])
                #expect(audit.status == 0, "\(audit.output)")
                await hub.regency.stop()
                let bytes = try ledger(hub)
                #expect(bytes.range(of: Data("mampet".utf8)) == nil, "the words lie in a page of the ledger")
                #expect(bytes.range(of: Data("Pelapor Sekian".utf8)) == nil, "the name does")
                #expect(bytes.range(of: Data(number.utf8)) != nil)
            }
        }
    }
}
