// Registers: what a case enters is there for good, with every version and the day on which it held.

import Crypto
import HubCore
import HubDomain
import HubProto
import HubTestKit
import SwiftProtobuf
import Testing

@Suite("Registers")
struct RegisterTests {
    private static let kk = "3402010101200001"
    private static let otherKK = "3402010101200002"

    // MARK: Writing

    @Test("a case that comes to its stage enters what the stage says, in the same commit")
    func entered() async throws {
        let hub = try await RegisterHub.open()
        let state = try await hub.enter(RegisterHub.citra, "Citra Lestari", ["akta": "AL/1"])
        let entry = try await hub.entry(RegisterHub.citra)
        #expect(entry.version == 1 && entry["nama"] == "Citra Lestari" && entry["status"] == "hidup")
        #expect(entry.case == state.number && entry.caseVersion == state.version && entry.previous.isEmpty)
        #expect(state.entries.map(\.key) == [RegisterHub.citra] && state.entries[0].hash == entry.hash)
        let event = try #require(try await hub.small.history(of: state, by: .officer).events.last)
        #expect(event.entries == state.entries, "the log's chain has the hash of the entry")
    }

    @Test("a number that is in the register cannot be entered again, and nothing happens to the case")
    func twice() async throws {
        let hub = try await RegisterHub.open()
        try await hub.enter(RegisterHub.citra)
        let second = try await hub.file(["nik": RegisterHub.citra, "nama": "Lain", "lahir": "1991-02-03"])
        let refusal = try await refused { try await hub.act("catat", on: second) }
        #expect(refusal.code == .refusedByRule && refusal.violations.map(\.field) == ["nik"])
        #expect(refusal.violations.map(\.rule) == ["entered"])
        #expect(try await hub.small.get(second, by: .officer).stage == "diterima")
        #expect(try await hub.versions(RegisterHub.citra).count == 1)
    }

    @Test("an entry that is not there cannot be amended")
    func unknown() async throws {
        let hub = try await RegisterHub.open()
        let state = try await hub.file(["nik": RegisterHub.citra, "nama": "Citra", "lahir": "1990-01-05"])
        let refusal = try await refused { try await hub.act("ubah", on: state) }
        #expect(refusal.violations.map(\.rule) == ["not_entered"])
        await #expect(throws: HubError(.entryUnknown, "")) { try await hub.entry(RegisterHub.citra) }
    }

    @Test("what an entry needs and the case does not have is named, field by field")
    func needed() async throws {
        let hub = try await RegisterHub.open()
        let state = try await hub.file(["nik": RegisterHub.citra, "lahir": "1990-01-05"])
        let refusal = try await refused { try await hub.act("catat", on: state) }
        #expect(refusal.violations.map(\.rule) == ["entry_requires"])
        let nobody = try await hub.file(["nama": "Citra", "lahir": "1990-01-05"])
        #expect(try await refused { try await hub.act("catat", on: nobody) }.violations.map(\.field) == ["nik"])
    }

    @Test("an amendment changes what it names and keeps the rest; one that changes nothing writes nothing")
    func amended() async throws {
        let hub = try await RegisterHub.open()
        let state = try await hub.enter(RegisterHub.citra, "Citra", ["akta": "AL/1"])
        let changed = try await hub.act("ubah", on: state, ["kk": Self.kk])
        let entry = try await hub.entry(RegisterHub.citra)
        #expect(entry.version == 2 && entry["kk"] == Self.kk && entry["akta"] == "AL/1" && entry["nama"] == "Citra")
        #expect(changed.entries.map(\.version) == [1, 2])
        let again = try await hub.act("pindah", on: changed, rows: [["nik": RegisterHub.citra]])
        #expect(try await hub.entry(RegisterHub.citra).version == 2 && again.entries.count == 2)
    }

    @Test("what an entry has already is not asked again by a text that would not take it any more")
    func olderText() async throws {
        let ledger = InMemoryLedger()
        let before = try await RegisterHub.open(ledger: ledger)
        let person = ["nik": RegisterHub.citra, "nama": "Citra Lestari", "lahir": "1990-01-05"]
        let entered = try await before.act("catat", on: try await before.file(person))
        let strict = RegisterHub.register(version: "2") { register in
            register.fields[1].lengthMax = 5
            register.fields[4].required = true
        }
        let hub = try await RegisterHub.open(ledger: ledger, register: strict)
        let changed = try await hub.act("ubah", on: entered, ["kk": "3402011501900003"])
        #expect(changed.stage == "diubah" && changed.entries.count == 2)
        let other = try await hub.file(["nik": RegisterHub.dewi, "nama": "Dewi Lestari", "lahir": "1990-01-05"])
        let refusal = try await refused { try await hub.act("catat", on: other) }
        #expect(refusal.violations.map(\.field) == ["nama", "nik"])
    }

    @Test("a group writes an entry for each of its rows, all or none")
    func rows() async throws {
        let hub = try await RegisterHub.open()
        try await hub.enter(RegisterHub.citra)
        try await hub.enter(RegisterHub.dewi, "Dewi", born: "1990-01-06")
        let move = try await hub.file(["kk": Self.kk])
        let unknown = "3402014701900003"
        let refusal = try await refused {
            try await hub.act("pindah", on: move, rows: [["nik": RegisterHub.citra], ["nik": unknown]])
        }
        #expect(refusal.violations.map(\.field) == ["anggota[2].nik"])
        #expect(try await hub.entry(RegisterHub.citra)["kk"].isEmpty)
        let moved = try await hub.act(
            "pindah", on: move, rows: [["nik": RegisterHub.citra], ["nik": RegisterHub.dewi]])
        #expect(moved.entries.map(\.key) == [RegisterHub.citra, RegisterHub.dewi])
        #expect(try await hub.search("kk", Self.kk) == [RegisterHub.citra, RegisterHub.dewi])
    }

    @Test("a value that is unique belongs to one entry for ever, also after it was changed there")
    func unique() async throws {
        let hub = try await RegisterHub.open()
        try await hub.enter(RegisterHub.citra, "Citra", ["akta": "AL/1"])
        let other = try await hub.file(
            ["nik": RegisterHub.dewi, "nama": "Dewi", "lahir": "1990-01-06", "akta": "AL/1"])
        let refusal = try await refused { try await hub.act("catat", on: other) }
        #expect(refusal.violations.map(\.field) == ["akta"] && refusal.violations.map(\.rule) == ["unique"])
    }

    @Test("two cases that enter one number at the same moment: one does, the other is told")
    func race() async throws {
        let hub = try await RegisterHub.open()
        var cases: [HubCase] = []
        for day in 1...8 {
            cases.append(
                try await hub.file(["nik": RegisterHub.citra, "nama": "Citra", "lahir": "1990-02-0\(day)"]))
        }
        let outcomes = await withTaskGroup(of: HubError.Code?.self) { group in
            for state in cases {
                group.addTask {
                    do { try await hub.act("catat", on: state) } catch { return (error as? HubError)?.code }
                    return nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == nil }.count == 1)
        #expect(outcomes.compactMap(\.self).allSatisfy { $0 == .refusedByRule })
        #expect(try await hub.versions(RegisterHub.citra).count == 1)
    }

    // MARK: Reading

    @Test("an entry is what it was on any day, and each version has the hash of the one before")
    func anyDay() async throws {
        let hub = try await RegisterHub.open()
        var chance = SplitMix64(seed: 20_261)
        func below(_ bound: Int) -> Int { Int(chance.next() % UInt64(bound)) }
        var state = try await hub.enter(RegisterHub.citra, "Citra 0")
        var model: [(day: CalendarDate, name: String)] = []
        let today = { CalendarDate(epochMillis: hub.small.clock.nowMillis(), utcOffsetMinutes: 0) }
        let first = today()
        model.append((first, "Citra 0"))
        for step in 1...40 {
            hub.small.wait(hours: Int64(below(72)))
            let name = "Citra \(below(5))"
            let stage = state.stage == "diubah" ? "pindah" : "ubah"
            state = try await hub.act(stage, on: state, stage == "ubah" ? ["nama": name] : ["kk": Self.kk])
            if stage == "ubah" { model.append((today(), name)) }
            #expect(state.version == UInt64(step) + 2)
        }
        for offset in 0...125 {
            let day = first.adding(days: offset)
            let expected = model.last { $0.day <= day }?.name
            #expect(try await hub.entry(RegisterHub.citra, day: day.iso)["nama"] == expected, "on \(day.iso)")
        }
        await #expect(throws: HubError(.entryUnknown, "")) {
            try await hub.entry(RegisterHub.citra, day: first.adding(days: -1).iso)
        }
        let versions = try await hub.versions(RegisterHub.citra)
        #expect(versions.map(\.version) == Array(1...UInt64(versions.count)) && versions.count > 10)
        for (before, after) in zip(versions, versions.dropFirst()) { #expect(after.previous == before.hash) }
        for version in versions {
            var bare = version
            bare.hash = .init()
            let bytes: [UInt8] = try bare.serializedBytes()
            #expect([UInt8](SHA256.hash(data: bytes)) == [UInt8](version.hash))
        }
    }

    @Test("an entry is found by what it holds now, not by what it held")
    func searched() async throws {
        let hub = try await RegisterHub.open()
        let state = try await hub.enter(RegisterHub.citra, "Çitra  LESTARI", ["kk": Self.kk])
        #expect(try await hub.search("nama", "citra lestari") == [RegisterHub.citra])
        #expect(try await hub.search("lahir", "1990-01-05") == [RegisterHub.citra])
        try await hub.act("ubah", on: state, ["kk": Self.otherKK])
        #expect(try await hub.search("kk", Self.kk).isEmpty)
        #expect(try await hub.search("kk", Self.otherKK) == [RegisterHub.citra])
        await #expect(throws: HubError(.formInvalid, "")) { try await hub.search("status", "hidup") }
    }

    @Test("a register is its department's: to others and to citizens it is as if it were not there")
    func rights() async throws {
        let hub = try await RegisterHub.open()
        try await hub.enter(RegisterHub.citra)
        for caller in [Caller.stranger, .portal] {
            await #expect(throws: HubError(.entryUnknown, "")) { try await hub.entry(RegisterHub.citra, by: caller) }
        }
        #expect(try await hub.entry(RegisterHub.citra, by: .admin).version == 1)
    }

    @Test("a decision is told the entry that the form names, as it is")
    func lookedUp() async throws {
        let hub = try await RegisterHub.open()
        try await hub.enter(RegisterHub.citra, "Citra Lestari")
        try await hub.file(["nik": RegisterHub.citra, "lahir": "2001-01-01"])
        let told = try #require(hub.heard.questions.last { $0.command.kind == .submit }?.records.first)
        #expect(told.table == "penduduk" && told.key == RegisterHub.citra && told.values["nama"] == "Citra Lestari")
    }

    // MARK: Rules

    /// What somebody may try with a register in force, and the rule that refuses it.
    enum Change: String, CaseIterable {
        case key, dropped, retyped, unsearchable, searchable, demanding, required, shorter, unique

        var rule: String {
            switch self {
            case .key: "key"
            case .dropped, .retyped, .required, .shorter: "fields"
            case .unique: "unique"
            case .unsearchable, .searchable: "index"
            case .demanding: "entries"
            }
        }

        func make(_ register: inout HubRegister) {
            switch self {
            case .key: register.key = "akta"
            case .dropped: register.fields.removeLast()
            case .retyped: register.fields[1].type = .date
            case .unsearchable: register.fields[1].index = .unspecified
            case .searchable: register.fields[5].index = .exact
            case .required: register.fields[3].required = true
            case .shorter: register.fields[1].lengthMax = 5
            case .unique: register.unique.append("nama")
            case .demanding: register.fields.append(.with { ($0.name, $0.type, $0.required) = ("baru", .text, true) })
            }
        }
    }

    @Test("a register keeps its key, its fields, their types and how they are searched", arguments: Change.allCases)
    func kept(change: Change) async throws {
        let hub = try await RegisterHub.open()
        let file = try MessageRules.file("registers/penduduk.yaml", RegisterHub.register(version: "2", change.make))
        let reply = try await hub.small.call(
            .checkRules, CheckRules.with { $0.files = [file] }, as: HubCheckRulesReply.self, by: .officer)
        #expect(reply.findings.contains { $0.rule == change.rule }, "\(reply.findings.map(\.remedy))")
    }

    @Test("a field more is welcome")
    func grown() async throws {
        let hub = try await RegisterHub.open()
        let register = RegisterHub.register(version: "2") {
            $0.fields.append(.with { ($0.name, $0.type) = ("agama", .text) })
        }
        let reply = try await hub.small.call(
            .checkRules, CheckRules.with { $0.files = [try MessageRules.file("registers/penduduk.yaml", register)] },
            as: HubCheckRulesReply.self, by: .officer)
        #expect(reply.findings.isEmpty && reply.changes.count == 1)
    }

    private typealias CheckRules = HubCheckRulesRequest
}

/// The error that a call is refused with.
private func refused(_ call: () async throws -> some Any) async throws -> HubError {
    do { _ = try await call() } catch let error as HubError { return error }
    throw HubError(.internalFault, "the call was not refused")
}
