// Requests and answers of streams in memory: what a caller sends, and what it has been sent.

import HubCore
import HubDomain
import HubProto
import SwiftProtobuf
import Synchronization

/// Requests that are all there at once.
final class ListedRequests: RequestSource {
    private let left: Mutex<ArraySlice<[UInt8]>>

    init(_ requests: [some Message]) throws {
        let bytes: [[UInt8]] = try requests.map { try $0.serializedBytes() }
        left = Mutex(bytes[...])
    }

    func next() async throws(HubError) -> [UInt8]? { left.withLock { $0.popFirst() } }
}

/// Keeps what it is sent.
final class RecordingSink<Reply: Message & Sendable>: StreamSink {
    private let messages = Mutex<[Reply]>([])

    var seen: [Reply] { messages.withLock { $0 } }

    func send(_ message: [UInt8], cursor: [UInt8]) async throws(HubError) {
        guard let reply = try? Reply(serializedBytes: message) else { throw HubError(.messageMalformed, "no reply") }
        messages.withLock { $0.append(reply) }
    }

    /// Waits until as many have come.
    func wait(_ count: Int) async {
        while seen.count < count, !Task.isCancelled { await Task.yield() }
    }
}

extension SmallHub {
    /// Starts a server stream; its task ends with the error that ended it.
    func stream(
        _ method: HubMethod, _ request: some Message, by caller: Caller, for citizen: String = "",
        into sink: any StreamSink
    ) throws -> Task<HubError?, Never> {
        guard case .stream(let body) = try hub.router.route(method.path, hub.router.access(of: caller.role)).handler
        else {
            throw HubError(.methodUnknown, "no stream")
        }
        let bytes: [UInt8] = try request.serializedBytes()
        let context = CallContext(method: method, actor: caller.actor(for: citizen))
        return Task {
            do throws(StreamInterruption) {
                try await body(context, bytes, sink)
                return nil
            } catch { return error.error }
        }
    }

    /// One client stream.
    func gather<Reply: Message & Sendable>(
        _ method: HubMethod, _ requests: [some Message], as reply: Reply.Type, by caller: Caller,
        for citizen: String = ""
    ) async throws -> Reply {
        guard case .gather(let body) = try hub.router.route(method.path, hub.router.access(of: caller.role)).handler
        else {
            throw HubError(.methodUnknown, "no client stream")
        }
        let context = CallContext(method: method, actor: caller.actor(for: citizen))
        return try Reply(serializedBytes: try await body(context, try ListedRequests(requests)).body)
    }

    /// One exchange, with all its answers.
    func exchange<Reply: Message & Sendable>(
        _ method: HubMethod, _ requests: [some Message], as reply: Reply.Type, by caller: Caller
    ) async throws -> [Reply] {
        guard case .exchange(let body) = try hub.router.route(method.path, hub.router.access(of: caller.role)).handler
        else {
            throw HubError(.methodUnknown, "no exchange")
        }
        let sink = RecordingSink<Reply>()
        try await body(CallContext(method: method, actor: caller.actor(for: "")), try ListedRequests(requests), sink)
        return sink.seen
    }
}
