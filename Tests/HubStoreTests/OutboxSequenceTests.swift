// Whatever channels do and whenever the hub dies: no notice is lost, and none waits for ever.

import Foundation
import HubDomain
import HubProto
import HubTestKit
import Logging
import Synchronization
import Testing

@testable import HubCore
@testable import HubStore

/// Numbers that follow from a seed, for several tasks.
private final class Dice: Sendable {
    private let numbers: Mutex<SplitMix64>

    init(_ seed: UInt64) { numbers = Mutex(SplitMix64(seed: seed)) }

    func roll() -> UInt64 { numbers.withLock { $0.next() } }

    func roll(of sides: UInt64) -> UInt64 { roll() % sides }
}

/// Takes notices, and takes them without saying so; now and then the hub dies while it does.
private struct CapriciousCourier: NoticeCourier {
    let dice: Dice
    let taken: Shared<Set<String>>
    let die: @Sendable () -> Void

    func deliver(_ parcel: NoticeParcel) async -> CourierOutcome {
        let fate = dice.roll(of: 16)
        if fate < 9 { _ = taken.value.withLock { $0.insert(parcel.id) } }
        if dice.roll(of: 14) == 0 { die() }
        return switch fate {
        case 0..<7: .delivered(what: "taken")
        case 7..<13: .later(what: "later", channelFails: fate.isMultiple(of: 2))
        default: .refused(what: "refused")
        }
    }
}

@Suite("Sequences of the outbox")
struct OutboxSequenceTests {
    @Test(
        "every notice ends delivered or dead, and what is told as delivered was taken, wherever the hub dies",
        arguments: UInt64(1)...6)
    func nothingIsLost(seed: UInt64) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("outbox-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let dice = Dice(seed)
        let clock = ManualClock(startMillis: Sample.now)
        let taken = Shared(Set<String>())
        var ledger = try SQLiteLedger.open(path: folder, nowMillis: Sample.now) { [UInt8](repeating: 7, count: 16) }
        let count = 24
        try await fill(ledger, count, dice)
        var deaths = 0
        for _ in 0..<2_000 {
            guard try await ledger.counts().noticesWaiting > 0 else { break }
            let present = ledger
            let dying = DispatchGroup()
            // Closing waits for readers; a thread of Swift's tasks must not.
            let loop = outbox(present, clock, dice, taken) {
                DispatchQueue.global().async(group: dying) { try? present.close() }
            }
            do {
                _ = try await loop.choose()
                for (channel, courier) in loop.couriers {
                    _ = try await loop.carry(channel, courier, Shared(ChannelCircuit()))
                }
            } catch {
                deaths += 1
            }
            DispatchQueue.global().async(group: dying) { try? present.close() }
            await withCheckedContinuation { done in dying.notify(queue: .global()) { done.resume() } }
            ledger = try SQLiteLedger.open(path: folder, nowMillis: Sample.now) { [] }
            clock.advance(toMillis: clock.nowMillis() + Int64(dice.roll(of: 7_200_000)))
        }
        let delivered = try await ledger.notices(.delivered, after: nil, limit: 100)
        let dead = try await ledger.notices(.dead, after: nil, limit: 100)
        let nowhere = try await ledger.notices(.undeliverable, after: nil, limit: 100)
        #expect(try await ledger.counts().noticesWaiting == 0)
        #expect(delivered.count + dead.count + nowhere.count == count)
        #expect(nowhere.allSatisfy { $0.givenUp.isEmpty })
        let known = taken.value.withLock { $0 }
        #expect(delivered.allSatisfy { known.contains(NoticeID.text($0.id)) })
        #expect(!delivered.isEmpty, "\(deaths) deaths")
        try ledger.close()
    }

    /// Notices of people with all kinds of choices.
    private func fill(_ ledger: any Ledger, _ count: Int, _ dice: Dice) async throws {
        for number in 1...count {
            var commit = Sample.commit(Sample.newCase(number))
            let person = commit.cases[0].state.applicant
            let notice = HubNotice.with {
                ($0.id, $0.state) = (.init(NoticeID.of(Sample.id(number), version: 1, ordinal: 0, log: [7])), .waiting)
                ($0.recipient, $0.caseID, $0.dueMs) = (person, .init(Sample.id(number)), Sample.now)
                ($0.reader, $0.text) = (.applicant, .with { ($0.id, $0.en) = ("Isi", "Text") })
            }
            let contact = HubContact.with {
                $0.channels = NoticeChannels.all.filter { _ in dice.roll(of: 2) == 0 }
                ($0.email, $0.phone) = ("w@contoh.example", "+6281200000000")
            }
            commit.notices = [NoticeWrite(notice)]
            commit.records = [
                RecordWrite(
                    key: ContactBook.recordKey(person), expectedVersion: 0, body: try contact.serializedBytes())
            ]
            try await ledger.write(commit)
        }
    }

    private func outbox(
        _ ledger: any Ledger, _ clock: ManualClock, _ dice: Dice, _ taken: Shared<Set<String>>,
        die: @escaping @Sendable () -> Void
    ) -> OutboxLoop {
        let rulebook = Rulebook(ServiceCatalogue(bundles: []))
        let journal = Journal(ledger: ledger, feed: EventFeed(head: 0), bell: DeadlineBell())
        let courier = CapriciousCourier(dice: dice, taken: taken, die: die)
        var policy = OutboxPolicy()
        policy.attemptsMax = 3
        return OutboxLoop(
            ledger: ledger, journal: journal,
            contacts: ContactBook(ledger: ledger, rulebook: rulebook, standard: []),
            couriers: [.file: courier, .email: courier, .webhook: courier], policy: policy, bells: journal.outbox,
            board: OutboxBoard(), clock: clock, random: { dice.roll() },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}
