// Notices of the ledger in memory.

import HubCore
package import HubDomain
package import HubProto

extension InMemoryLedger {
    package func dueNotices(
        _ channel: HubNoticeChannel, nowMillis: Int64, limit: Int
    ) async throws(HubError) -> [HubNotice] {
        waiting(channel).filter { $0.dueMs <= nowMillis }.prefix(max(0, limit)).map { $0 }
    }

    package func nextNoticeMillis(_ channel: HubNoticeChannel) async throws(HubError) -> Int64? {
        waiting(channel).first?.dueMs
    }

    package func notices(
        _ state: HubNoticeState, after: HubNotice?, limit: Int
    ) async throws(HubError) -> [HubNotice] {
        let order = state == .delivered ? Self.bySettling : Self.byChannel
        return notices.values.filter { notice in
            notice.state == state && (state != .delivered || notice.hasText)
                && (after.map { order($0, notice) } ?? true)
        }
        .sorted(by: order).prefix(max(0, limit)).map { $0 }
    }

    package func notice(id: [UInt8]) async throws(HubError) -> HubNotice? { notices[id] }

    package func settledNotices(before millis: Int64, limit: Int) async throws(HubError) -> [HubNotice] {
        notices.values.filter { $0.state != .waiting && $0.hasText && $0.settledMs < millis }
            .sorted(by: Self.bySettling).prefix(max(0, limit)).map { $0 }
    }

    private func waiting(_ channel: HubNoticeChannel) -> [HubNotice] {
        notices.values.filter { $0.state == .waiting && $0.channel == channel }.sorted(by: Self.byChannel)
    }

    private static func byChannel(_ a: HubNotice, _ b: HubNotice) -> Bool {
        let (first, second) = ((a.channel.rawValue, a.dueMs), (b.channel.rawValue, b.dueMs))
        return first == second ? a.id.lexicographicallyPrecedes(b.id) : first < second
    }

    private static func bySettling(_ a: HubNotice, _ b: HubNotice) -> Bool {
        a.settledMs == b.settledMs ? a.id.lexicographicallyPrecedes(b.id) : a.settledMs < b.settledMs
    }
}
