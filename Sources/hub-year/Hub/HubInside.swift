// A whole hub in this process: the real decisions, rules and bundles, a manual clock, and calls through its router.

import HubCore
import HubDomain
import HubModules
import HubProto
import HubStore
import HubTestKit
import HubTrust
import Logging
import SwiftProtobuf
import Synchronization

/// What a year's people call. Everything but sockets, processes and, unless it is asked for, disk is the real thing.
struct HubInside: Sendable {
    let hub: Hub
    let clock: ManualClock
    private let ledger: any Ledger
    private let calls = CallCounter()

    /// - Parameters:
    ///   - plugins: Folder of the departments' bundles, such as `Plugins`.
    ///   - ledgerFolder: For a ledger on disk; nil = in memory.
    static func open(
        plugins: String, ledgerFolder: String?, startMillis: Int64, outages: Outages,
        chance: Chance
    ) async throws -> HubInside {
        let clock = ManualClock(startMillis: startMillis)
        let ledger: any Ledger
        if let ledgerFolder {
            try TextFiles.makeFolder(ledgerFolder)
            ledger = try SQLiteLedger.open(path: ledgerFolder + "/ledger.sqlite", nowMillis: startMillis) { hubID }
        } else {
            // Nobody in a year asks for the same thing twice, so the answers need not be kept long.
            ledger = InMemoryLedger(hubID: hubID, answersMax: 1_000)
        }
        let random = Mutex(chance.stream("hub"))
        let modules = try LinkedModules(plugins: plugins)
        var ports = HubPorts(
            ledger: ledger, blobs: InMemoryBlobStore(), modules: modules, rules: RuleFileReader(), clock: clock,
            signer: NoCertificates(), cursorKey: Array(repeating: 1, count: 32),
            random: { random.withLock { $0.next() } })
        let key = try PaperKey()
        ports.printer = PlainPrinter()
        ports.paperSigner = SignatureService(key: key, clock: clock, outages: outages)
        ports.paperKeys = [key.publicKey]
        let facts = ProcessFacts(instanceID: hubID, software: "hub-year", startedMillis: startMillis, pid: 1)
        let hub = try await Hub.assemble(
            ports, policy: try Caller.policy(), facts: facts,
            logger: Logger(label: "hub-year") { _ in SwiftLogNoOpLogHandler() })
        return HubInside(hub: hub, clock: clock, ledger: ledger)
    }

    private static let hubID = [UInt8](repeating: 9, count: 16)

    /// Calls that were answered and refused.
    var callsMade: Int { calls.count }

    /// One unary call, as the server makes it.
    func call<Reply: Message & Sendable>(
        _ method: HubMethod, _ request: some Message, as reply: Reply.Type, by caller: Caller, for citizen: String = ""
    ) async throws(HubError) -> Reply {
        guard case .unary(let body) = try hub.router.route(method.path, hub.router.access(of: caller.role)).handler
        else { throw HubError(.methodUnknown, "\(method.path) is not unary") }
        let bytes = try request.ledgerBytes()
        let key = calls.key()
        let context = CallContext(
            method: method, actor: caller.actor(for: citizen), idempotencyKey: key, requestHash: key)
        return try Reply(edge: try await body(context, bytes).body)
    }

    /// Moves time on; deadlines that come on the way pass at their time.
    func advance(toMillis target: Int64) async throws(HubError) {
        let now = clock.nowMillis()
        guard target > now else { return }
        if let due = try await ledger.nextDueMillis(after: now), due <= target {
            _ = try await hub.deadlines.advance(clock, byMillis: target - now)
        } else {
            clock.advance(toMillis: target)
        }
    }

    /// What has become due by now, such as deadlines of a calendar that changed.
    func settle() async throws(HubError) { _ = try await hub.deadlines.advance(clock, byMillis: 0) }

    /// Recomputes the chain of the whole log; returns how many events it has.
    func verifiedEvents() async throws(HubError) -> UInt64 { try await ledger.verifyChain().sequence }
}

/// Keys that never come twice.
private final class CallCounter: Sendable {
    private let last = Atomic<Int>(0)
    var count: Int { last.load(ordering: .relaxed) }

    func key() -> [UInt8] {
        let number = last.wrappingAdd(1, ordering: .relaxed).newValue
        return Array("year-\(1_000_000_000_000 + number)".utf8)
    }
}
