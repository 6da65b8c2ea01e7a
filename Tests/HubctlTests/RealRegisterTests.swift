// The map for New York's 311 service requests, on its own and on real rows where they are at hand.

import Glibc
import HubDomain
import Testing
import Yams

@testable import hubctl

@Suite("New York's complaints fit the form")
struct RealRegisterTests {
    static let checkout = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    /// The 999 real rows, which are not part of the project.
    static let csv = checkout + "/../shared/data/nyc-311-sample.csv"

    private let map: ImportMap
    private let definition: Node.Mapping

    init() throws {
        let module = Self.checkout + "/Plugins/Complaints"
        let path = "\(module)/maps/nyc-311.yaml"
        map = try ImportMap(yaml: ByteFile.text(path, bytesMax: ImportMap.fileBytesMax), file: path)
        let yaml = try ByteFile.text("\(module)/bundle/services/aduan.yaml", bytesMax: ImportMap.fileBytesMax)
        definition = try #require(try Yams.compose(yaml: yaml)?.mapping)
    }

    @Test("every field is one of the form, and every constant and translated value one of its choices")
    func fieldsExist() throws {
        let fields = try #require(definition["fields"]?.sequence).compactMap(\.mapping)
        for field in map.fields {
            let known = try #require(fields.first { $0["name"]?.string == field.name }, "\(field.name)")
            let choices = known["choices"]?.sequence?.compactMap { $0.mapping?["value"]?.string }
            switch field.source {
            case .constant(let value): #expect(choices?.contains(value) == true, "\(field.name): \(value)")
            case .translated(_, let name):
                let table = try #require(map.tables[name])
                for value in table.values.values + [table.fallback].compactMap({ $0 }) {
                    #expect(choices?.contains(value) == true, "\(name): \(value)")
                }
            case .column, .joined: #expect(choices == nil)
            }
        }
        let required = fields.filter { $0["required"]?.bool == true }.compactMap { $0["name"]?.string }
        #expect(Set(required).isSubset(of: map.fields.map(\.name)))
    }

    @Test("the map is whole: register, times on both sides of daylight saving, a default for unknown types")
    func mapIsWhole() throws {
        #expect(map.source == "nyc-311" && map.tables["kategori"]?.fallback != nil)
        let winter = try #require(map.timeFormat.wallSeconds("03/12/2011 12:00:00 PM").flatMap(map.offsets.millis))
        let summer = try #require(map.timeFormat.wallSeconds("03/13/2011 12:00:00 PM").flatMap(map.offsets.millis))
        #expect(summer - winter == 23 * 3_600_000)
    }

    @Test(
        "all 999 real rows become records, 10 of them open",
        .enabled(if: access(csv, R_OK) == 0, "the file of real complaints is not here"))
    func realRows() throws {
        let file = try ByteFile(Self.csv)
        var (reader, rows) = (CSVReader(), [CSVRow]())
        while let piece = try file.next() { rows += reader.feed(piece) }
        rows += reader.finish()
        guard case .fields(let header, _) = rows.first else { return #expect(Bool(false), "no headings") }
        let plan = try ImportPlan(map, header: header)
        let records = try rows.dropFirst().map { try plan.record($0) }
        #expect(records.count == 999 && Set(records.map(\.sourceID)).count == 999)
        #expect(records.filter { $0.closedMillis == 0 }.count == 10)
        #expect(records.allSatisfy { $0.closedMillis == 0 || $0.closedMillis >= $0.createdMillis })
        let types = Set(records.flatMap(\.translations).map(\.from))
        #expect(
            types.allSatisfy { map.tables["kategori"]?.values[$0] != nil }, "every type that occurs is in the table")
    }
}
