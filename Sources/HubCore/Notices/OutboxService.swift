// What whoever looks after the hub sees of notices, and sends again.

import HubDomain
import HubProto
import SwiftProtobuf

/// `hub.admin.v1.Outbox`
struct OutboxService: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let board: OutboxBoard
    let clock: any HubClock

    /// Notices of one page, and of one call to ``retry(_:_:)``.
    private static let pageMax = 200
    private static let pageStandard = 50
    private static let retriedMax = 1_000

    func list(
        _ context: CallContext, _ request: HubAdminListNoticesRequest
    ) async throws(HubError) -> HubAdminListNoticesReply {
        let limit = request.pageSize == 0 ? Self.pageStandard : min(Int(request.pageSize), Self.pageMax)
        var last: HubNotice?
        if !request.after.isEmpty {
            last = try await ledger.notice(id: [UInt8](request.after))
            guard last != nil else { throw HubError(.noticeUnknown, "no such notice to go on after") }
        }
        let state = request.state == .unspecified ? .dead : request.state
        let found = try await ledger.notices(state, after: last, limit: limit + 1)
        let counts = try await counts()
        return .with {
            $0.notices = found.prefix(limit).map(HubAdminNoticeLine.init)
            $0.more = found.count > limit
            $0.counts = counts
        }
    }

    func counts() async throws(HubError) -> HubAdminOutboxCounts {
        let counts = try await ledger.counts()
        let now = clock.nowMillis()
        var oldest: Int64 = 0
        for channel in [.unspecified] + NoticeChannels.all {
            guard let first = try await ledger.dueNotices(channel, nowMillis: now, limit: 1).first else { continue }
            oldest = max(oldest, now - first.createdMs)
        }
        return .with {
            $0.waiting = counts.noticesWaiting
            $0.dead = counts.noticesDead
            $0.oldestDueMs = UInt64(clamping: oldest)
            $0.delivered = board.delivered.load(ordering: .relaxed)
            $0.down = board.channelsDown
        }
    }

    func retry(_ context: CallContext, _ request: HubAdminRetryNoticesRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        let (found, more) =
            request.id.isEmpty ? try await all(of: request.channel) : ([try await one([UInt8](request.id))], false)
        let now = clock.nowMillis()
        var commit = Commit(key: context.commitKey, atMillis: now)
        commit.notices = found.map { NoticeWrite($0.again(now), expected: $0.state) }
        commit.answer = try HubAdminRetryNoticesReply.with {
            ($0.notices, $0.more) = (UInt32(clamping: found.count), more)
        }.ledgerBytes()
        guard let answer = try await journal.commit(commit).callAnswer() else {
            throw HubError(.internalFault, "notices alone meet no conflict")
        }
        return answer
    }

    private func one(_ id: [UInt8]) async throws(HubError) -> HubNotice {
        guard let notice = try await ledger.notice(id: id), notice.mayGoAgain else {
            throw HubError(.noticeUnknown, "no notice of this id that can be sent again; see hubctl outbox list")
        }
        return notice
    }

    /// What was given up on a channel, then what waits for it.
    private func all(of channel: HubNoticeChannel) async throws(HubError) -> ([HubNotice], more: Bool) {
        guard NoticeChannels.all.contains(channel) else {
            throw HubError(.filterInvalid, "name a notice or a channel")
        }
        var found: [HubNotice] = []
        for state in [HubNoticeState.dead, .waiting] {
            var last: HubNotice?
            while found.count <= Self.retriedMax {
                let page = try await ledger.notices(state, after: last, limit: Self.pageMax)
                found += page.filter { $0.channel == channel && $0.mayGoAgain && $0.isHeldUp(clock.nowMillis()) }
                last = page.last
                if page.count < Self.pageMax { break }
            }
        }
        return (Array(found.prefix(Self.retriedMax)), found.count > Self.retriedMax)
    }
}

extension HubNotice {
    /// It has its text, and has not arrived.
    fileprivate var mayGoAgain: Bool {
        [.dead, .waiting, .undeliverable].contains(state) && hasText && !text.id.isEmpty
    }

    /// Dead, or waiting for an attempt to come.
    fileprivate func isHeldUp(_ nowMillis: Int64) -> Bool { state != .waiting || (attempts > 0 && dueMs > nowMillis) }
}

extension HubAdminNoticeLine {
    init(_ notice: HubNotice) {
        self.init()
        (id, number, occasion, reader) = (notice.id, notice.number, notice.occasion, notice.reader)
        (state, channel, attempts, outcome) = (notice.state, notice.channel, notice.attempts, notice.outcome)
        (createdMs, dueMs, settledMs) = (notice.createdMs, notice.dueMs, notice.settledMs)
    }
}
