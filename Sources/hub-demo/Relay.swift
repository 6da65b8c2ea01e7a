// A piece of network between a client and the hub that can be cut.

import NIOCore
import NIOPosix
import Synchronization

/// Passes bytes between clients and one address, until it is cut.
final class Relay: Sendable {
    private let listener: any Channel
    private let lines: Lines

    /// Port on 127.0.0.1 where clients connect.
    let port: Int
    /// Connections that were passed on so far.
    var connections: Int { lines.state.withLock { $0.opened } }

    private init(listener: any Channel, lines: Lines) {
        self.listener = listener
        self.lines = lines
        port = listener.localAddress?.port ?? 0
    }

    /// Listens on a free port of 127.0.0.1 and connects each client to `port` there.
    static func start(to port: Int, group: any EventLoopGroup) async throws -> Relay {
        let lines = Lines()
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in
                // One event loop for both ends: bytes pass without a hop.
                let outward = ClientBootstrap(group: client.eventLoop)
                    .channelOption(.autoRead, value: false)
                    .connect(host: "127.0.0.1", port: port)
                return outward.flatMapThrowing { hub in
                    try client.pipeline.syncOperations.addHandler(Passing(to: hub))
                    try hub.pipeline.syncOperations.addHandler(Passing(to: client))
                    lines.add(client)
                    for end in [client, hub] {
                        end.setOption(.autoRead, value: true).whenComplete { _ in }
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return Relay(listener: listener, lines: lines)
    }

    /// Cuts every open connection without a goodbye. Returns how many there were.
    @discardableResult
    func cut() -> Int {
        let open = lines.state.withLock { state in
            defer { state.open = [:] }
            return Array(state.open.values)
        }
        for channel in open { channel.close(promise: nil) }
        return open.count
    }

    /// Stops listening and cuts what is open.
    func stop() async {
        try? await listener.close().get()
        cut()
    }

    /// The connections that are open.
    private final class Lines: Sendable {
        struct State {
            var open: [ObjectIdentifier: any Channel] = [:]
            var opened = 0
        }
        let state = Mutex(State())

        func add(_ channel: any Channel) {
            let id = ObjectIdentifier(channel)
            state.withLock { state in
                state.open[id] = channel
                state.opened += 1
            }
            channel.closeFuture.whenComplete { [self] _ in state.withLock { $0.open[id] = nil } }
        }
    }
}

/// Gives every byte of its channel to another one, and closes that with its own.
private final class Passing: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) { self.other = other }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.writeAndFlush(Self.unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
