// A hub in memory: one complaint service of one department, a module that agrees, and callers of every kind.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Logging
import SwiftProtobuf
import Synchronization

/// Everything but sockets, disk and processes is the real thing; requests come in through the router, as on the wire.
struct SmallHub {
    let ledger: any Ledger
    let clock = ManualClock(startMillis: Sample.now)
    let blobs: any BlobStore
    let modules: AgreeableModules
    let health = HealthBoard()
    let signer = TestAuthority()
    let hub: Hub
    /// Shared by all hubs of a test, of which one may go on where another died.
    private static let keys = KeySource()

    static let hour: Int64 = 3_600_000
    static let cursorKey = [UInt8](repeating: 7, count: 32)
    static let anna = "nik:3318010101900001"
    static let budi = "nik:3318010101900002"

    /// - Parameter answer: Replaces what the module answers; gets the question and what it would have said.
    static func open(
        ledger: any Ledger = InMemoryLedger(), blobs: any BlobStore = InMemoryBlobStore(),
        uploads: UploadLimits = UploadLimits(), bundle: LoadedBundle = bundle, principals: [Caller] = [],
        answer: @escaping @Sendable (HubDecideRequest, HubAcceptance) -> HubAcceptance = { $1 },
        equip: (inout HubPorts) -> Void = { _ in }
    ) async throws -> SmallHub {
        try await SmallHub(
            ledger, blobs, uploads, AgreeableModules(answer: answer, bundle: bundle), principals, equip)
    }

    private init(
        _ ledger: any Ledger, _ blobs: any BlobStore, _ uploads: UploadLimits, _ modules: AgreeableModules,
        _ principals: [Caller], _ equip: (inout HubPorts) -> Void
    ) async throws {
        self.ledger = ledger
        self.blobs = blobs
        self.modules = modules
        let random = KeySource()
        var ports = HubPorts(
            ledger: ledger, blobs: blobs, modules: modules, rules: MessageRules(), clock: clock, signer: signer,
            cursorKey: Self.cursorKey, random: { random.number() })
        ports.health = health
        ports.uploads = uploads
        equip(&ports)
        health.report(module: "uji", services: [Self.service], isServing: true)
        let facts = ProcessFacts(instanceID: Array(repeating: 1, count: 16), software: "test", startedMillis: 0, pid: 1)
        hub = try await Hub.assemble(
            ports, policy: try Caller.policy(knowing: principals), facts: facts,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    // MARK: Calls

    /// One unary call.
    func call<Reply: Message & Sendable>(
        _ method: HubMethod, _ request: some Message, as reply: Reply.Type, by caller: Caller, for citizen: String = "",
        key: [UInt8]? = nil
    ) async throws -> Reply {
        guard case .unary(let body) = try hub.router.route(method.path, hub.router.access(of: caller.role)).handler
        else {
            throw HubError(.methodUnknown, "not unary")
        }
        let bytes: [UInt8] = try request.serializedBytes()
        let context = CallContext(
            method: method, actor: caller.actor(for: citizen), idempotencyKey: key ?? Self.keys.key(),
            requestHash: bytes)
        return try Reply(serializedBytes: try await body(context, bytes).body)
    }

    @discardableResult
    func submit(
        by caller: Caller = .portal, for citizen: String = "", key: [UInt8]? = nil, documents: [HubDocument] = []
    ) async throws -> HubCase {
        let request = LayananSubmitRequest.with {
            $0.service = Self.service
            $0.form = [.with { ($0.name, $0.text) = ("isi", "Jalan berlubang") }]
            $0.documents = documents
        }
        return try await call(.fileComplaint, request, as: LayananCaseReply.self, by: caller, for: citizen, key: key)
            .case
    }

    @discardableResult
    func act(
        _ action: String, _ method: HubMethod = .actOnComplaint, on state: HubCase, by caller: Caller,
        for citizen: String = "", note: String = "", documents: [HubDocument] = []
    ) async throws -> HubCase {
        let request = LayananActRequest.with {
            $0.case = state.number
            $0.action = action
            $0.note = note
            $0.documents = documents
        }
        return try await call(method, request, as: LayananCaseReply.self, by: caller, for: citizen).case
    }

    func history(
        of state: HubCase, after version: UInt64 = 0, by caller: Caller, for citizen: String = ""
    ) async throws -> LayananHistoryReply {
        let request = LayananHistoryRequest.with {
            $0.case = state.number
            $0.afterVersion = version
        }
        return try await call(.caseHistory, request, as: LayananHistoryReply.self, by: caller, for: citizen)
    }

    func get(_ state: HubCase, by caller: Caller, for citizen: String = "") async throws -> HubCase {
        let request = LayananGetCaseRequest.with { $0.case = state.number }
        return try await call(.getCase, request, as: LayananGetCaseReply.self, by: caller, for: citizen).case
    }

    /// Lets hours pass without anybody looking at the clocks.
    func wait(hours: Int64) { clock.advance(toMillis: clock.nowMillis() + hours * Self.hour) }
}

/// Who calls.
struct Caller {
    let principal: Principal
    var role: String { principal.role }

    private init(_ department: String, _ name: String, _ role: String) {
        // Constants of this file; a wrong one fails every test.
        guard let principal = try? Principal(department: department, name: name, role: role, unit: "loket-3") else {
            preconditionFailure("\(department) \(name) \(role)")
        }
        self.principal = principal
    }

    static let portal = Caller("portal", "warga", "applicant")
    static let officer = Caller("pengaduan", "petugas", "officer")
    /// Of another department.
    static let stranger = Caller("perizinan", "petugas", "officer")
    static let chief = Caller("pengaduan", "kepala", "officer")
    static let clerk = Caller("pengaduan", "staf", "officer")
    static let deputy = Caller("pengaduan", "wakil", "officer")
    static let archivist = Caller("pengaduan", "arsiparis", "officer")
    /// Above all departments.
    static let regent = Caller("setda", "bupati", "officer")
    static let importer = Caller("pengaduan", "arsip", "importer")
    static let strangeImporter = Caller("perizinan", "arsip", "importer")
    static let admin = Caller("hub", "admin", "admin")
    static let bank = Caller("bank-daerah", "h2h", "bank")
    static let cashier = Caller("bpkad", "bendahara", "officer")
    /// Of units whose advice is asked for: one stands on no chart, the others work in one section.
    static let district = Caller("kecamatan-a", "camat", "officer")
    static let guardian = Caller("satpol", "kasi", "officer")
    static let patrol = Caller("satpol", "staf", "officer")
    /// Adapters of two authorities.
    static let register = Caller("siak", "adaptor", "authority")
    static let otherRegister = Caller("oss", "adaptor", "authority")
    /// May call little.
    static let kiosk = Caller("portal", "kios", "kiosk")

    static func policy(knowing callers: [Caller] = []) throws -> Policy {
        let all = [
            try MethodPattern("layanan.v1.*"), try MethodPattern("hub.v1.*"), try MethodPattern("hub.admin.v1.*"),
            try MethodPattern("grpc.*"),
        ]
        return Policy(
            roles: [
                "kiosk": [try MethodPattern("layanan.v1.Catalogue/List"), try MethodPattern("grpc.*")],
                "bank": try ["GetBill", "Pay", "Reverse", "Reconcile"].map {
                    try MethodPattern("layanan.v1.Payments/\($0)")
                },
                "authority": try ["Authority/Take", "Authority/Answer", "Authority/Fail", "Documents/Put"].map {
                    try MethodPattern("layanan.v1.\($0)")
                },
                "applicant": all, "officer": all, "importer": all, "admin": all,
            ], allDepartments: ["admin"],
            allActions: ["admin"], applicants: ["applicant"], principals: [admin.principal] + callers.map(\.principal))
    }

    func actor(for citizen: String) -> HubActor {
        .with {
            $0.principal = principal.urn
            $0.role = principal.role
            $0.department = principal.department
            $0.unit = principal.unit
            $0.onBehalfOf = citizen
        }
    }
}

extension SmallHub {
    static let service = "aduan-uji"
    static let bundle = LoadedBundle(
        module: "uji", department: "pengaduan", definitions: [definition], standing: [])

    static let definition = HubServiceDefinition.with {
        $0.service = service
        $0.version = "2026.1"
        $0.validFrom = "2026-01-01"
        $0.department = "pengaduan"
        $0.interface = .complaints
        $0.number.prefix = "UJI"
        $0.fields = [
            .with { ($0.name, $0.type, $0.decided) = ("kelas", .text, true) },
            .with { ($0.name, $0.type) = ("isi", .text) },
            .with { ($0.name, $0.type, $0.decided) = ("alasan", .text, true) },
        ]
        $0.documents = [
            .with { $0.kind = "bukti" },
            .with { ($0.kind, $0.mediaTypes, $0.sizeMax) = ("sketsa", ["image/png"], 1_000) },
        ]
        $0.stages = ["diterima", "ditangani", "selesai"].map { name in
            .with { ($0.name, $0.ended) = (name, name == "selesai") }
        }
        $0.actions = [
            action("submit", .submit, from: [], to: "diterima", roles: ["applicant", "officer", "importer"]),
            action("catat", .act, from: ["diterima"], to: "diterima", roles: ["officer"]),
            action("tangani", .act, from: ["diterima"], to: "ditangani", roles: ["officer"]),
            action("tarik", .withdraw, from: ["diterima", "ditangani"], to: "selesai", roles: ["applicant"]),
        ]
        $0.clocks = [
            .with {
                ($0.name, $0.unit, $0.amount) = ("respons", .hours, 72)
                ($0.runsIn, $0.onPassed) = (["diterima"], .escalate)
            }
        ]
        $0.escalation = [.with { $0.name = "kepala-seksi" }]
    }

    private static func action(
        _ name: String, _ kind: HubActionKind, from: [String], to: String, roles: [String]
    ) -> HubAction {
        .with {
            ($0.name, $0.kind, $0.from, $0.to, $0.roles) = (name, kind, from, [to], roles)
        }
    }
}

/// A module that sends every case where the action leads.
struct AgreeableModules: ModuleRuntime {
    let answer: @Sendable (HubDecideRequest, HubAcceptance) -> HubAcceptance
    let bundle: LoadedBundle

    func bundles() async -> [LoadedBundle] { [bundle] }

    func decide(
        module: String, _ question: HubDecideRequest, timeoutMillis: UInt32
    ) async throws(HubError) -> HubDecision {
        let action = SmallHub.definition.actions.first { $0.name == question.command.action }
        let acceptance = HubAcceptance.with { $0.stage = action?.to.first ?? "" }
        return .with { $0.accepted = answer(question, acceptance) }
    }

    func relay(
        module: String, _ message: [UInt8], timeoutMillis: UInt32,
        reply: @escaping @Sendable (ModuleOutcome) -> Void
    ) { reply(.success(message)) }
    func roundTrip(module: String, timeoutMillis: UInt32) async throws(HubError) -> UInt64 { 1_500 }
    func instances() async -> [ModuleInstance] {
        var decide = MethodFigures(method: ModuleMethod.decide)
        for time: UInt64 in [100, 300] { decide.record(nanoseconds: time, error: 0) }
        decide.record(nanoseconds: 800, error: 3_003)
        let info = HubModuleInfo.with {
            ($0.id, $0.version, $0.department, $0.pid, $0.starts) = ("uji", "1.2.0", "pengaduan", 77, 3)
            $0.services = [SmallHub.service]
        }
        let idle = HubModuleInfo.with { $0.id = "rujukan" }
        return [ModuleInstance(info: info, figures: [decide]), ModuleInstance(info: idle, figures: [])]
    }
    func serving() async -> Set<String> { ["uji"] }
    func modules() async -> [HubModuleInfo] { [] }
    func restart(module: String) async throws(HubError) -> HubModuleInfo {
        throw HubError(.moduleUnknown, "none to restart")
    }
}

/// Keys and numbers that never come twice.
private final class KeySource: Sendable {
    private let last = Atomic<UInt64>(0)
    func number() -> UInt64 { last.wrappingAdd(1, ordering: .relaxed).newValue }
    func key() -> [UInt8] { Array("key-\(number() + 1_000_000_000_000)".utf8) }
}
