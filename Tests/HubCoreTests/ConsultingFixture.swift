// A hub whose one service asks two units for advice before it decides, and those who give it.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import SwiftProtobuf

/// `SmallHub` with a stage that consults: the district of an area, and the order section.
struct ConsultingHub {
    let small: SmallHub

    static func open(
        ledger: any Ledger = InMemoryLedger(), _ change: (inout HubServiceDefinition) -> Void = { _ in }
    ) async throws -> ConsultingHub {
        let bundle = LoadedBundle(
            module: "uji", department: "pengaduan", definitions: [definition(change)], standing: [organisation()])
        let answer: @Sendable (HubDecideRequest, HubAcceptance) -> HubAcceptance = { question, _ in
            .with { $0.stage = leads[question.command.action] ?? "" }
        }
        return ConsultingHub(
            small: try await SmallHub.open(
                ledger: ledger, bundle: bundle, principals: [Caller.guardian, .patrol, .district, .stranger, .officer],
                answer: answer))
    }

    // MARK: Rules

    private static let leads = [
        "submit": "pertimbangan", "kembalikan": "perbaikan", "kirim": "pertimbangan", "catat": "pertimbangan",
        "putuskan": "selesai", "tarik": "selesai",
    ]

    static func definition(_ change: (inout HubServiceDefinition) -> Void = { _ in }) -> HubServiceDefinition {
        var definition = SmallHub.definition
        definition.fields = [.with { ($0.name, $0.type) = ("wilayah", .text) }]
        definition.stages = ["pertimbangan", "perbaikan", "keputusan", "selesai"].map { name in
            .with { ($0.name, $0.ended) = (name, name == "selesai") }
        }
        definition.stages[0].consults = .with {
            $0.consultees = [
                .with { ($0.name, $0.area) = ("kecamatan", "wilayah") },
                .with { ($0.name, $0.unit) = ("ketertiban", "ketertiban") },
            ]
            $0.joinedTo = "keputusan"
        }
        definition.actions = [
            action("submit", .submit, [], ["applicant"]), action("catat", .act, ["pertimbangan"], ["officer"]),
            action("kembalikan", .act, ["pertimbangan"], ["officer"]),
            action("kirim", .act, ["perbaikan"], ["officer"]),
            action("putuskan", .act, ["keputusan"], ["officer"]),
            action("tarik", .withdraw, ["pertimbangan"], ["applicant"]),
        ]
        definition.clocks = [
            .with {
                ($0.name, $0.unit, $0.amount) = ("pertimbangan", .hours, 72)
                ($0.runsIn, $0.onPassed) = (["pertimbangan"], .escalate)
            }
        ]
        change(&definition)
        return definition
    }

    private static func action(
        _ name: String, _ kind: HubActionKind, _ from: [String], _ roles: [String]
    ) -> HubAction {
        .with { ($0.name, $0.kind, $0.from, $0.to, $0.roles) = (name, kind, from, [leads[name] ?? ""], roles) }
    }

    /// Two districts, of which one is cut out of the other; nobody of either stands on the chart.
    static func organisation(version: String = "1") -> HubOrganisation {
        .with {
            ($0.name, $0.version, $0.source) = ("makmur", version, "uji")
            $0.units = [
                .with { ($0.code, $0.areas) = ("kabupaten", ["34"]) },
                .with { ($0.code, $0.parent, $0.department) = ("dinas", "kabupaten", "pengaduan") },
                .with { ($0.code, $0.parent, $0.department) = ("satpol", "kabupaten", "satpol") },
                .with { ($0.code, $0.parent) = ("ketertiban", "satpol") },
                .with {
                    ($0.code, $0.parent, $0.department, $0.areas) = (
                        "kecamatan-a", "kabupaten", "kecamatan-a", ["340201"]
                    )
                },
                .with {
                    ($0.code, $0.parent, $0.department, $0.areas) = (
                        "kecamatan-b", "kabupaten", "kecamatan-b", ["3402"]
                    )
                },
            ]
            $0.positions = [
                .with { ($0.code, $0.unit, $0.rung) = ("kasi", "ketertiban", "kepala-seksi") },
                .with { ($0.code, $0.unit) = ("staf", "dinas") },
                .with { ($0.code, $0.unit) = ("satpol-staf", "satpol") },
            ]
            $0.officers = [
                .with { ($0.principal, $0.positions) = (Caller.guardian.principal.urn, ["kasi"]) },
                .with { ($0.principal, $0.positions) = (Caller.stranger.principal.urn, ["staf"]) },
            ]
        }
    }

    // MARK: What people do

    @discardableResult
    func file(area: String = "340201") async throws -> HubCase {
        let request = LayananSubmitRequest.with {
            $0.service = SmallHub.service
            $0.form = [.with { ($0.name, $0.text) = ("wilayah", area) }]
        }
        return try await small.call(.fileComplaint, request, as: LayananCaseReply.self, by: .portal).case
    }

    @discardableResult
    func advise(
        _ name: String, on state: HubCase, by caller: Caller, favourable: Bool = true, note: String = "Tidak keberatan",
        version: UInt64 = 0, key: [UInt8]? = nil
    ) async throws -> HubCase {
        let request = LayananAdviseRequest.with {
            ($0.case, $0.consultation, $0.favourable, $0.note) = (state.number, name, favourable, note)
            $0.expectedVersion = version
        }
        return try await small.call(.adviseOnCase, request, as: LayananCaseReply.self, by: caller, key: key).case
    }

    func queue(of caller: Caller, _ reason: LayananQueueReason = .unspecified) async throws -> [String] {
        let request = LayananQueueRequest.with { $0.reason = reason }
        let reply = try await small.call(.queue, request, as: LayananQueueReply.self, by: caller)
        return reply.entries.map { "\($0.reason) \($0.case.number)" }
    }
}

extension HubCase {
    /// Such as `kecamatan open`.
    var advice: [String] { consultations.map { "\($0.name) \($0.state)" } }
}
