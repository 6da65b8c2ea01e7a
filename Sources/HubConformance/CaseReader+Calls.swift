// Case files into cases: steps of calls.

import HubDomain
import Yams

extension CaseReader {
    static func callStep(_ entry: CaseNode) throws(HubError) -> CallStep {
        let members = try entry.members([
            "call", "request", "requests", "timeout_ms", "metadata", "key", "resume_after", "resume_from",
            "cancel_after_ms", "uncompressed",
            "times", "together", "expect",
        ])
        guard let method = members["call"] else { throw entry.wrong("a step with call") }
        let path = try method.text()
        var step = CallStep(method: path, requests: [[]])
        if let request = members["request"] {
            step.requests = [try MessageTypes.encode(requestOf: path, try request.json(), at: request)]
        }
        if let requests = members["requests"] {
            step.requests = []
            for request in try requests.list() {
                step.requests.append(try MessageTypes.encode(requestOf: path, try request.json(), at: request))
            }
        }
        step.timeoutMillis = try members["timeout_ms"]?.number()
        if let metadata = members["metadata"], let mapping = metadata.node.mapping {
            for (key, value) in mapping {
                step.metadata[key.string ?? ""] = try CaseNode(node: value, path: metadata.path).bytes()
            }
        }
        step.key = try members["key"]?.text()
        step.resumeAfter = try members["resume_after"]?.number()
        step.resumeFrom = try members["resume_from"]?.bytes()
        step.cancelAfterMillis = try members["cancel_after_ms"]?.number()
        step.isUncompressed = try members["uncompressed"]?.flag() ?? false
        step.times = try members["times"]?.number() ?? 1
        step.together = try members["together"]?.number() ?? 1
        if let expect = members["expect"] { step.expect = try expectation(of: expect) }
        return step
    }

    private static func expectation(of entry: CaseNode) throws(HubError) -> CallExpectation {
        let members = try entry.members([
            "status", "or_status", "code", "text", "facts", "reply", "replies", "sizes", "numbers", "metadata",
            "replayed", "same_reply",
            "within_ms", "retries",
        ])
        var expected = CallExpectation()
        expected.status = try members["status"]?.number() ?? 0
        expected.orStatus = try members["or_status"]?.number()
        expected.code = try members["code"]?.number()
        expected.text = try members["text"]?.text()
        expected.facts = try members["facts"].map { node throws(HubError) in try texts(node) } ?? [:]
        if let replies = members["replies"] {
            var list: [String] = []
            for reply in try replies.list() { list.append(try reply.json()) }
            expected.replies = list
        }
        expected.reply = try members["reply"].map { node throws(HubError) in try node.json() }
        if let sizes = members["sizes"] {
            var list: [Int] = []
            for size in try sizes.list() { list.append(try size.number()) }
            expected.sizes = list
        }
        if let numbers = members["numbers"] {
            var bounds: [Int] = []
            for bound in try numbers.list() { bounds.append(try bound.number()) }
            guard bounds.count == 2, bounds[0] <= bounds[1] else { throw numbers.wrong("[first, last]") }
            expected.numbers = bounds[0]...bounds[1]
        }
        expected.metadata = try members["metadata"].map { node throws(HubError) in try texts(node) } ?? [:]
        expected.isReplayed = try members["replayed"]?.flag()
        expected.isSameReply = try members["same_reply"]?.flag() ?? false
        expected.withinMillis = try members["within_ms"]?.number()
        expected.retries = try members["retries"]?.flag()
        return expected
    }
}
