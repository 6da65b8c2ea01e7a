// Bundles lean on each other's tables and calendars, and dispute each other's names.

import Foundation
import HubModules
import Testing

@Suite("Bundles are checked against each other")
struct BundleReferenceTests {
    /// A second bundle of data alone, with the calendar and the table of the first.
    private static let shared: BundleFixture = {
        var fixture = BundleFixture()
        fixture.files["manifest.yaml"] = "id: shared\nversion: 1\ndepartment: staff\ncontact: Staff\n"
        fixture.files["libParks.so"] = nil
        fixture.files["services/bench.yaml"] = nil
        return fixture
    }()

    /// The first bundle without data of its own.
    private static let leaning: BundleFixture = {
        var fixture = BundleFixture()
        for file in ["tables/limit.csv", "tables/limit.yaml", "calendars/days.yaml"] { fixture.files[file] = nil }
        return fixture
    }()

    private func discover(_ bundles: [(folder: String, BundleFixture)]) throws -> [String: ModuleSpecification] {
        try withTemporaryDirectory { directory in
            for (folder, fixture) in bundles { try fixture.write(below: directory, folder: folder) }
            let found = BundleReader.discover(directory: directory.path)
            return Dictionary(found.map { ($0.bundle.module, $0) }) { first, _ in first }
        }
    }

    @Test("a table and a calendar may come from another bundle")
    func fromAnother() throws {
        let found = try discover([("parks", Self.leaning), ("shared", Self.shared)])
        #expect(found["parks"]?.refusals == [])
        #expect(found["shared"]?.refusals == [])
    }

    @Test("without that bundle, or when it is refused itself, both are named as missing")
    func missing() throws {
        let alone = try discover([("parks", Self.leaning)])["parks"]?.refusals ?? []
        #expect(alone.contains { $0.contains("no bundle brings a table limit") })
        #expect(alone.contains { $0.contains("no bundle brings a calendar days") })
        var broken = Self.shared
        broken.change("tables/limit.csv", "bench,14", to: "bench")
        let both = try discover([("parks", Self.leaning), ("shared", broken)])
        #expect(both["shared"]?.refusals.count == 2)
        #expect(both["parks"]?.refusals == alone)
    }

    @Test("two bundles that decide on one service, or bring one table, are both refused")
    func disputed() throws {
        var rival = BundleFixture()
        rival.change("manifest.yaml", "id: parks", to: "id: rival")
        rival.files["tables/limit.csv"] = nil
        rival.files["tables/limit.yaml"] = nil
        rival.files["calendars/days.yaml"] = nil
        let services = try discover([("parks", BundleFixture()), ("rival", rival)])
        #expect(services["parks"]?.refusals.contains { $0.contains("rival decides on it too") } == true)
        #expect(services["rival"]?.refusals.contains { $0.contains("parks decides on it too") } == true)
        let tables = try discover([("parks", BundleFixture()), ("shared", Self.shared)])
        #expect(tables["parks"]?.refusals.contains { $0.contains("table limit name: shared") } == true)
        #expect(tables["shared"]?.refusals.contains { $0.contains("name: parks brings") } == true)
    }

    @Test("routes come with some bundle, and name fields, values and units that are there")
    func routes() throws {
        var fixture = BundleFixture()
        fixture.change("services/bench.yaml", "number_prefix: BN", to: "number_prefix: BN\nroutes: parks")
        #expect(
            try discover([("parks", fixture)])["parks"]?.refusals.contains {
                $0.contains("no bundle brings routes parks")
            } == true)
        func refusals(_ rule: String) throws -> [String] {
            fixture.files["routes/parks.yaml"] = """
                name: parks
                version: 1
                source: Test
                rules:
                  - { name: one, when: [\(rule)] }

                """
            return try discover([("parks", fixture)])["parks"]?.refusals ?? []
        }
        #expect(try refusals("{ field: sex, values: [f] }") == [])
        #expect(try refusals("{ field: sex, values: [x] }").count == 1)
        #expect(try refusals("{ field: colour, values: [x] }").count == 1)
        #expect(try refusals("{ field: seats, words: [x] }").count == 1)
    }

    @Test("a copy left beside the original is refused and the original runs on")
    func leftCopy() throws {
        try withTemporaryDirectory { directory in
            for folder in ["parks", "parks.bak"] { try BundleFixture().write(below: directory, folder: folder) }
            let found = BundleReader.discover(directory: directory.path)
            #expect(found.map(\.refusals.isEmpty) == [true, false])
        }
    }

    @Test("one department's mistake stops no other, and no directory is no bundle")
    func others() throws {
        var broken = BundleFixture()
        broken.change("manifest.yaml", "id: parks", to: "id: broken")
        broken.files["services/bench.yaml"] = "]"
        let found = try discover([("broken", broken), ("parks", Self.leaning), ("shared", Self.shared)])
        #expect(found["parks"]?.refusals == [])
        #expect(found["broken"]?.refusals.isEmpty == false)
        #expect(BundleReader.discover(directory: "/nonexistent/modules").isEmpty)
    }
}
