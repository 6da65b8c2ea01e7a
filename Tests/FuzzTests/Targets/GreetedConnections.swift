// Connections on which hello was said, and a first call was opened: where most control frames mean something.

import HubProto
import HubWire
import NIOCore
import SwiftProtobuf

@testable import HubClient

/// Values, so that each input begins with a copy of its own.
enum GreetedConnections {
    /// As the hub sees it.
    static let hub: ServerConnectionMachine = {
        var machine = ServerConnectionMachine(limits: WireLimits())
        _ = machine.frame(.hello, stream: 0, HubHello())
        return machine
    }()

    /// The same with an open call on stream 1.
    static let hubWithCall: ServerConnectionMachine = {
        var machine = hub
        _ = machine.frame(.call, stream: 1, HubCall.with { $0.method = HubMethod.echo.path })
        return machine
    }()

    /// As a client sees it, with a call on stream 1 whose one message has come.
    static var clientWithAnswer: ClientConnectionMachine<Int> {
        var machine = ClientConnectionMachine<Int>(limits: WireLimits())
        _ = machine.openCall(1, shape: .unary, requestBytes: 0)
        var bytes = ByteBuffer()
        bytes.writeFrame(.hello, HubHello())
        bytes.writeData([UInt8](), flags: .end, stream: 1)
        while machine.next(from: &bytes) != nil {}
        return machine
    }
}

extension ServerConnectionMachine {
    /// One frame, header first, as a connection hands it over.
    mutating func frame(
        _ type: FrameType, flags: FrameFlags = [], stream: UInt32, payload: UnsafeRawBufferPointer
    ) -> Action {
        let header = FrameHeader(type, flags: flags, stream: stream, length: UInt32(clamping: payload.count))
        return check(header) ?? receive(header, payload)
    }

    fileprivate mutating func frame(_ type: FrameType, stream: UInt32, _ message: some Message) -> Action {
        let bytes: [UInt8] = (try? message.serializedBytes()) ?? []
        return bytes.withUnsafeBytes { frame(type, stream: stream, payload: $0) }
    }
}

extension ClientConnectionMachine {
    /// One frame of the hub; nil when it leads to nothing.
    mutating func frame(
        _ type: FrameType, flags: FrameFlags = [], stream: UInt32, payload: UnsafeRawBufferPointer
    ) -> Event? {
        var bytes = ByteBuffer()
        bytes.writeFrameHeader(type, flags: flags, stream: stream, length: payload.count)
        bytes.writeBytes(payload)
        return next(from: &bytes)
    }
}

/// A message that is decoded is the same after it was encoded and decoded once more.
func roundTrip<M: Message & Equatable>(_ message: M) throws(BrokenPromise) {
    let bytes: [UInt8] = (try? message.serializedBytes()) ?? []
    try promise((try? M(serializedBytes: bytes)) == message, "\(M.protoMessageName) is not decoded as it was encoded")
}
