// What everybody may read, what is near, who follows: never more than is public.

import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import HubCore

@Suite("Publicity")
struct PublicityTests {
    private static let secret = ["sifat": "rahasia"]

    @Test("a submit's reply names public open cases of the same kind that are near, with metres and without words")
    func nearby() async throws {
        let hub = try await PublicHub.open()
        let first = try await hub.file(at: PublicHub.place()).case
        try await hub.file(["kategori": "lampu"], at: PublicHub.place(north: 10))
        let hidden = try await hub.file(Self.secret, at: PublicHub.place(north: 5)).case
        try await hub.file(at: PublicHub.place(north: 400))
        let reply = try await hub.file(at: PublicHub.place(north: 20), for: SmallHub.budi)
        #expect(reply.nearby.contains { $0.number == first.number && $0.stageTitle.en == "diterima" })
        #expect(!reply.nearby.contains { $0.number == hidden.number }, "a secret one is nobody's business")
        #expect(!reply.nearby.contains { $0.number == reply.case.number })
        #expect(reply.nearby.allSatisfy { $0.metres <= 130 && $0.metres % 10 == 0 })
        // The officer sees the secret one too, by the exact place and kind.
        let seen = try await hub.small.get(reply.case, by: .officer)
        #expect(Set(seen.likenesses.map(\.case)) == [first.number, hidden.number])
        #expect(seen.likenesses.allSatisfy { $0.rule == "dekat" && $0.score > 500 && $0.score < 1_000 })
        #expect(reply.case.likenesses.isEmpty, "and the applicant does not")
    }

    @Test("the same key gets the same reply, whatever came near meanwhile")
    func replayed() async throws {
        let hub = try await PublicHub.open()
        let key = Array("a key of this test".utf8)
        let first = try await hub.file(at: PublicHub.place(), key: key)
        try await hub.file(at: PublicHub.place(north: 5))
        #expect(try await hub.file(at: PublicHub.place(), key: key) == first)
    }

    @Test("a case that has ended, or is older than the rule says, is near no more")
    func gone() async throws {
        let hub = try await PublicHub.open()
        let ended = try await hub.file(at: PublicHub.place()).case
        try await hub.act("tarik", on: ended, by: .portal, for: SmallHub.anna, method: .withdrawComplaint)
        #expect(try await hub.file(at: PublicHub.place()).nearby.isEmpty)
        hub.small.wait(hours: 31 * 24)
        #expect(try await hub.file(at: PublicHub.place()).nearby.isEmpty)
        #expect(
            try await hub.small.get(try await hub.file(at: PublicHub.place()).case, by: .officer).likenesses.count == 1)
    }

    @Test(
        "looking around before complaining finds the same; wherever one asks from, a case seems to lie at its coarse place"
    )
    func around() async throws {
        let hub = try await PublicHub.open()
        let state = try await hub.file(at: PublicHub.place()).case
        func look(_ north: Int64) async throws -> LayananNearbyCase? {
            let request = LayananNearbyRequest.with {
                $0.service = SmallHub.service
                ($0.latitude, $0.longitude) = (PublicHub.place(north: north)[0].1, PublicHub.place()[1].1)
            }
            let reply = try await hub.small.call(
                .nearbyComplaints, request, as: LayananNearbyReply.self, by: .portal, for: SmallHub.budi)
            return reply.cases.first { $0.number == state.number }
        }
        let exact = try #require(GeoPoint(latitude: PublicHub.place()[0].1, longitude: PublicHub.place()[1].1))
        for north in stride(from: Int64(-200), through: 200, by: 7) {
            let asker = try #require(
                GeoPoint(latitude: PublicHub.place(north: north)[0].1, longitude: PublicHub.place()[1].1))
            let metres = asker.metres(to: exact.coarse)
            let found = try await look(north)
            #expect((found != nil) == (metres <= 50 + GeoPoint.coarseness), "\(north) m north")
            let told = Int(metres / 10) * 10
            if let found { #expect(Int(found.metres) == told) }
        }
        let nowhere = LayananNearbyRequest.with { ($0.service, $0.latitude) = (SmallHub.service, 91_000_000) }
        await #expect(throws: HubError(.filterInvalid, "")) {
            try await hub.small.call(.nearbyComplaints, nowhere, as: LayananNearbyReply.self, by: .portal)
        }
    }

    @Test(
        "the public list says where a case stands, who answers and whether it is late; never words, names or exact places"
    )
    func list() async throws {
        let hub = try await PublicHub.open()
        let state = try await hub.file(["wilayah": "340201", "isi": "Rumah Pak Budi nomor 7"], at: PublicHub.place())
            .case
        try await hub.act(
            "jawab", on: state, form: ["ringkasan": "Jalan rusak di dekat pasar"], note: "Pak Budi benar.")
        try await hub.file(Self.secret)
        let reply = try await hub.list()
        #expect(reply.cases.map(\.number) == [state.number] && reply.nextPageToken.isEmpty)
        let line = try #require(reply.cases.first)
        #expect(line.fields.map(\.name) == ["kategori", "wilayah", "ringkasan"])
        #expect((line.stage, line.unit, line.timeliness) == ("dijawab", "pengaduan", .onTime))
        #expect((line.latitude, line.longitude) == (-7_888, 110_329))
        let text = try reply.jsonString() + (try await hub.timeline(of: state)).jsonString()
        for word in ["Budi", "nik:", "3318", "Rumah", "petugas", "7887800"] { #expect(!text.contains(word), "\(word)") }
    }

    @Test("filters by category, area, stage and open; pages hold each case once, also when most are secret")
    func pages() async throws {
        let hub = try await PublicHub.open()
        var all: Set<String> = []
        for number in 0..<30 {
            let form = [
                "kategori": number % 3 == 0 ? "lampu" : "jalan", "sifat": number % 2 == 0 ? "rahasia" : "biasa",
            ]
            let state = try await hub.file(form.merging(["wilayah": number % 5 == 0 ? "3402" : "340201"]) { $1 }).case
            if number % 2 == 1 { all.insert(state.number) }
        }
        var seen: [String] = []
        var token = try await hub.list { $0.pageSize = 4 }
        seen += token.cases.map(\.number)
        while !token.nextPageToken.isEmpty {
            let next = token.nextPageToken
            token = try await hub.list { ($0.pageSize, $0.pageToken) = (4, next) }
            seen += token.cases.map(\.number)
        }
        #expect(seen.count == all.count && Set(seen) == all)
        #expect(try await hub.list { $0.category = "lampu" }.cases.count == 5)
        #expect(try await hub.list { ($0.category, $0.area) = ("lampu", "3402") }.cases.count == 1)
        #expect(try await hub.list { $0.area = "3402" }.cases.count == 3)
        #expect(try await hub.list { $0.stage = "selesai" }.cases.isEmpty)
    }

    @Test(
        "a timeline tells days, stages and lateness, not who and what; a secret case has none, like one that is not there"
    )
    func timeline() async throws {
        let hub = try await PublicHub.open()
        let state = try await hub.file().case
        hub.small.wait(hours: 73)
        try await hub.act("jawab", on: state, note: "Kami periksa.")
        let timeline = try await hub.timeline(of: state)
        #expect(timeline.steps.map(\.kind) == [.submitted, .deadlinePassed, .acted])
        #expect(timeline.steps.map(\.stage) == ["diterima", "diterima", "dijawab"])
        #expect(timeline.case.timeliness == .late && timeline.case.days == 3)
        let hidden = try await hub.file(Self.secret).case
        await #expect(throws: HubError(.caseNotFound, "")) { try await hub.timeline(of: hidden) }
    }

    @Test("of a long history the public reads every step, not only those among the first events")
    func longTimeline() async throws {
        let hub = try await PublicHub.open()
        let state = try await hub.file().case
        for _ in 0..<210 { try await hub.act("jawab", on: state, note: "Kami periksa.") }
        try await hub.act("tutup", on: state)
        #expect(try await hub.timeline(of: state).steps.map(\.stage) == ["diterima", "dijawab", "verifikasi"])
    }

    @Test("neither another agency's time nor one that counts for nobody makes a case late for the public")
    func othersTime() async throws {
        let hub = try await PublicHub.open { definition in
            for (name, stage) in [("lembaga", "verifikasi"), ("catatan", "dijawab")] {
                definition.clocks.append(
                    .with {
                        ($0.name, $0.unit, $0.amount, $0.runsIn) = (name, .hours, 1, [stage])
                        $0.onPassed = name == "lembaga" ? .escalate : .mark
                    })
            }
            for index in definition.stages.indices where definition.stages[index].name == "verifikasi" {
                definition.stages[index].inquires = .with {
                    ($0.name, $0.authority, $0.answeredTo, $0.refusedTo) = ("tanya", "lembaga", "dijawab", "dijawab")
                    ($0.leaseSeconds, $0.waitSeconds, $0.waitSecondsMax, $0.faultsMax) = (300, 60, 3_600, 3)
                    ($0.hoursMax, $0.receives) = (720, [.with { $0.field = "kelas" }])
                }
            }
        }
        let state = try await hub.file().case
        for (action, passed) in [("jawab", "catatan"), ("tutup", "lembaga")] {
            try await hub.act(action, on: state, note: "Kami periksa.")
            hub.small.wait(hours: 2)
            try await hub.small.hub.deadlines.fire()
            let deadlines = try await hub.small.get(state, by: .officer).deadlines
            #expect(deadlines.first { $0.name == passed }?.state == .passed)
        }
        let timeline = try await hub.timeline(of: state)
        #expect(timeline.case.timeliness == .onTime && !timeline.steps.contains { $0.kind == .deadlinePassed })
    }

    @Test("with which case one goes on is told while that one is public, and not of a secret one")
    func joined() async throws {
        let hub = try await PublicHub.open()
        let (one, other) = (try await hub.file().case, try await hub.file().case)
        let hidden = try await hub.file(Self.secret).case
        try await hub.merge(one, into: other)
        #expect(try await hub.timeline(of: one).case.mergedInto == other.number)
        let view = PublicView(catalogue: try await PublicHub.catalogue(), nowMillis: Sample.now)
        var state = one
        state.mergedInto = hidden.number
        let shown = try await view.case(state, PublicHub.definition(), hub.small.ledger)
        #expect(shown.number == one.number && shown.mergedInto.isEmpty)
    }

    // MARK: Following

    @Test("who follows a public case is told where it stands, at no address of its form; again changes nothing")
    func follow() async throws {
        let hub = try await PublicHub.open { $0.contact.phone = "" }
        let state = try await hub.file().case
        #expect(try await hub.follow(state).followed == 1)
        #expect(try await hub.follow(state).followed == 1)
        try await hub.act("jawab", on: state, note: "Kami periksa.")
        let told = try await hub.small.ledger.notices(.waiting, after: nil, limit: 100)
            .filter { $0.recipient == SmallHub.budi }
        #expect(told.count == 1 && told.first?.text.id.contains("DIJAWAB") == true)
        let contacts = ContactBook(
            ledger: hub.small.ledger, rulebook: Rulebook(try await PublicHub.catalogue()), standard: [.file])
        let notice = try #require(told.first)
        #expect(try await contacts.contact(for: notice, state).phone.isEmpty)
        #expect(try await hub.follow(state, .unfollowComplaint).following == false)
        #expect(try await hub.follow(state, .unfollowComplaint).followed == 0)
        try await hub.act("tutup", on: state)
        #expect(
            try await hub.small.ledger.notices(.waiting, after: nil, limit: 100)
                .count { $0.recipient == SmallHub.budi } == 1)
    }

    @Test("a secret case, one's own and one that has ended are not followed")
    func refused() async throws {
        let hub = try await PublicHub.open()
        let (state, hidden) = (try await hub.file().case, try await hub.file(Self.secret).case)
        await #expect(throws: HubError(.caseNotFound, "")) { try await hub.follow(hidden) }
        await #expect(throws: HubError(.followRefused, "")) { try await hub.follow(state, by: SmallHub.anna) }
        try await hub.act("tarik", on: state, by: .portal, for: SmallHub.anna, method: .withdrawComplaint)
        await #expect(throws: HubError(.followRefused, "")) { try await hub.follow(state) }
        await #expect(throws: HubError(.caseNotFound, "")) { try await hub.follow(hidden, .unfollowComplaint) }
    }

    @Test("many who follow one case at the same time are all told, each once")
    func atOnce() async throws {
        let hub = try await PublicHub.open()
        let state = try await hub.file().case
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<12 {
                for _ in 0..<2 { group.addTask { try await hub.follow(state, by: "nik:\(number)") } }
            }
            try await group.waitForAll()
        }
        try await hub.act("jawab", on: state, note: "Kami periksa.")
        let told = try await hub.small.ledger.notices(.waiting, after: nil, limit: 100).map(\.recipient)
        #expect(told.filter { $0 != SmallHub.anna }.sorted() == (0..<12).map { "nik:\($0)" }.sorted())
    }

    @Test("one person follows at most 200 cases, however many at once")
    func bounded() async throws {
        let hub = try await PublicHub.open { $0.limits = [] }
        let book = FollowBook(ledger: hub.small.ledger)
        var commit = Commit(key: nil, atMillis: 1)
        let known = (0..<FollowBook.casesMax - 1).map { number in
            [UInt8](repeating: 0, count: 14) + [UInt8(number / 256), UInt8(number % 256)]
        }
        let record = try #require(try await book.change(SmallHub.budi, known[0], follows: true)?.records[0])
        commit.records = [RecordWrite(key: record.key, expectedVersion: 0, body: known.flatMap(\.self))]
        _ = try await hub.small.ledger.commit(commit)
        let (one, other) = (try await hub.file().case, try await hub.file().case)
        let done = await withTaskGroup(of: Bool.self) { group in
            for state in [one, other] { group.addTask { (try? await hub.follow(state)) != nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(done == 1)
        #expect(try await book.cases(of: SmallHub.budi).ids.count == FollowBook.casesMax)
    }
}
