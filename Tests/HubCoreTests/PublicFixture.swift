// A hub whose one service is public: places, routes, limits, templates, two pairs of eyes, and cases that join and part.

import HubDomain
import HubProto
import HubTestKit
import SwiftProtobuf
import Synchronization

@testable import HubCore

/// ``SmallHub`` with a complaint service that has everything the public looks at. A note `unit:<code>` sends a case to a unit.
struct PublicHub {
    let small: SmallHub
    let heard: RegisterHub.Heard
    let courier = NotingCourier()

    static func open(
        ledger: any Ledger = InMemoryLedger(), _ change: (inout HubServiceDefinition) -> Void = { _ in }
    ) async throws -> PublicHub { try await PublicHub(ledger, change) }

    private init(_ ledger: any Ledger, _ change: (inout HubServiceDefinition) -> Void) async throws {
        let bundle = LoadedBundle(
            module: "uji", department: "pengaduan", definitions: [Self.definition(change)],
            standing: [Self.areas, Self.answers, Self.routes(), Self.organisation, Self.notices])
        let heard = RegisterHub.Heard()
        self.heard = heard
        let courier = courier
        small = try await SmallHub.open(
            ledger: ledger, bundle: bundle, principals: [.officer, .clerk, .chief],
            answer: { question, _ in
                heard.hear(question)
                return Self.answer(question)
            },
            equip: { ports in
                ports.couriers = [.file: courier]
                ports.outbox.standardChannels = [.file]
            })
    }

    /// Follows the routes, as a module would.
    private static func answer(_ question: HubDecideRequest) -> HubAcceptance {
        let route = question.records.last { $0.table == "routes/rute-uji" }
        return .with {
            $0.stage = leads[question.command.action] ?? ""
            let note = question.command.note
            if note.hasPrefix("unit:") { $0.unit = String(note.dropFirst(5)) }
            guard let route, let unit = route.values["unit"] else { return }
            ($0.stage, $0.unit) = ("diteruskan", unit)
            $0.data = route.values.filter { $0.key.hasPrefix("set.") }.map { key, value in
                .with { ($0.name, $0.text) = (String(key.dropFirst(4)), value) }
            }
        }
    }

    // MARK: Rules

    static let leads = [
        "submit": "diterima", "jawab": "dijawab", "tutup": "verifikasi", "sahkan": "selesai",
        "kembalikan": "dijawab", "lengkapi": "diterima", "tarik": "selesai",
    ]

    static func definition(_ change: (inout HubServiceDefinition) -> Void = { _ in }) -> HubServiceDefinition {
        var definition = SmallHub.definition
        definition.fields = [
            choice("kategori", ["jalan", "lampu"]),
            .with {
                ($0.name, $0.type, $0.table, $0.index) = ("wilayah", .code, "wilayah", .exact)
                $0.published = true
            },
            .with { ($0.name, $0.type, $0.personal) = ("isi", .text, true) },
            .with { ($0.name, $0.type, $0.personal) = ("lintang", .latitude, true) },
            .with { ($0.name, $0.type, $0.personal) = ("bujur", .longitude, true) },
            .with { field in
                (field.name, field.type) = ("sifat", .choice)
                field.choices = ["biasa", "rahasia"].map { value in .with { $0.value = value } }
            },
            choice("kelas", ["informasi", "pengaduan"]),
            .with { ($0.name, $0.type, $0.published) = ("ringkasan", .text, true) },
            .with { ($0.name, $0.type, $0.table) = ("baku", .code, "jawaban") },
        ]
        definition.stages = ["diterima", "diteruskan", "dijawab", "verifikasi", "selesai", "digabung"].map { name in
            .with {
                ($0.name, $0.ended, $0.merged) = (name, ["selesai", "digabung"].contains(name), name == "digabung")
                ($0.title.id, $0.title.en) = (name.uppercased(), name)
            }
        }
        let open = ["diterima", "diteruskan", "dijawab", "verifikasi"]
        definition.actions = leads.keys.sorted().map { name in
            .with {
                ($0.name, $0.to, $0.roles) = (name, [leads[name] ?? "", "diteruskan"], ["officer", "applicant"])
                $0.kind = name == "submit" ? .submit : name == "lengkapi" ? .repair : name == "tarik" ? .withdraw : .act
                $0.from = name == "submit" ? [] : name == "sahkan" ? ["verifikasi"] : open
                if name == "submit" { $0.fields = ["kategori", "wilayah", "isi", "lintang", "bujur", "sifat"] }
                if name == "jawab" {
                    ($0.fields, $0.noteRequired) = (["ringkasan", "baku"], true)
                    ($0.noteTable, $0.noteField) = ("jawaban", "baku")
                }
                if name == "sahkan" { $0.otherThan = ["tutup"] }
            }
        }
        definition.clocks[0].runsIn = ["diterima", "diteruskan"]
        definition.routes = "rute-uji"
        definition.likenesses = [
            .with {
                ($0.name, $0.same, $0.latitude, $0.longitude) = ("dekat", ["kategori"], "lintang", "bujur")
                ($0.metres, $0.openDays) = (50, 30)
            }
        ]
        definition.publishes = .with {
            $0.unless = .with { ($0.field, $0.values) = ("sifat", ["rahasia"]) }
            ($0.category, $0.area, $0.latitude, $0.longitude) = ("kategori", "wilayah", "lintang", "bujur")
            $0.tellsUnits = ["isi"]
        }
        change(&definition)
        return definition
    }

    private static func choice(_ name: String, _ values: [String]) -> HubFormField {
        .with {
            ($0.name, $0.type, $0.published, $0.index) = (name, .choice, true, .exact)
            $0.choices = values.map { value in
                .with { ($0.value, $0.title.id, $0.title.en) = (value, value.uppercased(), value) }
            }
        }
    }

    static let areas = table("wilayah", ["kode", "nama"], [["3402", "Bantul"], ["340201", "Srandakan"]])
    static let answers = table(
        "jawaban", ["kode", "teks", "english"],
        [["baku-1", "Aduan {nomor} diperiksa {unit}.", "{unit} looks into {nomor}."]])

    static func table(_ name: String, _ columns: [String], _ rows: [[String]]) -> HubTable {
        .with {
            ($0.name, $0.version, $0.columns) = (name, "1", columns)
            $0.rows = rows.map { values in .with { $0.values = values } }
        }
    }

    static func routes(version: String = "1", _ change: (inout HubRoutes) -> Void = { _ in }) -> HubRoutes {
        var routes = HubRoutes.with {
            ($0.name, $0.version, $0.source) = ("rute-uji", version, "uji")
            $0.rules = [
                .with {
                    ($0.name, $0.unit) = ("lampu-bantul", "bina-marga")
                    $0.conditions = [
                        .with { ($0.field, $0.values) = ("kategori", ["lampu"]) },
                        .with { ($0.field, $0.areas) = ("wilayah", ["3402"]) },
                        .with { ($0.field, $0.words) = ("isi", ["lampu jalan", "PJU"]) },
                    ]
                    $0.values = [.with { ($0.name, $0.text) = ("kelas", "pengaduan") }]
                },
                .with { $0.name = "sisanya" },
            ]
        }
        change(&routes)
        return routes
    }

    static let organisation = HubOrganisation.with {
        ($0.name, $0.version) = ("uji", "1")
        $0.units = [
            .with { $0.code = "kabupaten" },
            .with { ($0.code, $0.parent, $0.department) = ("dinas", "kabupaten", "pengaduan") },
            // Of another department, and without a title.
            .with { ($0.code, $0.parent, $0.department) = ("unit-lain", "kabupaten", "perizinan") },
            .with {
                ($0.code, $0.parent) = ("bina-marga", "dinas")
                ($0.title.id, $0.title.en) = ("Seksi Bina Marga", "Roads section")
            },
        ]
    }

    static let notices = HubNoticeRules.with {
        ($0.name, $0.version, $0.templates) = ("umum", "1", TellingHub.templates)
    }

    // MARK: Calls

    /// A place in the middle of the regency, some metres to the north.
    static func place(north metres: Int64 = 0) -> [(String, Int64)] {
        [("lintang", -7_887_800 + metres * 8_993 / 1_000), ("bujur", 110_328_900)]
    }

    @discardableResult
    func file(
        _ texts: [String: String] = [:], at place: [(String, Int64)] = [], for citizen: String = SmallHub.anna,
        by caller: Caller = .portal, key: [UInt8]? = nil
    ) async throws -> LayananCaseReply {
        let all = ["kategori": "jalan", "isi": "Jalan rusak", "sifat": "biasa"].merging(texts) { $1 }
        let request = LayananSubmitRequest.with {
            $0.service = SmallHub.service
            $0.form = all.sorted { $0.key < $1.key }.map { name, text in .with { ($0.name, $0.text) = (name, text) } }
            $0.form += place.map { name, number in .with { ($0.name, $0.integer) = (name, number) } }
        }
        return try await small.call(
            .fileComplaint, request, as: LayananCaseReply.self, by: caller, for: citizen, key: key)
    }

    @discardableResult
    func act(
        _ action: String, on state: HubCase, by caller: Caller = .officer, for citizen: String = "",
        form: [String: String] = [:], note: String = "", method: HubMethod = .actOnComplaint
    ) async throws -> HubCase {
        let request = LayananActRequest.with {
            ($0.case, $0.action, $0.note) = (state.number, action, note)
            $0.form = form.sorted { $0.key < $1.key }.map { name, text in .with { ($0.name, $0.text) = (name, text) } }
        }
        return try await small.call(method, request, as: LayananCaseReply.self, by: caller, for: citizen).case
    }

    @discardableResult
    func follow(
        _ state: HubCase, by citizen: String = SmallHub.budi, _ method: HubMethod = .followComplaint
    ) async throws -> LayananFollowReply {
        let request = LayananFollowRequest.with { $0.case = state.number }
        return try await small.call(method, request, as: LayananFollowReply.self, by: .portal, for: citizen)
    }

    @discardableResult
    func merge(
        _ one: HubCase, into other: HubCase, by caller: Caller = .officer, for citizen: String = ""
    ) async throws -> HubCase {
        let request = LayananMergeRequest.with {
            ($0.case, $0.into, $0.note) = (one.number, other.number, "Hal yang sama.")
        }
        return try await small.call(.mergeComplaints, request, as: LayananCaseReply.self, by: caller, for: citizen).case
    }

    func timeline(of state: HubCase) async throws -> LayananTimelineReply {
        let request = LayananTimelineRequest.with { $0.case = state.number }
        return try await small.call(.complaintTimeline, request, as: LayananTimelineReply.self, by: .portal)
    }

    func list(_ change: (inout LayananPublicCasesRequest) -> Void = { _ in }) async throws -> LayananPublicCasesReply {
        var request = LayananPublicCasesRequest.with { $0.service = SmallHub.service }
        change(&request)
        return try await small.call(.publicComplaints, request, as: LayananPublicCasesReply.self, by: .portal)
    }
}

extension PublicHub {
    /// What is in force in it.
    static func catalogue() async throws -> ServiceCatalogue {
        var catalogue = ServiceCatalogue(bundles: [
            LoadedBundle(module: "uji", department: "pengaduan", definitions: [definition()], standing: [])
        ])
        catalogue.offer(definition())
        return catalogue
    }
}
