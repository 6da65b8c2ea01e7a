// hubctl register show, history and search: what a department has entered for good.

import ArgumentParser
import HubDomain
import HubProto

/// `REGISTER KEY` and what is shown of it.
struct EntryOptions: ParsableArguments {
    @Argument(help: "Name of the register.")
    var register: String

    @Argument(help: "Key of the entry, such as a NIK or the number of a certificate.")
    var key: String

    @Flag(help: "Show values; without it only who wrote them and when.")
    var personal = false
}

/// One entry, as it is or was.
struct RegisterShow: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "An entry as it is, or as it was at the end of a day.",
        discussion: """
            Example:
              hubctl register show akta 3402-LU-05012026-0001 --day 2026-06-30 --personal --state ./state
            """)

    @OptionGroup var entry: EntryOptions

    @Option(help: "Day in the regency's time, YYYY-MM-DD; today's state without it.")
    var day: String = ""

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananGetEntryRequest.with { ($0.register, $0.key, $0.day) = (entry.register, entry.key, day) }
        let found = try await session.client.registers.get(request, options: session.options).message.entry
        output.show(found.detail(reveal: entry.personal))
    }
}

/// Every version of one entry.
struct RegisterHistory: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Every version of an entry, and the case that wrote it.",
        discussion: """
            Example:
              hubctl register history penduduk NIK --state ./state
            """)

    @OptionGroup var entry: EntryOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        var listing = Listing("entry", HubRegisterEntry.columns)
        var after: UInt64 = 0
        while true {
            let request = LayananEntryHistoryRequest.with {
                ($0.register, $0.key, $0.afterVersion) = (entry.register, entry.key, after)
            }
            let reply = try await session.client.registers.history(request, options: session.options).message
            for version in reply.entries {
                listing.add(name: "\(version.version)", row: version.row, item: version.members(reveal: entry.personal))
            }
            guard reply.more, let last = reply.entries.last else { break }
            after = last.version
        }
        output.show(listing)
    }
}

/// Entries by a field.
struct RegisterSearch: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Entries that hold a value now, at most 100.",
        discussion: """
            Example:
              hubctl register search penduduk FIELD=VALUE --personal --state ./state
            """)

    @Argument(help: "Name of the register.")
    var register: String

    @Argument(help: ArgumentHelp("A field that the register marks for search.", valueName: "field=value"))
    var condition: String

    @Flag(help: "Show keys and values; without it only who wrote them and when.")
    var personal = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let parts = condition.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw HubError(.configurationInvalid, "search takes field=value")
        }
        let request = LayananSearchEntriesRequest.with {
            ($0.register, $0.field, $0.value) = (register, String(parts[0]), String(parts[1]))
        }
        let reply = try await session.client.registers.search(request, options: session.options).message
        var listing = Listing("entry", HubRegisterEntry.columns)
        for entry in reply.entries {
            listing.add(
                name: personal ? entry.key : entry.case, row: entry.row, item: entry.members(reveal: personal))
        }
        listing.extra = [("more", .bool(reply.more))]
        output.show(listing)
    }
}
