// Clients of a real hub behind a bad line, and how long things take there.

import HubClient
import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import hub_demo

extension RunningHub {
    /// Lets `body` use a line to the hub, then tears it down.
    func through(
        _ conditions: LinkConditions = LinkConditions(), seed: UInt64 = 1,
        cuts: @escaping SimulatedLink.Cuts = { _ in nil }, _ body: (SimulatedLink) async throws -> Void
    ) async throws {
        let link = try await SimulatedLink.start(
            to: regency.port, conditions, random: Chance(seed: seed), group: regency.group, cuts: cuts)
        do {
            try await body(link)
        } catch {
            await link.stop()
            throw error
        }
        await link.stop()
    }

    /// A client behind a line, with a desk's certificate.
    func client(
        _ desk: Desk, _ link: SimulatedLink, change: (inout HubClientConfiguration) -> Void = { _ in }
    ) throws(HubError) -> HubClient {
        var configuration = HubClientConfiguration(
            addresses: [HubAddress(host: "127.0.0.1", port: link.port)], certificatePath: desk.certificate,
            keyPath: desk.key, authorityPath: desk.authority)
        configuration.backoff = Backoff(firstMillis: 5, capMillis: 200)
        change(&configuration)
        return try HubClient(configuration: configuration, group: regency.group)
    }

    /// A counter of the department that holds a service.
    func counter(_ service: String, _ name: String) async throws -> Desk {
        try await regency.enrol(town.office(service).definition.department, name, role: "officer")
    }
}

/// Milliseconds that something takes.
func millis(_ body: () async throws -> Void) async throws -> Double {
    let start = ContinuousClock.now
    try await body()
    return (ContinuousClock.now - start).inMillis
}

/// The value in the middle.
func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
