// hubctl complaint follow, unfollow, merge and split.

import ArgumentParser
import HubClient
import HubDomain
import HubProto

/// Be told of a public case.
struct ComplaintFollow: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow", abstract: "Be told what becomes of somebody else's public case.")

    @Argument(help: "Number of the case.") var number: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananFollowRequest.with { $0.case = number }
        output.show(
            try await session.client.complaints.follow(request, options: session.options).message.detail(number))
    }
}

/// Be told no more.
struct ComplaintUnfollow: HubCommand {
    static let configuration = CommandConfiguration(commandName: "unfollow", abstract: "Be told of it no more.")

    @Argument(help: "Number of the case.") var number: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananFollowRequest.with { $0.case = number }
        output.show(
            try await session.client.complaints.unfollow(request, options: session.options).message.detail(number))
    }
}

/// Two cases go on as one.
struct ComplaintMerge: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Lets a case go on with another one, in which its complainant is told.",
        discussion: """
            Example:
              hubctl complaint merge NUMBER --into NUMBER --note "…" --state ./state
            """)

    @Argument(help: "Number of the case that ends.") var number: String
    @Option(help: ArgumentHelp("The case with which it goes on.", valueName: "number")) var into: String
    @Option(help: ArgumentHelp("Why, for its complainant to read.", valueName: "text")) var note: String
    @Option(help: ArgumentHelp("Version of the first case that was looked at.", valueName: "version"))
    var expectVersion: UInt64 = 0

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananMergeRequest.with {
            ($0.case, $0.into, $0.note, $0.expectedVersion) = (number, into, note, expectVersion)
        }
        let answer = try await session.client.complaints.merge(request, options: session.options)
        let definition = try await session.definition(of: answer.message.case.service)
        output.show(await answer.detail(definition, session))
    }
}

/// One case goes on as two.
struct ComplaintSplit: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "split",
        abstract: "Makes a second case out of one, with clocks from the day the first was received.",
        discussion: """
            What --set and --form say is other in the new case; everything else of the request stays.

            Example:
              hubctl complaint split NUMBER --set FIELD=VALUE --note "…" --state ./state
            """)

    @Argument(help: "Number of the case.") var number: String
    @Option(help: ArgumentHelp("Why, for the complainant to read.", valueName: "text")) var note: String
    @Option(help: ArgumentHelp("Version of the case that was looked at.", valueName: "version"))
    var expectVersion: UInt64 = 0

    @OptionGroup var form: FormOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard form.document.isEmpty else { throw ValidationError("the new case has the papers of the first") }
    }

    func run(_ session: Session) async throws {
        let (input, key) = (try form.input(), try form.keyBytes())
        let definition = try await session.definition(of: try await session.getCase(number).service)
        let request = LayananSplitRequest.with {
            ($0.case, $0.note, $0.expectedVersion) = (number, note, expectVersion)
            $0.form = input.values(definition.fields)
        }
        let answer = try await session.answer(.splitComplaint, request, key: key, as: LayananCaseReply.self)
        output.show(await answer.detail(definition, session))
    }
}

extension LayananFollowReply {
    /// `{"number","following","followed"}`
    fileprivate func detail(_ number: String) -> Detail {
        Detail(
            kind: "follow", name: number,
            text: Detail.lines([
                ("Number", number), ("Followed", following ? "yes" : "no"), ("All followed", String(followed)),
            ]),
            members: [
                ("number", .string(number)), ("following", .bool(following)),
                ("followed", .integer(Int64(followed))),
            ])
    }
}
