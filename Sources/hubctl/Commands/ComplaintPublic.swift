// hubctl complaint list, timeline, nearby and following: what everybody may read.

import ArgumentParser
import HubClient
import HubDomain
import HubProto

/// Public cases of one service.
struct ComplaintList: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Cases as the public sees them, newest first.",
        discussion: """
            Example:
              hubctl complaint list SERVICE --category VALUE --open --state ./state
            """)

    @Argument(help: "The service's code.") var service: String
    @Option(help: ArgumentHelp("Only this category.", valueName: "value")) var category = ""
    @Option(help: ArgumentHelp("Only this area code.", valueName: "code")) var area = ""
    @Option(help: ArgumentHelp("Only this stage.", valueName: "stage")) var stage = ""
    @Flag(help: "Only cases that have not ended.") var open = false
    @Option(help: ArgumentHelp("How many at most.", valueName: "count")) var limit = 50

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
    }

    func run(_ session: Session) async throws {
        var request = LayananPublicCasesRequest.with {
            ($0.service, $0.category, $0.area, $0.stage, $0.open) = (service, category, area, stage, open)
        }
        var listing = Listing("public_case", LayananPublicCase.columns)
        repeat {
            request.pageSize = UInt32(clamping: min(limit - listing.items.count, 100))
            let reply = try await session.client.complaints.`public`(request, options: session.options).message
            for state in reply.cases { listing.add(name: state.number, row: state.row, item: state.members) }
            request.pageToken = reply.nextPageToken
        } while !request.pageToken.isEmpty && listing.items.count < limit
        output.show(listing)
    }
}

/// What happened to one public case.
struct ComplaintTimeline: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline", abstract: "What happened to a public case, day by day.")

    @Argument(help: "Number of the case.") var number: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananTimelineRequest.with { $0.case = number }
        let reply = try await session.client.complaints.timeline(request, options: session.options).message
        var listing = Listing("public_step", [.text("DAY"), .text("EVENT"), .text("STAGE", shrinks: true)])
        for step in reply.steps {
            listing.add(
                name: step.day, row: [step.day, step.kind.word, step.stageTitle.english],
                item: [
                    ("day", .string(step.day)), ("event", .string(step.kind.word)), ("stage", .string(step.stage)),
                    ("stage_title", step.stageTitle.json),
                ])
        }
        listing.extra = [("case", .object(members: reply.case.members))]
        output.show(listing)
    }
}

/// Public cases near a place.
struct ComplaintNearby: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "nearby", abstract: "Public cases near a place that have not ended.",
        discussion: """
            Example:
              hubctl complaint nearby SERVICE --at=-7.8878,110.3289 --state ./state
            """)

    @Argument(help: "The service's code.") var service: String
    @Option(help: ArgumentHelp("The place in degrees.", valueName: "latitude,longitude")) var at: String
    @Option(help: ArgumentHelp("Only this category.", valueName: "value")) var category = ""

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let place = at.split(separator: ",").map { Degrees.millionths(String($0)) }
        guard place.count == 2, let latitude = place[0], let longitude = place[1] else {
            throw HubError(.configurationInvalid, "--at takes latitude,longitude in degrees, such as -7.8878,110.3289")
        }
        let request = LayananNearbyRequest.with {
            ($0.service, $0.latitude, $0.longitude, $0.category) = (service, latitude, longitude, category)
        }
        let reply = try await session.client.complaints.nearby(request, options: session.options).message
        var listing = Listing("nearby_case", LayananNearbyCase.columns)
        for state in reply.cases { listing.add(name: state.number, row: state.row, item: state.members) }
        output.show(listing)
    }
}

/// What the caller follows.
struct ComplaintFollowing: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "following", abstract: "Public cases that you follow, or the citizen for whom you speak.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let reply = try await session.client.complaints.following(options: session.options).message
        var listing = Listing("public_case", LayananPublicCase.columns)
        for state in reply.cases { listing.add(name: state.number, row: state.row, item: state.members) }
        output.show(listing)
    }
}
