// The kit's own files: every case can be read and says what it proves.

import Testing

@testable import HubConformance

@Suite("conformance cases")
struct CaseLibraryTests {
    @Test("every case file can be read, and no two cases share an id")
    func readable() throws {
        let cases = try CaseLibrary.load()
        #expect(Set(cases.map(\.id)).count == cases.count)
        for found in cases {
            switch try found.script() {
            case .frames(let steps): #expect(!steps.isEmpty, "\(found.id)")
            case .calls(let steps): #expect(!steps.isEmpty, "\(found.id)")
            }
        }
        #expect(cases.filter { $0.kind == .positive }.count >= 60)
        #expect(cases.filter { $0.kind == .malformed }.count >= 64)
    }

    @Test("every case names a rule and says in a sentence what it is about")
    func named() throws {
        for found in try CaseLibrary.load() {
            #expect(!found.rules.isEmpty, "\(found.id)")
            #expect(found.about.hasSuffix("."), "\(found.id)")
            #expect(found.id.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" }, "\(found.id)")
        }
    }
}
