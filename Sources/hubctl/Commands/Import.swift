// hubctl import: takes an older register over, row by row, through the ordinary path.

import ArgumentParser
import HubDomain

/// Imports a CSV file.
struct Import: HubCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes an older register over, through the ordinary path.",
        discussion: """
            A map says which column becomes what; one comes with the module that takes imports, under maps/. Each \
            row is a request with a key made of the register's name and the row's own, so that a second run adds \
            nothing; the department's module decides as always. What was closed stays closed, and clocks of imported \
            cases never escalate. Refused rows are told on stderr with line and reason, the others go on. Ends with \
            8 when rows were refused. With -o json the last line is {"stored":N,"already":N,"refused":N,…}.

            Example:
              hubctl import SERVICE register.csv --map map.yaml --state ./state
            """)

    @Argument(help: "The service's code.")
    var service: String

    @Argument(help: "CSV file, UTF-8, with a line of headings; - reads standard input.", completion: .file())
    var file: String

    @Option(help: ArgumentHelp("What each column becomes.", valueName: "file"), completion: .file())
    var map: String

    @Option(help: ArgumentHelp("Rows on their way at once, 1 to 100.", valueName: "count"))
    var inFlight = 32

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard (1...100).contains(inFlight) else { throw ValidationError("--in-flight must be 1 to 100") }
    }

    func run(_ session: Session) async throws {
        let map = try ImportMap(yaml: ByteFile.text(map, bytesMax: ImportMap.fileBytesMax), file: map)
        let file = try ByteFile(file)
        let definition = try await session.definition(of: service)
        guard let method = definition.interface.importMethod else {
            throw HubError(.serviceUnknown, "service has an interface this hubctl does not know; update hubctl")
        }
        let run = ImportRun(
            session: session, service: service, method: method, map: map, fields: definition.fields, inFlight: inFlight)
        let progress = Progress(forced: output.progress)
        let start = ContinuousClock.now
        var summary = try await run.run(file) { refusal in
            progress.interrupt("hubctl: \(refusal.told)")
        } shown: { summary, bytes in
            progress.show(Self.progressLine(summary, bytes, of: file.size))
        }
        summary.seconds = ((ContinuousClock.now - start).seconds * 1_000).rounded() / 1_000
        progress.finish(Self.progressLine(summary, file.size ?? 0, of: file.size))
        output.show(summary.detail)
        if summary.refused > 0 { throw Finished(status: .partial) }
    }

    private static func progressLine(_ summary: ImportSummary, _ bytes: UInt64, of size: UInt64?) -> String {
        let share = size.map { $0 == 0 ? "" : "\(bytes * 100 / $0) %  " } ?? ""
        return "\(share)stored \(summary.stored)  already \(summary.already)  refused \(summary.refused)"
    }
}
