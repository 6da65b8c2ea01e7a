// The corpus of every fuzz target, replayed: what an input came to once it comes to for ever.

import Foundation
import Testing

/// One input: `Tests/Corpus/<target>/<verdict>-<why>`.
struct CorpusInput: Sendable, CustomTestStringConvertible {
    let file: URL

    /// What its name says.
    var verdict: Verdict { Verdict(String(file.lastPathComponent.prefix { $0 != "-" })) }

    var testDescription: String { file.lastPathComponent }

    /// All inputs of a target, by name.
    static func all(of target: FuzzTarget) throws -> [CorpusInput] {
        let folder = root.appendingPathComponent(target.name)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .map { CorpusInput(file: folder.appendingPathComponent($0)) }
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Corpus")
}

extension FuzzTarget: CustomTestStringConvertible {
    var testDescription: String { name }
}

@Suite("corpus")
struct CorpusReplayTests {
    @Test("replayed, each input of the corpus comes to the verdict that its name says", arguments: FuzzTarget.all)
    func replay(target: FuzzTarget) throws {
        for input in try CorpusInput.all(of: target) {
            let bytes = try Data(contentsOf: input.file)
            #expect(throws: Never.self, "\(target.name)/\(input.testDescription)") {
                let verdict = try bytes.withUnsafeBytes { try target.judge($0) }
                #expect(verdict == input.verdict, "\(target.name)/\(input.testDescription)")
            }
        }
    }

    @Test("the corpus has an input for every verdict that a target can come to", arguments: FuzzTarget.all)
    func complete(target: FuzzTarget) throws {
        let shown = Set(try CorpusInput.all(of: target).map(\.verdict))
        #expect(target.verdicts.subtracting(shown).map(\.word).sorted() == [])
    }

    @Test("every folder of the corpus belongs to a target, and no two targets share one")
    func folders() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: CorpusInput.root.path)
            .filter { !$0.contains(".") }
        #expect(folders.sorted() == FuzzTarget.all.map(\.name).sorted())
    }

    @Test("the corpus stays small enough to travel with the source")
    func small() throws {
        let sizes = try FuzzTarget.all.flatMap { try CorpusInput.all(of: $0) }
            .map { try FileManager.default.attributesOfItem(atPath: $0.file.path)[.size] as? Int ?? 0 }
        #expect(sizes.reduce(0, +) < 700_000)
    }
}
