// Where a raw connection's frames arrive, one after the other, for whoever waits for the next.

import HubProto
import HubWire
import NIOCore
import NIOTLS

/// One frame as it came.
struct RawFrame: Sendable {
    let header: FrameHeader
    let payload: [UInt8]
}

/// What a wait for the next frame led to.
enum Arrival: Sendable {
    case frame(RawFrame)
    /// The peer closed, or TLS failed; nothing more comes.
    case closed
    /// Nothing came in time.
    case late
}

/// What the peer has allowed so far.
struct Credits: Sendable {
    private(set) var maxStream = WireLimits().openCallsMax * 2 - 1
    private var connection = UInt64(WireLimits().connectionCredit)
    private var streams: [UInt32: UInt64] = [:]

    mutating func take(_ stream: UInt32, _ payload: [UInt8]) {
        guard let credit = try? HubCredit(serializedBytes: payload) else { return }
        if stream == 0 {
            connection = max(connection, credit.maxOffset)
            maxStream = max(maxStream, credit.maxStream)
        } else {
            streams[stream] = max(streams[stream] ?? 0, credit.maxOffset)
        }
    }

    /// Whether so many bytes in all may be sent.
    func allow(_ stream: UInt32, streamBytes: UInt64, connectionBytes: UInt64) -> Bool {
        streamBytes <= max(streams[stream] ?? 0, UInt64(WireLimits().streamCredit)) && connectionBytes <= connection
    }
}

/// Cuts bytes into frames. Lives on its connection's event loop; holds at most ``bytesMax``.
final class FrameInbox: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// A peer that sends more than a kit can ever have asked for is cut.
    static let bytesMax = 67_108_864

    private let handshake: EventLoopPromise<Void>
    private var arrived = ByteBuffer()
    private var frames = CircularBuffer<RawFrame>()
    private var bytesHeld = 0
    private var isClosed = false
    /// What the peer allows.
    private(set) var credits = Credits()
    private var waiting: (promise: EventLoopPromise<Arrival>, alarm: Scheduled<Void>)?

    /// - Parameter handshake: Succeeds when TLS is ready, fails when it cannot be.
    init(handshake: EventLoopPromise<Void>) { self.handshake = handshake }

    /// The next frame; waits for it. One wait at a time.
    func next(within limit: TimeAmount, on loop: any EventLoop) -> EventLoopFuture<Arrival> {
        if let frame = frames.popFirst() {
            bytesHeld -= frame.payload.count
            return loop.makeSucceededFuture(.frame(frame))
        }
        if isClosed { return loop.makeSucceededFuture(.closed) }
        let promise = loop.makePromise(of: Arrival.self)
        let alarm = loop.assumeIsolated().scheduleTask(in: limit) { [self] in resume(.late) }
        waiting = (promise, alarm)
        return promise.futureResult
    }

    private func resume(_ arrival: Arrival) {
        guard let waiter = waiting else { return }
        waiting = nil
        waiter.alarm.cancel()
        waiter.promise.succeed(arrival)
    }

    // MARK: From the channel

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { handshake.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = Self.unwrapInboundIn(data)
        arrived.writeBuffer(&bytes)
        while let header = arrived.withUnsafeReadableBytes({ FrameHeader($0) }),
            arrived.readableBytes >= FrameHeader.size + Int(header.length)
        {
            arrived.moveReaderIndex(forwardBy: FrameHeader.size)
            let payload = arrived.readBytes(length: Int(header.length)) ?? []
            if header.type == .credit {
                credits.take(header.stream, payload)
                continue
            }
            bytesHeld += payload.count
            frames.append(RawFrame(header: header, payload: payload))
        }
        arrived.discardReadBytes()
        if bytesHeld > Self.bytesMax { context.close(promise: nil) }
        if waiting != nil, let frame = frames.popFirst() {
            bytesHeld -= frame.payload.count
            resume(.frame(frame))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        handshake.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        handshake.fail(ChannelError.eof)
        isClosed = true
        resume(.closed)
        context.fireChannelInactive()
    }
}
