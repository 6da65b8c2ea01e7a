// Papers in the life of a case: issued, waited for, printed again, superseded, revoked, and verified by whoever holds one.

import Crypto
import HubCore
import HubDomain
import HubPapers
import HubProto
import HubTestKit
import HubTrust
import Synchronization
import Testing

/// A hub whose one service issues a paper, with the real press and a real key.
struct PaperHub {
    let small: SmallHub
    let key: PaperPublicKey

    static func open(
        ledger: any Ledger = InMemoryLedger(), signer: MoodySigner? = nil, template: HubPaperTemplate = template,
        signatory: (any PaperSignatory)? = nil,
        _ change: (inout HubServiceDefinition) -> Void = { _ in }
    ) async throws -> PaperHub {
        var definition = SmallHub.definition
        definition.stages = ["diterima", "ditangani", "selesai", "dicabut"].map { name in
            .with { ($0.name, $0.ended) = (name, ["selesai", "dicabut"].contains(name)) }
        }
        definition.stages[2].issues = [
            .with {
                ($0.paper, $0.number, $0.validMonths) = ("surat", "{urut:4}/SRT/{rom}/{yyyy}", 12)
                $0.values = [.with { ($0.name, $0.text) = ("pejabat", "Dra. Contoh") }]
            }
        ]
        definition.stages[3].revokes = ["surat"]
        definition.actions[2].to = ["selesai"]
        definition.actions.append(
            .with {
                ($0.name, $0.kind, $0.from, $0.to, $0.roles) = ("cabut", .act, ["selesai"], ["dicabut"], ["officer"])
            })
        definition.actions.append(
            .with {
                ($0.name, $0.kind, $0.from, $0.to, $0.roles) = ("ubah", .act, ["selesai"], ["selesai"], ["officer"])
                $0.reissues = ["surat"]
            })
        change(&definition)
        let leads = Dictionary(uniqueKeysWithValues: definition.actions.map { ($0.name, $0.to.first ?? "") })
        let bundle = LoadedBundle(
            module: "uji", department: "pengaduan", definitions: [definition],
            standing: [PublishingHub.calendar(), template])
        let key = try PaperKey()
        let press = try PaperPress()
        let small = try await SmallHub.open(
            ledger: ledger, bundle: bundle,
            answer: { question, _ in .with { $0.stage = leads[question.command.action] ?? "" } },
            equip: { ports in
                ports.printer = press
                ports.paperSigner = signer.map { $0.with(key) } ?? key
                ports.paperKeys = [key.publicKey]
                ports.signatory = signatory
            })
        return PaperHub(small: small, key: key.publicKey)
    }

    static let template = HubPaperTemplate.with {
        ($0.name, $0.version, $0.legalBasis) = ("surat", "1", ["uji"])
        $0.letterhead.office = "DINAS UJI"
        $0.title.id = "SURAT KETERANGAN"
        $0.numberLine = "Nomor: {nomor}"
        $0.blocks = [
            .with {
                $0.facts.facts = [
                    .with { ($0.label, $0.value) = ("Isi", "{isi}") },
                    .with { ($0.label, $0.value) = ("Berlaku sampai", "{berlaku_sampai}") },
                ]
            }
        ]
        ($0.signature.date, $0.signature.post, $0.signature.name) = ("{tanggal_terbit}", ["KEPALA"], "{pejabat}")
        ($0.qrCaption.id, $0.footer.id) = ("Pindai.", "Kaki.")
        $0.seal = ["isi"]
    }

    func issued(for citizen: String = "") async throws -> HubCase {
        let state = try await small.submit(for: citizen)
        return try await small.act("tangani", on: state, by: .officer)
    }

    func verify(_ paper: String, by caller: Caller = .portal) async throws -> LayananVerifyPaperReply {
        let request = LayananVerifyPaperRequest.with { $0.paper = paper }
        return try await small.call(.verifyPaper, request, as: LayananVerifyPaperReply.self, by: caller)
    }

    func reprint(_ state: HubCase, by caller: Caller = .officer, key: [UInt8]? = nil) async throws -> HubPaper {
        let request = LayananReprintPaperRequest.with {
            ($0.case, $0.number, $0.note) = (state.number, state.papers.last?.number ?? "", "Rusak terkena hujan")
        }
        return try await small.call(.reprintPaper, request, as: LayananReprintPaperReply.self, by: caller, key: key)
            .paper
    }

    func file(
        _ sha256: some Sequence<UInt8>, of state: HubCase, by caller: Caller, for citizen: String = ""
    ) async throws -> [UInt8] {
        let request = LayananGetDocumentRequest.with { ($0.sha256, $0.case) = (.init(sha256), state.number) }
        return [UInt8](
            try await small.call(.getDocument, request, as: LayananGetDocumentReply.self, by: caller, for: citizen).body
        )
    }
}

/// A signature service that is away for some calls.
final class MoodySigner: PaperSigner {
    private let away: Mutex<Int>
    private let key: PaperKey?

    init(awayFor calls: Int, _ key: PaperKey? = nil) {
        away = Mutex(calls)
        self.key = key
    }

    func with(_ key: PaperKey) -> MoodySigner { MoodySigner(awayFor: away.withLock { $0 }, key) }

    func seal(_ statement: [UInt8]) async throws(HubError) -> HubPaperSeal {
        let isAway = away.withLock { left in
            left -= 1
            return left >= 0
        }
        guard !isAway, let key else { throw HubError(.moduleUnavailable, "the signature service is away") }
        return try key.seal(statement)
    }
}

@Suite("papers in the life of a case")
struct PaperLifeTests {
    @Test("a case that comes to its end has its paper: numbered, sealed, kept, and there for its citizen alone")
    func issued() async throws {
        let hub = try await PaperHub.open()
        let state = try await hub.issued(for: SmallHub.anna)
        let paper = try #require(state.papers.last)
        #expect(paper.state == .issued && paper.number == "0001/SRT/I/2026")
        #expect(paper.issuedOn == "2026-01-05" && paper.validUntil == "2027-01-04")
        let statement = try PaperSealText.statement(in: paper.qr, by: hub.key)
        #expect(statement.number == paper.number && statement.facts.map(\.value) == ["Jalan berlubang"])
        let file = try await hub.file(paper.sha256, of: state, by: .portal, for: SmallHub.anna)
        #expect(file.starts(with: "%PDF-".utf8) && file.count == Int(paper.size))
        #expect(Array(SHA256.hash(data: file)) == [UInt8](paper.sha256))
        #expect(
            try await refusal { try await hub.file(paper.sha256, of: state, by: .portal, for: SmallHub.budi) }
                == .caseNotFound)
        let event = try #require(try await hub.small.history(of: state, by: .officer).events.last)
        #expect(event.papers.map(\.sha256) == [paper.sha256] && event.papers.allSatisfy { $0.values.isEmpty })
    }

    @Test("numbers follow each other without a gap and begin anew with the year")
    func numbers() async throws {
        let hub = try await PaperHub.open()
        var numbers: [String] = []
        for _ in 1...3 { numbers.append(try await hub.issued().papers.last?.number ?? "") }
        hub.small.clock.advance(toMillis: Sample.now + 365 * 24 * SmallHub.hour)
        numbers.append(try await hub.issued().papers.last?.number ?? "")
        #expect(numbers == ["0001/SRT/I/2026", "0002/SRT/I/2026", "0003/SRT/I/2026", "0001/SRT/I/2027"])
    }

    @Test("while the signature service is away the case goes on, its paper waits without a code, and comes when it can")
    func waits() async throws {
        let hub = try await PaperHub.open(signer: MoodySigner(awayFor: 3))
        let state = try await hub.issued()
        let due = try #require(state.papers.last)
        #expect(state.stage == "selesai" && due.state == .due && due.qr.isEmpty && due.sha256.isEmpty)
        #expect(due.number == "0001/SRT/I/2026")
        #expect(try await hub.verify(due.number).verdict == .false)
        _ = try await hub.small.hub.deadlines.advance(hub.small.clock, byMillis: 59_000)
        #expect(try await hub.small.get(state, by: .officer).papers.last?.attempts == 1)
        _ = try await hub.small.hub.deadlines.advance(hub.small.clock, byMillis: 3_600_000)
        let later = try await hub.small.get(state, by: .officer)
        let paper = try #require(later.papers.last)
        #expect(paper.state == .issued && paper.attempts == 3 && paper.number == due.number)
        #expect((try? PaperSealText.statement(in: paper.qr, by: hub.key)) != nil)
        let events = try await hub.small.history(of: later, by: .officer).events
        #expect(events.suffix(3).map(\.kind) == [.paper, .paper, .paper])
    }

    @Test("a paper that waits has a row in the clock's index, whatever the ledger")
    func timer() async throws {
        let hub = try await PaperHub.open(signer: MoodySigner(awayFor: 1))
        let state = try await hub.issued()
        let due = try await hub.small.ledger.dueDeadlines(nowMillis: .max, after: nil, limit: 10)
        #expect(due.map(\.name) == ["paper/surat"] && due.map(\.caseID) == [[UInt8](state.id)])
    }

    @Test("whoever holds a paper learns what it is worth: it holds, has expired, was revoked, or is false")
    func verified() async throws {
        let hub = try await PaperHub.open()
        var state = try await hub.issued()
        let paper = try #require(state.papers.last)
        for text in [paper.qr, paper.number] { #expect(try await hub.verify(text).verdict == .holds) }
        #expect(try await hub.verify(paper.qr).statement.facts.count == 1)
        #expect(try await hub.verify(paper.number).statement == HubPaperStatement())
        let changed = String(paper.qr.dropLast()) + (paper.qr.hasSuffix("0") ? "1" : "0")
        #expect(try await hub.verify(changed).verdict == .false)
        for other in ["", "9999/SRT/I/2026", "https://palsu.example/1", String(repeating: "A", count: 5_000)] {
            #expect(try await hub.verify(other).verdict == .false)
        }
        let foreign = try await PaperHub.open()
        let strange = try #require(try await foreign.issued().papers.last)
        #expect(try await hub.verify(strange.qr).verdict == .false)
        hub.small.clock.advance(toMillis: Sample.now + 366 * 24 * SmallHub.hour)
        #expect(try await hub.verify(paper.qr).verdict == .expired)
        state = try await hub.small.act("cabut", on: state, by: .officer, note: "Data tidak benar")
        #expect(state.papers.map(\.state) == [.revoked] && state.papers.last?.note == "Data tidak benar")
        #expect(try await hub.verify(paper.qr).verdict == .revoked)
    }

    @Test("a change issues the paper anew, and the one before is superseded")
    func superseded() async throws {
        let hub = try await PaperHub.open()
        let first = try await hub.issued()
        let second = try await hub.small.act("ubah", on: first, by: .officer)
        #expect(second.papers.map(\.state) == [.superseded, .issued])
        #expect(second.papers.map(\.number) == ["0001/SRT/I/2026", "0002/SRT/I/2026"])
        #expect(try await hub.verify(first.papers[0].qr).verdict == .superseded)
        #expect(try await hub.verify(second.papers[1].qr).verdict == .holds)
    }

    @Test("a paper that still waits when another is issued in its place is never issued, and stands in nobody's way")
    func supersededWhileWaiting() async throws {
        let hub = try await PaperHub.open(signer: MoodySigner(awayFor: 1))
        let first = try await hub.issued()
        let second = try await hub.small.act("ubah", on: first, by: .officer)
        #expect(second.papers.map(\.state) == [.superseded, .issued])
        _ = try await hub.small.hub.deadlines.advance(hub.small.clock, byMillis: 7_200_000)
        #expect(try await hub.small.get(second, by: .officer).papers == second.papers)
    }

    @Test("a number that another paper has, by whatever pattern, is passed over")
    func sameText() async throws {
        let ledger = InMemoryLedger()
        var taken = Commit(key: nil, atMillis: Sample.now)
        taken.records = [RecordWrite(key: "issued/0001/SRT/I/2026", expectedVersion: 0, body: [1])]
        _ = try await ledger.commit(taken)
        let hub = try await PaperHub.open(ledger: ledger)
        #expect(try await hub.issued().papers.last?.number == "0002/SRT/I/2026")
    }

    @Test("a copy says which it is, is counted once for a key, and proves itself as the first print does")
    func copies() async throws {
        let hub = try await PaperHub.open()
        let state = try await hub.issued()
        let key = Array("0123456789abcdef".utf8)
        let copy = try await hub.reprint(state, key: key)
        #expect(try await hub.reprint(state, key: key) == copy)
        #expect(copy.copies == 1 && copy.qr == state.papers.last?.qr && copy.copySha256 != copy.sha256)
        let file = try await hub.file(copy.copySha256, of: state, by: .officer)
        #expect(file.starts(with: "%PDF-".utf8))
        #expect(try await hub.reprint(state).copies == 2)
        #expect(try await refusal { try await hub.reprint(state, by: .portal) } == .permissionDenied)
        _ = try await hub.small.act("cabut", on: state, by: .officer)
        #expect(try await refusal { try await hub.reprint(state) } == .actionNotAllowed)
    }

    @Test("a hub that cannot print lets the case go on and keeps the paper waiting")
    func noPress() async throws {
        let hub = try await PaperHub.open()
        var definition = SmallHub.definition
        definition.stages[2].issues = [.with { ($0.paper, $0.number) = ("surat", "{urut:3}/{yyyy}") }]
        definition.actions[2].to = ["selesai"]
        let bundle = LoadedBundle(
            module: "uji", department: "pengaduan", definitions: [definition],
            standing: [PublishingHub.calendar(), PaperHub.template])
        let bare = try await SmallHub.open(
            bundle: bundle,
            answer: { question, _ in .with { $0.stage = question.command.action == "submit" ? "diterima" : "selesai" } }
        )
        let state = try await bare.act("tangani", on: try await bare.submit(), by: .officer)
        #expect(state.papers.map(\.state) == [.due])
        #expect(hub.key.algorithm == .ed25519)
    }

    @Test("a template with a gap that nothing fills is refused before anything is issued by it")
    func gaps() async throws {
        let hub = try await PaperHub.open()
        var template = PaperHub.template
        template.version = "2"
        template.footer.id = "Kode {kode_rahasia}"
        let file = try MessageRules.file("papers/surat.bin", template)
        let reply = try await hub.small.call(
            .checkRules, HubCheckRulesRequest.with { $0.files = [file] }, as: HubCheckRulesReply.self, by: .officer)
        #expect(reply.findings.map(\.rule) == ["paper"])
        #expect(reply.findings.allSatisfy { $0.remedy.contains("{kode_rahasia}") })
    }
}
