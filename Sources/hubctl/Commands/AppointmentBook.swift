// hubctl appointment book, change and cancel, for an applicant or on behalf.

import ArgumentParser
import HubProto

/// What every change of an appointment needs, and how its outcome is shown.
struct AppointmentOfCase: ParsableArguments {
    @Argument(help: "Number or id of the case.")
    var number: String

    @Option(help: ArgumentHelp("Version of the case that was looked at.", valueName: "version"))
    var expectVersion: UInt64 = 0

    @OptionGroup var output: OutputOptions

    func show(_ state: HubCase) {
        let newest = state.appointments.last { $0.state != .wanted } ?? state.appointments.last
        let facts = [
            ("Case", state.number), ("Stage", state.stage), ("Appointment", newest?.state.word ?? "none"),
            ("Office", newest?.office ?? ""), ("Slot (UTC)", newest.map { Moment.minute($0.startMs) } ?? ""),
            ("Number", newest?.queueNumber ?? ""),
        ]
        output.show(
            Detail(
                kind: "appointment",
                name: newest?.queueNumber.isEmpty == false ? newest?.queueNumber ?? "" : state.number,
                text: Detail.lines(facts.filter { !$0.1.isEmpty && $0.1 != "-" }),
                members: [
                    ("case", .string(state.number)), ("stage", .string(state.stage)),
                    ("version", .unsigned(state.version)),
                    ("appointments", .array(state.appointments.map { .object(members: $0.members) })),
                ]))
    }
}

/// Where and when.
struct ChosenSlot: ParsableArguments {
    @Option(help: ArgumentHelp("Code of the office; `hubctl office list --case NUMBER`.", valueName: "code"))
    var office: String

    @Option(
        help: ArgumentHelp(
            "Begin of the slot, such as 2026-12-01T09:00+07:00; `hubctl office slots`.", valueName: "time"))
    var at: SlotTime

    func request(_ chosen: AppointmentOfCase) -> LayananBookRequest {
        .with {
            ($0.case, $0.expectedVersion) = (chosen.number, chosen.expectVersion)
            ($0.office, $0.startMs) = (office, at.millis)
        }
    }
}

/// Takes a place.
struct AppointmentBook: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "book", abstract: "Books a place for a case that waits for an appointment.",
        discussion: """
            Example:
              hubctl appointment book NUMBER --office OFFICE --at 2026-12-01T09:00+07:00 --state ./state
            """)

    @OptionGroup var slot: ChosenSlot
    @OptionGroup var chosen: AppointmentOfCase
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        chosen.show(
            try await session.client.appointments.book(slot.request(chosen), options: session.options).message.case)
    }
}

/// Takes another one.
struct AppointmentChange: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Takes another place, and gives back the one that was booked.")

    @OptionGroup var slot: ChosenSlot
    @OptionGroup var chosen: AppointmentOfCase
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        chosen.show(
            try await session.client.appointments.change(slot.request(chosen), options: session.options).message.case)
    }
}

/// Gives it back.
struct AppointmentCancel: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Gives a booked place back.")

    @OptionGroup var chosen: AppointmentOfCase
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananCancelAppointmentRequest.with {
            ($0.case, $0.expectedVersion) = (chosen.number, chosen.expectVersion)
        }
        chosen.show(try await session.client.appointments.cancel(request, options: session.options).message.case)
    }
}
