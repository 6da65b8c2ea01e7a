// What one principal may hold of the hub at once, over all its connections: dbus-broker's rule, by principal.

import HubWire
import NIOConcurrencyHelpers
import NIOCore
import Synchronization

/// One principal's account. From any thread.
final class Account: Sendable {
    let limits: AccountLimits
    private let connections = Atomic<Int>(0)
    private let calls = Atomic<Int>(0)
    private let bytes = Atomic<Int>(0)
    private let paused = Atomic<Int>(0)
    private let penalty: NIOLockedValueBox<Penalty>
    /// So many connections may wait to be read.
    static let pausedMax = 16

    init(_ limits: AccountLimits) {
        self.limits = limits
        penalty = NIOLockedValueBox(Penalty(free: limits.cutsFree))
    }

    /// What is held now.
    var holding: (connections: Int, calls: Int, bytes: Int) {
        (connections.load(ordering: .relaxed), calls.load(ordering: .relaxed), bytes.load(ordering: .relaxed))
    }

    /// One connection more. False when there are as many as there may be; it counts all the same, until ``close()``.
    func open() -> Bool { connections.add(1, ordering: .relaxed).newValue <= limits.connections }

    func close() { connections.subtract(1, ordering: .relaxed) }

    /// A connection was ended with ENHANCE_YOUR_CALM for what it sent.
    func wasCut(_ now: NIODeadline) { penalty.withLockedValue { $0.add(now) } }

    /// Connections that come before this are not read until then.
    var pausedUntil: NIODeadline { penalty.withLockedValue(\.pausedUntil) }

    /// One connection more is not read. False when as many wait as may.
    func beginPause() -> Bool {
        if paused.add(1, ordering: .relaxed).newValue <= Self.pausedMax { return true }
        endPause()
        return false
    }

    func endPause() { paused.subtract(1, ordering: .relaxed) }

    func add(calls: Int, bytes: Int) {
        if calls != 0 { self.calls.add(calls, ordering: .relaxed) }
        if bytes != 0 { self.bytes.add(bytes, ordering: .relaxed) }
    }
}

/// The accounts of all principals; whoever the register does not know shares one.
final class Accounts: Sendable {
    private let limits: AccountLimits
    private let known = NIOLockedValueBox<[String: Account]>([:])

    init(_ limits: AccountLimits) { self.limits = limits }

    /// - Parameter urn: Of a principal that the register knows; as many accounts are kept as it has principals.
    func account(of urn: String?) -> Account {
        known.withLockedValue { known in
            if let account = known[urn ?? ""] { return account }
            let account = Account(limits)
            known[urn ?? ""] = account
            return account
        }
    }
}

/// One connection's part of its principal's account. Told to the account once in a batch of frames, so that a call that is
/// answered where it was read costs nothing; what is added within a batch is bounded by the credit of the connection.
struct AccountShare {
    let account: Account
    private var calls = 0
    private var bytes = 0

    init(_ account: Account) { self.account = account }

    /// What the connection holds now.
    mutating func settle(calls: Int, bytes: Int) {
        guard calls != self.calls || bytes != self.bytes else { return }
        account.add(calls: calls - self.calls, bytes: bytes - self.bytes)
        (self.calls, self.bytes) = (calls, bytes)
    }

    /// Bytes that this connection may hold at the moment.
    var room: Int { max(0, account.limits.bytes - (account.holding.bytes - bytes)) }

    /// Calls that may be worked on at the moment for this connection.
    var callRoom: Int { max(0, account.limits.calls - (account.holding.calls - calls)) }
}
