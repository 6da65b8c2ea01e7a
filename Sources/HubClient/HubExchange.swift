// A call that takes several requests: a client stream with one answer, or requests and answers at the same time.

public import HubDomain
public import SwiftProtobuf

/// Requests out, answers in. One task may send while another one reads.
public final class HubExchange<Request: Message, Reply: Message>: Sendable {
    private let client: HubClient
    private let id: UInt64
    private let inbox: StreamInbox

    init(client: HubClient, id: UInt64, inbox: StreamInbox) {
        self.client = client
        self.id = id
        self.inbox = inbox
    }

    deinit { client.cancel(id) }

    /// Sends a request; waits while more than 256 KiB of earlier ones wait for the hub to take them. Not from two tasks.
    ///
    /// - Throws: 1009 when the call has ended; ``next()`` tells why.
    public func send(_ request: Request) async throws(HubError) { try await client.write(id, request) }

    /// Says that no further request comes.
    public func finish() { client.finishRequests(id) }

    /// Gives the call up.
    public func cancel() { client.cancel(id) }

    /// The next answer; nil when the hub has ended the call well.
    ///
    /// - Throws: The hub's error, or 1014 when the connection was lost.
    public func next() async throws(HubError) -> Reply? {
        switch await inbox.next() {
        case .message(let message):
            client.taken(id, bytes: message.readableBytes)
            guard let reply = Reply(frame: message) else {
                throw HubError(.messageMalformed, "an answer cannot be decoded", status: .internalError)
            }
            return reply
        case .end(.complete): return nil
        case .end(.failed(let error)): throw error
        case .end(.interrupted): throw HubError(.connectionClosed, "the connection was lost in the middle of the call")
        }
    }
}
