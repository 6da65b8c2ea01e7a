// hubctl desk claim, release, assign and hand-over: cases change hands.

import ArgumentParser
import HubProto

/// What every change of hands needs.
struct CaseInHand: ParsableArguments {
    @Argument(help: "Number or id of the case.")
    var number: String

    @Option(help: ArgumentHelp("Version of the case that was looked at.", valueName: "version"))
    var expectVersion: UInt64 = 0

    @OptionGroup var output: OutputOptions

    /// Shows in whose hands the case is now.
    func show(_ state: HubCase) {
        let text = Detail.lines([
            ("Number", state.number), ("Version", String(state.version)),
            ("Unit", state.unit.isEmpty ? state.department : state.unit),
            ("Holder", state.holder.isEmpty ? "nobody" : state.holder),
        ])
        output.show(
            Detail(
                kind: "holding", name: state.number, text: text,
                members: [
                    ("number", .string(state.number)), ("version", .unsigned(state.version)),
                    ("department", .string(state.department)), ("unit", .text(state.unit)),
                    ("holder", .text(state.holder)), ("held_since", .moment(state.heldSinceMs)),
                ]))
    }

    var request: LayananHoldRequest {
        .with {
            $0.case = number
            $0.expectedVersion = expectVersion
        }
    }
}

/// Takes a case.
struct DeskClaim: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim", abstract: "Takes a case that nobody holds.")

    @OptionGroup var hand: CaseInHand
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        hand.show(try await session.client.desk.claim(hand.request, options: session.options).message.case)
    }
}

/// Gives a case back.
struct DeskRelease: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Gives a case back to its unit.")

    @OptionGroup var hand: CaseInHand
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        hand.show(try await session.client.desk.release(hand.request, options: session.options).message.case)
    }
}

/// Gives a case to an officer.
struct DeskAssign: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign", abstract: "Gives a case to an officer of its unit.",
        discussion: """
            Example:
              hubctl desk assign NUMBER --to urn:elayanan:DEPARTMENT:NAME --state ./state
            """)

    @Option(help: ArgumentHelp("The officer.", valueName: "principal"))
    var to: String

    @OptionGroup var hand: CaseInHand
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananAssignRequest.with {
            $0.case = hand.number
            $0.expectedVersion = hand.expectVersion
            $0.officer = to
        }
        hand.show(try await session.client.desk.assign(request, options: session.options).message.case)
    }
}

/// Gives a case to another unit.
struct DeskHandOver: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "hand-over", abstract: "Gives a case to another unit of its department, with a reason.")

    @Option(help: ArgumentHelp("The unit; `hubctl desk organisation` lists them.", valueName: "code"))
    var unit: String

    @Option(help: ArgumentHelp("Why; stays with the department.", valueName: "text"))
    var note: String

    @OptionGroup var hand: CaseInHand
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananHandOverRequest.with {
            $0.case = hand.number
            $0.expectedVersion = hand.expectVersion
            $0.unit = unit
            $0.note = note
        }
        hand.show(try await session.client.desk.handOver(request, options: session.options).message.case)
    }
}
