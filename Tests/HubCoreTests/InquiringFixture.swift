// A hub whose one service asks an authority for a number, and the authority's adapter.

import Crypto
import HubDomain
import HubProto
import HubTestKit
import SwiftProtobuf

@testable import HubCore

/// `SmallHub` with a stage that inquires: a person's number, made by nobody who exists.
struct InquiringHub {
    let small: SmallHub

    static func open(
        ledger: any Ledger = InMemoryLedger(), _ change: (inout HubServiceDefinition) -> Void = { _ in },
        equip: (inout HubPorts) -> Void = { _ in }
    ) async throws -> InquiringHub {
        let bundle = LoadedBundle(
            module: "uji", department: "pengaduan", definitions: [definition(change)], standing: [])
        let answer: @Sendable (HubDecideRequest, HubAcceptance) -> HubAcceptance = { question, _ in
            .with {
                $0.stage = leads[question.command.action] ?? ""
                if question.command.action == "isi" { $0.data = [.with { ($0.name, $0.text) = ("nik", right) }] }
            }
        }
        return InquiringHub(
            small: try await SmallHub.open(
                ledger: ledger, bundle: bundle, principals: [.register, .otherRegister, .officer], answer: answer
            ) { ports in
                ports.pause = { _ in await Task.yield() }
                equip(&ports)
            })
    }

    // MARK: Rules

    private static let leads = [
        "submit": "diperiksa", "kirim": "menunggu", "isi": "menunggu", "catat": "menunggu", "tarik": "diperiksa",
        "tutup": "selesai",
    ]

    /// Of a girl born on 5 January 2026.
    static let right = "3402014501260001"
    static let wrongs = ["340201450126000", "3402014601260001", "3402010501260001"]

    static func definition(_ change: (inout HubServiceDefinition) -> Void = { _ in }) -> HubServiceDefinition {
        var definition = SmallHub.definition
        definition.fields = [
            .with { ($0.name, $0.type) = ("wilayah", .text) }, .with { ($0.name, $0.type) = ("lahir", .date) },
            .with {
                ($0.name, $0.type) = ("kelamin", .choice)
                $0.choices = ["l", "p"].map { value in .with { $0.value = value } }
            },
            .with { ($0.name, $0.type) = ("rahasia", .text) },
            .with {
                ($0.name, $0.type, $0.decided, $0.personal, $0.index) = ("nik", .nik, true, true, .exact)
                ($0.birthDateField, $0.sexField, $0.sexFemale) = ("lahir", "kelamin", "p")
            },
            .with { ($0.name, $0.type, $0.decided) = ("akta", .text, true) },
        ]
        definition.stages = ["diperiksa", "menunggu", "terdaftar", "selesai"].map { name in
            .with { ($0.name, $0.ended) = (name, name == "selesai") }
        }
        definition.stages[1].inquires = .with {
            ($0.name, $0.authority, $0.answeredTo, $0.refusedTo) = ("nomor", "siak", "terdaftar", "diperiksa")
            $0.sends = ["wilayah", "lahir", "kelamin"]
            $0.receives = [
                .with { ($0.field, $0.unique) = ("nik", true) },
                .with { ($0.field, $0.mayLack, $0.digits) = ("akta", true, 6) },
            ]
            $0.documents = ["bukti"]
            ($0.leaseSeconds, $0.waitSeconds, $0.waitSecondsMax, $0.faultsMax, $0.hoursMax) = (300, 60, 3_600, 3, 48)
        }
        definition.actions = [
            action("submit", .submit, [], ["applicant"]), action("kirim", .act, ["diperiksa"], ["officer"]),
            action("isi", .act, ["diperiksa"], ["officer"]), action("catat", .act, ["menunggu"], ["officer"]),
            action("tarik", .act, ["menunggu"], ["officer"]), action("tutup", .act, ["terdaftar"], ["officer"]),
        ]
        definition.clocks = [
            .with {
                ($0.name, $0.unit, $0.amount) = ("jawaban", .hours, 24)
                ($0.runsIn, $0.onPassed) = (["menunggu"], .escalate)
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

    // MARK: What people do

    /// A case that waits for the authority.
    @discardableResult
    func asked(
        by action: String = "kirim", born: String = "2026-01-05", for citizen: String = SmallHub.anna
    ) async throws -> HubCase {
        let request = LayananSubmitRequest.with {
            $0.service = SmallHub.service
            $0.form = [("wilayah", "340201"), ("lahir", born), ("kelamin", "p"), ("rahasia", "x")].map { name, text in
                .with { ($0.name, $0.text) = (name, text) }
            }
        }
        let filed = try await small.call(
            .fileComplaint, request, as: LayananCaseReply.self, by: .portal, for: citizen
        ).case
        return try await small.act(action, on: filed, by: .officer)
    }

    func state(_ state: HubCase) async throws -> HubCase { try await small.get(state, by: .officer) }

    func wait(seconds: Int64) async throws {
        small.clock.advance(toMillis: small.clock.nowMillis() + seconds * 1_000)
        try await small.hub.deadlines.fire()
    }

    // MARK: What adapters do

    func take(
        _ max: UInt32 = 8, worker: String = "1", waitMillis: UInt32 = 0, by caller: Caller = .register
    ) async throws -> [LayananTakenInquiry] {
        let request = LayananTakeInquiriesRequest.with { ($0.max, $0.worker, $0.waitMs) = (max, worker, waitMillis) }
        return try await small.call(.takeInquiries, request, as: LayananTakeInquiriesReply.self, by: caller).inquiries
    }

    static func answer(_ id: [UInt8], _ nik: String? = right, akta: String? = nil) -> LayananAnswerInquiryRequest {
        .with {
            $0.id = .init(id)
            if let nik { $0.values.append(.with { ($0.name, $0.text) = ("nik", nik) }) }
            if let akta { $0.values.append(.with { ($0.name, $0.text) = ("akta", akta) }) }
            $0.reference = "REG-1"
            $0.proof = .init(SHA256.hash(data: Array((nik ?? "").utf8)))
        }
    }

    @discardableResult
    func bring(
        _ answer: LayananAnswerInquiryRequest, by caller: Caller = .register, key: [UInt8]? = nil
    ) async throws -> LayananAnswerInquiryReply {
        try await small.call(.answerInquiry, answer, as: LayananAnswerInquiryReply.self, by: caller, key: key)
    }

    @discardableResult
    func fail(
        _ inquiry: LayananTakenInquiry, _ problem: HubInquiryProblem, after seconds: UInt32 = 0,
        by caller: Caller = .register
    ) async throws -> LayananFailInquiryReply {
        let request = LayananFailInquiryRequest.with {
            ($0.id, $0.problem, $0.retryAfterSeconds) = (inquiry.id, problem, seconds)
        }
        return try await small.call(.failInquiry, request, as: LayananFailInquiryReply.self, by: caller)
    }

    func status() async throws -> LayananAuthorityStatus? {
        try await small.call(
            .authorityStatus, LayananAuthorityStatusRequest(), as: LayananAuthorityStatusReply.self, by: .portal
        ).authorities.first
    }

    func list(parked: Bool = false, by caller: Caller = .officer) async throws -> [LayananListedInquiry] {
        let request = LayananListInquiriesRequest.with { $0.parked = parked }
        return try await small.call(.listInquiries, request, as: LayananListInquiriesReply.self, by: caller).inquiries
    }

    @discardableResult
    func retry(
        case number: String = "", authority: String = "", by caller: Caller = .officer
    ) async throws -> [LayananListedInquiry] {
        let request = LayananRetryInquiriesRequest.with { ($0.case, $0.authority) = (number, authority) }
        return try await small.call(.retryInquiries, request, as: LayananRetryInquiriesReply.self, by: caller).released
    }
}

extension HubCase {
    /// Of `InquiringHub`.
    var inquiry: HubInquiry { inquiries.first ?? HubInquiry() }
    var nik: String { data.first { $0.name == "nik" }?.text ?? "" }
}
