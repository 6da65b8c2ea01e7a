// What other threads bring to a connection: outcomes of work, messages of streams, answers of modules.

import HubDomain
import NIOConcurrencyHelpers
import NIOCore

/// Collects what comes from other threads, so that what comes together wakes the connection once and leaves in one write.
final class Arrivals: Sendable {
    /// One thing that came.
    enum Item: Sendable {
        /// A module's answer to the call of this stream.
        case relayed(stream: UInt32, Result<[UInt8], HubError>)
        /// Whatever else is to be done on the connection.
        case then(@Sendable (ConnectionHandler, ChannelHandlerContext) -> Void)
    }

    private let items = NIOLockedValueBox<[Item]>([])
    private let connection: NIOLoopBound<(ConnectionHandler, ChannelHandlerContext)>
    private let loop: any EventLoop

    init(_ handler: ConnectionHandler, _ context: ChannelHandlerContext) {
        connection = NIOLoopBound((handler, context), eventLoop: context.eventLoop)
        loop = context.eventLoop
    }

    /// From any thread. What was put first is done first.
    func put(_ item: Item) {
        let isFirst = items.withLockedValue { items in
            items.append(item)
            return items.count == 1
        }
        guard isFirst else { return }
        loop.execute {
            let (handler, context) = self.connection.value
            handler.take(
                self.items.withLockedValue { items in
                    defer { items = [] }
                    return items
                }, context)
        }
    }

    /// From any thread; see ``Item/then(_:)``.
    func put(_ body: @escaping @Sendable (ConnectionHandler, ChannelHandlerContext) -> Void) { put(.then(body)) }
}
