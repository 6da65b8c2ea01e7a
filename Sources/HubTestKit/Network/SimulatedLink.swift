// A bad line on loopback: a relay between clients and a hub that delays, loses, goes dark and breaks, without root.

import NIOCore
public import NIOPosix
import Synchronization

/// Listens on 127.0.0.1 and passes every connection on to a hub there, as badly as it was told.
///
/// TCP hides losses as waits, so that is how they are made here: bytes are never changed, left out or reordered. Everything
/// but the machine's own speed follows from the conditions and the random numbers.
public final class SimulatedLink: Sendable {
    /// What went through so far, over all connections.
    public struct Traffic: Sendable, Hashable {
        /// Connections that were accepted.
        public var connections = 0
        /// Bytes that came from clients, and from the hub.
        public var bytesUp = 0
        /// Bytes that came from the hub.
        public var bytesDown = 0
        /// Segments they took.
        public var segments = 0

        /// Bytes on the line both ways: with the headers of IP and TCP, and a confirmation for every segment.
        public var wireBytes: Int { bytesUp + bytesDown + segments * 2 * LinkSchedule.headerBytes }
    }

    /// Where the nth connection breaks, the first being 1; nil when it does not.
    public typealias Cuts = @Sendable (_ connection: Int) -> LinkCut?

    private let listener: any Channel
    private let lines: LineSet

    /// Port on 127.0.0.1 where clients connect.
    public let port: Int

    /// What went through so far.
    public var traffic: Traffic { lines.state.withLock { $0.traffic } }

    private init(listener: any Channel, lines: LineSet) {
        self.listener = listener
        self.lines = lines
        port = listener.localAddress?.port ?? 0
    }

    /// Listens on a free port and connects each client to `port` on 127.0.0.1.
    ///
    /// - Parameters:
    ///   - random: Decides about losses and jitter.
    ///   - cuts: Where connections break.
    /// - Throws: What the system says when it cannot listen.
    public static func start(
        to port: Int, _ conditions: LinkConditions = LinkConditions(),
        random: any RandomNumberGenerator & Sendable, group: MultiThreadedEventLoopGroup = .singleton,
        cuts: @escaping Cuts = { _ in nil }
    ) async throws -> SimulatedLink {
        let lines = LineSet(conditions: conditions, random: random, cuts: cuts)
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            // What the kernel would keep on the way is not on a thin line.
            .childChannelOption(.socketOption(.so_rcvbuf), value: LineEnd.waitingBytesMax)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { client in
                let outward = ClientBootstrap(group: client.eventLoop)
                    .channelOption(.autoRead, value: false)
                    .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .connect(host: "127.0.0.1", port: port)
                return outward.flatMapThrowing { hub in try lines.join(client, hub) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return SimulatedLink(listener: listener, lines: lines)
    }

    /// Lets nothing through from now on, for a while. What is on its way arrives.
    public func goDark(millis: Int64) { lines.goDark(millis: millis) }

    /// Cuts every open connection with RST. Returns how many there were.
    @discardableResult
    public func cut() -> Int {
        let open = lines.state.withLock { state in
            defer { state.open = [:] }
            return Array(state.open.values)
        }
        for client in open { Line.reset(client) }
        return open.count
    }

    /// Stops listening and cuts what is open.
    public func stop() async {
        try? await listener.close().get()
        cut()
    }
}

/// What all connections of a link share.
final class LineSet: Sendable {
    struct State {
        var open: [ObjectIdentifier: any Channel] = [:]
        var traffic = SimulatedLink.Traffic()
        var random: any RandomNumberGenerator & Sendable
        var darkness: [LinkConditions.Blackout] = []
    }

    let conditions: LinkConditions
    let state: Mutex<State>
    private let cuts: SimulatedLink.Cuts
    private let made = NIODeadline.now()

    init(
        conditions: LinkConditions, random: any RandomNumberGenerator & Sendable, cuts: @escaping SimulatedLink.Cuts
    ) {
        self.conditions = conditions
        self.cuts = cuts
        state = Mutex(State(random: random))
    }

    /// Nanoseconds since the link was made.
    func age(at now: NIODeadline) -> Int64 { (now - made).nanoseconds }

    /// The moment of an age.
    func moment(_ age: Int64) -> NIODeadline { made + .nanoseconds(age) }

    func goDark(millis: Int64) {
        let from = age(at: .now()) / 1_000_000
        state.withLock { $0.darkness.append(.init(fromMillis: from, lengthMillis: millis)) }
    }

    /// Puts a line between two channels of one event loop.
    func join(_ client: any Channel, _ hub: any Channel) throws {
        let id = ObjectIdentifier(client)
        let number = state.withLock { state in
            state.open[id] = client
            state.traffic.connections += 1
            return state.traffic.connections
        }
        client.closeFuture.whenComplete { [self] _ in state.withLock { $0.open[id] = nil } }
        let line = Line(self, client: client, hub: hub, cut: cuts(number))
        try client.pipeline.syncOperations.addHandler(LineEnd(line, .up))
        try hub.pipeline.syncOperations.addHandler(LineEnd(line, .down))
        line.begin()
    }

    /// Counts a segment and says when it is handed over.
    func pass(_ bytes: Int, _ direction: LinkDirection, _ schedule: inout LinkSchedule, now: NIODeadline) -> NIODeadline
    {
        let age = age(at: now)
        let arrival = state.withLock { state in
            state.traffic.segments += 1
            if direction == .up { state.traffic.bytesUp += bytes } else { state.traffic.bytesDown += bytes }
            return schedule.arrival(of: bytes, at: age, random: &state.random, darkness: state.darkness)
        }
        return moment(arrival)
    }
}
