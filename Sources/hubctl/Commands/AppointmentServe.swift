// hubctl appointment check-in, call, serve and no-show: what happens at a counter.

import ArgumentParser
import HubDomain
import HubProto

/// The person is there.
struct AppointmentCheckIn: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-in", abstract: "Gives a queue number to whoever is there.",
        discussion: """
            Example:
              hubctl appointment check-in NUMBER --office OFFICE --state ./state
            """)

    @Option(help: ArgumentHelp("Where the person is.", valueName: "code"))
    var office: String

    @OptionGroup var chosen: AppointmentOfCase
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananCheckInRequest.with {
            ($0.case, $0.expectedVersion, $0.office) = (chosen.number, chosen.expectVersion, office)
        }
        chosen.show(try await session.client.appointments.checkIn(request, options: session.options).message.case)
    }
}

/// Whose turn it is.
struct AppointmentCall: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Calls the next number to a counter.",
        discussion: """
            Example:
              hubctl appointment call --office OFFICE --counter 2 --state ./state
            """)

    @Option(help: ArgumentHelp("Code of the office.", valueName: "code")) var office: String

    @Option(help: ArgumentHelp("Only for this kind of appointment.", valueName: "kind")) var kind = ""

    @Option(help: ArgumentHelp("Counter that calls, 1 to 99.", valueName: "number")) var counter: UInt32

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananCallNextRequest.with { ($0.office, $0.kind, $0.counter) = (office, kind, counter) }
        let reply = try await session.client.appointments.callNext(request, options: session.options).message
        let called = reply.hasCase ? reply.case.appointments.last { $0.state == .called } : nil
        output.show(
            Detail(
                kind: "call", name: called?.queueNumber ?? "",
                text: called.map {
                    Detail.lines([
                        ("Number", $0.queueNumber), ("Counter", String($0.counter)), ("Case", reply.case.number),
                    ])
                } ?? ["Nobody waits."],
                members: [
                    ("number", .text(called?.queueNumber ?? "")), ("case", .text(reply.case.number)),
                    ("counter", .unsigned(UInt64(counter))),
                ]))
    }
}

/// Done.
struct AppointmentServe: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Says that a person was served, after looking at an identity where the stage wants it.",
        discussion: """
            The NIK is read from standard input, so that it stands in no list of commands.

            Examples:
              echo DIGITS | hubctl appointment serve NUMBER --shown ktp --nik - --state ./state
              echo DIGITS | hubctl appointment serve NUMBER --shown ktp --nik - --proxy --letter surat_kuasa=surat.jpg --state ./state
            """)

    @Option(help: ArgumentHelp("What was shown, as the stage names it.", valueName: "word")) var shown = ""

    @Option(help: ArgumentHelp("- reads the 16 digits from standard input.", valueName: "-")) var nik = ""

    @Flag(help: "Somebody else came; the digits are that person's.") var proxy = false

    @Option(help: ArgumentHelp("Letter of who came instead.", valueName: "kind=file")) var letter: DocumentArgument?

    @OptionGroup var chosen: AppointmentOfCase
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard nik.isEmpty || nik == "-" else {
            throw ValidationError("--nik takes - alone: the digits come from standard input")
        }
    }

    func run(_ session: Session) async throws {
        var request = LayananServeRequest.with {
            ($0.case, $0.expectedVersion) = (chosen.number, chosen.expectVersion)
            ($0.shown, $0.byProxy) = (shown, proxy)
        }
        if nik == "-" { request.nik = (readLine() ?? "").filter(\.isNumber) }
        if let letter {
            let look = LayananGetCaseRequest.with { $0.case = chosen.number }
            let service = try await session.client.cases.get(look, options: session.options).message.case.service
            if let put = try await session.put([letter], for: service).first { request.letter = put }
        }
        chosen.show(try await session.client.appointments.serve(request, options: session.options).message.case)
    }
}

/// Not there.
struct AppointmentNoShow: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "no-show", abstract: "Says that a person is not there.")

    @OptionGroup var chosen: AppointmentOfCase
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananNoShowRequest.with {
            ($0.case, $0.expectedVersion) = (chosen.number, chosen.expectVersion)
        }
        chosen.show(try await session.client.appointments.noShow(request, options: session.options).message.case)
    }
}
