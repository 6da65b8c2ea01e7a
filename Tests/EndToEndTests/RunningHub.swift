// A real hub for one test: hubd, hubctl, module hosts and modules from the build folder, a state directory of its own.

import Foundation
import HubClient
import HubDomain
import HubProto
import Testing

@testable import hub_demo

/// All of these start processes and load two cores: one after the other.
@Suite("End to end", .serialized)
enum EndToEnd {}

/// The build folder that holds this test's programs, and where else things lie.
enum Place {
    /// The checkout.
    static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let programs = Programs(folder: checkout + "/.build/debug")
    /// Long runs are asked for by name.
    static let isFull = ProcessInfo.processInfo.environment["ELAYANAN_FULL"] == "1"

    /// Real complaints of another city, where they are at hand.
    static let sample = checkout + "/../shared/data/nyc-311-sample.csv"
    static let map = checkout + "/Plugins/Complaints/maps/nyc-311.yaml"

    /// A fresh folder under the system's temporary one.
    static func temporary() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("elayanan-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }
}

/// A served regency with its people, and who lives there.
struct RunningHub: Sendable {
    let regency: Regency
    let town: Town

    /// A manual clock, and processes that may die as often as a test likes.
    static let settings = """
        module_crashes_max: 1000000
        module_backoff_ms: 0

        """

    /// Lets `body` use a hub, then stops it and throws its folder away; also when the test fails.
    static func serve(
        modules: String? = nil, settings: String = settings,
        _ body: (RunningHub) async throws -> Void
    ) async throws {
        let folder = try Place.temporary()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let regency = try await Regency.found(Place.programs, in: folder, modules: modules, settings: settings)
        do {
            try await regency.start()
            let town = try await Town.open(regency)
            try await body(RunningHub(regency: regency, town: town))
            await town.close()
        } catch {
            await regency.stop()
            throw error
        }
        await regency.stop()
    }

    /// Invented people, the same for the same seed.
    func people(seed: UInt64 = 1) async throws -> People {
        let now = try await town.status().nowMs
        return People(
            tables: try People.Tables.load(Place.programs),
            today: CalendarDate(epochMillis: now, utcOffsetMinutes: 420), seed: seed)
    }

    /// How a raw connection of a desk introduces itself.
    func greeting(_ desk: Desk) -> RawGreeting {
        RawGreeting(certificate: desk.certificate, key: desk.key, authority: desk.authority)
    }
}

/// The error that a call ends with.
func refusal(_ body: () async throws -> some Any) async throws -> HubError {
    do {
        _ = try await body()
    } catch let error as HubError {
        return error
    }
    throw NotRefused()
}

/// A call was answered that should not have been.
struct NotRefused: Error {}
