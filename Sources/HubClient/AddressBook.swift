// Which of the hub's addresses is tried next.

/// Addresses in the order in which they are tried: those that a leaving hub named, then those of the configuration.
struct AddressBook {
    /// Addresses that one GOAWAY can name; further ones are ignored.
    static let alternatesMax = 8
    /// Longest name of a host (RFC 1035), bytes.
    private static let hostBytesMax = 253

    private let configured: [HubAddress]
    /// Named by the last hub that left; forgotten when nobody answers any more.
    private var alternates: [HubAddress] = []
    private var position = 0
    /// Addresses in a row that have failed since one worked, or since all had failed.
    private var failedInRow = 0

    /// - Parameter configured: At least one.
    init(_ configured: [HubAddress]) { self.configured = configured }

    private var all: [HubAddress] { alternates + configured.filter { !alternates.contains($0) } }

    /// The address to try.
    var next: HubAddress { all[position] }

    /// Some have failed and some were not tried yet.
    var isInRound: Bool { failedInRow > 0 }

    /// A hub answered there: it stays the one to try first.
    mutating func worked() { failedInRow = 0 }

    /// Nobody answered there. True when that holds for all addresses now.
    mutating func failed() -> Bool {
        failedInRow += 1
        let isRoundOver = failedInRow >= all.count
        if isRoundOver {
            failedInRow = 0
            position = alternates.isEmpty ? position : configured.count - 1
            alternates = []
        }
        position = (position + 1) % all.count
        return isRoundOver
    }

    /// The hub there leaves: its clients go where it says, or else to the next address.
    ///
    /// - Parameter names: `host:port`, as in GOAWAY; what is no address is ignored. TLS decides whether the hub there is
    ///   one of ours.
    mutating func leave(_ address: HubAddress, for names: [String]) {
        let named = names.prefix(Self.alternatesMax).compactMap(HubAddress.init(_:)).filter {
            $0 != address && $0.host.utf8.count <= Self.hostBytesMax
        }
        failedInRow = 0
        if !named.isEmpty {
            alternates = named.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
            position = 0
        } else if next == address {
            position = (position + 1) % all.count
        }
    }
}
