// The program: a year of a regency, run with the hub and on paper, as often as asked, and told on one page.

import ArgumentParser

/// `hub-year`
@main
struct Year: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hub-year",
        abstract: "A simulated year of a regency: arrivals, officers, holidays, payments; with the hub and on paper.",
        discussion:
            "Exits with 1 when a promise was broken, such as a case that got lost. The same seed prints the same bytes."
    )

    @Option(help: "File of parameters; every number in it has a source or the word assumed.")
    var parameters = "Sources/hub-year/year.yaml"
    @Option(help: "Folder of the departments' bundles.")
    var plugins = "Plugins"
    @Option(help: "Everything that is chance follows from it.")
    var seed: UInt64 = 2_026
    @Option(help: "People of the regency, in place of the file's number; offices shrink with it.")
    var people: Double?
    @Option(help: "Days of the run.")
    var days = 365
    @Option(help: "Of the officers so many per cent.")
    var officers = 100
    @Option(help: "Of the arrivals so many per cent.")
    var arrivals = 100
    @Flag(help: "Also with 70 and 130 per cent of the officers, and of the arrivals.")
    var variants = false
    @Option(help: "Folder for a ledger on disk; without it the ledger is in memory.")
    var ledger: String?
    @Option(help: "File for the page; without it the page is printed.")
    var out: String?

    func validate() throws {
        guard (1...365).contains(days), (1...1_000).contains(officers), (0...1_000).contains(arrivals),
            (people ?? 1) > 0, (people ?? 1) <= 5_000_000
        else { throw ValidationError("days: 1 to 365; officers: 1 to 1000; arrivals: 0 to 1000; people: to 5,000,000") }
    }

    func run() async throws {
        let scenario = try Scenario(yaml: try TextFiles.text(parameters))
        let settings = YearSettings(
            plugins: plugins, seed: seed, people: people, days: days, officers: Double(officers) / 100,
            arrivals: Double(arrivals) / 100, ledgerFolder: ledger)
        let others = variants ? Self.variants : []
        let runs = [settings] + others.map { settings.with(officers: $0.officers, arrivals: $0.arrivals) }
        let results = try await Self.results(scenario, runs)
        let named = zip(others.map(\.name), results.dropFirst()).map { (name: $0, result: $1) }
        let page = YearReport(scenario: scenario, settings: settings, base: results[0], others: named).text
        if let out { try TextFiles.write(page, to: out) } else { TextFiles.show(page) }
        guard results.allSatisfy(\.isSound) else { throw ExitCode(1) }
    }

    private static let variants: [(name: String, officers: Double, arrivals: Double)] = [
        ("officers −30 %", 0.7, 1), ("officers +30 %", 1.3, 1), ("arrivals −30 %", 1, 0.7), ("arrivals +30 %", 1, 1.3),
    ]

    /// Two at a time: each has a ledger of its own in memory, and none knows of the others.
    private static func results(_ scenario: Scenario, _ runs: [YearSettings]) async throws -> [YearResult] {
        try await withThrowingTaskGroup(of: (Int, YearResult).self) { group in
            var results: [Int: YearResult] = [:]
            for (place, settings) in runs.enumerated() {
                if place >= 2, let (done, result) = try await group.next() { results[done] = result }
                group.addTask { (place, try await result(scenario, settings)) }
            }
            for try await (done, result) in group { results[done] = result }
            return runs.indices.compactMap { results[$0] }
        }
    }

    private static func result(_ scenario: Scenario, _ settings: YearSettings) async throws -> YearResult {
        var year = try await HubYear.open(scenario, settings)
        try await year.run()
        return try await year.result(settings)
    }
}

extension YearSettings {
    /// The same with more or fewer of them; its ledger is in memory.
    fileprivate func with(officers: Double, arrivals: Double) -> YearSettings {
        var other = self
        (other.officers, other.arrivals) = (self.officers * officers, self.arrivals * arrivals)
        other.ledgerFolder = nil
        return other
    }
}
