// A place on the earth, in millionths of a degree, and how far another one is.

/// A place.
public struct GeoPoint: Sendable, Hashable {
    /// Millionths of a degree, −90 to 90 degrees north.
    public let latitude: Int64
    /// Millionths of a degree, −180 to 180 degrees east.
    public let longitude: Int64

    /// Millionths of a degree of latitude in 1,000 m, on a sphere of the earth's mean radius (6,371,008.8 m).
    static let perKilometre = 8_993.2036

    /// Nil when there is no such place.
    public init?(latitude: Int64, longitude: Int64) {
        guard (-90_000_000...90_000_000).contains(latitude), (-180_000_000...180_000_000).contains(longitude) else {
            return nil
        }
        (self.latitude, self.longitude) = (latitude, longitude)
    }

    private init(known latitude: Int64, _ longitude: Int64) { (self.latitude, self.longitude) = (latitude, longitude) }

    /// The same place to three decimals of a degree: at most 79 m away, and shared by whoever is near.
    public var coarse: GeoPoint { GeoPoint(known: Self.rounded(latitude), Self.rounded(longitude)) }

    /// Metres that ``coarse`` may be away, rounded up.
    public static let coarseness: Double = 79

    /// Metres to another place: right to a thousandth below some kilometres, up to 88 degrees of latitude.
    public func metres(to other: GeoPoint) -> Double {
        let north = Double(other.latitude - latitude)
        var east = Double(other.longitude - longitude)
        if east > 180_000_000 { east -= 360_000_000 }
        if east < -180_000_000 { east += 360_000_000 }
        east *= Self.cosine(ofMillionths: (latitude + other.latitude) / 2)
        return (north * north + east * east).squareRoot() / Self.perKilometre * 1_000
    }

    private static func rounded(_ millionths: Int64) -> Int64 {
        (millionths + (millionths < 0 ? -500 : 500)) / 1_000 * 1_000
    }

    /// By its series, so that it is the same number in every build: cells of a grid are keys in a ledger. The error is below
    /// 10⁻¹⁰ up to a right angle.
    static func cosine(ofMillionths millionths: Int64) -> Double {
        let angle = Double(millionths) / 1_000_000 * (Double.pi / 180)
        let square = angle * angle
        var (sum, term) = (1.0, 1.0)
        for n in stride(from: 2.0, through: 16, by: 2) {
            term *= -square / (n * (n - 1))
            sum += term
        }
        return sum
    }
}
