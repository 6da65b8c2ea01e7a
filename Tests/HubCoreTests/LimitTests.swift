// How many requests one account or device may make, exactly, whoever sends at once; and answers by template.

import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import HubCore

@Suite("Limits and templates")
struct LimitTests {
    private static func limit(
        _ per: HubLimitSubject, most: UInt32 = 3, hours: UInt32 = 24, openOnly: Bool = false
    ) -> HubLimitRule {
        .with {
            ($0.name, $0.per, $0.most, $0.hours, $0.openOnly) = ("batas", per, most, hours, openOnly)
        }
    }

    private func hub(_ limits: HubLimitRule...) async throws -> PublicHub {
        try await PublicHub.open { $0.limits = limits }
    }

    @Test("the fourth of three is refused with when it may be tried again; then it is taken; others are not concerned")
    func window() async throws {
        let hub = try await hub(Self.limit(.applicant))
        for _ in 0..<3 {
            try await hub.file()
            hub.small.wait(hours: 1)
        }
        do {
            try await hub.file()
            Issue.record("taken")
        } catch let error as HubError {
            #expect(error.code == .limitReached && error.status == .resourceExhausted)
            #expect(error.facts["retry_at_ms"] == "\(Sample.now + 24 * SmallHub.hour)")
            #expect(error.violations.map(\.rule) == ["limit"] && error.violations[0].indonesian.contains("21 jam"))
            #expect(!error.violations[0].indonesian.contains("loket"), "a counter is counted the same way")
        }
        try await hub.file(for: SmallHub.budi)
        hub.small.wait(hours: 21)
        try await hub.file()
    }

    @Test("twenty at once of one account: three are taken, seventeen refused, none lost on the way")
    func atOnce() async throws {
        let hub = try await hub(Self.limit(.applicant))
        let outcomes = await withTaskGroup(of: HubError.Code?.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do { _ = try await hub.file() } catch { return (error as? HubError)?.code }
                    return nil
                }
            }
            return await group.reduce(into: [HubError.Code?]()) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == nil } == 3)
        #expect(outcomes.count { $0 == .limitReached } == 17)
        #expect(try await hub.small.ledger.counts().cases == 3)
    }

    @Test("one request sent twice at once with its key is one, also when it takes the last room")
    func sameKey() async throws {
        for round in 0..<20 {
            let hub = try await hub(Self.limit(.applicant, most: 1))
            let key = Array("a key of round \(round + 100)".utf8)
            let numbers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<4 { group.addTask { try await hub.file(key: key).case.number } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(numbers.count == 1)
        }
    }

    @Test("of open ones only those count that have not ended")
    func openOnly() async throws {
        let hub = try await hub(Self.limit(.applicant, most: 1, openOnly: true))
        let state = try await hub.file().case
        do {
            try await hub.file()
            Issue.record("taken")
        } catch let error as HubError {
            #expect(error.code == .limitReached && error.facts["retry_at_ms"] == nil, "no time makes room")
            let text = error.violations.first?.indonesian ?? ""
            #expect(text.contains("selesai") && !text.contains("jam") && !text.contains("loket"))
        }
        try await hub.act("tarik", on: state, by: .portal, for: SmallHub.anna, method: .withdrawComplaint)
        try await hub.file()
    }

    @Test(
        "a device is counted by the token that its channel sends; calls without one, and requests refused by rule, are not"
    )
    func device() async throws {
        let hub = try await hub(Self.limit(.device, most: 2))
        func file(_ token: String, for citizen: String) async throws {
            guard
                case .unary(let body) = try hub.small.hub.router.route(
                    HubMethod.fileComplaint.path, hub.small.hub.router.access(of: Caller.portal.role)
                ).handler
            else { return }
            let request = LayananSubmitRequest.with {
                $0.service = SmallHub.service
                $0.form = [.with { ($0.name, $0.text) = ("kategori", "jalan") }]
            }
            let bytes: [UInt8] = try request.serializedBytes()
            let metadata =
                token.isEmpty ? [] : [HubMetadata.with { ($0.key, $0.value) = ("device-token", .init(token.utf8)) }]
            _ = try await body(
                CallContext(
                    method: .fileComplaint, actor: Caller.portal.actor(for: citizen),
                    idempotencyKey: Array("\(token)-\(citizen)-key-of-a-device".utf8), requestHash: bytes,
                    metadata: metadata), bytes)
        }
        let phone = "0123456789abcdef"
        try await file(phone, for: "nik:1")
        try await file(phone, for: "nik:2")
        do {
            try await file(phone, for: "nik:3")
            Issue.record("taken")
        } catch let error as HubError {
            #expect(error.code == .limitReached && error.violations.first?.indonesian.contains("loket") == true)
        }
        try await file("fedcba9876543210", for: "nik:3")
        for number in 4..<9 { try await file("", for: "nik:\(number)") }
    }

    @Test("whom a channel does not name, an officer's own requests, and an older register are not counted")
    func uncounted() async throws {
        let hub = try await hub(Self.limit(.applicant, most: 1))
        for _ in 0..<3 {
            try await hub.file(for: "")
            try await hub.file(for: "", by: .officer)
        }
        try await hub.file(by: .officer)
        await #expect(throws: HubError(.limitReached, "")) { try await hub.file(by: .officer) }
    }

    // MARK: Templates

    @Test("a note that was left to a template is filled in both languages; what is typed wins; neither is refused")
    func templates() async throws {
        let hub = try await PublicHub.open()
        let state = try await hub.file(["kategori": "lampu", "wilayah": "3402", "isi": "PJU mati"]).case
        let answered = try await hub.act("jawab", on: state, form: ["baku": "baku-1"])
        #expect(
            answered.note
                == "Aduan \(state.number) diperiksa Seksi Bina Marga.\n\nRoads section looks into \(state.number).")
        #expect(
            try await hub.small.history(of: state, by: .portal, for: SmallHub.anna).events.last?.note == answered.note)
        #expect(try await hub.act("jawab", on: state, form: ["baku": "baku-1"], note: "Sendiri.").note == "Sendiri.")
        await #expect(throws: HubError(.formInvalid, "")) { try await hub.act("jawab", on: state) }
        await #expect(throws: HubError(.formInvalid, "")) { try await hub.act("jawab", on: state, form: ["baku": "x"]) }
    }

    @Test("a template that names what the case has not is refused by its own name; a note of one's own is not")
    func gap() async throws {
        let hub = try await PublicHub.open()
        let state = try await hub.act("jawab", on: try await hub.file().case, note: "unit:unit-lain")
        do {
            try await hub.act("jawab", on: state, form: ["baku": "baku-1"])
            Issue.record("answered with a gap")
        } catch let error as HubError {
            #expect(
                error.code == .formInvalid && error.violations.map { "\($0.field) \($0.rule)" } == ["baku template"])
        }
        try await hub.act("jawab", on: state, form: ["baku": "baku-1"], note: "Sendiri.")
    }

    @Test("a table of answers with a gap that nothing fills does not come into force")
    func reviewed() async throws {
        let hub = try await PublicHub.open()
        for (text, column, count) in [
            ("Aduan {nomor}.", "teks", 0), ("Aduan {nama}.", "teks", 1), ("Aduan {nomor.", "teks", 1), ("x", "isi", 2),
            ("{sisa}.", "teks", 1),
        ] {
            var table = PublicHub.table("jawaban", ["kode", column, "english"], [["baku-1", text, ""]])
            table.version = "2"
            let files = [try MessageRules.file("tables/jawaban.csv", table)]
            let reply = try await hub.small.call(
                .checkRules, HubCheckRulesRequest.with { $0.files = files }, as: HubCheckRulesReply.self, by: .officer)
            #expect(reply.findings.count == count, "\(text): \(reply.findings.map(\.remedy))")
        }
    }
}
