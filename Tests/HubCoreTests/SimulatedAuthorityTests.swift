// The authority of tests and demonstrations: one field may be made in several ways.

import HubProto
import HubTestKit
import Testing

@Suite("A simulated authority")
struct SimulatedAuthorityTests {
    private static let numbers = SimulatedAuthority.Maker.first([
        .deed(area: "wilayah", day: "tanggal_meninggal", kind: "KM"),
        .deed(area: "wilayah", day: "tanggal_lahir", kind: "LU"),
    ])

    private static func number(_ sent: [(String, String)]) -> String? {
        var authority = SimulatedAuthority(seed: 1, makers: ["nomor_akta": numbers])
        var inquiry = LayananTakenInquiry()
        inquiry.id = .init([UInt8](repeating: 1, count: 16))
        inquiry.values = sent.map { name, text in .with { ($0.name, $0.text) = (name, text) } }
        inquiry.receives = [.with { $0.field = "nomor_akta" }]
        guard case .answer(let answer) = authority.reply(to: inquiry, nowMillis: 0) else { return nil }
        return answer.values.first?.text
    }

    @Test("makes a field in the first way for which it was sent what that needs")
    func firstMaker() {
        let born = [("wilayah", "340201"), ("tanggal_lahir", "2026-01-05")]
        #expect(Self.number(born) == "3402-LU-05012026-0001")
        #expect(Self.number(born + [("tanggal_meninggal", "2026-02-06")]) == "3402-KM-06022026-0001")
    }

    @Test("leaves out what none of the ways can make")
    func none() {
        #expect(Self.number([("wilayah", "340201")]) == nil)
    }
}
