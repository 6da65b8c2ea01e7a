// A sound bundle becomes exactly what its files say.

import Crypto
import Foundation
import HubCore
import HubModules
import HubProto
import SwiftProtobuf
import Testing

@Suite("A sound bundle is read whole")
struct BundleReadingTests {
    @Test("nothing is found wrong with it, and its definition says what the YAML says")
    func definition() throws {
        let specification = try BundleFixture().read()
        #expect(specification.refusals == [])
        #expect(specification.id == "parks")
        #expect(specification.version == "1.0.0")
        #expect(specification.services == ["bench"])
        #expect(specification.libraryPath?.hasSuffix("/parks/libParks.so") == true)
        let definition = try #require(specification.bundle.definitions.first)
        #expect(definition.version == "2026.10", "a version is a text: its last zero counts")
        #expect(definition.interface == .applications)
        #expect(definition.title.id == "Bangku taman")
        #expect(definition.number.prefix == "BN")
        #expect(definition.fields.map(\.name) == ["nik", "born", "sex", "seats", "verdict"])
        #expect(definition.fields.map(\.type) == [.nik, .date, .choice, .integer, .text])
        #expect(definition.fields[0].birthDateField == "born")
        #expect(definition.fields[0].sexFemale == "f")
        #expect(definition.fields[3].valueMin == 1 && definition.fields[3].valueMax == 8)
        #expect(definition.fields[4].decided && !definition.fields[3].decided)
        #expect(definition.documents.first?.requiredFor == ["submit"])
        #expect(definition.stages.map(\.ended) == [false, false, true])
        #expect(definition.actions.map(\.kind) == [.submit, .act, .act])
        #expect(definition.actions[1].noteRequired)
        let promise = definition.clocks[0]
        #expect(promise.unit == .workingDays && promise.amount == 5 && promise.amounts == ["f": 3])
        #expect(promise.onlyField == "sex" && promise.pausedIn == ["waiting"] && promise.onPassed == .escalate)
        #expect(definition.clocks[1].unit == .hours && definition.clocks[1].moveTo == "built")
        #expect(definition.lookups.first?.field == "" && definition.lookups.first?.table == "limit")
        #expect(definition.escalation.map(\.name) == ["chief"])
    }

    @Test("tables and calendars come with version and source")
    func data() throws {
        let bundle = try BundleFixture().read().bundle
        #expect(bundle[HubTable.self].map(\.name) == ["limit"])
        #expect(bundle[HubTable.self].first?.columns == ["kind", "days"])
        #expect(bundle[HubTable.self].first?.rows.map(\.values) == [["bench", "14"]])
        #expect(bundle[HubTable.self].first?.source == "Test. public")
        #expect(bundle[HubCalendar.self].first?.openWeekdays == [1, 2, 3, 4, 5])
        #expect(bundle[HubCalendar.self].first?.utcOffsetMinutes == 420)
        #expect(bundle[HubCalendar.self].first?.closed.map(\.day) == ["2026-01-01"])
    }

    @Test("the definition's hash is SHA-256 of the message without it, the same at every reading")
    func definitionHash() throws {
        let first = try #require(try BundleFixture().read().bundle.definitions.first)
        let second = try #require(try BundleFixture().read().bundle.definitions.first)
        #expect(first.hash == second.hash)
        var bare = first
        bare.hash = Data()
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        let bytes: [UInt8] = try bare.serializedBytes(options: options)
        #expect([UInt8](first.hash) == [UInt8](SHA256.hash(data: bytes)))
    }

    @Test(
        "the bundle's hash changes with every file of it",
        arguments: [
            "manifest.yaml", "libParks.so", "services/bench.yaml", "tables/limit.csv", "tables/limit.yaml",
            "calendars/days.yaml",
        ])
    func bundleHash(_ file: String) throws {
        let before = try BundleFixture().read().bundleHash
        #expect(before.count == 32)
        #expect(try BundleFixture().read().bundleHash == before)
        var changed = BundleFixture()
        changed.files[file, default: ""] += "\n"
        #expect(try changed.read().bundleHash != before)
    }

    @Test("a bundle of data alone needs no library and no services")
    func dataAlone() throws {
        var fixture = BundleFixture()
        fixture.files["manifest.yaml"] = "id: parks\nversion: 1\ndepartment: gardens\ncontact: Gardens\n"
        fixture.files["libParks.so"] = nil
        fixture.files["services/bench.yaml"] = nil
        let specification = try fixture.read()
        #expect(specification.refusals == [])
        #expect(specification.libraryPath == nil)
        #expect(specification.bundle[HubTable.self].count == 1)
    }

    @Test("two versions of one service live side by side")
    func twoVersions() throws {
        var fixture = BundleFixture()
        fixture.files["services/bench-2.yaml"] = BundleFixture.definition
            .replacingOccurrences(of: "2026.10", with: "2026.11")
            .replacingOccurrences(of: "valid_from: 2026-01-01", with: "valid_from: 2026-07-01")
        let specification = try fixture.read()
        #expect(specification.refusals == [])
        #expect(specification.services == ["bench"])
        #expect(Set(specification.bundle.definitions.map(\.version)) == ["2026.10", "2026.11"])
    }
}
