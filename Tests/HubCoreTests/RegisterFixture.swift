// A hub whose one service keeps a register of persons: entered, amended, and moved row by row.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import SwiftProtobuf
import Synchronization

/// `SmallHub` with a register and a service that writes it.
struct RegisterHub {
    let small: SmallHub
    let heard: Heard

    /// What the module was told.
    final class Heard: Sendable {
        private let heard = Mutex<[HubDecideRequest]>([])
        var questions: [HubDecideRequest] { heard.withLock(\.self) }
        func hear(_ question: HubDecideRequest) { heard.withLock { $0.append(question) } }
    }

    static func open(
        ledger: any Ledger = InMemoryLedger(), register: HubRegister = register(),
        _ change: (inout HubServiceDefinition) -> Void = { _ in }
    ) async throws -> RegisterHub {
        let bundle = LoadedBundle(
            module: "uji", department: "pengaduan", definitions: [definition(change)], standing: [register, names()])
        let heard = Heard()
        let answer: @Sendable (HubDecideRequest, HubAcceptance) -> HubAcceptance = { question, _ in
            heard.hear(question)
            return .with { $0.stage = leads[question.command.action] ?? "" }
        }
        return RegisterHub(
            small: try await SmallHub.open(
                ledger: ledger, bundle: bundle, principals: [Caller.officer], answer: answer),
            heard: heard)
    }

    // MARK: Rules

    static let leads = [
        "submit": "diterima", "catat": "tercatat", "ubah": "diubah", "pindah": "dipindah", "tolak": "ditolak",
        "perbaiki": "diterima",
    ]

    static func register(version: String = "1", _ change: (inout HubRegister) -> Void = { _ in }) -> HubRegister {
        var register = HubRegister.with {
            ($0.name, $0.version, $0.key) = ("penduduk", version, "nik")
            ($0.title.id, $0.title.en) = ("Penduduk", "Persons")
            $0.fields = [
                .with { ($0.name, $0.type, $0.required, $0.personal) = ("nik", .nik, true, true) },
                .with { ($0.name, $0.type, $0.required, $0.index) = ("nama", .text, true, .name) },
                .with { ($0.name, $0.type, $0.index) = ("lahir", .date, .date) },
                .with { ($0.name, $0.type, $0.index) = ("kk", .familyCard, .exact) },
                .with { ($0.name, $0.type, $0.index) = ("akta", .text, .exact) },
                .with { ($0.name, $0.type) = ("status", .text) },
            ]
            $0.unique = ["akta"]
        }
        change(&register)
        return register
    }

    static func names() -> HubTable {
        .with {
            ($0.name, $0.version) = ("ejaan-nama", "1")
            $0.columns = ["tulisan", "jenis", "baku"]
            $0.rows = [
                ["H.", "gelar", ""], ["bin", "partikel", ""], ["Moh.", "varian", "Muhammad"], ["oe", "ejaan", "u"],
            ]
            .map { values in .with { $0.values = values } }
        }
    }

    static func definition(_ change: (inout HubServiceDefinition) -> Void = { _ in }) -> HubServiceDefinition {
        var definition = SmallHub.definition
        definition.fields = [
            .with { ($0.name, $0.type, $0.personal, $0.index) = ("nik", .nik, true, .exact) },
            .with { ($0.name, $0.type, $0.index) = ("nama", .text, .name) },
            .with { ($0.name, $0.type, $0.index) = ("lahir", .date, .date) },
            .with { ($0.name, $0.type) = ("kk", .familyCard) },
            .with { ($0.name, $0.type) = ("akta", .text) },
            .with {
                ($0.name, $0.type, $0.rowsMax) = ("anggota", .group, 3)
                $0.fields = [
                    .with { ($0.name, $0.type, $0.required, $0.index) = ("nik", .nik, true, .exact) },
                    .with {
                        ($0.name, $0.type) = ("hubungan", .choice)
                        $0.choices = ["anak", "lain"].map { value in .with { $0.value = value } }
                    },
                    .with {
                        ($0.name, $0.type, $0.required) = ("keterangan", .text, true)
                        $0.when = .with { ($0.field, $0.values) = ("hubungan", ["lain"]) }
                    },
                ]
            },
        ]
        definition.stages = ["diterima", "tercatat", "diubah", "dipindah", "ditolak"].map { name in
            .with { ($0.name, $0.ended) = (name, name == "ditolak") }
        }
        definition.stages[1].entries = [entry(.enter, ["nama", "lahir", "kk", "akta"], text: "hidup")]
        definition.stages[2].entries = [entry(.amend, ["nama", "kk"], text: nil)]
        definition.stages[3].entries = [entry(.amend, ["kk"], text: nil, each: "anggota")]
        definition.actions = leads.keys.sorted().map { name in
            .with {
                ($0.name, $0.to, $0.roles) = (name, [leads[name] ?? ""], ["officer", "applicant"])
                $0.kind = name == "submit" ? .submit : name == "perbaiki" ? .repair : .act
                $0.from = name == "submit" ? [] : ["diterima", "tercatat", "diubah", "dipindah"]
                $0.fields = name == "ubah" ? ["nik", "nama", "kk"] : name == "pindah" ? ["anggota", "kk"] : []
            }
        }
        definition.clocks = []
        definition.lookups = [.with { ($0.field, $0.register) = ("nik", "penduduk") }]
        definition.likenesses = [
            .with {
                ($0.name, $0.date, $0.withinDays) = ("anak_sama", "lahir", 3)
                ($0.alike, $0.least, $0.names, $0.except) = ("nama", 850, "ejaan-nama", ["ditolak"])
            },
            .with { ($0.name, $0.same) = ("nik_sama", ["nik"]) },
        ]
        change(&definition)
        return definition
    }

    private static func entry(
        _ mode: HubEntryMode, _ fields: [String], text: String?, each: String = ""
    ) -> HubEntryRule {
        .with {
            ($0.register, $0.mode, $0.key, $0.each) = ("penduduk", mode, "nik", each)
            $0.values = fields.map { field in .with { ($0.name, $0.field) = (field, field) } }
            if let text { $0.values.append(.with { ($0.name, $0.text) = ("status", text) }) }
        }
    }

    // MARK: What people do

    static let citra = "3402014501900001"
    static let dewi = "3402014601900002"

    @discardableResult
    func file(_ form: [String: String], rows: [[String: String]] = []) async throws -> HubCase {
        let request = LayananSubmitRequest.with {
            $0.service = SmallHub.service
            $0.form = Self.values(form, rows)
        }
        return try await small.call(.fileComplaint, request, as: LayananCaseReply.self, by: .officer).case
    }

    @discardableResult
    func act(
        _ action: String, on state: HubCase, _ form: [String: String] = [:], rows: [[String: String]] = [],
        _ method: HubMethod = .actOnComplaint
    ) async throws -> HubCase {
        let request = LayananActRequest.with {
            ($0.case, $0.action, $0.form) = (state.number, action, Self.values(form, rows))
        }
        return try await small.call(method, request, as: LayananCaseReply.self, by: .officer).case
    }

    /// Filed and entered.
    @discardableResult
    func enter(_ nik: String, _ name: String = "Citra", born: String = "1990-01-05", _ more: [String: String] = [:])
        async throws -> HubCase
    {
        let form = ["nik": nik, "nama": name, "lahir": born].merging(more) { $1 }
        return try await act("catat", on: file(form))
    }

    func entry(_ key: String, day: String = "", by caller: Caller = .officer) async throws -> HubRegisterEntry {
        let request = LayananGetEntryRequest.with { ($0.register, $0.key, $0.day) = ("penduduk", key, day) }
        return try await small.call(.getEntry, request, as: LayananGetEntryReply.self, by: caller).entry
    }

    func versions(_ key: String) async throws -> [HubRegisterEntry] {
        let request = LayananEntryHistoryRequest.with { ($0.register, $0.key) = ("penduduk", key) }
        return try await small.call(.entryHistory, request, as: LayananEntryHistoryReply.self, by: .officer).entries
    }

    func search(_ field: String, _ value: String) async throws -> [String] {
        let request = LayananSearchEntriesRequest.with {
            ($0.register, $0.field, $0.value) = ("penduduk", field, value)
        }
        let reply = try await small.call(.searchEntries, request, as: LayananSearchEntriesReply.self, by: .officer)
        return reply.entries.map(\.key)
    }

    private static func values(_ form: [String: String], _ rows: [[String: String]]) -> [HubFieldValue] {
        let plain = form.sorted { $0.key < $1.key }.map { field in
            HubFieldValue.with { ($0.name, $0.text) = (field.key, field.value) }
        }
        guard !rows.isEmpty else { return plain }
        return plain + [
            .with {
                $0.name = "anggota"
                $0.rows.rows = rows.map { row in .with { $0.values = values(row, []) } }
            }
        ]
    }
}

extension HubRegisterEntry {
    subscript(_ field: String) -> String { values.first { $0.name == field }?.text ?? "" }
}
