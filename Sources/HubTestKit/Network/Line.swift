// One connection over a simulated link: what waits on it, and where it breaks. Lives on one event loop.

import Glibc
import NIOCore

/// The two channels of a connection and the rule by which it breaks.
final class Line {
    let lines: LineSet
    private let client: any Channel
    private let hub: any Channel
    private let cut: LinkCut?
    private var handedOver: [LinkDirection: Int] = [:]
    private(set) var isBroken = false

    init(_ lines: LineSet, client: any Channel, hub: any Channel, cut: LinkCut?) {
        self.lines = lines
        self.client = client
        self.hub = hub
        self.cut = cut
    }

    /// Begins to read at both ends, unless the connection breaks before its first byte.
    func begin() {
        if let cut, cut.afterBytes == 0 { return breakDown(reset: cut.isReset) }
        for end in [client, hub] { end.setOption(.autoRead, value: true).whenComplete { _ in } }
    }

    /// Hands bytes over to the far end, as many as the cut lets through.
    func handOver(_ bytes: ByteBuffer, _ direction: LinkDirection) {
        guard !isBroken else { return }
        let far = direction == .up ? hub : client
        let before = handedOver[direction, default: 0]
        handedOver[direction] = before + bytes.readableBytes
        guard let cut, cut.direction == direction, before + bytes.readableBytes >= cut.afterBytes else {
            return far.writeAndFlush(bytes, promise: nil)
        }
        isBroken = true
        let last = bytes.getSlice(at: bytes.readerIndex, length: cut.afterBytes - before) ?? ByteBuffer()
        far.writeAndFlush(last).assumeIsolated().whenComplete { [self] _ in breakDown(reset: cut.isReset) }
    }

    /// The end that closed has said its last word.
    func finish() { if !isBroken { breakDown(reset: false) } }

    private func breakDown(reset: Bool) {
        isBroken = true
        for end in [client, hub] {
            if reset { Self.reset(end) } else { end.close(promise: nil) }
        }
    }

    /// Closes with RST: what is not handed over is thrown away, and the far end learns it at once.
    static func reset(_ channel: any Channel) {
        if let socket = channel as? any SocketOptionProvider {
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
        } else {
            channel.close(promise: nil)
        }
    }
}

/// Reads at one end of a line and hands over at the other when the time has come.
final class LineEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// Bytes on their way in one direction; whoever sends more has to wait.
    static let waitingBytesMax = 32_768

    private let line: Line
    private let direction: LinkDirection
    private var schedule: LinkSchedule
    private var waiting = CircularBuffer<(at: NIODeadline, bytes: ByteBuffer)>()
    private var waitingBytes = 0
    private var isPaused = false
    private var timer: Scheduled<Void>?
    private var isFinished = false

    init(_ line: Line, _ direction: LinkDirection) {
        self.line = line
        self.direction = direction
        schedule = LinkSchedule(
            line.lines.conditions, openedAt: line.lines.age(at: .now()), isUp: direction == .up)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = Self.unwrapInboundIn(data)
        let now = context.eventLoop.now
        while let segment = bytes.readSlice(length: min(bytes.readableBytes, LinkSchedule.segmentBytes)),
            segment.readableBytes > 0
        {
            let at = line.lines.pass(segment.readableBytes, direction, &schedule, now: now)
            waiting.append((at, segment))
            waitingBytes += segment.readableBytes
        }
        deliver(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isFinished = true
        deliver(context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Hands over what is due, and plans the rest.
    private func deliver(_ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        let now = context.eventLoop.now
        while let first = waiting.first, first.at <= now {
            waiting.removeFirst()
            waitingBytes -= first.bytes.readableBytes
            line.handOver(first.bytes, direction)
        }
        pauseOrGoOn(context)
        if let first = waiting.first {
            timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: first.at) { [self] in
                timer = nil
                deliver(context)
            }
        } else if isFinished {
            line.finish()
        }
    }

    private func pauseOrGoOn(_ context: ChannelHandlerContext) {
        let mustPause = waitingBytes >= Self.waitingBytesMax
        guard mustPause != isPaused, context.channel.isActive else { return }
        isPaused = mustPause
        try? context.channel.syncOptions?.setOption(.autoRead, value: !mustPause)
    }
}
