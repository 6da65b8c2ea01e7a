// hubctl status: how the hub is.

import ArgumentParser
import HubProto

/// One look at everything.
struct Status: HubCommand {
    static let configuration = CommandConfiguration(
        abstract: "How the hub is.",
        discussion: """
            Ends with 3 when a module is not serving, and with 6 when the hub does not answer.

            Example:
              hubctl status --state ./state -o json
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let status = try await session.client.admin.status(options: session.options).message
        output.show(status.detail)
        if !status.modules.allSatisfy(\.isHealthy) { throw Finished(status: .unhealthy) }
    }
}

extension HubStatusReply {
    /// `{"hub_id","instance_id","software","pid","now","started","manual_clock","sequence","cases","cases_open",
    /// "deadlines_running","connections","watchers","calls","calls_failed","commits","batches","memory_bytes",
    /// "notices_waiting","notices_dead","notices_oldest_ms","healthy","modules":[…]}`
    var detail: Detail {
        var table = Table(HubModuleInfo.columns)
        modules.forEach { table.add($0.row(nowMillis: nowMs)) }
        let text = Detail.lines([
            (
                "Hub",
                "\(software), pid \(pid), up \(Moment.age(of: startedMs, at: nowMs)), \(memoryBytes >> 20) MiB"
            ),
            ("Time", "\(Moment.iso(nowMs))\(manualClock ? " (manual clock)" : "")"),
            ("Cases", "\(cases), open \(casesOpen), deadlines running \(deadlinesRunning)"),
            ("Log", "\(sequence) events, \(commits) commits in \(batches) transactions"),
            (
                "Notices",
                "\(noticesWaiting) waiting, \(noticesDead) dead"
                    + (noticesOldestMs == 0 ? "" : ", the oldest due for \(noticesOldestMs / 1_000) s")
            ),
            ("Calls", "\(calls), failed \(callsFailed)"), ("Clients", "\(connections), watchers \(watchers)"),
        ])
        return Detail(
            kind: "status", name: Hex.uuid(hubID), text: text + (modules.isEmpty ? [] : [""] + table.lines()),
            members: members)
    }

    private var members: [(String, JSON)] {
        [
            ("hub_id", .hex(hubID)), ("instance_id", .hex(instanceID)), ("software", .string(software)),
            ("pid", .integer(Int64(pid))), ("now", .moment(nowMs)), ("started", .moment(startedMs)),
            ("manual_clock", .bool(manualClock)), ("sequence", .unsigned(sequence)), ("cases", .unsigned(cases)),
            ("cases_open", .unsigned(casesOpen)), ("deadlines_running", .unsigned(deadlinesRunning)),
            ("connections", .integer(Int64(connections))), ("watchers", .integer(Int64(watchers))),
            ("calls", .unsigned(calls)), ("calls_failed", .unsigned(callsFailed)), ("commits", .unsigned(commits)),
            ("batches", .unsigned(batches)), ("memory_bytes", .unsigned(memoryBytes)),
            ("notices_waiting", .unsigned(noticesWaiting)), ("notices_dead", .unsigned(noticesDead)),
            ("notices_oldest_ms", .unsigned(noticesOldestMs)),
            ("healthy", .bool(modules.allSatisfy(\.isHealthy))),
            ("modules", .array(modules.map { .object(members: $0.members) })),
        ]
    }
}
