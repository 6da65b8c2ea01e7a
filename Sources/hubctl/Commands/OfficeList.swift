// hubctl office list, slots, queue and conflicts: what everybody may know of offices, and what they do not keep.

import ArgumentParser
import HubDomain
import HubProto

/// Where people come.
struct OfficeList: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Offices, their hours and what can be booked there.",
        discussion: """
            Example:
              hubctl office list --case NUMBER --state ./state
            """)

    @Option(help: ArgumentHelp("Only those that offer this kind of appointment.", valueName: "kind")) var kind = ""

    @Option(help: ArgumentHelp("Only those where this case may book now.", valueName: "number")) var `case` = ""

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananOfficesRequest.with { ($0.kind, $0.case) = (kind, `case`) }
        let reply = try await session.client.appointments.offices(request, options: session.options).message
        var listing = Listing(
            "office",
            [
                .text("OFFICE"), .text("TITLE", shrinks: true), .text("KINDS", shrinks: true), .text("CALENDAR"),
                .wide("HOURS"), .wide("ADDRESS"),
            ])
        for office in reply.offices {
            listing.add(
                name: office.code,
                row: [
                    office.code, office.title.english, office.kinds.map(\.name).joined(separator: ","),
                    office.calendar, office.hoursText, office.address,
                ], item: office.members)
        }
        output.show(listing)
    }
}

/// What is free.
struct OfficeSlots: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "slots", abstract: "Slots that can be booked, and how many places are free.",
        discussion: """
            Example:
              hubctl office slots OFFICE KIND --from 2026-12-01 --days 5 --state ./state
            """)

    @Argument(help: "Code of the office.") var office: String

    @Argument(help: "Kind of appointment.") var kind: String

    @Option(help: ArgumentHelp("First day. Default: today.", valueName: "YYYY-MM-DD")) var from = ""

    @Option(help: ArgumentHelp("How many days, 1 to 31.", valueName: "count")) var days = 7

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard (1...31).contains(days) else { throw ValidationError("--days must be 1 to 31") }
    }

    func run(_ session: Session) async throws {
        let request = LayananSlotsRequest.with {
            ($0.office, $0.kind, $0.firstDay, $0.days) = (office, kind, from, UInt32(days))
        }
        let reply = try await session.client.appointments.slots(request, options: session.options).message
        var listing = Listing("slot", [.text("START"), .text("END"), .count("FREE"), .count("PLACES")])
        for slot in reply.slots {
            listing.add(
                name: Moment.iso(slot.startMs),
                row: [Moment.minute(slot.startMs), Moment.minute(slot.endMs), String(slot.free), String(slot.places)],
                item: [
                    ("start", .moment(slot.startMs)), ("end", .moment(slot.endMs)),
                    ("free", .unsigned(UInt64(slot.free))), ("places", .unsigned(UInt64(slot.places))),
                ])
        }
        output.show(listing)
    }
}

/// Numbers and counters, for a display.
struct OfficeQueue: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "Numbers that wait and are called today.",
        discussion: """
            Example:
              hubctl office queue OFFICE --state ./state
            """)

    @Argument(help: "Code of the office.") var office: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananOfficeQueueRequest.with { $0.office = office }
        let reply = try await session.client.appointments.queue(request, options: session.options).message
        var listing = Listing(
            "queue", [.text("KIND"), .count("GIVEN"), .count("WAITING"), .text("CALLED"), .wide("NEXT")])
        for queue in reply.queues {
            let called = queue.called.map { "\($0.number) at \($0.counter)" }.joined(separator: ", ")
            listing.add(
                name: queue.kind,
                row: [
                    queue.kind, String(queue.given), String(queue.waitingCount), called,
                    queue.waiting.joined(separator: ", "),
                ],
                item: [
                    ("kind", .string(queue.kind)), ("given", .unsigned(UInt64(queue.given))),
                    ("waiting_count", .unsigned(queue.waitingCount)), ("waiting", .strings(queue.waiting)),
                    (
                        "called",
                        .array(
                            queue.called.map {
                                .object(members: [
                                    ("number", .string($0.number)), ("counter", .unsigned(UInt64($0.counter))),
                                    ("called", .moment($0.calledMs)),
                                ])
                            })
                    ),
                ])
        }
        listing.extra = [("day", .string(reply.day))]
        output.show(listing)
    }
}

/// Who has to be told, or to book anew.
struct OfficeConflicts: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts", abstract: "Appointments that offices do not keep; ends with 3 when there are some.",
        discussion: """
            Example:
              hubctl office conflicts --state ./state
            """)

    @Argument(help: "This office alone.") var office: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananConflictsRequest.with { $0.office = office ?? "" }
        let reply = try await session.client.appointments.conflicts(request, options: session.options).message
        var listing = Listing(
            "conflict", [.text("CASE"), .text("OFFICE"), .text("KIND"), .text("SLOT"), .text("STATE")])
        for one in reply.conflicts {
            let appointment = one.appointment
            listing.add(
                name: one.case,
                row: [
                    one.case, appointment.office, appointment.kind,
                    appointment.startMs == 0 ? appointment.queueNumber : Moment.minute(appointment.startMs),
                    appointment.state.word,
                ], item: [("case", .string(one.case))] + appointment.members)
        }
        output.show(listing)
        guard reply.conflicts.isEmpty else { throw Finished(status: .unhealthy) }
    }
}
