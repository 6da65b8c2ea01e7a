// Papers: the text that somebody's camera read, and the template that a department wrote.

import Foundation
import HubDomain
import HubProto
import SwiftProtobuf

@testable import HubCore
@testable import HubModules

extension FuzzTarget {
    static let papers = [paperSeal, paper]

    /// Public half of the key whose 32 bytes are "K"; the corpus was sealed with it.
    private static let sealer: [UInt8] = [
        0x7E, 0xA0, 0xE3, 0xBD, 0x52, 0xE2, 0x07, 0xC9, 0xD3, 0xB0, 0xEB, 0xA6, 0x5C, 0x07, 0x04, 0xE6,
        0x6F, 0xCA, 0x2D, 0x8E, 0x16, 0x5A, 0x17, 0x52, 0x18, 0xB1, 0x74, 0xFC, 0x41, 0x60, 0xE4, 0x13,
    ]

    private static let paperSeal = FuzzTarget(
        "paper_seal", bytesMax: 1_024,
        verdicts: [.accepted, "other", "too_long", "base45", "malformed", "key", "signature"]
    ) { (input) throws(BrokenPromise) in
        let text = String(decoding: input, as: UTF8.self)
        if let seal = try? PaperSealText.seal(in: text) {
            try promise((try? PaperSealText.text(of: seal)) == text, "a seal has two texts")
        }
        guard let key = PaperPublicKey(ed25519: sealer) else {
            throw BrokenPromise(description: "a published key is none")
        }
        do throws(PaperSealFault) {
            let statement = try PaperSealText.statement(in: text, by: key)
            // Nobody makes a signature up: what holds is what the corpus was sealed with.
            let known = statement.issuer == "Kabupaten Makmur" && statement.number == "IU-2026-000042-7"
            return known ? .accepted : "forged"
        } catch { return Verdict(error.rawValue) }
    }

    private static let paper = FuzzTarget(
        "paper", bytesMax: 8_192,
        verdicts: anyFile.union([
            "name", "legal_basis", "length", "placeholder", "block", "number", "title", "unique", "seal",
        ])
    ) { (input) throws(BrokenPromise) in
        try file(input) { (top) throws(BrokenPromise) in
            let template = PaperReader(top).read()
            try roundTrip(template)
            if top.findings.all.isEmpty { try sealAtWorst(template) }
        }
    }

    /// What is sound can be sealed whatever its values are, and its code is one that a phone reads.
    private static func sealAtWorst(_ template: HubPaperTemplate) throws(BrokenPromise) {
        let long = String(repeating: "é", count: 5_000)
        let names = template.texts.flatMap { PlaceholderText($0)?.names ?? [] }
        let content = PaperContent(
            template: template, values: Dictionary(names.map { ($0, long) }) { first, _ in first })
        let issue = PaperIssue(
            issuer: "Kabupaten Makmur", number: "PBG-2026-000042-7", issuedOn: .latest, validUntil: .latest)
        let text = try allowed { () throws(HubError) in
            let statement = try content.statement(issue).ledgerBytes()
            return try PaperSealText.text(
                of: .with {
                    $0.statement = .init(statement)
                    $0.keyID = .init(count: 8)
                    $0.algorithm = .ed25519
                    $0.signature = .init(count: 64)
                })
        }
        // QR version 20 at level M.
        try promise(text.map { $0.utf8.count <= 970 } == true, "the code of a sound paper is too dense")
    }
}
