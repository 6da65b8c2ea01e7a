// All open connections, so that a stopping hub can say goodbye to each.

import HubDomain
import NIOConcurrencyHelpers
import NIOCore

/// Knows which connections are open.
final class ConnectionSet: Sendable {
    private struct Member: Sendable {
        let channel: any Channel
        let handler: NIOLoopBound<ConnectionHandler>
    }
    private let members = NIOLockedValueBox<[ObjectIdentifier: Member]>([:])
    private let max: Int

    /// - Parameter max: Connections at once.
    init(max: Int) { self.max = max }

    /// On the channel's event loop.
    ///
    /// - Throws: ``HubError/Code/connectionClosed`` when there are as many as there may be.
    func add(_ channel: any Channel, _ handler: ConnectionHandler) throws(HubError) {
        let id = ObjectIdentifier(channel)
        let member = Member(channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
        let isAdded = members.withLockedValue { members in
            guard members.count < max else { return false }
            members[id] = member
            return true
        }
        guard isAdded else { throw HubError(.connectionClosed, "more than \(max) connections") }
        channel.closeFuture.whenComplete { [members] _ in members.withLockedValue { $0[id] = nil } }
    }

    /// Asks every connection to end and waits; what is still open after `seconds` is closed.
    func drain(seconds: Int64) async {
        let all = members.withLockedValue { Array($0.values) }
        for member in all {
            let alarm = member.channel.eventLoop.scheduleTask(in: .seconds(seconds)) {
                member.channel.close(promise: nil)
            }
            member.channel.closeFuture.whenComplete { _ in alarm.cancel() }
            member.channel.eventLoop.execute { member.handler.value.drain() }
        }
        for member in all { try? await member.channel.closeFuture.get() }
    }
}
