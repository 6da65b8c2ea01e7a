// Requests: the message of each method, and the one that is read without a decoder.

import HubCompression
import HubDomain
import HubProto
import HubWire
import SwiftProtobuf

@testable import HubCore

extension FuzzTarget {
    /// The first byte says of which method, in their order.
    static let message = FuzzTarget(
        "message", verdicts: [.accepted, "E1005"]
    ) { (input) throws(BrokenPromise) in
        // The method's path in the first line, so that inputs keep their meaning when methods are added.
        let path = String(decoding: input.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let method = HubMethod.all.first { $0.path == path } ?? .echo
        guard let type = method.messages?.request else {
            throw BrokenPromise(description: "\(method.path) has no message")
        }
        return try decoded(type, Array(input.drop { $0 != UInt8(ascii: "\n") }.dropFirst()))
    }

    private static func decoded<M: Message>(_ type: M.Type, _ bytes: [UInt8]) throws(BrokenPromise) -> Verdict {
        try verdict { () throws(HubError) in
            // What lies in the ledger must be readable, whatever the edge let in.
            let stored = try M(edge: bytes).ledgerBytes()
            guard try M(edge: stored).ledgerBytes() == stored else {
                throw HubError(.internalFault, "\(M.protoMessageName) is not stored as it was read")
            }
            return .accepted
        }
    }

    /// Both ways of reading an echo's request name the same module.
    static let echo = FuzzTarget(
        "echo", bytesMax: 512, verdicts: ["request", "module", "E1005"]
    ) { (input) throws(BrokenPromise) in
        let decoded = try? HubEchoMessage(edge: [UInt8](input))
        var named: String?
        let verdict = try verdict { () throws(HubError) in
            switch try EchoRequest.answer(input) {
            case .request:
                named = ""
                return "request"
            case .module(let id):
                named = id
                return "module"
            case .message: throw HubError(.internalFault, "the echo answers something else")
            }
        }
        try promise(named == decoded?.module, "an echo read in place is not the one that is decoded")
        return verdict
    }

    /// A compressed message of at most 1 MiB.
    static let compressed = FuzzTarget(
        "compressed", verdicts: [.accepted, "E1004", "E1005"]
    ) { (input) throws(BrokenPromise) in
        try verdict { () throws(HubError) in
            let caps = ExpansionCaps(bytesMax: 1_048_576)
            let message = try Zstandard.message(input, caps: caps)
            guard message.count <= caps.allowed(input.count) else {
                throw HubError(.internalFault, "a message is longer than its caps")
            }
            guard let frame = message.withUnsafeBytes({ Zstandard.compressed($0) }) else { return .accepted }
            guard frame.count < message.count, try Zstandard.message(frame, caps: caps) == message else {
                throw HubError(.internalFault, "a message is not what it was, or longer than it was")
            }
            return .accepted
        }
    }
}
