// Brings notices out of the hub: one lane chooses channels, and each channel has a lane of its own.

import HubDomain
import HubProto
import Logging
import Synchronization

/// Wakes lanes when a commit leaves something for them.
struct OutboxBells: Sendable {
    private let lanes: [HubNoticeChannel: DeadlineBell]

    init() {
        lanes = Dictionary(uniqueKeysWithValues: ([.unspecified] + NoticeChannels.all).map { ($0, DeadlineBell()) })
    }

    subscript(_ channel: HubNoticeChannel) -> DeadlineBell { lanes[channel] ?? DeadlineBell() }

    func mayBeDue(_ notices: [NoticeWrite]) {
        for notice in notices.map(\.notice) where notice.state == .waiting {
            lanes[notice.channel]?.mayBeDue(notice.dueMs)
        }
    }

    /// Time has jumped, or somebody wants to see something happen.
    func ring() { for bell in lanes.values { bell.ring() } }
}

/// What administrators see of the lanes.
final class OutboxBoard: Sendable {
    private let down = Mutex<Set<HubNoticeChannel>>([])
    let delivered = Atomic<UInt64>(0)

    var channelsDown: [HubNoticeChannel] { down.withLock { $0.sorted { $0.rawValue < $1.rawValue } } }

    /// Returns whether that is news.
    func set(_ channel: HubNoticeChannel, isDown: Bool) -> Bool {
        down.withLock { isDown ? $0.insert(channel).inserted : $0.remove(channel) != nil }
    }
}

/// Delivers what waits, at least once.
///
/// A lane takes a few notices, tries them, and remembers what became of all of them in one commit. A hub that dies between
/// the two tries them again with the same ids. A channel that fails holds up nobody but itself.
package struct OutboxLoop: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let contacts: ContactBook
    let couriers: [HubNoticeChannel: any NoticeCourier]
    let policy: OutboxPolicy
    let bells: OutboxBells
    let board: OutboxBoard
    let clock: any HubClock
    let random: @Sendable () -> UInt64
    let logger: Logger

    /// Notices for which a channel is chosen in one commit, and notices that one lane tries in one.
    private static let routedMax = 128
    private static let triedMax = 16
    /// Longest sleep in milliseconds, in case the machine's time of day jumps.
    private static let sleepMillisMax: Int64 = 30_000
    /// Sleep in milliseconds after the ledger failed.
    private static let failureMillis: Int64 = 1_000

    /// Runs until its task is cancelled; what is being tried then is finished and remembered.
    ///
    /// - Parameter sleep: Waits for so many milliseconds; passed in, as all time is.
    package func run(sleep: @escaping @Sendable (Int64) async -> Void) async {
        await withTaskGroup { group in
            group.addTask {
                let isRerouted = Shared(false)
                await lane(.unspecified, sleep) { () async throws(HubError) in
                    if !isRerouted.value.withLock(\.self) { try await reroute() }
                    isRerouted.value.withLock { $0 = true }
                    return try await choose()
                }
            }
            for (channel, courier) in couriers {
                let circuit = Shared(ChannelCircuit())
                group.addTask {
                    await lane(channel, sleep) { () async throws(HubError) in
                        try await carry(channel, courier, circuit)
                    }
                }
            }
        }
    }

    /// One lane: works until nothing is due, then sleeps until something may be.
    ///
    /// - Parameter work: Returns when to look again at the latest, milliseconds since 1970 UTC; nil = when it is rung.
    private func lane(
        _ channel: HubNoticeChannel, _ sleep: @escaping @Sendable (Int64) async -> Void,
        _ work: @Sendable () async throws(HubError) -> Int64?
    ) async {
        let bell = bells[channel]
        var rings = bell.stream.makeAsyncIterator()
        while !Task.isCancelled {
            let wait: Int64
            do throws(HubError) {
                // Until the next sleep is known every commit with a notice for this lane rings.
                bell.sleeping(until: .max)
                let next = try await work() ?? .max
                bell.sleeping(until: next)
                wait = min(
                    max(next.subtractingReportingOverflow(clock.nowMillis()).partialValue, 1), Self.sleepMillisMax)
            } catch {
                if !Task.isCancelled {
                    logger.error("notices wait: the outbox cannot be read or written", metadata: ["error": "\(error)"])
                }
                wait = Self.failureMillis
            }
            let alarm = Task {
                await sleep(wait)
                if !Task.isCancelled { bell.ring() }
            }
            let ring: Void? = await rings.next()
            alarm.cancel()
            guard ring != nil else { return }
        }
    }

    // MARK: Choosing channels

    /// Chooses a channel for everything that is due and has none; ends what can go nowhere.
    func choose() async throws(HubError) -> Int64? {
        try await empty()
        while !Task.isCancelled {
            let due = try await ledger.dueNotices(.unspecified, nowMillis: clock.nowMillis(), limit: Self.routedMax)
            guard !due.isEmpty else { break }
            var changed: [HubNotice] = []
            for notice in due { changed.append(try await routed(notice)) }
            try await remember(changed)
        }
        return try await ledger.nextNoticeMillis(.unspecified)
    }

    /// What waits for a channel that this hub no longer has is chosen another one.
    func reroute() async throws(HubError) {
        for channel in NoticeChannels.all where couriers[channel] == nil {
            while !Task.isCancelled {
                let stranded = try await ledger.dueNotices(channel, nowMillis: .max, limit: Self.routedMax)
                guard !stranded.isEmpty else { break }
                try await remember(stranded.map { $0.assigned(to: .unspecified) })
            }
        }
    }

    private func routed(_ notice: HubNotice) async throws(HubError) -> HubNotice {
        let now = clock.nowMillis()
        let state = try await ledger.caseState(id: [UInt8](notice.caseID))
        if notice.isMoot(for: state) { return notice.ended(.moot, "the clock ended or moved", now) }
        let contact = try await contacts.contact(for: notice, state)
        switch NoticeRoute(contact, givenUp: notice.givenUp, present: Set(couriers.keys)) {
        case .channel(let channel, _): return notice.assigned(to: channel)
        case .exhausted: return notice.ended(.dead, "", now)
        case .nowhere(let why): return notice.ended(.undeliverable, why, now)
        }
    }

    /// Takes the texts from notices that were settled long ago.
    private func empty() async throws(HubError) {
        while !Task.isCancelled {
            let before = clock.nowMillis().subtractingReportingOverflow(policy.keepMillis).partialValue
            let old = try await ledger.settledNotices(before: before, limit: Self.routedMax)
            guard !old.isEmpty else { return }
            try await remember(old.map { ($0.emptied, $0.state) })
        }
    }

    // MARK: Carrying

    /// Tries what is due for a channel.
    func carry(
        _ channel: HubNoticeChannel, _ courier: any NoticeCourier, _ circuit: Shared<ChannelCircuit>
    ) async throws(HubError) -> Int64? {
        while !Task.isCancelled {
            let now = clock.nowMillis()
            let room = circuit.value.withLock { $0.room(nowMillis: now, of: Self.triedMax) }
            guard room > 0 else { return circuit.value.withLock(\.closedUntilMillis) }
            let due = try await ledger.dueNotices(channel, nowMillis: now, limit: room)
            guard !due.isEmpty else { break }
            let tried = try await attempt(due, channel, courier, circuit)
            try await remember(tried)
            tell(channel, isDown: circuit.value.withLock(\.isDown))
        }
        return try await ledger.nextNoticeMillis(channel)
    }

    /// Some at a time; what has not begun when the channel fails stays as it is.
    private func attempt(
        _ notices: [HubNotice], _ channel: HubNoticeChannel, _ courier: any NoticeCourier,
        _ circuit: Shared<ChannelCircuit>
    ) async throws(HubError) -> [HubNotice] {
        let results = await withTaskGroup(of: Result<HubNotice?, HubError>.self) { group in
            var results: [Result<HubNotice?, HubError>] = []
            var waiting = notices.makeIterator()
            for _ in 0..<max(1, policy.concurrency) {
                guard let notice = waiting.next() else { break }
                group.addTask { await attempt(notice, channel, courier, circuit) }
            }
            while let result = await group.next() {
                results.append(result)
                guard let notice = waiting.next() else { continue }
                group.addTask { await attempt(notice, channel, courier, circuit) }
            }
            return results
        }
        // What was tried is remembered in any case; only when nothing could be done the ledger's failure is the lane's.
        let tried = results.compactMap { try? $0.get() }
        if tried.isEmpty, case .failure(let error)? = results.first { throw error }
        return tried
    }

    private func attempt(
        _ notice: HubNotice, _ channel: HubNoticeChannel, _ courier: any NoticeCourier,
        _ circuit: Shared<ChannelCircuit>
    ) async -> Result<HubNotice?, HubError> {
        guard circuit.value.withLock({ $0.room(nowMillis: clock.nowMillis(), of: 1) }) > 0 else { return .success(nil) }
        do throws(HubError) {
            // The person may have chosen otherwise since the channel was chosen.
            let state = try await ledger.caseState(id: [UInt8](notice.caseID))
            if notice.isMoot(for: state) {
                return .success(notice.ended(.moot, "the clock ended or moved", clock.nowMillis()))
            }
            let contact = try await contacts.contact(for: notice, state)
            let route = NoticeRoute(contact, givenUp: notice.givenUp, present: Set(couriers.keys))
            guard case .channel(channel, let address) = route else {
                return .success(notice.assigned(to: .unspecified))
            }
            // A file says whom it is for; there is no address.
            let parcel = notice.parcel(to: channel == .file ? notice.recipient : address, in: contact.language)
            let outcome = await courier.deliver(parcel)
            let now = clock.nowMillis()
            circuit.value.withLock { circuit in
                if case .later(_, channelFails: true) = outcome {
                    circuit.failed(nowMillis: now)
                } else {
                    circuit.worked()
                }
            }
            return .success(notice.attempted(outcome, policy, now, random: random()))
        } catch {
            return .failure(error)
        }
    }

    // MARK: Remembering

    private func remember(_ notices: [HubNotice]) async throws(HubError) {
        try await remember(notices.map { ($0, .waiting) })
    }

    private func remember(_ notices: [(notice: HubNotice, before: HubNoticeState)]) async throws(HubError) {
        guard !notices.isEmpty else { return }
        var commit = Commit(key: nil, atMillis: clock.nowMillis())
        commit.notices = notices.map { NoticeWrite($0.notice, expected: $0.before) }
        _ = try await journal.commit(commit)
        let settled = notices.filter { $0.before == .waiting }.map(\.notice.state)
        board.delivered.add(UInt64(settled.count { $0 == .delivered }), ordering: .relaxed)
        let dead = settled.count { $0 == .dead }
        if dead > 0 { logger.error("notices are dead; see hubctl outbox list", metadata: ["count": "\(dead)"]) }
    }

    private func tell(_ channel: HubNoticeChannel, isDown: Bool) {
        guard board.set(channel, isDown: isDown) else { return }
        if isDown {
            logger.warning("a channel for notices does not work; they wait", metadata: ["channel": "\(channel.word)"])
        } else {
            logger.notice("a channel for notices works again", metadata: ["channel": "\(channel.word)"])
        }
    }
}

/// A value that several tasks change.
final class Shared<Value: Sendable>: Sendable {
    let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }
}
