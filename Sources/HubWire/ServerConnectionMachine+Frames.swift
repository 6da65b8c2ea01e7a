// What each frame of a client means, in every state of its stream.

import HubDomain
import HubProto
import SwiftProtobuf

extension ServerConnectionMachine {
    mutating func hello(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Action {
        if WireRule.definedFlags.forbids(!header.flags.isEmpty) { return fail(.protocolError, "HELLO with flags") }
        if WireRule.helloFirst.forbids(header.stream != 0) { return fail(.protocolError, "HELLO on a stream") }
        guard let hello = try? HubHello(serializedBytes: [UInt8](payload)) else {
            return fail(.protocolError, "HELLO cannot be decoded")
        }
        if WireRule.versionRange.forbids(hello.versionMin > hello.versionMax) {
            return fail(.protocolError, "HELLO version_min above version_max")
        }
        let isCommon = hello.versionMin <= ProtocolVersion.minorMax && hello.versionMax >= ProtocolVersion.minorMin
        if WireRule.versionCommon.forbids(!isCommon) {
            return fail(.versionUnsupported, "no common protocol version")
        }
        var peer = WireLimits()
        if hello.limits.frameBytesMax != 0 {
            if WireRule.limitBounds.forbids(!WireLimits.frameBytesBounds.contains(hello.limits.frameBytesMax)) {
                return fail(.protocolError, "HELLO frame_bytes_max out of bounds")
            }
            peer.frameBytesMax = hello.limits.frameBytesMax
        }
        if hello.limits.messageBytesMax != 0 { peer.messageBytesMax = hello.limits.messageBytesMax }
        if hello.limits.streamCredit != 0 { peer.streamCredit = hello.limits.streamCredit }
        if hello.limits.connectionCredit != 0 { peer.connectionCredit = hello.limits.connectionCredit }
        phase = .open
        return .ready(peer: peer)
    }

    mutating func ping(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Action {
        if WireRule.pingForm.forbids(header.stream != 0 || payload.count != Int(WireLimits.pingBytes)) {
            return fail(.protocolError, "PING of \(payload.count) bytes on stream \(header.stream)")
        }
        if WireRule.definedFlags.forbids(!header.flags.isSubset(of: .ack)) {
            return fail(.protocolError, "PING with flags \(header.flags.rawValue)")
        }
        if let calm = idle() { return calm }
        if header.flags.contains(.ack) { return .ponged([UInt8](payload)) }
        if WireRule.pingPace.forbids(!pings.takes(at: nowMillis)) {
            return fail(.enhanceYourCalm, "too_many_pings: at most one in \(PingPace.intervalMillis / 1_000) seconds")
        }
        return .pong([UInt8](payload))
    }

    mutating func credit(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Action {
        if WireRule.definedFlags.forbids(!header.flags.isEmpty) { return fail(.protocolError, "CREDIT with flags") }
        guard let credit = try? HubCredit(serializedBytes: [UInt8](payload)) else {
            return fail(.protocolError, "CREDIT cannot be decoded")
        }
        if WireRule.creditBounds.forbids(credit.maxOffset > WireLimits.creditMax) {
            return fail(.flowControl, "CREDIT above 2^62")
        }
        if let calm = idle() { return calm }
        if header.stream == 0 { return .credit(stream: 0, offset: credit.maxOffset) }
        if WireRule.idleCredit.forbids(header.stream % 2 == 0 || header.stream > highestStream) {
            return fail(.protocolError, "CREDIT for idle stream \(header.stream)")
        }
        return isOpen(header.stream) ? .credit(stream: header.stream, offset: credit.maxOffset) : .ignore
    }

    /// The code and the reason are for operators: the client leaves, whatever it says.
    mutating func goaway(_ header: FrameHeader) -> Action {
        if WireRule.goawayForm.forbids(header.stream != 0 || !header.flags.isEmpty) {
            return fail(.protocolError, "GOAWAY on a stream or with flags")
        }
        defer { hasLeft = true }
        return hasLeft ? idle() ?? .ignore : .peerLeaving
    }

    mutating func call(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Action {
        if WireRule.oddStreams.forbids(header.stream % 2 == 0) {
            return fail(.protocolError, "CALL on even stream \(header.stream)")
        }
        if WireRule.risingStreams.forbids(header.stream <= highestStream) {
            return fail(.protocolError, "CALL on stream \(header.stream), not above \(highestStream)")
        }
        if WireRule.definedFlags.forbids(!header.flags.isEmpty) { return fail(.protocolError, "CALL with flags") }
        if WireRule.unfinishedCalls.forbids(unfinished >= Int(limits.openCallsMax) * 2) {
            return fail(.streamLimit, "more than \(2 * limits.openCallsMax) calls that were never finished")
        }
        if WireRule.streamCredit.forbids(header.stream > maxStream) {
            return fail(.streamLimit, "CALL on stream \(header.stream), above the credit of \(maxStream)")
        }
        progressed()
        highestStream = header.stream
        if isDraining {
            begin(header.stream, .draining)
            return .reset(stream: header.stream, .refused)
        }
        lastStream = header.stream
        guard let head = CallHead(payload) else {
            begin(header.stream, .draining)
            return vain()
                ?? .refuse(stream: header.stream, HubError(.messageMalformed, "CALL cannot be decoded"))
        }
        if case .whole(let call) = head, let error = CallMetadata.fault(in: call) {
            begin(header.stream, .draining)
            return vain() ?? .refuse(stream: header.stream, error)
        }
        begin(header.stream, .receiving, head.encodings)
        return .opened(stream: header.stream, head)
    }

    mutating func reset(_ header: FrameHeader) -> Action {
        if WireRule.definedFlags.forbids(!header.flags.isEmpty) {
            return fail(.protocolError, "RESET with flags \(header.flags.rawValue)")
        }
        if WireRule.idleReset.forbids(header.stream % 2 == 0 || header.stream > highestStream) {
            return fail(.protocolError, "RESET on idle stream \(header.stream)")
        }
        switch streams[header.stream]?.side {
        case .complete, .receiving:
            leave(header.stream, for: .over)
            return vain() ?? .cancelled(stream: header.stream)
        case .draining:
            leave(header.stream, for: .over)
            return .ignore
        case .over, nil: return idle() ?? .ignore
        }
    }

    // MARK: Streams

    mutating func begin(_ stream: UInt32, _ side: Stream.Side, _ encodings: CallEncodings = []) {
        var entry = Stream(longest: limits.messageBytesMax, window: ReceiveWindow(size: limits.streamCredit))
        entry.side = side
        entry.mayCompress = encodings.contains(.requests)
        unfinished += 1
        if side == .receiving {
            entry.isWorking = true
            open += 1
            working += 1
        }
        streams.set(stream, entry)
    }

    /// A stream is no longer open, or no longer expected to end. It is forgotten when nobody works on it either.
    mutating func leave(_ stream: UInt32, for side: Stream.Side) {
        guard var entry = streams[stream] else { return }
        if entry.isOpen { open -= 1 }
        if side == .over { unfinished -= 1 }
        if entry.isJoining, let joiner = joiners.remove(stream) { partialBytes -= joiner.held }
        entry.isJoining = false
        entry.side = side
        if side == .over, !entry.isWorking { streams.remove(stream) } else { streams.set(stream, entry) }
    }

    /// Announces what a stream's window has to announce.
    mutating func grant(_ stream: UInt32, _ offset: UInt64) {
        grants.append(Grant(stream: stream, offset: offset, maxStream: nil))
    }

    // MARK: Refusals

    mutating func late(_ stream: UInt32) -> Action {
        guard WireRule.lateData.forbids(true) else { return .ignore }
        lateFrames += 1
        guard lateFrames <= Self.lateFramesMax else {
            return fail(.protocolError, "\(lateFrames) DATA frames for closed streams")
        }
        return .reset(stream: stream, .streamClosed)
    }

    /// Counts a frame that brings nothing.
    mutating func idle() -> Action? {
        idleFrames += 1
        guard WireRule.idleFrames.forbids(idleFrames > Self.idleFramesMax) else { return nil }
        return fail(.enhanceYourCalm, "\(idleFrames) frames in a row that bring nothing")
    }

    /// Counts a call that comes to nothing.
    mutating func vain() -> Action? {
        vainCalls += 1
        guard WireRule.vainCalls.forbids(vainCalls > Self.vainCallsMax) else { return nil }
        return fail(.enhanceYourCalm, "\(vainCalls) calls in a row were given up or refused")
    }

    /// Ends a call whose request was coming; what is left of the request is dropped, if this was not its `last` frame.
    mutating func end(_ stream: UInt32, _ error: HubError, _ last: Bool) -> Action {
        leave(stream, for: last ? .over : .draining)
        if !last, let calm = vain() { return calm }
        return .refuse(stream: stream, error)
    }

    mutating func fail(_ code: HubGoawayCode, _ reason: String) -> Action {
        phase = .closed
        var goaway = HubGoaway()
        goaway.code = code
        goaway.lastStream = lastStream
        goaway.reason = reason
        if code == .versionUnsupported {
            goaway.versionMin = ProtocolVersion.minorMin
            goaway.versionMax = ProtocolVersion.minorMax
        }
        return .goaway(goaway)
    }
}
