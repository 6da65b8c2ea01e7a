// hubctl module stats: calls, errors and times per method, of the hub and of each module's process.

import ArgumentParser
import HubDomain
import HubProto

/// Figures of `hub.admin.v1.Services`.
struct ModuleStats: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Calls, errors and times per method, of the hub and of each module.",
        discussion: """
            Counted since the hub started; calls that still run are not in them. Times are from CALL to END at the hub, \
            from question to answer at a module.

            Examples:
              hubctl module stats --state ./state
              hubctl module stats MODULE --state ./state -o json
            """)

    @Argument(help: "A module's id, or `hub`. Default: all.")
    var name = ""

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = HubAdminInstanceSelector.with { $0.name = name }
        let reply = try await session.call(.instanceStats, request, as: HubAdminStatsReply.self)
        var listing = Listing("method_stats", HubAdminMethodStats.columns)
        for found in reply.instances {
            for method in found.methods {
                listing.add(
                    name: "\(found.instance.name) \(method.method)", row: method.row(found),
                    item: method.members(found))
            }
        }
        output.show(listing)
    }
}

extension HubAdminMethodStats {
    /// Columns of `module stats`.
    static let columns: [Table.Column] = [
        .text("NAME"), .text("METHOD", shrinks: true), .count("CALLS"), .count("FAILED"), .text("LAST-ERROR"),
        .count("AVERAGE-US"), .wide("INSTANCE"),
    ]

    /// Cells of those columns.
    func row(_ found: HubAdminInstanceStats) -> [String] {
        [
            found.instance.name, method, String(numRequests), String(numErrors), lastError == 0 ? "" : "E\(lastError)",
            String(averageProcessingTimeNs / 1_000), found.instance.id,
        ]
    }

    /// `{"name","instance","method","calls","calls_failed","last_error","time_ns","average_ns","started"}`.
    func members(_ found: HubAdminInstanceStats) -> [(String, JSON)] {
        [
            ("name", .string(found.instance.name)), ("instance", .string(found.instance.id)),
            ("method", .string(method)), ("calls", .unsigned(numRequests)), ("calls_failed", .unsigned(numErrors)),
            ("last_error", lastError == 0 ? .null : .integer(Int64(lastError))),
            ("time_ns", .unsigned(processingTimeNs)), ("average_ns", .unsigned(averageProcessingTimeNs)),
            ("started", .moment(found.startedMs)),
        ]
    }
}
