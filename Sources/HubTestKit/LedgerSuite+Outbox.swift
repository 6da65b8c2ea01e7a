// Promises on notices: written with what they tell of, found when they are due, changed only as they are known.

import HubCore
import HubDomain
import HubProto

extension LedgerSuite {
    private static func notice(
        _ number: Int, due: Int64 = Sample.now, _ channel: HubNoticeChannel = .unspecified
    ) -> HubNotice {
        .with {
            ($0.id, $0.state, $0.channel) = (.init(Sample.id(number) + [0, 0, 0, 0, 0, 1, 0, 0]), .waiting, channel)
            ($0.recipient, $0.number, $0.dueMs) = ("warga-\(number)", "IZN-2026-\(number)", due)
            ($0.subject, $0.text) = (.with { $0.id = "Kabar" }, .with { $0.id = "Isi" })
        }
    }

    private static func commit(_ notices: HubNotice..., expecting state: HubNoticeState = .unspecified) -> Commit {
        var commit = Commit(key: nil, atMillis: Sample.now)
        commit.notices = notices.map { NoticeWrite($0, expected: state) }
        return commit
    }

    private static func due(
        _ ledger: any Ledger, _ channel: HubNoticeChannel = .unspecified, at now: Int64 = Sample.now
    ) async throws -> [String] {
        try await ledger.dueNotices(channel, nowMillis: now, limit: 10).map(\.number)
    }

    static let outbox: [LedgerPromise] = [
        LedgerPromise("a notice is written with its change, and not at all with one that meets a conflict") { home in
            let ledger = try await home.open()
            var first = Sample.commit(Sample.newCase(1))
            first.notices = [NoticeWrite(notice(1))]
            try await ledger.write(first)
            var second = Sample.commit(Sample.newCase(1))
            second.notices = [NoticeWrite(notice(2))]
            _ = try await ledger.conflict(second)
            let again = try await home.open()
            try promise(try await due(again), is: ["IZN-2026-1"])
            try promise(try await again.notice(id: [UInt8](notice(1).id)), is: notice(1))
            try promise(try await again.notice(id: [UInt8](notice(2).id)), is: nil)
        },
        LedgerPromise("a change that is repeated with its key leaves its notices once") { home in
            let ledger = try await home.open()
            var first = Sample.commit(Sample.newCase(1), key: Sample.key(1))
            first.notices = [NoticeWrite(notice(1))]
            try await ledger.write(first)
            var moved = notice(1)
            moved.channel = .file
            try await ledger.write(commit(moved, expecting: .waiting))
            first.notices = [NoticeWrite(notice(1)), NoticeWrite(notice(2))]
            _ = try await ledger.replay(first)
            try promise(try await due(ledger), is: [])
            try promise(try await due(ledger, .file), is: ["IZN-2026-1"])
        },
        LedgerPromise("notices of a case go with what is personal in it, and are counted no more; nobody else's go") {
            home in
            let ledger = try await home.open()
            for number in 1...2 {
                var first = Sample.commit(Sample.newCase(number))
                first.notices = [NoticeWrite(notice(number))]
                try await ledger.write(first)
            }
            var dead = notice(1)
            (dead.id, dead.state) = (.init(Sample.id(1) + [UInt8](repeating: 0xFF, count: 8)), .dead)
            try await ledger.write(commit(dead))
            try promise(try await ledger.counts().noticesDead, is: 1)
            try await ledger.write(Sample.erasing(1))
            let counts = try await ledger.counts()
            try promise([counts.noticesWaiting, counts.noticesDead], is: [1, 0])
            let again = try await home.open()
            try promise(try await due(again), is: ["IZN-2026-2"])
            try promise(try await again.notice(id: [UInt8](notice(1).id)), is: nil)
            try promise(try await again.notice(id: [UInt8](dead.id)), is: nil)
            try promise(try await again.counts().noticesWaiting, is: 1)
        },
        LedgerPromise("notices are due by channel and time, the earliest first, up to a limit") { home in
            let ledger = try await home.open()
            let now = Sample.now
            try await ledger.write(
                commit(notice(1, due: now + 2), notice(2, due: now + 1), notice(3, .email), notice(4, due: now + 9)))
            try promise(try await due(ledger, at: now + 2), is: ["IZN-2026-2", "IZN-2026-1"])
            try promise(try await due(ledger, .email), is: ["IZN-2026-3"])
            try promise(try await due(ledger, .webhook), is: [])
            try promise(try await ledger.nextNoticeMillis(.unspecified), is: now + 1)
            try promise(try await ledger.nextNoticeMillis(.webhook), is: nil)
            let one = try await ledger.dueNotices(.unspecified, nowMillis: now + 9, limit: 1)
            try promise(one.map(\.number), is: ["IZN-2026-2"])
        },
        LedgerPromise("a notice that is not as the writer thought stays as it is, and the rest of the commit happens") {
            home in
            let ledger = try await home.open()
            try await ledger.write(commit(notice(1)))
            try await ledger.write(commit(notice(1, due: Sample.now + 5)))  // A second one of the same id.
            var delivered = notice(1)
            (delivered.state, delivered.settledMs) = (.delivered, Sample.now)
            try await ledger.write(commit(delivered, notice(2), expecting: .waiting))
            try promise(try await ledger.notice(id: [UInt8](notice(2).id)), is: nil)
            var late = Sample.record("contact/1")
            late.notices = [NoticeWrite(notice(1), expected: .waiting)]
            try await ledger.write(late)
            try promise(try await ledger.notice(id: [UInt8](notice(1).id)), is: delivered)
            try promise(try await ledger.record("contact/1")?.version, is: 1)
        },
        LedgerPromise("notices are counted and listed by state, in pages, across an opening") { home in
            var ledger = try await home.open()
            var dead = [notice(3, .email), notice(4, .file), notice(5, .email)]
            for index in dead.indices { (dead[index].state, dead[index].settledMs) = (.dead, Sample.now) }
            try await ledger.write(commit(notice(1), notice(2), dead[0], dead[1], dead[2]))
            ledger = try await home.open()
            try promise(try await ledger.counts().noticesWaiting, is: 2)
            try promise(try await ledger.counts().noticesDead, is: 3)
            let page = try await ledger.notices(.dead, after: nil, limit: 2)
            try promise(page.map(\.number), is: ["IZN-2026-4", "IZN-2026-3"])
            let rest = try await ledger.notices(.dead, after: page.last, limit: 2)
            try promise(rest.map(\.number), is: ["IZN-2026-5"])
            var again = dead[1]
            again.state = .waiting
            try await ledger.write(commit(again, expecting: .dead))
            try promise(try await ledger.counts().noticesWaiting, is: 3)
            try promise(try await ledger.counts().noticesDead, is: 2)
        },
        LedgerPromise("settled notices are found until they have lost their texts") { home in
            let ledger = try await home.open()
            var first = notice(1)
            (first.state, first.settledMs) = (.delivered, Sample.now)
            var second = notice(2)
            (second.state, second.settledMs) = (.undeliverable, Sample.now + 5)
            try await ledger.write(commit(first, second, notice(3)))
            let numbers = try await ledger.settledNotices(before: Sample.now + 9, limit: 9).map(\.number)
            try promise(numbers, is: ["IZN-2026-1", "IZN-2026-2"])
            try promise(try await ledger.settledNotices(before: Sample.now, limit: 9).count, is: 0)
            try promise(try await ledger.notices(.delivered, after: nil, limit: 9).map(\.number), is: ["IZN-2026-1"])
            first.clearSubject()
            first.clearText()
            try await ledger.write(commit(first, expecting: .delivered))
            let left = try await ledger.settledNotices(before: Sample.now + 9, limit: 9).map(\.number)
            try promise(left, is: ["IZN-2026-2"])
        },
    ]
}
