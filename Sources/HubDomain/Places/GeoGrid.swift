// Cells by which near places are found with an ordinary index: each place lies in one, and a neighbourhood covers few.

/// A grid over the earth whose cells are about as wide as they are high.
///
/// Rows have one height; how many columns a row has follows from its latitude. Names of cells are kept in ledgers: a grid of
/// one size stays as it is for ever.
public struct GeoGrid: Sendable, Hashable {
    /// Metres of a cell's side.
    public let side: Int

    /// The two grids that are kept: one for neighbours within some hundred metres, one for those within a kilometre.
    public static let all = [GeoGrid(side: 250), GeoGrid(side: 1_000)]

    /// The grid in which a neighbourhood covers the fewest cells.
    public static func fitting(radius metres: Double) -> GeoGrid { metres <= 500 ? all[0] : all[1] }

    private init(side: Int) { self.side = side }

    /// Name of the cell in which a place lies: `side/row/column`.
    public func cell(of place: GeoPoint) -> String {
        let row = Self.row(place.latitude, height)
        return name(row, (place.longitude + Self.halfCircle) / width(ofRow: row))
    }

    /// Names of all cells in which a place may lie that is so near, each once; at most 36 within two sides.
    public func cells(around place: GeoPoint, radius metres: Double) -> [String] {
        let reach = Int64((metres / 1_000 * GeoPoint.perKilometre).rounded(.up))
        let south = max(place.latitude - reach, -Self.quarterCircle)
        let north = min(place.latitude + reach, Self.quarterCircle)
        let slope = max(GeoPoint.cosine(ofMillionths: max(abs(south), abs(north))), Self.flattest)
        let aside = min(Int64((Double(reach) / slope).rounded(.up)), Self.halfCircle)
        let centre = place.longitude + Self.halfCircle
        var names: [String] = []
        for row in Self.row(south, height)...Self.row(north, height) {
            let width = width(ofRow: row)
            var seen: Set<Int64> = []
            for (west, east) in Self.ranges(centre - aside, centre + aside) {
                for column in west / width...east / width where seen.insert(column).inserted {
                    names.append(name(row, column))
                }
            }
        }
        return names
    }

    // MARK: Parts

    private static let quarterCircle: Int64 = 90_000_000
    private static let halfCircle: Int64 = 180_000_000
    private static let circle: Int64 = 360_000_000
    /// Cosine of 88.85 degrees, beyond which nobody is anybody's neighbour.
    private static let flattest = 0.02

    private var height: Int64 { Int64((Double(side) / 1_000 * GeoPoint.perKilometre).rounded(.up)) }

    private static func row(_ latitude: Int64, _ height: Int64) -> Int64 { (latitude + quarterCircle) / height }

    private func width(ofRow row: Int64) -> Int64 {
        let middle = min(row * height + height / 2 - Self.quarterCircle, Self.quarterCircle)
        return Int64((Double(height) / max(GeoPoint.cosine(ofMillionths: middle), Self.flattest)).rounded(.up))
    }

    private func name(_ row: Int64, _ column: Int64) -> String { "\(side)/\(row)/\(column)" }

    /// A stretch of longitudes, cut where the circle begins anew.
    private static func ranges(_ west: Int64, _ east: Int64) -> [(Int64, Int64)] {
        if east - west >= circle - 1 { return [(0, circle)] }
        // Half a circle east is half a circle west.
        if west <= 0 { return [(max(west + circle, 0), circle), (0, east)] }
        if east >= circle { return [(west, circle), (0, east - circle)] }
        return [(west, east)]
    }
}
