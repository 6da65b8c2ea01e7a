// Requests that may be the same one made twice, and rows of forms.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("Likenesses")
struct LikenessTests {
    private static let form = ["nik": RegisterHub.citra, "nama": "Moh. Soeharto", "lahir": "2026-02-10"]

    @Test("a request with a name spelled otherwise and a day nearby is like the first one; the module is told")
    func alike() async throws {
        let hub = try await RegisterHub.open()
        let first = try await hub.file(["nama": "Muhammad Suharto", "lahir": "2026-02-12"])
        let second = try await hub.file(Self.form)
        #expect(first.likenesses.isEmpty)
        #expect(second.likenesses.map(\.case) == [first.number] && second.likenesses.map(\.rule) == ["anak_sama"])
        #expect(second.likenesses[0].score == 1_000)
        #expect(hub.heard.questions.last?.likenesses == second.likenesses)
    }

    @Test(
        "another name, a day out of reach, or no day at all is not alike",
        arguments: [
            ["nama": "Siti Aminah", "lahir": "2026-02-10"], ["nama": "Moh. Soeharto", "lahir": "2026-02-14"],
            ["nama": "Moh. Soeharto"],
        ])
    func other(form: [String: String]) async throws {
        let hub = try await RegisterHub.open()
        try await hub.file(form)
        #expect(try await hub.file(Self.form).likenesses.isEmpty)
    }

    @Test("the same number is strict, whatever the name; a request that was rejected counts for names no more")
    func strict() async throws {
        let hub = try await RegisterHub.open()
        let rejected = try await hub.act("tolak", on: hub.file(["nama": "Muhammad Suharto", "lahir": "2026-02-10"]))
        let same = try await hub.file(["nik": RegisterHub.citra, "nama": "Siti", "lahir": "1990-01-01"])
        let found = try await hub.file(Self.form).likenesses
        #expect(found.map(\.case) == [same.number] && found.map(\.rule) == ["nik_sama"])
        #expect(rejected.stage == "ditolak")
    }

    @Test(
        "among many that are the same the newest are told; among many names the most alike is found, however old it is")
    func many() async throws {
        let hub = try await RegisterHub.open()
        let alike = try await hub.file(["nama": "Muhammad Suharto", "lahir": "2026-02-12"])
        var last = HubCase()
        for _ in 1...70 {
            last = try await hub.file(["nik": RegisterHub.citra, "nama": "Moh. Soeharta", "lahir": "2026-02-10"])
        }
        let found = try await hub.file(Self.form).likenesses
        #expect(
            found.count == 20 && found[0].case == alike.number && found[0].score == 1_000, "\(found.first?.score ?? 0)")
        let same = try await hub.file(["nik": RegisterHub.citra, "nama": "Siti", "lahir": "1990-01-01"]).likenesses
        #expect(same.count == 20 && same.allSatisfy { $0.rule == "nik_sama" })
        #expect(same.contains { $0.case == last.number })
    }

    @Test("a repair looks again, leaves itself out, and other steps keep what was found")
    func repaired() async throws {
        let hub = try await RegisterHub.open()
        let first = try await hub.file(["nama": "Muhammad Suharto", "lahir": "2026-02-12"])
        let second = try await hub.file(Self.form)
        let kept = try await hub.act("catat", on: second)
        #expect(kept.likenesses == second.likenesses)
        let repaired = try await hub.act(
            "perbaiki", on: kept, ["nik": RegisterHub.citra, "nama": "Siti", "lahir": "2026-02-10"],
            .supplementComplaint)
        #expect(repaired.likenesses.isEmpty)
        #expect(try await hub.small.get(first, by: .officer).likenesses.isEmpty, "the first was first")
    }

    @Test("applicants are not told whose request is like theirs")
    func hidden() async throws {
        let hub = try await RegisterHub.open()
        try await hub.file(["nama": "Muhammad Suharto", "lahir": "2026-02-12"])
        let request = LayananSubmitRequest.with {
            $0.service = SmallHub.service
            $0.form = Self.form.map { field in .with { ($0.name, $0.text) = (field.key, field.value) } }
        }
        let own = try await hub.small.call(
            .fileComplaint, request, as: LayananCaseReply.self, by: .portal, for: SmallHub.anna)
        #expect(own.case.likenesses.isEmpty)
        #expect(try await hub.small.get(own.case, by: .officer).likenesses.count == 1)
    }
}

@Suite("Groups of a form")
struct GroupTests {
    private func wrong(_ rows: [[String: String]]) async throws -> [String] {
        let hub = try await RegisterHub.open()
        do { try await hub.file([:], rows: rows) } catch let error as HubError {
            return error.violations.map { "\($0.field) \($0.rule)" }
        }
        return []
    }

    @Test("everything that is wrong is told with the row, counted as people count")
    func told() async throws {
        let rows = [
            ["nik": RegisterHub.citra, "hubungan": "anak"], ["hubungan": "tetangga"],
            ["nik": "12", "hubungan": "lain", "warna": "merah"],
        ]
        #expect(
            try await wrong(rows) == [
                "anggota[2].hubungan choice", "anggota[2].nik required", "anggota[3].nik nik",
                "anggota[3].warna unknown_field", "anggota[3].keterangan required",
            ])
    }

    @Test("a condition holds within its row")
    func conditions() async throws {
        let asked = ["nik": RegisterHub.citra, "hubungan": "lain", "keterangan": "sepupu"]
        let notAsked = ["nik": RegisterHub.dewi, "hubungan": "anak", "keterangan": "sepupu"]
        #expect(try await wrong([asked, notAsked]) == ["anggota[2].keterangan not_asked"])
    }

    @Test("empty rows are left out, too many are refused, and rows are found by what they hold")
    func limits() async throws {
        let hub = try await RegisterHub.open()
        let state = try await hub.file([:], rows: [["nik": ""], ["nik": RegisterHub.citra]])
        #expect(state.data.first { $0.name == "anggota" }?.rows.rows.count == 1)
        #expect(
            try await wrong(Array(repeating: ["nik": RegisterHub.citra], count: 4)) == ["anggota rows_max"])
        let request = LayananListCasesRequest.with {
            ($0.service, $0.field, $0.value) = (SmallHub.service, "anggota.nik", RegisterHub.citra)
        }
        let list = try await hub.small.call(.listCases, request, as: LayananListCasesReply.self, by: .officer)
        #expect(list.cases.map(\.number) == [state.number])
    }

    @Test("rows for a field that is no group, and text for a group, are refused as the wrong type")
    func types() async throws {
        let hub = try await RegisterHub.open()
        for value in [
            HubFieldValue.with { ($0.name, $0.rows) = ("nama", .init()) },
            HubFieldValue.with { ($0.name, $0.text) = ("anggota", "Budi") },
        ] {
            let request = LayananSubmitRequest.with { ($0.service, $0.form) = (SmallHub.service, [value]) }
            await #expect(throws: HubError(.formInvalid, "")) {
                try await hub.small.call(.fileComplaint, request, as: LayananCaseReply.self, by: .officer)
            }
        }
    }
}
