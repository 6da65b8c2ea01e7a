// The exit codes that scripts rely on, one row for each status of a call.

import HubDomain
import Testing

@testable import hubctl

@Suite("Exit codes say the same for ever")
struct ExitReasonTests {
    static let table: [(CallStatus, Int32)] = [
        (.ok, 0), (.cancelled, 1), (.unknown, 1), (.invalidArgument, 1), (.deadlineExceeded, 6), (.notFound, 4),
        (.alreadyExists, 7), (.permissionDenied, 5), (.resourceExhausted, 6), (.failedPrecondition, 7), (.aborted, 7),
        (.outOfRange, 1), (.unimplemented, 1), (.internalError, 1), (.unavailable, 6), (.dataLoss, 1),
        (.unauthenticated, 5),
    ]

    @Test("every status of a call has its exit code", arguments: table)
    func statusMapsToCode(_ row: (CallStatus, Int32)) {
        #expect(ExitReason(row.0).rawValue == row.1)
        #expect(ExitReason(HubError(.internalFault, "", status: row.0)).rawValue == row.1)
    }

    @Test("no status is missing in the table")
    func tableIsWhole() {
        #expect(Set(Self.table.map(\.0)) == Set(CallStatus.allCases))
    }

    @Test("what is wrong on the command line ends with 2, whatever its status")
    func configurationIsUsage() {
        #expect(ExitReason(HubError(.configurationInvalid, "no such file")) == .usage)
    }

    @Test("wrong usage, help, a partial result and an error of the hub are told apart")
    func endingsByKind() throws {
        #expect(Hubctl.ending(of: HubError(.caseNotFound, "none"), arguments: []).status == .notFound)
        #expect(Hubctl.ending(of: Finished(status: .partial), arguments: []) == (.partial, [], []))
        let usage = try ending(["status", "--no-such-flag"])
        #expect(usage.status == .usage && usage.answer.isEmpty && !usage.notes.isEmpty)
        let help = try ending(["case", "--help"])
        #expect(help.status == .ok && !help.answer.isEmpty && help.notes.isEmpty)
    }

    @Test(
        "a misspelt subcommand gets the one that was meant",
        arguments: [
            (["statu"], "hubctl status"), (["case", "shwo", "x"], "hubctl case show"), (["modul"], "hubctl module"),
            (["bench", "ecko"], "hubctl bench echo"),
        ])
    func suggestions(_ row: ([String], String)) throws {
        #expect(try ending(row.0).notes.last == "Did you mean `\(row.1)`?")
    }

    @Test("what resembles nothing gets no suggestion", arguments: [["xyzzy"], ["case", "list", "shwo"], []])
    func noSuggestions(_ arguments: [String]) {
        #expect(Suggestion.lines(for: arguments).isEmpty)
    }

    /// How the program would end with these arguments.
    private func ending(_ arguments: [String]) throws -> (status: ExitReason, answer: [String], notes: [String]) {
        let error = #expect(throws: (any Error).self) {
            var command = try Hubctl.parseAsRoot(arguments)
            try command.run()
        }
        return Hubctl.ending(of: try #require(error), arguments: arguments)
    }
}

@Suite("Errors are told whole and without values")
struct ErrorReportTests {
    @Test("an error names its code, each field in two languages, its facts and the remedy")
    func everythingIsNamed() {
        let error = HubError(
            .formInvalid, "form: 2 fields are wrong",
            violations: [
                Violation("nik", "nik", id: "NIK harus 16 digit", en: "NIK must have 16 digits"),
                Violation("", "whole", id: "tidak lengkap", en: "incomplete"),
            ], facts: ["present_version": "7"])
        #expect(
            ErrorReport.lines(for: error) == [
                "hubctl: E4003 form: 2 fields are wrong",
                "  nik (nik): NIK harus 16 digit / NIK must have 16 digits",
                "  request (whole): tidak lengkap / incomplete", "  present_version: 7",
                "  → `hubctl service show` describes the form.",
            ])
    }

    @Test("control characters of a peer do not reach the terminal")
    func controlCharactersAreBlanks() {
        let lines = ErrorReport.lines(for: HubError(.internalFault, "a\u{1B}[2Jb\nc"))
        #expect(lines == ["hubctl: E5004 a [2Jb c"])
    }
}
