// What other threads bring to a connection: outcomes of work, messages of streams, answers of modules.

import HubCore
import NIOConcurrencyHelpers
import NIOCore

/// Collects what comes from other threads, so that what comes together wakes the connection once and leaves in one write.
final class Arrivals: Sendable {
    /// One thing that came.
    enum Item: Sendable {
        /// A module's answer to the call of this stream.
        case relayed(stream: UInt32, ModuleOutcome)
        /// Whatever else is to be done on the connection.
        case then(@Sendable (ConnectionHandler, ChannelHandlerContext) -> Void)
    }

    private let items = NIOLockedValueBox<[Item]>([])
    /// The memory of the batch before, for the next one.
    private let spare: NIOLoopBoundBox<[Item]>
    private let connection: NIOLoopBound<(ConnectionHandler, ChannelHandlerContext)>
    private let loop: any EventLoop

    init(_ handler: ConnectionHandler, _ context: ChannelHandlerContext) {
        connection = NIOLoopBound((handler, context), eventLoop: context.eventLoop)
        loop = context.eventLoop
        spare = NIOLoopBoundBox([], eventLoop: context.eventLoop)
    }

    /// From any thread. What was put first is done first.
    func put(_ item: Item) {
        let isFirst = items.withLockedValue { items in
            items.append(item)
            return items.count == 1
        }
        guard isFirst else { return }
        loop.execute {
            var batch = self.spare.value
            self.spare.value = []
            self.items.withLockedValue { swap(&$0, &batch) }
            let (handler, context) = self.connection.value
            handler.take(batch, context)
            // A burst's memory is not kept for ever.
            guard batch.count <= 256 else { return }
            batch.removeAll(keepingCapacity: true)
            self.spare.value = batch
        }
    }

    /// From any thread; see ``Item/then(_:)``.
    func put(_ body: @escaping @Sendable (ConnectionHandler, ChannelHandlerContext) -> Void) { put(.then(body)) }
}
