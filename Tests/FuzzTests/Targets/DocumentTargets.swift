// Documents by their first bytes, and what a scanner says of them.

import HubCore
import HubDomain
import HubIntake

extension FuzzTarget {
    static let documents = [content, scannerAnswer]

    /// The first byte chooses what the document is said to be. What is agreed on is both said and there.
    private static let content = FuzzTarget(
        "content", bytesMax: 64, verdicts: [.accepted, "E4034"]
    ) { (input) throws(BrokenPromise) in
        try verdict { () throws(HubError) in
            let types = ContentKind.allCases.map(\.mediaType) + ["text/plain"]
            let said = types[Int(input.first ?? 0) % types.count]
            let kind = try ContentKind.agreed(head: input.dropFirst(), declared: said)
            guard kind == ContentKind(head: Array(input.dropFirst())), kind?.mediaType ?? "text/plain" == said else {
                throw HubError(.internalFault, "a document is taken for what it is not")
            }
            return .accepted
        }
    }

    /// Nothing but clamd's whole sentence makes a document clean, and a name that is told can be printed.
    private static let scannerAnswer = FuzzTarget(
        "scanner_answer", bytesMax: 256, verdicts: ["clean", "harmful", "silent"]
    ) { (input) throws(BrokenPromise) in
        switch ClamdScanner.verdict([UInt8](input)) {
        case .clean:
            try promise(input.elementsEqual(Array("stream: OK\0".utf8)), "another answer is taken for a clean one")
            return "clean"
        case .harmful(let name):
            try promise(
                name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }, "a name cannot be printed")
            return "harmful"
        case .silent: return "silent"
        }
    }
}
