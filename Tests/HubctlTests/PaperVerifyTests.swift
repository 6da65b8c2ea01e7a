// hubctl paper verify: what it says of seals that hold, of expired papers and of others.

import HubCore
import HubDomain
import HubProto
import HubTrust
import Testing

@testable import hubctl

@Suite("hubctl paper verify")
struct PaperVerifyTests {
    let key: PaperKey
    let text: String
    let day = CalendarDate(year: 2026, month: 11, day: 26) ?? .earliest

    init() throws {
        key = try PaperKey()
        let statement = HubPaperStatement.with {
            $0.issuer = "Kabupaten Makmur"
            $0.number = "IU-2026-000042-7"
            $0.validUntil = "2026-11-26"
            $0.facts = [
                .with {
                    $0.label = "Nama usaha"
                    $0.value = "Warung\u{1B}[2J"
                }
            ]
        }
        text = try PaperSealText.text(of: key.seal(statement.serializedBytes()))
    }

    @Test("shows what was sealed, without anything that steers a terminal, and ends with 0")
    func holds() {
        let (detail, status) = PaperVerify.outcome(text: text, key: key.publicKey, day: day)
        #expect(status == .ok)
        #expect(detail.text.first == "The seal holds.")
        #expect(detail.text.contains("Number:       IU-2026-000042-7"))
        #expect(detail.text.contains { $0.hasPrefix("Nama usaha:") && $0.hasSuffix("Warung [2J") })
    }

    @Test("tells a paper that has expired, and ends with 3")
    func expired() {
        let (detail, status) = PaperVerify.outcome(text: text, key: key.publicKey, day: day.adding(days: 1))
        #expect(status == .unhealthy)
        #expect(detail.text.contains { $0.hasSuffix("2026-11-26 (expired)") })
    }

    @Test("says why a seal does not hold, and ends with 1")
    func doesNotHold() throws {
        for (text, key) in [("https://makmur.example", key), (text, try PaperKey()), (String(text.dropLast()), key)] {
            let (detail, status) = PaperVerify.outcome(text: text, key: key.publicKey, day: day)
            #expect(status == .failed)
            #expect(detail.text.first?.hasPrefix("The seal does not hold: ") == true)
        }
    }
}
