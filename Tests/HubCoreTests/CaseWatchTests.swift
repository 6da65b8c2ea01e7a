// Watching: what is shown to whom, and where it goes on after a break.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Synchronization
import Testing

@Suite("case watch", .timeLimit(.minutes(5)))
struct CaseWatchTests {
    /// Keeps what it is sent, up to a number of messages; then it counts as slow.
    final class Reader: StreamSink {
        private let updates = Mutex<[LayananWatchUpdate]>([])
        private let most: Int

        init(most: Int = .max) { self.most = most }

        var seen: [LayananWatchUpdate] { updates.withLock { $0 } }
        var events: [HubEvent] { seen.flatMap(\.events) }

        func send(_ message: [UInt8], cursor: [UInt8]) async throws(HubError) {
            guard let update = try? LayananWatchUpdate(serializedBytes: message) else {
                throw HubError(.messageMalformed, "no update")
            }
            let isFull = updates.withLock { updates in
                guard updates.count < most else { return true }
                updates.append(update)
                return false
            }
            if isFull { throw HubError(.slowConsumer, "full") }
        }

        /// Waits until as many events have come.
        func wait(events count: Int) async {
            while events.count < count, !Task.isCancelled { await Task.yield() }
        }

        func begun() async {
            while seen.isEmpty, !Task.isCancelled { await Task.yield() }
        }
    }

    private func watch(
        _ hub: SmallHub, _ request: LayananWatchRequest = .init(), by caller: Caller, for citizen: String = "",
        from cursor: [UInt8] = [], into reader: Reader
    ) throws -> Task<StreamInterruption?, Never> {
        guard
            case .stream(let body) = try hub.hub.router.route(
                HubMethod.watchCases.path, hub.hub.router.access(of: caller.role)
            ).handler
        else { throw HubError(.methodUnknown, "no stream") }
        let bytes: [UInt8] = try request.serializedBytes()
        let context = CallContext(method: .watchCases, actor: caller.actor(for: citizen), resumeFrom: cursor)
        return Task {
            do throws(StreamInterruption) {
                try await body(context, bytes, reader)
                return nil
            } catch { return error }
        }
    }

    @Test("a unit that is asked for advice sees the case's events from then on, with what others advise")
    func consulted() async throws {
        let hub = try await ConsultingHub.open()
        let (order, other) = (Reader(), Reader())
        let watches = [
            try watch(hub.small, by: .guardian, into: order), try watch(hub.small, by: .stranger, into: other),
        ]
        await order.begun()
        await other.begun()
        let state = try await hub.file()
        try await hub.advise("kecamatan", on: state, by: .district, note: "Aman")
        try await hub.small.act("kembalikan", on: state, by: .officer)
        await order.wait(events: 3)
        #expect(order.events.map(\.kind) == [.submitted, .consulted, .acted])
        #expect(order.events[1].note == "Aman")
        #expect(other.events == [])
        for watch in watches { watch.cancel() }
    }

    @Test("a citizen's watch shows the own cases alone, and nothing of an officer but role and department")
    func citizen() async throws {
        let hub = try await SmallHub.open()
        let (anna, office) = (Reader(), Reader())
        let watches = [
            try watch(hub, by: .portal, for: SmallHub.anna, into: anna), try watch(hub, by: .officer, into: office),
        ]
        await anna.begun()
        await office.begun()
        try await hub.submit(for: SmallHub.budi)
        let state = try await hub.submit(for: SmallHub.anna)
        try await hub.act("tangani", on: state, by: .officer)
        await anna.wait(events: 2)
        await office.wait(events: 3)
        #expect(anna.events.map(\.number) == [state.number, state.number])
        #expect(anna.events.last?.actor == .with { ($0.role, $0.department) = ("officer", "pengaduan") })
        #expect(office.events.last?.actor.principal == Caller.officer.principal.urn)
        #expect(office.events.allSatisfy { $0.applicant.isEmpty && $0.actor.onBehalfOf.isEmpty && $0.form.isEmpty })
        for watch in watches { watch.cancel() }
    }

    @Test("another department's officer who claims to speak for a citizen watches nothing")
    func claim() async throws {
        let hub = try await SmallHub.open()
        let reader = Reader()
        let state = try await hub.submit(for: SmallHub.anna)
        let refused = await
            (try watch(
                hub, .with { $0.case = state.number }, by: .stranger, for: SmallHub.anna, into: reader)).value
        #expect(refused?.error.code == .caseNotFound)
        let hubID = try await hub.ledger.head().hubID
        let cursor = CursorSeal(key: SmallHub.cursorKey).cursor(
            hubID: hubID, sequence: 0, principal: Caller.stranger.actor(for: "").principal)
        let watching = try watch(hub, by: .stranger, for: SmallHub.anna, from: cursor.bytes, into: reader)
        let own = try await hub.submit(by: .stranger)
        await reader.wait(events: 1)
        #expect(reader.events.map(\.number) == [own.number])
        watching.cancel()
    }

    @Test("a department sees what happens to another's case while one of its units holds it, reasons and all")
    func heldElsewhere() async throws {
        var bundle = SmallHub.bundle
        bundle[HubOrganisation.self] = [
            .with {
                ($0.name, $0.version) = ("makmur", "1")
                $0.units = [
                    .with { $0.code = "kabupaten" },
                    .with { ($0.code, $0.parent, $0.department) = ("izin", "kabupaten", "perizinan") },
                ]
            }
        ]
        let hub = try await SmallHub.open(bundle: bundle) { question, acceptance in
            var acceptance = acceptance
            if question.command.action == "tangani" { acceptance.unit = "izin" }
            return acceptance
        }
        let reader = Reader()
        let watching = try watch(hub, by: .stranger, into: reader)
        await reader.begun()
        let state = try await hub.submit()
        try await hub.act("tangani", on: state, by: .officer, note: "ke perizinan")
        await reader.wait(events: 1)
        #expect(reader.events.map(\.action) == ["tangani"])
        #expect(reader.events.first?.actor.principal == Caller.officer.principal.urn)
        watching.cancel()
    }

    @Test("a cursor with any bit changed is refused, and so is another principal's")
    func forgedCursor() async throws {
        let hub = try await SmallHub.open()
        try await hub.submit(for: SmallHub.anna)
        let reader = Reader(most: 0)
        let own = try #require(await (try watch(hub, by: .officer, into: Reader(most: 0))).value).cursor
        let cursor =
            own.isEmpty
            ? CursorSeal(key: SmallHub.cursorKey).cursor(
                hubID: try await hub.ledger.head().hubID, sequence: 1,
                principal: Caller.officer.actor(for: "").principal
            ).bytes : own
        for bit in 0..<cursor.count * 8 {
            var forged = cursor
            forged[bit / 8] ^= 1 << (bit % 8)
            let refused = await (try watch(hub, by: .officer, from: forged, into: reader)).value
            #expect(refused?.error.code == .cursorInvalid, "bit \(bit)")
        }
        let other = await (try watch(hub, by: .stranger, from: cursor, into: reader)).value
        #expect(other?.error.code == .permissionDenied)
    }

    @Test("a watch that was cut or left goes on at its cursor, without a gap and without a repetition")
    func resume() async throws {
        let hub = try await SmallHub.open()
        let slow = Reader(most: 3)
        let first = try watch(hub, by: .officer, into: slow)
        await slow.begun()
        for count in 1...5 {
            try await hub.submit(for: SmallHub.anna)
            // One message for each, as long as it has room.
            await slow.wait(events: min(count, 2))
        }
        let cut = try #require(await first.value)
        #expect(cut.error.code == .slowConsumer)
        let rest = Reader()
        let second = try watch(hub, by: .officer, from: cut.cursor, into: rest)
        await rest.wait(events: 3)
        #expect((slow.events + rest.events).map(\.sequence) == Array(2...6), "1 is the bundle's publication")
        second.cancel()
        let left = try #require(await second.value)
        #expect(left.error.code == .cancelled)
        #expect(try HubCursor(serializedBytes: left.cursor).sequence == 6)
    }
}
