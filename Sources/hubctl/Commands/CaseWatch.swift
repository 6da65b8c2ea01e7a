// hubctl case watch: what happens, as it happens, over any number of lost connections.

import ArgumentParser
import HubClient
import HubDomain
import HubProto

/// Follows one case, one service, or all that the caller may see.
struct CaseWatch: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "What happens, as it happens.",
        discussion: """
            Prints a line an event, in order and once each, also after the connection was lost. With one case its \
            state comes first. Goes on until it is stopped, or --count, --until-stage or --for is reached. The last \
            line on stderr is the cursor with which --resume-from goes on. With -o ndjson every event that ends a \
            message carries it too, as `cursor`.

            Examples:
              hubctl case watch NUMBER --state ./state
              hubctl case watch --state ./state -o ndjson --count 10
            """)

    @Argument(help: "Number or id of a case; without one, everything the caller may see.")
    var number = ""

    @Option(help: ArgumentHelp("Only this service.", valueName: "code")) var service = ""
    @Option(help: ArgumentHelp("End after so many events.", valueName: "count")) var count: Int?
    @Option(help: ArgumentHelp("End when a case enters, or is in, this stage.", valueName: "stage"))
    var untilStage: String?
    @Option(name: .customLong("for"), help: ArgumentHelp("End after this time.", valueName: "time"))
    var length: Span?
    @Option(help: ArgumentHelp("Cursor of an earlier watch.", valueName: "hex")) var resumeFrom: String?
    @Flag(help: "Show personal values too.") var personal = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count must be at least 1") }
    }

    func run(_ session: Session) async throws {
        var options = CallOptions.watching
        options.onBehalfOf = connection.onBehalfOf
        options.resumeFrom = try resumeFrom.map(Self.cursorBytes)
        let request = LayananWatchRequest.with {
            $0.case = number
            $0.service = service
        }
        let stream = session.client.cases.watch(request, options: options)
        if let length {
            try await withThrowingTaskGroup { group in
                group.addTask { try await self.follow(stream, session) }
                group.addTask { try await Task.sleep(for: .milliseconds(length.millis)) }
                defer { group.cancelAll() }
                try await group.next()
            }
        } else {
            try await follow(stream, session)
        }
        if let cursor = stream.cursor { Terminal.note("cursor: \(Hex.encode(cursor))") }
    }

    private func follow(_ stream: HubStream<LayananWatchUpdate>, _ session: Session) async throws {
        var seen = 0
        for try await update in stream {
            if update.hasState {
                await show(update.state, session)
                if update.state.stage == untilStage { return }
            }
            for (position, event) in update.events.enumerated() {
                let isLast = position == update.events.count - 1
                show(event, cursor: isLast ? [UInt8](update.cursor) : [])
                seen += 1
                if event.stageAfter == untilStage || seen == count { return }
            }
        }
    }

    private func show(_ state: HubCase, _ session: Session) async {
        switch output.output {
        case .table, .wide:
            Terminal.out(
                Table.oneLine("\(Moment.minute(state.updatedMs))  \(state.number)  v\(state.version)  \(state.stage)"))
        case .json, .ndjson:
            let privacy = Privacy(try? await session.definition(of: state.service), reveal: personal)
            Terminal.out(state.detail(privacy, nowMillis: 0).lines(.ndjson))
        case .name: Terminal.out(Table.oneLine(state.number))
        }
    }

    private func show(_ event: HubEvent, cursor: [UInt8]) {
        switch output.output {
        case .table, .wide: Terminal.out(event.line)
        case .json, .ndjson:
            let members = event.members(Privacy(nil, reveal: personal), whole: false)
            Terminal.out(JSON.document("event", members + [("cursor", .hex(cursor))]).written())
        case .name: Terminal.out(Table.oneLine(event.number))
        }
    }

    private static func cursorBytes(_ text: String) throws(HubError) -> [UInt8] {
        guard let bytes = Hex.decode(text), !bytes.isEmpty else {
            throw HubError(.configurationInvalid, "--resume-from must be the hexadecimal cursor of an earlier watch")
        }
        return bytes
    }
}
