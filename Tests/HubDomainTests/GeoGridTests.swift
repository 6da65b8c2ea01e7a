// Distances and cells: whoever is near is found, whatever the latitude.

import HubDomain
import Testing

@Suite("Places")
struct GeoGridTests {
    private func point(_ latitude: Int64, _ longitude: Int64) throws -> GeoPoint {
        try #require(GeoPoint(latitude: latitude, longitude: longitude))
    }

    @Test("distances: a degree of latitude is 111.195 km, one of longitude at 60 degrees half of it")
    func distances() throws {
        let origin = try point(0, 0)
        #expect(abs(origin.metres(to: try point(1_000_000, 0)) - 111_195) < 10)
        #expect(abs(try point(60_000_000, 0).metres(to: point(60_000_000, 10_000)) - 556) < 1)
        // Two squares of Jakarta.
        let monas = try point(-6_175_392, 106_827_153)
        #expect(abs(monas.metres(to: try point(-6_194_957, 106_823_051)) - 2_222) < 10)
    }

    @Test("places beyond the poles and the half circle are none")
    func bounds() {
        for (latitude, longitude) in [(Int64(90_000_001), Int64(0)), (0, 180_000_001), (.min, .max), (-90_000_001, 0)] {
            #expect(GeoPoint(latitude: latitude, longitude: longitude) == nil)
        }
        #expect(GeoPoint(latitude: -90_000_000, longitude: 180_000_000) != nil)
    }

    @Test("a coarse place is at most 79 m away, and its own coarse place")
    func coarse() throws {
        var chance = Chance(seed: 11)
        for _ in 0..<2_000 {
            let place = try point(chance.number(-85_000_000, 85_000_000), chance.number(-180_000_000, 180_000_000))
            #expect(place.metres(to: place.coarse) <= GeoPoint.coarseness)
            #expect(place.coarse.coarse == place.coarse)
            #expect(place.coarse.latitude % 1_000 == 0 && place.coarse.longitude % 1_000 == 0)
        }
    }

    @Test(
        "whoever is within the radius lies in one of the cells around, also across the date line and up to 85 degrees")
    func neighbours() throws {
        var chance = Chance(seed: 2026)
        for round in 0..<4_000 {
            let edge = round % 5 == 0
            let place = try point(
                chance.number(-85_000_000, 85_000_000),
                edge ? (round % 2 == 0 ? 179_999_500 : -179_999_500) : chance.number(-180_000_000, 180_000_000))
            let radius = Double(chance.number(10, 1_160))
            let grid = GeoGrid.fitting(radius: radius)
            let cells = grid.cells(around: place, radius: radius)
            #expect(cells.count <= 36 && Set(cells).count == cells.count && cells.contains(grid.cell(of: place)))
            let north = chance.number(-12_000, 12_000)
            var east = place.longitude + chance.number(-12_000, 12_000)
            if east > 180_000_000 { east -= 360_000_000 }
            if east < -180_000_000 { east += 360_000_000 }
            guard let other = GeoPoint(latitude: place.latitude + north, longitude: east),
                place.metres(to: other) <= radius
            else { continue }
            #expect(cells.contains(grid.cell(of: other)), "\(place) \(other) \(radius)")
        }
    }

    @Test("poles and the edge of the circle have cells too")
    func extremes() throws {
        for (latitude, longitude) in [
            (Int64(90_000_000), Int64(180_000_000)), (-90_000_000, -180_000_000), (0, 180_000_000), (0, -180_000_000),
        ] {
            for grid in GeoGrid.all {
                let place = try point(latitude, longitude)
                #expect(grid.cells(around: place, radius: 1_000).contains(grid.cell(of: place)))
            }
        }
    }

    @Test("names of cells are for ever: this one is in ledgers")
    func names() throws {
        let place = try point(-7_887_800, 110_328_900)
        #expect(GeoGrid.all.map { $0.cell(of: place) } == ["250/36510/127841", "1000/9129/31974"])
    }

    @Test(
        "words and phrases are found whole, whatever their case, accents and marks between them",
        arguments: [
            ("lampu jalan", "LAMPU, jalan!", true), ("lampu jalan", "lampu di jalan", false),
            ("pju", "Kepjuan", false), ("PJU", "ada pju-nya", true), ("café", "di cafe itu", true),
            ("a b a c", "a b a b a c", true), ("x", "", false),
        ])
    func phrases(_ phrase: String, _ text: String, _ found: Bool) {
        #expect(PhraseSearch(text).holds(PhraseSearch.words(of: phrase)) == found)
    }

    @Test("an empty phrase stands nowhere, and a text is read up to 2,000 words")
    func bounded() {
        #expect(!PhraseSearch("apa saja").holds([]))
        let long = String(repeating: "kata ", count: 2_000) + "akhir"
        #expect(!PhraseSearch(long).holds(["akhir"]))
        #expect(PhraseSearch(long).holds(["kata"]))
    }
}

/// The same numbers with the same seed.
private struct Chance {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func number(_ least: Int64, _ most: Int64) -> Int64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return least + Int64((state >> 33) % UInt64(most - least + 1))
    }
}
