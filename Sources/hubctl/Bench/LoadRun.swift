// Keeps a number of calls in flight until told to stop, checks every answer and measures each.

import HubClient
import HubDomain
import HubProto
import Synchronization

/// When a measurement ends.
enum LoadEnd: Sendable {
    case count(UInt64)
    case seconds(Double)
}

/// One request of a measurement.
struct LoadRequest: Sendable {
    var bytes: [UInt8]
    var options: CallOptions
}

/// What a measurement found.
struct LoadResult: Sendable {
    var latencies = LatencyHistogram()
    var errors: UInt64 = 0
    /// The first error of each code.
    var firstErrors: [HubError.Code: HubError] = [:]
    /// From the first request to the last answer.
    var seconds = 0.0

    /// Right answers a second.
    var rate: Double { seconds > 0 ? Double(latencies.count) / seconds : 0 }
}

/// The load, as a value.
struct LoadRun: Sendable {
    let clients: [HubClient]
    /// Calls in flight on each client.
    let inFlight: Int
    let end: LoadEnd
    let method: HubMethod
    /// The n-th request, from 0.
    let request: @Sendable (UInt64) -> LoadRequest
    /// What is wrong with the answer to the n-th request; nil = nothing.
    let check: @Sendable (UInt64, RawAnswer) -> HubError?

    /// Runs to the end. A slot whose call fails takes no further one, so that a hub that is down ends the run soon.
    ///
    /// - Parameter shown: Gets the number of answers, several times a second.
    func run(shown: @escaping @Sendable (UInt64) -> Void) async -> LoadResult {
        let start = ContinuousClock.now
        let pace = Pace(end: end, start: start)
        return await withCheckedContinuation { continuation in
            let slots = clients.count * inFlight
            let book = LoadBook(slots: slots, start: start, shown: shown) { continuation.resume(returning: $0) }
            for client in clients {
                for _ in 0..<inFlight { next(client, pace, book) }
            }
        }
    }

    /// Starts the slot's next call; its completion comes here again. No task and no hop between two calls.
    private func next(_ client: HubClient, _ pace: Pace, _ book: LoadBook) {
        guard let number = pace.next() else { return book.leave() }
        let request = request(number)
        let sent = ContinuousClock.now
        client.raw(method, request.bytes, options: request.options) { result in
            let took = ContinuousClock.now - sent
            let fault: HubError? =
                switch result {
                case .success(let answer): check(number, answer)
                case .failure(let error): error
                }
            book.enter(took, fault)
            if fault == nil { next(client, pace, book) } else { book.leave() }
        }
    }
}

/// Hands out numbers until the end.
private final class Pace: Sendable {
    private let numbers = Mutex<UInt64>(0)
    private let countMax: UInt64
    private let deadline: ContinuousClock.Instant?

    init(end: LoadEnd, start: ContinuousClock.Instant) {
        switch end {
        case .count(let count): (countMax, deadline) = (count, nil)
        case .seconds(let seconds): (countMax, deadline) = (.max, start + .seconds(seconds))
        }
    }

    func next() -> UInt64? {
        if let deadline, ContinuousClock.now >= deadline { return nil }
        return numbers.withLock { number in
            guard number < countMax else { return nil }
            defer { number += 1 }
            return number
        }
    }
}

/// Collects what the slots find, and says when the last has left.
private final class LoadBook: Sendable {
    private struct State {
        var result = LoadResult()
        var slots: Int
    }

    private let state: Mutex<State>
    private let start: ContinuousClock.Instant
    private let shown: @Sendable (UInt64) -> Void
    private let done: @Sendable (LoadResult) -> Void

    init(
        slots: Int, start: ContinuousClock.Instant, shown: @escaping @Sendable (UInt64) -> Void,
        done: @escaping @Sendable (LoadResult) -> Void
    ) {
        state = Mutex(State(slots: slots))
        (self.start, self.shown, self.done) = (start, shown, done)
    }

    func enter(_ took: Duration, _ fault: HubError?) {
        let count = state.withLock { state in
            if let fault {
                state.result.errors += 1
                if state.result.firstErrors[fault.code] == nil { state.result.firstErrors[fault.code] = fault }
            } else {
                state.result.latencies.record(UInt64(clamping: Int64(took.seconds * 1e9)))
            }
            return state.result.latencies.count
        }
        if count.isMultiple(of: 256) { shown(count) }
    }

    func leave() {
        let result: LoadResult? = state.withLock { state in
            state.slots -= 1
            guard state.slots == 0 else { return nil }
            state.result.seconds = (ContinuousClock.now - start).seconds
            return state.result
        }
        if let result { done(result) }
    }
}
