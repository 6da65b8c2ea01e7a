// A hub whose one service bills, and the bank and counter that bring the money.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import SwiftProtobuf

/// `SmallHub` with a bill between a request and its product, a tariff of two periods and a treasury.
struct PayingHub {
    let small: SmallHub

    static func open(
        ledger: any Ledger = InMemoryLedger(), standing: [any StandingRule] = [],
        _ change: (inout HubServiceDefinition) -> Void = { _ in }
    ) async throws -> PayingHub {
        let bundle = LoadedBundle(
            module: "uji", department: "pengaduan", definitions: [definition(change)],
            standing: [PublishingHub.calendar(), treasury, tariff()] + standing)
        let answer: @Sendable (HubDecideRequest, HubAcceptance) -> HubAcceptance = { question, _ in
            .with { $0.stage = leads[question.command.action] ?? "" }
        }
        return PayingHub(small: try await SmallHub.open(ledger: ledger, bundle: bundle, answer: answer))
    }

    // MARK: Rules

    private static let leads = [
        "submit": "diperiksa", "tetapkan": "bayar", "terbitkan": "terbit", "tarik": "ditarik", "ulang": "diperiksa",
    ]

    static func definition(_ change: (inout HubServiceDefinition) -> Void = { _ in }) -> HubServiceDefinition {
        var definition = SmallHub.definition
        definition.fields = [
            .with { ($0.name, $0.type) = ("luas", .integer) },
            .with {
                ($0.name, $0.type) = ("fungsi", .choice)
                $0.choices = [.with { $0.value = "rumah" }, .with { $0.value = "ibadah" }]
            },
        ]
        definition.stages = ["diperiksa", "bayar", "penerbitan", "terbit", "ditarik", "gugur"].map { name in
            .with { ($0.name, $0.ended) = (name, ["terbit", "ditarik", "gugur"].contains(name)) }
        }
        definition.stages[1].bill = .with {
            ($0.charges, $0.settledTo, $0.dueDays) = (["retribusi"], "penerbitan", 30)
        }
        definition.charges = [
            .with { ($0.name, $0.tariff, $0.quantity, $0.group) = ("retribusi", "retribusi", "luas", "fungsi") }
        ]
        definition.actions = [
            action("submit", .submit, [], ["applicant"]), action("tetapkan", .act, ["diperiksa"], ["officer"]),
            action("terbitkan", .act, ["penerbitan"], ["officer"]),
            action("ulang", .act, ["bayar", "penerbitan"], ["officer"]),
            action("tarik", .withdraw, ["diperiksa", "bayar"], ["applicant"]),
        ]
        definition.clocks = [
            .with {
                ($0.name, $0.unit, $0.amount, $0.calendar) = ("pembayaran", .workingDays, 60, "kalender")
                ($0.runsIn, $0.onPassed, $0.moveTo) = (["bayar"], .move, "gugur")
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

    static let treasury = HubTreasury.with {
        ($0.name, $0.version) = ("kas", "1")
        $0.accounts = ["1.1", "1.2", "2.1", "4.1", "4.2"].map { code in .with { $0.code = code } }
        $0.qris =
            "00020101021126690020ID.CO.BANKDAERAH.WWW011893600000000000000002120000000000010303URE51440014ID.CO.QRIS.WWW"
            + "0215ID00000000000010303URE5204939953033605802ID5923PEMKAB MAKMUR SEJAHTERA6006MAKMUR6105557006304C425"
        ($0.bank, $0.counter, $0.held, $0.interest) = ("1.1", "1.2", "2.1", "4.2")
    }

    /// 1,000 rupiah for a unit, 2,000 from July on; 1 % interest for a month, 24 at most; a place of worship is free.
    static func tariff(_ version: String = "1", july: Int64 = 2_000) -> HubTariff {
        .with {
            ($0.name, $0.version, $0.account) = ("retribusi", version, "4.1")
            $0.periods = [("2026-01-01", Int64(1_000)), ("2026-07-01", july)].map { day, price in
                .with {
                    $0.from = day
                    $0.groups = [group("", price), group("ibadah", 0)]
                }
            }
            $0.late = .with { ($0.basisPoints, $0.monthsMax) = (100, 24) }
        }
    }

    private static func group(_ value: String, _ price: Int64) -> HubTariffGroup {
        .with {
            ($0.value, $0.mode) = (value, .whole)
            $0.slabs = [.with { $0.perUnit = price }]
        }
    }

    // MARK: What people do

    /// A request that was assessed: its bill is open, unless it costs nothing.
    func assessed(units: Int64 = 100, use: String = "rumah", for citizen: String = "") async throws -> HubCase {
        let request = LayananSubmitRequest.with {
            $0.service = SmallHub.service
            $0.form = [
                .with { ($0.name, $0.integer) = ("luas", units) }, .with { ($0.name, $0.text) = ("fungsi", use) },
            ]
        }
        let state = try await small.call(
            .fileComplaint, request, as: LayananCaseReply.self, by: .portal, for: citizen
        ).case
        return try await small.act("tetapkan", on: state, by: .officer)
    }

    func pay(
        _ bill: String, _ amount: Int64, _ reference: String, by caller: Caller = .bank,
        channel: HubPaymentChannel = .bank, paid: Int64 = 0, key: [UInt8]? = nil
    ) async throws -> LayananPaymentReply {
        let request = LayananPayRequest.with {
            ($0.bill, $0.amount, $0.reference, $0.channel, $0.paidMs) = (bill, amount, reference, channel, paid)
        }
        return try await small.call(.pay, request, as: LayananPaymentReply.self, by: caller, key: key)
    }

    func reverse(_ bill: String, _ reference: String, by caller: Caller = .bank) async throws -> LayananPaymentReply {
        let request = LayananReverseRequest.with { ($0.bill, $0.reference, $0.note) = (bill, reference, "Salah bayar") }
        return try await small.call(.reversePayment, request, as: LayananPaymentReply.self, by: caller)
    }

    func refund(
        _ bill: String, _ amount: Int64, _ reference: String, by caller: Caller = .cashier
    ) async throws -> LayananPaymentReply {
        let request = LayananRefundRequest.with {
            ($0.bill, $0.amount, $0.reference, $0.note) = (bill, amount, reference, "Lebih bayar")
            $0.channel = .counter
        }
        return try await small.call(.refund, request, as: LayananPaymentReply.self, by: caller)
    }

    func bill(_ number: String, by caller: Caller = .bank, for citizen: String = "") async throws -> LayananGetBillReply
    {
        try await small.call(
            .getBill, LayananGetBillRequest.with { $0.bill = number }, as: LayananGetBillReply.self, by: caller,
            for: citizen)
    }

    func reconcile(
        _ day: String, _ lines: [(String, String, Int64)], book: Bool = false, by caller: Caller = .bank
    ) async throws -> LayananReconcileReply {
        let request = LayananReconcileRequest.with { request in
            (request.day, request.book) = (day, book)
            request.lines = lines.map { reference, bill, amount in
                .with { ($0.reference, $0.bill, $0.amount) = (reference, bill, amount) }
            }
        }
        return try await small.call(.reconcile, request, as: LayananReconcileReply.self, by: caller)
    }

    func books(_ first: String = "2026-01-01", _ last: String = "2026-12-31") async throws -> LayananBooksReply {
        let request = LayananBooksRequest.with { ($0.firstDay, $0.lastDay) = (first, last) }
        return try await small.call(.books, request, as: LayananBooksReply.self, by: .cashier)
    }

    func state(_ state: HubCase) async throws -> HubCase { try await small.get(state, by: .officer) }
}

extension HubCase {
    /// The newest bill.
    var bill: HubBill { bills.last ?? HubBill() }
}

/// What was refused; nil when nothing was.
func refusal<Result>(of body: () async throws -> Result) async throws -> HubError.Code? {
    do { _ = try await body() } catch let error as HubError { return error.code }
    return nil
}
