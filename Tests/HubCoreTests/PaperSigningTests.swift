// Officers' own signatures: a paper waits for them, holds once it is signed, and is what was printed.

import HubCore
import HubDomain
import HubPapers
import HubProto
import HubTestKit
import HubTrust
import Synchronization
import Testing

/// An e-signature service that does as it is told, one word for each paper.
private final class ScriptedSignatory: PaperSignatory {
    private let words: Mutex<[String]>
    private let papers = Mutex<Int>(0)

    init(_ words: String...) { self.words = Mutex(words) }

    /// Papers that were signed.
    var signed: Int { papers.withLock { $0 } }

    func sign(_ pdf: [UInt8], by officer: SigningOfficer) async throws(HubError) -> [UInt8] {
        switch words.withLock({ $0.isEmpty ? "ok" : $0.removeFirst() }) {
        case "away": throw HubError(.signatureUnavailable, "away")
        case "wrong": throw HubError(.signatureRefused, "wrong")
        case "other": return Array("%PDF-1.7 another".utf8) + pdf
        case "same": return pdf
        case "slow":
            try? await Task.sleep(for: .milliseconds(300))
            papers.withLock { $0 += 1 }
            return pdf + Array("/Sig".utf8)
        default:
            papers.withLock { $0 += 1 }
            return pdf + Array("/Sig".utf8)
        }
    }
}

@Suite("signatures of officers")
struct PaperSigningTests {
    private func open(_ signatory: ScriptedSignatory?) async throws -> PaperHub {
        try await PaperHub.open(signatory: signatory) { definition in
            definition.stages[2].issues[0].signedBy = ["officer"]
        }
    }

    private func sign(
        _ hub: PaperHub, _ state: HubCase, by caller: Caller = .officer, nik: String = "3402010101700001",
        passphrase: String = "rahasia"
    ) async throws -> HubPaper {
        let request = LayananSignPaperRequest.with {
            ($0.case, $0.number) = (state.number, state.papers.last?.number ?? "")
            ($0.nik, $0.passphrase) = (nik, passphrase)
        }
        return try await hub.small.call(.signPaper, request, as: LayananSignPaperReply.self, by: caller).paper
    }

    @Test("a paper has its number and no code until its officer has signed; then it is what was signed")
    func signed() async throws {
        let hub = try await open(ScriptedSignatory())
        let state = try await hub.issued(for: SmallHub.anna)
        let waiting = try #require(state.papers.last)
        #expect(waiting.state == .toSign && waiting.number == "0001/SRT/I/2026")
        #expect(waiting.qr.isEmpty && waiting.sha256.isEmpty && waiting.timer == nil)
        #expect(try await hub.verify(waiting.number).verdict == .false)
        let paper = try await sign(hub, state)
        #expect(paper.state == .issued && paper.number == waiting.number)
        #expect(try await hub.verify(paper.qr).verdict == .holds)
        let file = try await hub.file(paper.sha256, of: state, by: .portal, for: SmallHub.anna)
        #expect(file.starts(with: "%PDF-".utf8) && file.suffix(4) == ArraySlice("/Sig".utf8))
        let event = try #require(try await hub.small.history(of: state, by: .officer).events.last)
        #expect(event.kind == .paper && event.papers.map(\.state) == [.issued])
    }

    @Test(
        "nothing was done while the service is away or refuses, or gives back something else, and all can be tried again"
    )
    func failures() async throws {
        let signatory = ScriptedSignatory("away", "wrong", "other", "same")
        let hub = try await open(signatory)
        let state = try await hub.issued()
        for code in [HubError.Code.signatureUnavailable, .signatureRefused, .signatureRefused, .signatureRefused] {
            #expect(try await refusal { try await sign(hub, state) } == code)
            #expect(try await hub.small.get(state, by: .officer) == state)
        }
        #expect(try await sign(hub, state).state == .issued && signatory.signed == 1)
    }

    @Test("a paper that is signed is not signed again")
    func once() async throws {
        let signatory = ScriptedSignatory()
        let hub = try await open(signatory)
        let state = try await hub.issued()
        let first = try await sign(hub, state)
        #expect(try await sign(hub, state) == first && signatory.signed == 1)
    }

    @Test("two who sign one paper at the same moment sign it once")
    func atOnce() async throws {
        let signatory = ScriptedSignatory("slow", "slow")
        let hub = try await open(signatory)
        let state = try await hub.issued()
        async let first = sign(hub, state)
        async let second = sign(hub, state)
        #expect(try await first == (try await second))
        #expect(signatory.signed == 1)
    }

    @Test("only whom the definition names signs, with a number and a passphrase that can be")
    func whoSigns() async throws {
        let hub = try await open(ScriptedSignatory())
        let state = try await hub.issued(for: SmallHub.anna)
        #expect(try await refusal { try await sign(hub, state, by: .admin) } == .permissionDenied)
        #expect(try await refusal { try await sign(hub, state, nik: "34") } == .formInvalid)
        #expect(try await refusal { try await sign(hub, state, passphrase: "") } == .formInvalid)
    }

    @Test("without a service the hub's own seal is enough")
    func without() async throws {
        let hub = try await open(nil)
        #expect(try await hub.issued().papers.map(\.state) == [.issued])
    }

    @Test(
        "a paper that waits for its signature is superseded or revoked like one that holds, and cannot be signed then")
    func overtaken() async throws {
        let hub = try await open(ScriptedSignatory())
        let first = try await hub.issued()
        let second = try await hub.small.act("ubah", on: first, by: .officer)
        #expect(second.papers.map(\.state) == [.superseded, .toSign])
        #expect(try await refusal { try await sign(hub, first) } == .actionNotAllowed)
        let revoked = try await hub.small.act("cabut", on: second, by: .officer, note: "Salah")
        #expect(revoked.papers.map(\.state) == [.superseded, .revoked])
        #expect(try await refusal { try await sign(hub, second) } == .actionNotAllowed)
        for paper in revoked.papers { #expect(try await hub.verify(paper.number).verdict == .false, "never signed") }
    }
}
