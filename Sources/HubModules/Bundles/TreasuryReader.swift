// treasury/*.yaml → hub.v1.Treasury.

import HubDomain
import HubProto

/// The regency's accounts, and which of them take what.
enum TreasuryReader {
    static func read(_ top: YAMLObject) -> HubTreasury {
        var treasury = HubTreasury()
        treasury.name = top.text("name", required: true)
        treasury.version = top.text("version", required: true)
        treasury.source = top.text("source", required: true)
        treasury.accounts = top.objects("accounts", required: true).map { account in
            defer { account.finish() }
            return .with {
                $0.code = account.text("code", required: true)
                $0.title = account.title()
            }
        }
        treasury.qris = top.text("qris")
        if let uses = top.object("uses", required: true) {
            treasury.bank = account("bank", uses, treasury)
            treasury.counter = account("counter", uses, treasury)
            treasury.held = account("held", uses, treasury)
            treasury.interest = account("interest", uses, treasury)
            uses.finish()
        }
        if !treasury.name.isEmpty, !Name.isIdentifier(treasury.name) {
            top.find("name", "name", "must match [a-z][a-z0-9_-]{0,47}")
        }
        codes(of: treasury, top)
        if !treasury.qris.isEmpty {
            do throws(HubError) {
                let sample = BillNumber(year: 2026, sequence: 1)?.text ?? ""
                _ = try QRISReading(treasury.qris).payload.dynamic(amount: 1, billNumber: sample).text()
            } catch {
                let fault = error.violations.first
                top.find("qris", "qris", "tag \(fault?.field ?? ""): \(fault?.english ?? error.detail)")
            }
        }
        top.finish()
        return treasury
    }

    private static func account(_ use: String, _ uses: YAMLObject, _ treasury: HubTreasury) -> String {
        let code = uses.text(use, required: true)
        if !code.isEmpty, !treasury.accounts.contains(where: { $0.code == code }) {
            uses.find(use, "account", "account \(code.prefix(codeMax)) is not in `accounts`")
        }
        return code
    }

    private static func codes(of treasury: HubTreasury, _ top: YAMLObject) {
        var seen: Set<String> = []
        for code in treasury.accounts.map(\.code) where !code.isEmpty {
            let isPlain = code.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
            if !isPlain || code.utf8.count > codeMax {
                top.findings.add(
                    top.file, line: top.line(of: "accounts", code), "code",
                    "`\(code.prefix(codeMax))` must be digits and dots, at most \(codeMax)")
            }
            if !seen.insert(code).inserted {
                top.findings.add(
                    top.file, line: top.line(of: "accounts", code), "unique", "account \(code) stands twice")
            }
        }
        if [treasury.bank, treasury.counter, treasury.interest].contains(treasury.held) {
            top.find("uses", "held", "what is held for citizens needs an account of its own")
        }
    }

    /// Characters of a code.
    private static let codeMax = 32
}
