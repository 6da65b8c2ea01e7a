// Notices: the texts that a department wrote, and the addresses that somebody typed.

import HubDomain
import HubProto
import SwiftProtobuf

@testable import HubCore
@testable import HubModules

extension FuzzTarget {
    static let notices = [noticeRules, contact]

    /// What is sound can be filled whatever its values are: every text is lines that can be printed.
    private static let noticeRules = FuzzTarget(
        "notices", bytesMax: 8_192,
        verdicts: anyFile.union([
            "name", "length", "unique", "reader", "service", "stage", "hours", "clock", "line", "placeholder",
        ])
    ) { (input) throws(BrokenPromise) in
        try file(input) { (top) throws(BrokenPromise) in
            let rules = NoticeReader.read(top)
            try roundTrip(rules)
            guard top.findings.all.isEmpty else { return }
            let hostile = "a\r\nBcc: b\u{202E}{nomor}"
            for template in rules.templates where !template.silent {
                let names = NoticePlaceholders.names(template.occasion)
                let values = Dictionary(uniqueKeysWithValues: names.map { ($0, hostile) })
                for text in [template.subject.id, template.subject.en, template.text.id, template.text.en] {
                    for line in text.split(separator: "\n") {
                        guard let parts = PlaceholderText(String(line)) else {
                            throw BrokenPromise(description: "a line of a sound text cannot be filled")
                        }
                        try promise(Set(parts.names).isSubset(of: names), "a sound text has a gap that nothing fills")
                        let filled = PrintableText.line(parts.filled(with: values), charactersMax: 400)
                        try promise(
                            filled.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E },
                            "a line holds what cannot be printed")
                    }
                }
            }
        }
    }

    /// An address that is taken stays as it is, and can become neither a header nor a command.
    private static let contact = FuzzTarget(
        "contact", bytesMax: 1_024, verdicts: [.accepted, "E1005", "E4022"]
    ) { (input) throws(BrokenPromise) in
        try verdict { () throws(HubError) in
            let request = try LayananSetContactRequest(edge: [UInt8](input))
            let kept = try ContactRules.checked(request.contact)
            guard try ContactRules.checked(kept) == kept else {
                throw HubError(.internalFault, "a contact in its one form is formed anew")
            }
            let signs = (kept.email + kept.phone).utf8
            guard signs.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x3C && $0 != 0x3E && $0 != 0x2C }) else {
                throw HubError(.internalFault, "an address could be more than an address")
            }
            return .accepted
        }
    }
}
