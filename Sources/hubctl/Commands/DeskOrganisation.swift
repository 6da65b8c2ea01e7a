// hubctl desk organisation: units, posts and who holds them.

import ArgumentParser
import HubDomain
import HubProto

/// The chart that is in force, a line for each post.
struct DeskOrganisation: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "organisation", abstract: "Units, posts and who holds them.",
        discussion: """
            The chart is a rule like any other: `hubctl service publish organisation/NAME.yaml` brings a new one.

            Example:
              hubctl desk organisation --state ./state
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let reply = try await session.client.desk.organisation(options: session.options).message
        guard reply.hasOrganisation else {
            throw HubError(.serviceUnknown, "no organisation is in force; publish organisation/NAME.yaml")
        }
        let chart = reply.organisation
        var holders: [String: [String]] = [:]
        for officer in chart.officers {
            for position in officer.positions { holders[position, default: []].append(officer.principal) }
        }
        var listing = Listing(
            "post",
            [
                .text("UNIT"), .text("POST", shrinks: true), .text("RUNG"), .text("OFFICER", shrinks: true),
                .wide("TITLE"), .wide("PARENT"), .wide("DEPARTMENT"),
            ])
        for unit in chart.units {
            let posts = chart.positions.filter { $0.unit == unit.code }
            for post in posts {
                let people = holders[post.code] ?? []
                listing.add(
                    name: post.code,
                    row: [
                        unit.code, post.code, post.rung, people.joined(separator: ","), post.title.english, unit.parent,
                        unit.department,
                    ],
                    item: [
                        ("unit", .string(unit.code)), ("unit_title", unit.title.json), ("parent", .text(unit.parent)),
                        ("department", .text(unit.department)), ("post", .string(post.code)),
                        ("post_title", post.title.json), ("rung", .text(post.rung)), ("officers", .strings(people)),
                    ])
            }
        }
        listing.extra = [("name", .string(chart.name)), ("version", .string(chart.version))]
        output.show(listing)
    }
}
