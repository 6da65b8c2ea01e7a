// Carries out the steps of one case through a client library.

import Foundation
import HubDomain
import HubProto
import NIOCore

/// One run of one script of calls.
struct CallRun {
    let client: any ClientUnderTest
    private let makeKey: @Sendable () -> [UInt8]
    private var keys: [String: [UInt8]] = [:]
    private var last = ClientOutcome()

    /// - Parameter makeKey: 16 random bytes.
    init(client: any ClientUnderTest, makeKey: @escaping @Sendable () -> [UInt8]) {
        self.client = client
        self.makeKey = makeKey
    }

    /// - Throws: ``CaseFailure`` or ``CaseSkipped``.
    mutating func run(_ steps: [CallStep]) async throws {
        for (place, step) in steps.enumerated() {
            do {
                try await perform(step)
            } catch let failure as CaseFailure {
                throw CaseFailure("step \(place), \(step.method): \(failure.detail)")
            }
        }
    }

    private mutating func perform(_ step: CallStep) async throws {
        let before = last
        var left = step.times
        while left > 0 {
            let orders = try (0..<min(left, step.together)).map { _ in try order(for: step) }
            left -= orders.count
            let client = client
            let outcomes = await withTaskGroup(of: (ClientOutcome?, Int64).self) { group in
                for order in orders {
                    group.addTask {
                        let start = NIODeadline.now()
                        let outcome = await client.perform(order)
                        return (outcome, (NIODeadline.now() - start).nanoseconds / 1_000_000)
                    }
                }
                var outcomes: [(ClientOutcome?, Int64)] = []
                for await outcome in group { outcomes.append(outcome) }
                return outcomes
            }
            for (outcome, millis) in outcomes {
                guard let outcome else { throw CaseSkipped(reason: "\(client.name) does not make such calls") }
                last = outcome
                try check(outcome, after: before, millis: millis, step)
            }
        }
    }

    private mutating func order(for step: CallStep) throws(CaseFailure) -> ClientOrder {
        var order = ClientOrder(
            method: MessageTypes.method(step.method), requests: step.requests, timeoutMillis: step.timeoutMillis,
            metadata: step.metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, resumeFrom: step.resumeFrom,
            cancelAfterMillis: step.cancelAfterMillis, isUncompressed: step.isUncompressed)
        if let word = step.key {
            let key = word == "new" ? nil : keys[word]
            order.key = key ?? makeKey()
            keys[word] = order.key
        }
        if let place = step.resumeAfter {
            guard last.messages.indices.contains(place - 1),
                let number = try? HubInteropNumber(serializedBytes: last.messages[place - 1])
            else { throw CaseFailure("the step before brought no message \(place) with a cursor") }
            order.resumeFrom = [UInt8](number.cursor)
        }
        return order
    }

    // MARK: Judging

    private func check(
        _ outcome: ClientOutcome, after before: ClientOutcome, millis: Int64, _ step: CallStep
    ) throws(CaseFailure) {
        let expected = step.expect
        guard outcome.status == expected.status || outcome.status == expected.orStatus,
            expected.code == nil || outcome.code == expected.code
        else {
            let wanted = expected.code.map { "\(expected.status), E\($0)" } ?? "\(expected.status)"
            throw CaseFailure("status \(outcome.status), E\(outcome.code) (\(outcome.text)), expected \(wanted)")
        }
        if let text = expected.text, outcome.text != text {
            throw CaseFailure("text \(outcome.text.debugDescription), expected \(text.debugDescription)")
        }
        for (key, value) in expected.facts where outcome.facts[key] != value {
            throw CaseFailure("fact \(key) is \(outcome.facts[key] ?? "absent"), expected \(value)")
        }
        if let limit = expected.withinMillis, millis > limit {
            throw CaseFailure("took \(millis) ms, at most \(limit)")
        }
        if let retries = expected.retries, outcome.retries != retries {
            throw CaseFailure("\(retries ? "without" : "with") RetryInfo")
        }
        if let isReplayed = expected.isReplayed, outcome.isReplayed != isReplayed {
            throw CaseFailure("hub-replayed is \(outcome.isReplayed ? "" : "not ")set")
        }
        if expected.isSameReply, outcome.messages != before.messages {
            throw CaseFailure("the reply is not byte for byte the one before")
        }
        for (key, value) in expected.metadata {
            guard outcome.metadata.contains(where: { $0.key == key && $0.value == Array(value.utf8) }) else {
                throw CaseFailure("no metadata \(key): \(value)")
            }
        }
        try checkMessages(outcome, step)
    }

    private func checkMessages(_ outcome: ClientOutcome, _ step: CallStep) throws(CaseFailure) {
        let expected = step.expect
        if let reply = expected.reply {
            guard let message = outcome.messages.first, let json = MessageTypes.json(replyOf: step.method, message)
            else { throw CaseFailure("no reply that can be decoded") }
            guard JSONSubset.holds(reply, in: json) else {
                throw CaseFailure("reply \(json.prefix(300)), expected \(reply.prefix(300))")
            }
        }
        if let replies = expected.replies {
            let came = outcome.messages.map { MessageTypes.json(replyOf: step.method, $0) ?? "" }
            guard came.count == replies.count, zip(replies, came).allSatisfy({ JSONSubset.holds($0, in: $1) }) else {
                throw CaseFailure("replies \("\(came)".prefix(600)), expected \("\(replies)".prefix(600))")
            }
        }
        if let sizes = expected.sizes {
            let came = outcome.messages.map { (try? HubInteropReply(serializedBytes: $0))?.payload.count ?? -1 }
            guard came == sizes else { throw CaseFailure("payloads of \(came) bytes, expected \(sizes)") }
        }
        if let numbers = expected.numbers {
            let came = outcome.messages.map { Int((try? HubInteropNumber(serializedBytes: $0))?.number ?? 0) }
            guard came == Array(numbers) else { throw CaseFailure("numbers \(came), expected \(numbers)") }
        }
    }
}

/// Whether one JSON value contains another: objects by their members, lists and scalars as they are.
enum JSONSubset {
    static func holds(_ part: String, in whole: String) -> Bool {
        guard let part = parse(part), let whole = parse(whole) else { return false }
        return holds(part, in: whole)
    }

    private static func parse(_ text: String) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    }

    private static func holds(_ part: Any, in whole: Any) -> Bool {
        if let part = part as? [String: Any] {
            guard let whole = whole as? [String: Any] else { return false }
            return part.allSatisfy { key, value in whole[key].map { holds(value, in: $0) } ?? false }
        }
        if let part = part as? [Any] {
            guard let whole = whole as? [Any], whole.count == part.count else { return false }
            return zip(part, whole).allSatisfy { holds($0, in: $1) }
        }
        return "\(part)" == "\(whole)"
    }
}
