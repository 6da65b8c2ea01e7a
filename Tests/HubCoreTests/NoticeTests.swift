// Who is told what, where and in which words.

import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import HubCore

@Suite("Notices")
struct NoticeTests {
    // MARK: Written with the change

    @Test("an office may say for a citizen how to be told, but not lead elsewhere what the citizen has chosen")
    func officeChoice() async throws {
        let hub = try await TellingHub.open()
        let first = HubContact.with { ($0.channels, $0.phone) = ([.webhook], "+6281200000001") }
        let second = HubContact.with { ($0.channels, $0.phone) = ([.webhook], "+6281200000002") }
        try await hub.choose(first, by: .officer, for: SmallHub.anna)
        #expect(
            try await refusal { try await hub.choose(second, by: .officer, for: SmallHub.anna) } == .permissionDenied)
        try await hub.choose(second, by: .portal, for: SmallHub.anna)
        try await hub.choose(first, by: .admin, for: SmallHub.anna)
    }

    @Test("each change leaves a notice with the case's number, stage and what is left, once however often it is sent")
    func eachChange() async throws {
        let hub = try await TellingHub.open { $0.stages[0].title = .with { ($0.id, $0.en) = ("Diterima", "Received") } }
        let key = [UInt8](repeating: 9, count: 16)
        let state = try await hub.small.submit(for: SmallHub.anna, key: key)
        _ = try await hub.small.submit(for: SmallHub.anna, key: key)
        let waiting = try await hub.notices(.waiting)
        #expect(waiting.map(\.recipient) == [SmallHub.anna] && waiting.map(\.occasion) == [.stage])
        #expect(waiting[0].subject.id == "Kabar \(state.number)")
        #expect(waiting[0].text.id == "\(state.number) Diterima\nSisa: Sisa 72 jam")
        #expect(waiting[0].text.en == "\(state.number) Received\nLeft: 72 hours left")
        try await hub.small.act("catat", on: state, by: .officer)
        #expect(try await hub.notices(.waiting).map(\.occasion) == [.stage, .changed])
        let status = try await hub.small.call(.status, HubStatusRequest(), as: HubStatusReply.self, by: .admin)
        #expect(status.noticesWaiting == 2)
    }

    @Test("a line whose placeholder has no value is left out")
    func emptyLine() async throws {
        let hub = try await TellingHub.open { $0.clocks = [] }
        try await hub.small.submit(for: SmallHub.anna)
        #expect(try await hub.notices(.waiting)[0].text.id.contains("Sisa") == false)
    }

    @Test("a hub without a channel leaves no notices, and neither does an old register that is taken over")
    func nobody() async throws {
        let mute = try await SmallHub.open()
        try await mute.submit(for: SmallHub.anna)
        #expect(try await mute.ledger.notices(.waiting, after: nil, limit: 9).isEmpty)
        let hub = try await TellingHub.open()
        let request = LayananImportRequest.with {
            $0.service = SmallHub.service
            $0.form = [.with { ($0.name, $0.text) = ("isi", "Lama") }]
            $0.createdMs = Sample.now - 1_000
            $0.origin = .with { ($0.source, $0.sourceID) = ("lama", "1") }
        }
        _ = try await hub.small.call(.importComplaint, request, as: LayananCaseReply.self, by: .importer)
        #expect(try await hub.notices(.waiting).isEmpty)
    }

    @Test("the text for a service and its stage goes before the one for all, and one that is silent tells nobody")
    func overrides() async throws {
        let own = TellingHub.template(.changed, "Khusus {nomor}") { $0.service = SmallHub.service }
        let silent = TellingHub.template(.stage, "") {
            ($0.service, $0.stage, $0.silent) = (SmallHub.service, "ditangani", true)
        }
        let hub = try await TellingHub.open(templates: TellingHub.templates + [own, silent])
        let state = try await hub.small.submit(for: SmallHub.anna)
        #expect(try await hub.notices(.waiting).map(\.text.id) == ["Khusus \(state.number)"])
        try await hub.small.act("tangani", on: state, by: .officer)
        #expect(try await hub.notices(.waiting).count == 1)
    }

    // MARK: The person's choice

    @Test("the person's first channel that this hub has is taken, with the person's address and language")
    func choice() async throws {
        let hub = try await TellingHub.open()
        try await hub.choose(
            .with {
                ($0.channels, $0.email, $0.language) = ([.email, .file], "Warga@Contoh.Example", .english)
            }, for: SmallHub.anna)
        let state = try await hub.small.submit(for: SmallHub.anna)
        try await hub.small.submit(for: SmallHub.budi)
        try await hub.deliver()
        #expect(hub.email.carried.map(\.address) == ["Warga@contoh.example"])
        #expect(hub.email.carried[0].subject == "News of \(state.number)")
        #expect(
            hub.file.carried.map(\.address) == [SmallHub.budi], "who has not chosen is told by the standard channel")
        #expect(try await hub.notices(.delivered).count == 2)
    }

    @Test("who wants no notices gets none, until the choice is forgotten; then no address is left in the ledger")
    func none() async throws {
        let ledger = InMemoryLedger()
        let hub = try await TellingHub.open(ledger: ledger)
        try await hub.choose(HubContact(), for: SmallHub.anna)
        try await hub.small.submit(for: SmallHub.anna)
        try await hub.deliver()
        #expect(hub.file.carried.isEmpty)
        #expect(try await hub.notices(.undeliverable).map(\.outcome) == ["none wanted"])
        try await hub.choose(.with { ($0.channels, $0.phone) = ([.webhook], "081200000001") }, for: SmallHub.anna)
        try await hub.choose(nil, for: SmallHub.anna)
        let kept = try await ledger.records(prefix: "contact/")
        #expect(kept.map(\.body) == [[]] && !kept[0].key.contains("3318"))
        try await hub.small.submit(for: SmallHub.anna)
        try await hub.deliver()
        #expect(hub.file.carried.count == 1)
    }

    @Test("a choice that leads nowhere is refused with every reason, and repeats no address")
    func wrongChoice() async throws {
        let hub = try await TellingHub.open()
        let wrong = HubContact.with {
            ($0.channels, $0.email, $0.phone) = ([.email, .email], "a@b.id\r\nBcc: c@d.id", "12")
        }
        do {
            try await hub.choose(wrong, for: SmallHub.anna)
            Issue.record("it was taken")
        } catch let error as HubError {
            #expect(error.code == .contactInvalid)
            #expect(error.violations.map(\.field) == ["channels", "email", "phone"])
            #expect(!"\(error) \(error.violations)".contains("b.id"))
        }
    }

    @Test("the form's telephone serves who has not chosen, and goes before the choice of a counter's program")
    func formAddress() async throws {
        let hub = try await TellingHub.open(standard: [.webhook, .file])
        try await hub.choose(.with { ($0.channels, $0.email) = ([.email], "loket@contoh.example") }, by: .officer)
        let request = LayananSubmitRequest.with {
            $0.service = SmallHub.service
            $0.form = [
                .with { ($0.name, $0.text) = ("isi", "Jalan berlubang") },
                .with { ($0.name, $0.text) = ("telepon", "0812-0000-0002") },
            ]
        }
        _ = try await hub.small.call(.fileComplaint, request, as: LayananCaseReply.self, by: .officer)
        _ = try await hub.small.call(
            .fileComplaint, request, as: LayananCaseReply.self, by: .portal, for: SmallHub.budi)
        try await hub.deliver()
        #expect(hub.webhook.carried.map(\.address) == ["+6281200000002", "+6281200000002"])
        #expect(hub.email.carried.isEmpty)
    }

    @Test(
        "a channel that refuses gives way to the person's next; without another the notice is dead, and can be sent again"
    )
    func nextChannel() async throws {
        let hub = try await TellingHub.open()
        try await hub.choose(
            .with { ($0.channels, $0.email) = ([.email, .file], "w@contoh.example") }, for: SmallHub.anna)
        hub.email.answer(.refused(what: "smtp 550"))
        try await hub.small.submit(for: SmallHub.anna)
        try await hub.deliver()
        #expect(hub.email.carried.count == 1 && hub.file.carried.count == 1)
        #expect(hub.email.carried[0].id == hub.file.carried[0].id)
        hub.file.answer(.refused(what: "no"))
        try await hub.small.submit(for: SmallHub.budi)
        try await hub.deliver()
        let list = try await hub.small.call(
            .listNotices, HubAdminListNoticesRequest(), as: HubAdminListNoticesReply.self, by: .admin)
        #expect(list.notices.map(\.outcome) == ["no"] && list.counts.dead == 1)
        #expect(!list.textFormatString().contains("3318"), "an operator sees nobody's name")
        let retry = HubAdminRetryNoticesRequest.with { $0.channel = .file }
        let again = try await hub.small.call(.retryNotices, retry, as: HubAdminRetryNoticesReply.self, by: .admin)
        #expect(again.notices == 1)
        try await hub.deliver()
        #expect(hub.file.carried.count == 3 && hub.file.carried[1].id == hub.file.carried[2].id)
        let done = HubAdminRetryNoticesRequest.with { $0.id = list.notices[0].id }
        await #expect(throws: HubError(.noticeUnknown, "")) {
            try await hub.small.call(.retryNotices, done, as: HubAdminRetryNoticesReply.self, by: .admin)
        }
    }

    @Test("what waits for a channel that the hub no longer has goes the person's next way")
    func lostChannel() async throws {
        let ledger = InMemoryLedger()
        let hub = try await TellingHub.open(ledger: ledger)
        try await hub.choose(
            .with { ($0.channels, $0.email) = ([.email, .file], "w@contoh.example") }, for: SmallHub.anna)
        hub.email.answer(.later(what: "down", channelFails: true))
        try await hub.small.submit(for: SmallHub.anna)
        try await hub.deliver()
        #expect(try await hub.notices(.waiting).map(\.channel) == [.email])
        let without = try await TellingHub.open(channels: [.file, .webhook], ledger: ledger)
        try await without.small.hub.outbox?.reroute()
        without.small.clock.advance(toMillis: hub.small.clock.nowMillis() + 86_400_000)
        try await without.deliver()
        #expect(without.file.carried.count == 1)
        #expect(try await without.notices(.waiting).isEmpty)
    }

    @Test("after a restore another end of the same case is another notice; the same change stays the same")
    func otherLog() {
        let id = [UInt8](repeating: 4, count: 16)
        let first = NoticeID.of(id, version: 6, ordinal: 0, log: [UInt8](repeating: 1, count: 16))
        let second = NoticeID.of(id, version: 6, ordinal: 0, log: [UInt8](repeating: 2, count: 16))
        #expect(first != second && first.count == 24 && first.starts(with: id) && first[16] < 0x80)
        #expect(first == NoticeID.of(id, version: 6, ordinal: 0, log: [UInt8](repeating: 1, count: 16)))
    }

    // MARK: Officers and clocks

    @Test("who holds a request of their own is reminded once, and holding it does not fail")
    func twinReminder() async throws {
        let templates = [HubNoticeReader.applicant, .holder].map { reader in
            TellingHub.template(.deadlineNear, "{nomor}", "-", reader) { $0.hoursBefore = 24 }
        }
        let hub = try await TellingHub.open(templates: templates)
        let state = try await hub.small.submit(by: .officer)
        #expect(state.applicant == Caller.officer.principal.urn)
        let request = LayananHoldRequest.with { $0.case = state.number }
        _ = try await hub.small.call(.claimCase, request, as: LayananCaseReply.self, by: .officer)
        #expect(try await hub.notices(.waiting).count == 1)
    }

    @Test("a reminder comes so many hours before its clock passes, and not at all when the clock has stopped")
    func reminder() async throws {
        let near = TellingHub.template(.deadlineNear, "{nomor}: {sisa}, {batas}") { $0.hoursBefore = 24 }
        let hub = try await TellingHub.open(templates: [near])
        let first = try await hub.small.submit(for: SmallHub.anna)
        let second = try await hub.small.submit(for: SmallHub.budi)
        try await hub.small.act("catat", on: first, by: .officer)  // The clock goes on: no second reminder.
        #expect(try await hub.notices(.waiting).count == 2)
        hub.small.wait(hours: 47)
        try await hub.deliver()
        #expect(hub.file.carried.isEmpty)
        try await hub.small.act("tangani", on: second, by: .officer)
        hub.small.wait(hours: 1)
        try await hub.deliver()
        #expect(hub.file.carried.map(\.address) == [SmallHub.anna])
        #expect(hub.file.carried[0].text.hasPrefix("\(first.number): Sisa 24 jam, 8 Januari 2026 pukul"))
        #expect(try await hub.notices(.moot).count == 1)
    }

    @Test("texts of what was settled are gone after their time, and only then")
    func emptied() async throws {
        let hub = try await TellingHub.open()
        try await hub.small.submit(for: SmallHub.anna)
        try await hub.deliver()
        hub.small.wait(hours: 30 * 24)
        try await hub.deliver()
        #expect(try await hub.notices(.delivered).count == 1)
        hub.small.wait(hours: 1)
        try await hub.deliver()
        #expect(try await hub.notices(.delivered).isEmpty)
        let id = [UInt8](hub.file.carried[0].id.utf8)
        let kept = try await hub.small.ledger.notice(
            id: try #require(NoticeID.bytes(String(decoding: id, as: UTF8.self))))
        #expect(kept?.state == .delivered && kept?.hasText == false && kept?.recipient.isEmpty == true)
    }

    // MARK: Trying

    @Test("waits grow to their bound, and a channel that fails three times rests; then one notice is tried")
    func patience() {
        var policy = OutboxPolicy()
        policy.firstRetryMillis = 1_000
        policy.retryMillisMax = 60_000
        for attempts in UInt32(1)...100 {
            let most = attempts > 6 ? 60_000 : Int64(1_000) << Int64(attempts - 1)
            for random in [UInt64.min, 7, .max] {
                let wait = policy.wait(after: attempts, random: random)
                #expect((most / 2...most).contains(wait), "\(attempts): \(wait)")
            }
        }
        var circuit = ChannelCircuit()
        for _ in 0..<3 {
            #expect(circuit.room(nowMillis: 0, of: 16) == 16)
            circuit.failed(nowMillis: 0)
        }
        #expect(circuit.room(nowMillis: 4_999, of: 16) == 0 && circuit.room(nowMillis: 5_000, of: 16) == 1)
        circuit.failed(nowMillis: 5_000)
        #expect(circuit.room(nowMillis: 14_999, of: 16) == 0 && circuit.room(nowMillis: 15_000, of: 16) == 1)
        circuit.worked()
        #expect(circuit.room(nowMillis: 15_000, of: 16) == 16)
    }
}
