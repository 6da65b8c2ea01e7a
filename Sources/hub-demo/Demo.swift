// hub-demo: a day, and three more, in a regency that does not exist. `make demo` runs it.

import ArgumentParser
import FoundationEssentials
import Glibc
import HubDomain

/// The program.
@main
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub-demo",
        abstract: "Three departments at work on a real hub, with processes killed and three days that pass.",
        discussion: """
            Starts hubd with its modules on a throw-away state directory, acts as the departments' programs over TLS, kills
            module hosts and hubd while requests are unanswered, and then looks whether every promise was kept. Exits with 1
            and names each promise that was broken.
            """, subcommands: [AdapterProgram.self])

    @Option(help: ArgumentHelp("Folder of the built programs.", valueName: "dir"))
    var programs = ".build/debug"

    @Option(help: "Permits, births and complaints, together.")
    var cases = 360

    @Option(help: "Of everything invented; the same seed invents the same people.")
    var seed: UInt64 = 2026

    @Option(help: ArgumentHelp("Where to make the regency. Default: `demo` beside the programs.", valueName: "dir"))
    var output: String?

    @Option(help: "Module hosts to kill.")
    var moduleKills = 3

    @Option(help: "How often to kill hubd.")
    var hubKills = 1

    @Flag(help: "Leave the hub running at the end.")
    var keep = false

    /// Requests that a kill needs so that enough of them are in flight.
    static let casesPerKill = 60

    func validate() throws {
        guard (0...1_000).contains(moduleKills), (0...1_000).contains(hubKills) else {
            throw ValidationError("--module-kills and --hub-kills must be 0 to 1000")
        }
        guard (30...100_000).contains(cases), cases >= Self.casesPerKill * (moduleKills + hubKills) else {
            throw ValidationError("--cases must be 30 to 100000, and at least \(Self.casesPerKill) for each kill")
        }
    }

    func run() async throws {
        let onlooker = Onlooker()
        let promises = Promises()
        let folder = output ?? programs + "/demo"
        do {
            try await clear(folder, onlooker)
            let regency = try await Regency.found(Programs(folder: programs), in: folder, settings: Self.settings)
            var day = try await Day.dawn(regency, seed: seed, onlooker: onlooker, promises: promises)
            let report = try await day.pass(cases: cases, moduleKills: moduleKills, hubKills: hubKills)
            try await finish(day, report)
        } catch {
            onlooker.put("\n\(onlooker.mark(false)) the demo could not go on: \(error)")
            throw ExitCode(1)
        }
        guard promises.broken.isEmpty else { throw ExitCode(1) }
    }

    /// Processes are killed for show here: that is no reason to quarantine a module. Notices are files beside the state.
    private static let settings = """
        module_crashes_max: 1000000
        module_backoff_ms: 0
        notices: { file: { folder: ../notices } }

        """

    /// Throws away what an earlier demo left at this place, and nothing else.
    private func clear(_ folder: String, _ onlooker: Onlooker) async throws {
        let files = FileManager.default
        guard let found = try? files.contentsOfDirectory(atPath: folder), !found.isEmpty else { return }
        guard Set(found).isSubset(of: Self.contents), found.contains("logs") else {
            throw DemoFailure("\(folder) holds something else than an earlier demo; choose another --output")
        }
        if let pid = TextFile.text(folder + "/hubd.pid").flatMap({ pid_t($0.filter(\.isNumber)) }),
            TextFile.text("/proc/\(pid)/cmdline")?.contains(folder + "/state") == true
        {
            onlooker.tell("ending the hub that an earlier demo left running (pid \(pid))")
            kill(pid, SIGTERM)
            for _ in 0..<500 where kill(pid, 0) == 0 { try await Task.sleep(for: .milliseconds(20)) }
        }
        try files.removeItem(atPath: folder)
    }

    private static let contents: Set<String> = [
        "state", "restored", "desks", "logs", "acknowledged", "papers", "notices", "hubd.pid", "siak.numbers",
        "oss.numbers", "sp4n-lapor.numbers",
    ]

    /// The table, the promises, and what to look at next.
    private func finish(_ day: Day, _ report: Report) async throws {
        let (onlooker, regency) = (day.onlooker, day.regency)
        onlooker.chapter("What came of it")
        report.lines().forEach(onlooker.put)
        onlooker.chapter("Promises")
        for promise in day.promises.all {
            let found = promise.found.isEmpty ? "" : "  (\(promise.found))"
            onlooker.put("\(onlooker.mark(promise.held)) \(promise.sentence)\(found)")
        }
        let address: String
        if keep {
            try await regency.start()
            if let pid = regency.pid { try TextFile.write(Array("\(pid)\n".utf8), to: regency.folder + "/hubd.pid") }
            regency.release()
            address = ""
            onlooker.chapter("The hub is still up. Have a look:")
        } else {
            address = "  \(programs)/hubd --state \(regency.state) --listen 127.0.0.1:0 --clock manual &\n"
            onlooker.chapter("The state directory stays until the next demo. Bring the hub back and have a look:")
        }
        onlooker.put(
            """
            \(address)  \(programs)/hubctl status --state \(regency.state)
              \(programs)/hubctl case list --overdue --limit 5 --state \(regency.state)
              \(programs)/hubctl case history \(day.escalated ?? "NUMBER") --state \(regency.state)
            """)
        let broken = day.promises.broken
        onlooker.put(
            broken.isEmpty
                ? "\n\(onlooker.mark(true)) every promise was kept, in \(onlooker.seconds) s"
                : "\n\(onlooker.mark(false)) broken: \(broken.map(\.sentence).joined(separator: "; "))")
    }
}
