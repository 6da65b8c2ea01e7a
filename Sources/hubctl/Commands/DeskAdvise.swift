// hubctl desk advise: a unit gives the advice for which it is asked.

import ArgumentParser
import HubProto

/// Yes or no on the command line.
enum YesOrNo: String, ExpressibleByArgument, CaseIterable {
    case yes, no
}

/// Gives advice.
struct DeskAdvise: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "advise", abstract: "Gives the advice for which your unit is asked.",
        discussion: """
            `hubctl desk queue` shows what waits for your advice, `hubctl case show` under which names. Others are asked at \
            the same time; when the last one has answered, the case goes on. What is advised stays among the offices.

            Example:
              hubctl desk advise NUMBER CONSULTATION --favourable yes --note TEXT --state ./state
            """)

    @Argument(help: "Number or id of the case.")
    var number: String

    @Argument(help: "Name of the consultation.")
    var consultation: String

    @Option(help: "Whether nothing is against it.")
    var favourable: YesOrNo

    @Option(help: ArgumentHelp("The advice, 1 to 4,000 characters.", valueName: "text"))
    var note: String

    @Option(help: ArgumentHelp("Version of the case that was looked at.", valueName: "version"))
    var expectVersion: UInt64 = 0

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananAdviseRequest.with {
            $0.case = number
            $0.expectedVersion = expectVersion
            $0.consultation = consultation
            $0.favourable = favourable == .yes
            $0.note = note
        }
        let state = try await session.client.desk.advise(request, options: session.options).message.case
        let open = state.consultations.filter { $0.state == .open }.map(\.name)
        output.show(
            Detail(
                kind: "advice", name: state.number,
                text: Detail.lines([
                    ("Number", state.number), ("Version", String(state.version)), ("Stage", state.stage),
                    ("Waits for", open.isEmpty ? "nobody" : open.joined(separator: ", ")),
                ]),
                members: [
                    ("number", .string(state.number)), ("version", .unsigned(state.version)),
                    ("stage", .string(state.stage)), ("waits_for", .strings(open)),
                    ("consultations", .array(state.consultations.map { .object(members: $0.members) })),
                ]))
    }
}
