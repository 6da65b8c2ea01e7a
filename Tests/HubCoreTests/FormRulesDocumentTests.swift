// Documents: asked for, stored, of the right type.

import HubCore
import HubDomain
import HubProto
import Testing

@Suite("document rules")
struct FormRulesDocumentTests {
    typealias Fixture = FormRulesFixture

    func faults(_ documents: [HubDocument], _ action: HubAction = Fixture.submit, papers: [HubDocument] = [])
        -> [String]
    {
        Fixture.faults { () throws(HubError) in
            try Fixture.check(
                action.kind == .submit ? Fixture.least : [], documents, action: action, data: Fixture.least,
                papers: papers)
        }
    }

    @Test("only documents wrong is an error of its own")
    func code() {
        #expect(throws: HubError(.documentInvalid, "")) { try Fixture.check(Fixture.least, []) }
        #expect(throws: HubError(.formInvalid, "")) { try Fixture.check([], []) }
    }

    @Test("a demanded document must be there, with the step or on the case")
    func demanded() {
        #expect(faults([]) == ["documents/ktp/required"])
        #expect(faults([], Fixture.issue) == ["documents/ktp/required"])
        #expect(faults([], Fixture.issue, papers: [Fixture.ktp]).isEmpty)
        #expect(faults([Fixture.ktp], Fixture.issue).isEmpty)
        #expect(faults([], Fixture.repair).isEmpty)
    }

    @Test("a document must lie in the hub, with the size and type that are claimed")
    func stored() {
        func ktp(hash: UInt8 = 1, size: UInt64 = 1_000, type: String = "image/jpeg") -> [HubDocument] {
            [Fixture.document("ktp", hash: hash, size: size, type)]
        }
        #expect(faults(ktp()).isEmpty)
        #expect(faults(ktp(hash: 9)) == ["documents/ktp/not_stored"])
        #expect(faults(ktp(size: 999)) == ["documents/ktp/mismatch"])
        #expect(faults(ktp(type: "image/png")) == ["documents/ktp/mismatch"])
        #expect(faults(ktp(hash: 4, size: 4_000, type: "text/html")) == ["documents/ktp/media_type"])
        #expect(faults(ktp(hash: 4, size: 4_000, type: "image/png")) == ["documents/ktp/media_type"])
        var short = Fixture.ktp
        short.sha256 = .init(repeating: 1, count: 31)
        #expect(faults([short]) == ["documents/ktp/sha256"])
    }

    @Test("a rule's own media types take the place of the usual ones")
    func mediaTypes() {
        #expect(faults([Fixture.ktp, Fixture.denah]).isEmpty)
        let image = Fixture.document("denah", hash: 3, size: 3_000, "image/png")
        #expect(faults([Fixture.ktp, image]) == ["documents/denah/media_type"])
    }

    @Test("documents that nobody asked for, or twice, are named")
    func unknown() {
        let letter = Fixture.document("surat", hash: 1, size: 1_000, "image/jpeg")
        let named = Fixture.document("KTP Budi", hash: 1, size: 1_000, "image/jpeg")
        #expect(
            faults([Fixture.ktp, Fixture.ktp, letter, named]) == [
                "documents/ktp/duplicate", "documents/surat/unknown_document", "documents/unknown_document",
            ])
        #expect(faults(Array(repeating: letter, count: 33)).first == "documents/too_many")
    }

    @Test("a new document of a kind replaces the old one, in the definition's order")
    func replaced() throws {
        let newer = Fixture.document("ktp", hash: 3, size: 3_000, "image/png")
        let outcome = try Fixture.check(
            [], [Fixture.denah, newer], action: Fixture.repair, data: Fixture.least, papers: [Fixture.ktp])
        #expect(outcome.documents == [newer, Fixture.denah])
    }
}
