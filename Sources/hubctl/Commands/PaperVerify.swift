// hubctl paper verify: whether a paper's code holds, with the published key alone.

import ArgumentParser
import HubCore
import HubDomain
import HubProto
import HubTrust

/// Verifies a paper without a hub.
struct PaperVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verifies a paper by the text of its QR code. Needs no hub.",
        discussion: """
            The key is papers.pub.pem of the hub's state directory, as it was published. What is printed on the paper \
            must be what is shown here; the hub itself knows whether it was revoked since.

            Ends with 0 when the seal holds and the paper is still valid, with 1 when it does not hold, with 3 when it \
            holds and has expired.

            Example:
              zbarimg --quiet --raw paper.png | hubctl paper verify --key papers.pub.pem --qr -
            """)

    @Option(help: ArgumentHelp("The published key.", valueName: "file"), completion: .file()) var key: String
    @Option(help: ArgumentHelp("What the code says; - reads it from standard input.", valueName: "text")) var qr: String
    @Option(help: ArgumentHelp("Valid on this day; today when left out.", valueName: "YYYY-MM-DD")) var on: String?

    @OptionGroup var output: OutputOptions

    /// Minutes east of UTC of western Indonesian time, when no day is given.
    private static let utcOffsetMinutes = 420

    func run() throws {
        guard let day = on.map({ CalendarDate(iso: $0) }) ?? Self.today else {
            throw ValidationError("--on must be YYYY-MM-DD.")
        }
        let published = try PaperPublicKey(pem: PrivateFile.read(key))
        let outcome = Self.outcome(text: qr == "-" ? readLine() ?? "" : qr, key: published, day: day)
        output.show(outcome.detail)
        if outcome.status != .ok { throw Finished(status: outcome.status) }
    }

    private static var today: CalendarDate? {
        CalendarDate(epochMillis: WallClock.nowMillis(), utcOffsetMinutes: utcOffsetMinutes)
    }

    /// What is shown, and the exit code.
    static func outcome(
        text: String, key: PaperPublicKey, day: CalendarDate
    ) -> (detail: Detail, status: ExitReason) {
        do throws(PaperSealFault) {
            let statement = try PaperSealText.statement(in: text, by: key)
            // Dates as YYYY-MM-DD compare like texts.
            let isExpired = !statement.validUntil.isEmpty && statement.validUntil < day.iso
            return (detail(of: statement, isExpired: isExpired), isExpired ? .unhealthy : .ok)
        } catch {
            let members: [(String, JSON)] = [("holds", false), ("reason", .string(error.rawValue))]
            return (
                Detail(kind: "paper", name: "-", text: ["The seal does not hold: \(reason(error))."], members: members),
                .failed
            )
        }
    }

    private static func detail(of statement: HubPaperStatement, isExpired: Bool) -> Detail {
        let facts = statement.facts.map { ($0.label, $0.value) }
        let text = Detail.lines(
            [
                ("Issuer", statement.issuer), ("Number", statement.number), ("Title", statement.title),
                ("Template", "\(statement.template) \(statement.version)"), ("Issued on", statement.issuedOn),
                ("Valid until", statement.validUntil + (isExpired ? " (expired)" : "")),
            ] + facts + [("Content", Hex.encode(statement.contentSha256))])
        return Detail(
            kind: "paper", name: statement.number, text: ["The seal holds."] + text,
            members: [
                ("holds", true), ("expired", .bool(isExpired)), ("issuer", .string(statement.issuer)),
                ("number", .string(statement.number)), ("title", .string(statement.title)),
                ("template", .string(statement.template)), ("version", .string(statement.version)),
                ("issued_on", .string(statement.issuedOn)), ("valid_until", .text(statement.validUntil)),
                (
                    "facts",
                    .array(
                        statement.facts.map {
                            .object(members: [
                                ("name", .string($0.name)), ("label", .string($0.label)), ("value", .string($0.value)),
                            ])
                        })
                ), ("content_sha256", .hex(statement.contentSha256)),
            ])
    }

    private static func reason(_ fault: PaperSealFault) -> String {
        switch fault {
        case .other: "it is the code of something else"
        case .tooLong: "the text is longer than a code can be"
        case .base45: "the text was read or copied wrongly"
        case .malformed: "it is not written as seals are"
        case .key: "it was sealed with another key"
        case .signature: "something was changed after it was signed"
        }
    }
}
