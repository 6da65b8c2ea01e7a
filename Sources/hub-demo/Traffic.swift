// Requests on their way to the hub: how many wait for an answer, how long answers take, and which never came.

import HubClient
import HubDomain
import HubProto
import Synchronization

/// A request that a program keeps, with its key, until the hub has acknowledged it.
struct Petition: Sendable {
    /// Stands for this one request for ever, however often it is sent.
    let key: [UInt8]
    /// The program that sends it.
    let sender: HubClient
    let method: HubMethod
    let request: LayananSubmitRequest
    /// The citizen for whom it is.
    let citizen: String
    /// What will become of it.
    let life: Life

    var service: String { request.service }
}

/// Sends requests and counts.
final class Traffic: Sendable {
    /// What became of one sending.
    enum Outcome: Sendable {
        case stored(number: String, replayed: Bool)
        /// Nothing was stored, for good.
        case refused(HubError)
        /// Nobody knows whether it was stored; the key will tell.
        case unanswered(HubError)
    }

    private struct State {
        /// Services by the keys that wait.
        var waiting: [[UInt8]: String] = [:]
        var sent = 0
        var again = 0
        var stored: [String: Int] = [:]
        var refused = 0
        var millis: [Double] = []
    }

    private let state = Mutex(State())
    private let list: AcknowledgementList

    init(list: AcknowledgementList) { self.list = list }

    /// Keys that were sent and are not answered yet; of one service, or of all.
    func waiting(_ service: String? = nil) -> Set<[UInt8]> {
        state.withLock { state in
            Set(state.waiting.lazy.filter { service == nil || $0.value == service }.map(\.key))
        }
    }

    /// Requests sent for the first time, and keys sent again.
    var sent: (first: Int, again: Int) { state.withLock { ($0.sent, $0.again) } }
    /// Acknowledged, by service.
    var stored: [String: Int] { state.withLock { $0.stored } }
    /// Refused.
    var refused: Int { state.withLock { $0.refused } }

    /// Milliseconds within which that share of the first sendings was answered.
    func percentile(_ share: Double) -> Double {
        let sorted = state.withLock { $0.millis }.sorted()
        guard let last = sorted.indices.last else { return 0 }
        return sorted[min(last, Int(Double(sorted.count) * share))]
    }

    /// Sends a request once and says what became of it. An acknowledgement is on the client's disk when this returns.
    func send(_ petition: Petition, again: Bool = false) async throws -> Outcome {
        let service = petition.service
        state.withLock { state in
            state.waiting[petition.key] = service
            if again { state.again += 1 } else { state.sent += 1 }
        }
        var options = CallOptions()
        options.idempotencyKey = petition.key
        options.onBehalfOf = petition.citizen
        // The library would send the same key again by itself; the demo wants to see what was left unanswered.
        options.attempts = again ? 5 : 1
        let began = ContinuousClock.now
        let outcome = await call(petition, options)
        let took = (ContinuousClock.now - began).inMillis
        state.withLock { state in
            state.waiting[petition.key] = nil
            if case .refused = outcome { state.refused += 1 }
            if case .unanswered = outcome {} else if !again { state.millis.append(took) }
        }
        if case .stored(let number, _) = outcome {
            try list.add(key: petition.key, number: number)
            state.withLock { $0.stored[service, default: 0] += 1 }
        }
        return outcome
    }

    private func call(_ petition: Petition, _ options: CallOptions) async -> Outcome {
        do throws(HubError) {
            let answer = try await petition.sender.call(
                petition.method, petition.request, as: LayananCaseReply.self, options: options)
            return .stored(number: answer.message.case.number, replayed: answer.replayed)
        } catch {
            switch error.status {
            case .unavailable, .deadlineExceeded, .cancelled: return .unanswered(error)
            default: return .refused(error)
            }
        }
    }
}

extension Duration {
    /// Milliseconds.
    var inMillis: Double { Double(components.seconds) * 1_000 + Double(components.attoseconds) / 1e15 }
}

/// Does something with each element, at most `width` at a time; results come in the order of the elements.
func concurrently<Element: Sendable, Result: Sendable>(
    _ elements: [Element], width: Int, _ body: @escaping @Sendable (Element) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var results: [Result?] = Array(repeating: nil, count: elements.count)
        var next = 0
        func begin() {
            let (index, element) = (next, elements[next])
            next += 1
            group.addTask { (index, try await body(element)) }
        }
        while next < min(width, elements.count) { begin() }
        while let (index, result) = try await group.next() {
            results[index] = result
            if next < elements.count { begin() }
        }
        return results.compactMap(\.self)
    }
}
