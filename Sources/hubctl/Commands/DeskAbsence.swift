// hubctl desk absence and absences: who is away, and who stands in.

import ArgumentParser
import HubProto

/// Says that an officer is away, or is back.
struct DeskAbsence: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "absence", abstract: "Says that an officer is away, and who stands in.",
        discussion: """
            Without --from and --to the officer is present again. Who stands in sees the officer's cases in \
            `hubctl desk queue`, and is asked in its place when a deadline passes.

            Example:
              hubctl desk absence PRINCIPAL --from 2026-03-02 --to 2026-03-06 --substitute PRINCIPAL --state ./state
            """)

    @Argument(help: "The officer, urn:elayanan:<department>:<name>.")
    var officer: String

    @Option(help: ArgumentHelp("First day away, YYYY-MM-DD.", valueName: "day")) var from = ""
    @Option(help: ArgumentHelp("Last day away, YYYY-MM-DD.", valueName: "day")) var to = ""
    @Option(help: ArgumentHelp("Who stands in.", valueName: "principal")) var substitute = ""

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananSetAbsenceRequest.with {
            $0.absence.officer = officer
            $0.absence.firstDay = from
            $0.absence.lastDay = to
            $0.absence.substitute = substitute
        }
        let absence = try await session.client.desk.setAbsence(request, options: session.options).message.absence
        output.show(
            Detail(
                kind: "absence", name: absence.officer,
                text: Detail.lines([
                    ("Officer", absence.officer), ("From", absence.firstDay), ("To", absence.lastDay),
                    ("Substitute", absence.substitute),
                ]), members: absence.members))
    }
}

/// Who is away today or later.
struct DeskAbsences: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "absences", abstract: "Who is away today or later, and who stands in.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let reply = try await session.client.desk.absences(options: session.options).message
        var listing = Listing(
            "absence",
            [.text("OFFICER", shrinks: true), .text("FROM"), .text("TO"), .text("SUBSTITUTE", shrinks: true)])
        for absence in reply.absences {
            listing.add(
                name: absence.officer,
                row: [absence.officer, absence.firstDay, absence.lastDay, absence.substitute], item: absence.members)
        }
        output.show(listing)
    }
}

extension LayananAbsence {
    /// `{"officer","first_day","last_day","substitute"}`
    fileprivate var members: [(String, JSON)] {
        [
            ("officer", .string(officer)), ("first_day", .text(firstDay)), ("last_day", .text(lastDay)),
            ("substitute", .text(substitute)),
        ]
    }
}
