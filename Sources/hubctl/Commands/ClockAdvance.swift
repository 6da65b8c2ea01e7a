// hubctl clock advance: lets time pass on a hub with a manual clock.

import ArgumentParser
import HubProto

/// Lets time pass.
struct ClockAdvance: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "advance", abstract: "Lets time pass, and everything that becomes due happen.",
        discussion: """
            Only a hub started with `hubd --clock manual` can be advanced.

            Example:
              hubctl clock advance 3d --state ./state
            """)

    @Argument(help: "How far: 3d, 72h, 90m, 1d12h; at most 400 days.")
    var time: Span

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = HubAdvanceClockRequest.with { $0.byMs = UInt64(clamping: time.millis) }
        let reply = try await session.call(.advanceClock, request, as: HubAdvanceClockReply.self)
        output.show(
            Detail(
                kind: "clock", name: Moment.iso(reply.nowMs),
                text: Detail.lines([("Time", Moment.iso(reply.nowMs)), ("Deadlines passed", String(reply.passed))]),
                members: [("now", .moment(reply.nowMs)), ("deadlines_passed", .integer(Int64(reply.passed)))]))
    }
}
