// What the two measurements print, and how they end.

import HubClient
import HubDomain

extension LoadResult {
    /// `{"rate","count","errors","seconds","p50_us","p90_us","p99_us","p999_us","max_us"}` after the measurement's own
    /// keys; times in microseconds.
    func detail(_ kind: String, _ settings: [(String, JSON)]) -> Detail {
        let quantiles = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999)]
        var table = Table(
            [.count("RATE/S"), .count("COUNT"), .count("ERRORS")] + quantiles.map { .count($0.0.uppercased()) } + [
                .count("MAX"), .count("TIME"),
            ])
        table.add(
            [Quantity.fixed(rate, decimals: rate < 100 ? 1 : 0), String(latencies.count), String(errors)]
                + quantiles.map { Self.human(latencies.quantile($0.1)) }
                + [Self.human(latencies.maximum), Quantity.fixed(seconds, decimals: 1) + "s"])
        let figures: [(String, JSON)] =
            [
                ("rate", .number(Self.rounded(rate))), ("count", .unsigned(latencies.count)),
                ("errors", .unsigned(errors)), ("seconds", .number(Self.rounded(seconds))),
            ] + quantiles.map { ("\($0.0)_us", Self.micros(latencies.quantile($0.1))) } + [
                ("max_us", Self.micros(latencies.maximum))
            ]
        return Detail(
            kind: kind, name: Quantity.fixed(rate, decimals: 0), text: table.lines(), members: settings + figures)
    }

    /// Prints the figures, then every kind of error; errors end the program with 1.
    func report(_ output: OutputOptions, kind: String, settings: [(String, JSON)]) throws {
        output.show(detail(kind, settings))
        for error in firstErrors.values.sorted(by: { $0.code.number < $1.code.number }) {
            ErrorReport.lines(for: error).forEach(Terminal.note)
        }
        if errors > 0 || latencies.count == 0 { throw Finished(status: .failed) }
    }

    private static func human(_ nanoseconds: UInt64) -> String {
        let micros = Double(nanoseconds) / 1e3
        return micros < 1_000
            ? "\(Quantity.fixed(micros, decimals: 0))us"
            : "\(Quantity.fixed(micros / 1e3, decimals: micros < 1e5 ? 1 : 0))ms"
    }

    private static func micros(_ nanoseconds: UInt64) -> JSON { .number(rounded(Double(nanoseconds) / 1e3)) }

    private static func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
}

extension ConnectionOptions {
    /// Several clients of the same hub, closed when `body` ends.
    func withClients<Result>(_ count: Int, _ body: ([HubClient]) async throws -> Result) async throws -> Result {
        let configuration = try configuration()
        var clients: [HubClient] = []
        for _ in 0..<count { clients.append(try HubClient(configuration: configuration)) }
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(clients)) } catch { result = .failure(error) }
        for client in clients { await client.close() }
        return try result.get()
    }
}
