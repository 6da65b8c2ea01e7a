// Figures of each method: how many calls, how many failed, how long they took. Counted where a call ends.

import HubProto
import Synchronization

/// What was counted of one method, at one moment.
package struct MethodFigures: Sendable, Hashable {
    /// `package.Service/Method`.
    package var method: String
    /// Calls that have ended.
    package var requests: UInt64 = 0
    /// Those with another status than OK.
    package var errors: UInt64 = 0
    /// Number of the catalogue of the last error; 0 = none yet. No text: texts may say too much.
    package var lastError: UInt32 = 0
    /// All calls together.
    package var nanoseconds: UInt64 = 0

    package init(method: String) { self.method = method }

    /// Counts a call that has ended.
    ///
    /// - Parameter error: Number of the catalogue; 0 = it ended OK.
    package mutating func record(nanoseconds: UInt64, error: UInt32) {
        requests &+= 1
        self.nanoseconds &+= nanoseconds
        guard error != 0 else { return }
        errors &+= 1
        lastError = error
    }
}

/// Counters of one method of the hub. A call costs two relaxed additions, and two more writes when it fails.
package final class MethodStatistics: Sendable {
    private let method: String
    private let requests = Atomic<UInt64>(0)
    private let errors = Atomic<UInt64>(0)
    private let lastError = Atomic<UInt32>(0)
    private let nanoseconds = Atomic<UInt64>(0)

    init(_ method: HubMethod) { self.method = method.path }

    /// Counts a call that has ended; any thread, no lock, no allocation.
    ///
    /// - Parameters:
    ///   - nanoseconds: From CALL to END.
    ///   - error: Number of the catalogue; 0 = it ended OK.
    package func record(nanoseconds: UInt64, error: UInt32) {
        requests.wrappingAdd(1, ordering: .relaxed)
        self.nanoseconds.wrappingAdd(nanoseconds, ordering: .relaxed)
        guard error != 0 else { return }
        errors.wrappingAdd(1, ordering: .relaxed)
        lastError.store(error, ordering: .relaxed)
    }

    /// The counters now; a call that ends meanwhile may be in some of them and not yet in others.
    package var figures: MethodFigures {
        var figures = MethodFigures(method: method)
        figures.requests = requests.load(ordering: .relaxed)
        figures.errors = errors.load(ordering: .relaxed)
        figures.lastError = lastError.load(ordering: .relaxed)
        figures.nanoseconds = nanoseconds.load(ordering: .relaxed)
        return figures
    }
}
