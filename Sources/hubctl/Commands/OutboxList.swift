// hubctl outbox list and retry: notices that wait or were given up.

import ArgumentParser
import HubDomain
import HubProto

/// How a notice stands, on the command line.
enum NoticeStateWord: String, ExpressibleByArgument, CaseIterable {
    case waiting, delivered, dead, undeliverable, moot

    var state: HubNoticeState {
        switch self {
        case .waiting: .waiting
        case .delivered: .delivered
        case .dead: .dead
        case .undeliverable: .undeliverable
        case .moot: .moot
        }
    }
}

/// Notices of one state.
struct OutboxList: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Notices that were given up, or of another state.",
        discussion: """
            Shows no address and no text. Ends with 3 when something is dead or a channel does not work.

            Examples:
              hubctl outbox list --state ./state
              hubctl outbox list --show waiting --limit 200 --state ./state -o json
            """)

    @Option(help: "Which ones: waiting, delivered, dead, undeliverable or moot.") var show = NoticeStateWord.dead
    @Option(help: "How many, 1 to 200.") var limit: UInt32 = 50
    @Option(help: ArgumentHelp("Only those behind this one.", valueName: "id")) var after: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let last = try after.map { text throws(HubError) in try NoticeName.bytes(text) } ?? []
        let request = HubAdminListNoticesRequest.with {
            ($0.state, $0.pageSize, $0.after) = (show.state, limit, .init(last))
        }
        let reply = try await session.client.outbox.list(request, options: session.options).message
        let now = await Int64(session.nowMillis())
        var listing = Listing(
            "notice",
            [
                .text("NOTICE"), .text("CASE"), .text("OCCASION"), .text("READER"), .text("CHANNEL"), .text("TRIES"),
                .text("AGE"), .text("OUTCOME", shrinks: true),
            ])
        for line in reply.notices {
            listing.add(name: NoticeName.text(line.id), row: line.row(now), item: line.members)
        }
        output.show(listing)
        let counts = reply.counts
        Terminal.note(
            "waiting \(counts.waiting), dead \(counts.dead), delivered since the start \(counts.delivered), "
                + "down: \(counts.down.isEmpty ? "none" : counts.down.map(\.word).joined(separator: ", "))"
                + (reply.more ? "; there are more, go on with --after" : ""))
        if counts.dead > 0 || !counts.down.isEmpty { throw Finished(status: .unhealthy) }
    }
}

/// Sends notices again.
struct OutboxRetry: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Sends a notice again, or all that a channel gave up.",
        discussion: """
            A notice goes to the person's first channel again, with its old id, so that a receiver knows a twin.

            Examples:
              hubctl outbox retry ID --state ./state
              hubctl outbox retry --channel email --state ./state
            """)

    @Argument(help: "Id of a notice, from `outbox list`.") var id: String?
    @Option(help: "All that this channel gave up, or makes wait: file, email or webhook.") var channel: ChannelWord?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard (id == nil) != (channel == nil) else { throw ValidationError("Name one notice, or a --channel.") }
    }

    func run(_ session: Session) async throws {
        let one = try id.map { text throws(HubError) in try NoticeName.bytes(text) } ?? []
        let request = HubAdminRetryNoticesRequest.with {
            ($0.id, $0.channel) = (.init(one), channel?.channel ?? .unspecified)
        }
        let reply = try await session.client.outbox.retry(request, options: session.options).message
        output.show(
            Detail(
                kind: "retry", name: id ?? channel?.rawValue ?? "",
                text: Detail.lines([
                    ("Due now", String(reply.notices)), ("More", reply.more ? "yes: call again" : "no"),
                ]),
                members: [("notices", .integer(Int64(reply.notices))), ("more", .bool(reply.more))]))
        if reply.more { throw Finished(status: .partial) }
    }
}

/// Ids of notices as people see them.
enum NoticeName {
    static func text(_ id: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return String(id.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0x0F)]] })
    }

    /// - Throws: ``HubError/Code/noticeUnknown`` for a text that is none.
    static func bytes(_ text: String) throws(HubError) -> [UInt8] {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard text.utf8.count == 48, digits.count == 48 else {
            throw HubError(.noticeUnknown, "an id of a notice has 48 hexadecimal digits")
        }
        return stride(from: 0, to: 48, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

extension HubAdminNoticeLine {
    fileprivate func row(_ nowMillis: Int64) -> [String] {
        [
            NoticeName.text(id), number, occasion.word, reader.word, channel.word, String(attempts),
            Moment.age(of: createdMs, at: nowMillis), outcome,
        ]
    }

    /// `{"id","case","occasion","reader","state","channel","attempts","outcome","created","due","settled"}`
    fileprivate var members: [(String, JSON)] {
        [
            ("id", .hex(id)), ("case", .string(number)), ("occasion", .string(occasion.word)),
            ("reader", .string(reader.word)), ("state", .string(state.word)), ("channel", .string(channel.word)),
            ("attempts", .integer(Int64(attempts))), ("outcome", .text(outcome)), ("created", .moment(createdMs)),
            ("due", .moment(dueMs)), ("settled", .moment(settledMs)),
        ]
    }
}
