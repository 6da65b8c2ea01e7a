// What each frame of a client means, in every state of its stream.

import HubDomain
import HubProto
import SwiftProtobuf

extension ServerConnectionMachine {
    mutating func hello(_ header: FrameHeader, _ payload: [UInt8]) -> Action {
        if WireRule.definedFlags.forbids(!header.flags.isEmpty) { return fail(.protocolError, "HELLO with flags") }
        if WireRule.helloFirst.forbids(header.stream != 0) { return fail(.protocolError, "HELLO on a stream") }
        guard let hello = try? HubHello(serializedBytes: payload) else {
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
        phase = .open
        return .ready(peer: peer)
    }

    mutating func ping(_ header: FrameHeader, _ payload: [UInt8]) -> Action {
        if WireRule.pingForm.forbids(header.stream != 0 || payload.count != Int(WireLimits.pingBytes)) {
            return fail(.protocolError, "PING of \(payload.count) bytes on stream \(header.stream)")
        }
        if WireRule.definedFlags.forbids(!header.flags.isSubset(of: .ack)) {
            return fail(.protocolError, "PING with flags \(header.flags.rawValue)")
        }
        return header.flags.contains(.ack) ? .ignore : .pong(payload)
    }

    /// The code and the reason are for operators: the client leaves, whatever it says.
    mutating func goaway(_ header: FrameHeader) -> Action {
        if WireRule.goawayForm.forbids(header.stream != 0 || !header.flags.isEmpty) {
            return fail(.protocolError, "GOAWAY on a stream or with flags")
        }
        return .peerLeaving
    }

    mutating func call(_ header: FrameHeader, _ payload: [UInt8]) -> Action {
        if WireRule.oddStreams.forbids(header.stream % 2 == 0) {
            return fail(.protocolError, "CALL on even stream \(header.stream)")
        }
        if WireRule.risingStreams.forbids(header.stream <= highestStream) {
            return fail(.protocolError, "CALL on stream \(header.stream), not above \(highestStream)")
        }
        if WireRule.definedFlags.forbids(!header.flags.isEmpty) { return fail(.protocolError, "CALL with flags") }
        if WireRule.unfinishedCalls.forbids(streams.count >= Int(limits.openCallsMax) * 2) {
            return fail(.streamLimit, "more than \(limits.openCallsMax) open calls, not waiting for answers")
        }
        highestStream = header.stream
        if isLeaving {
            streams[header.stream] = .draining
            return .reset(stream: header.stream, .refused)
        }
        lastStream = header.stream
        guard let call = try? HubCall(serializedBytes: payload) else {
            return drain(header.stream, HubError(.messageMalformed, "CALL cannot be decoded"))
        }
        if WireRule.openCalls.forbids(running >= Int(limits.openCallsMax)) {
            return drain(
                header.stream, HubError(.tooManyCalls, "\(limits.openCallsMax) calls are open", retryAfterMillis: 100))
        }
        if let error = CallMetadata.fault(in: call) { return drain(header.stream, error) }
        running += 1
        streams[header.stream] = .receiving(MessageJoiner(limit: limits.messageBytesMax))
        return .opened(stream: header.stream, call: call)
    }

    mutating func data(_ header: FrameHeader, _ payload: [UInt8]) -> Action {
        let isIdle = header.stream % 2 == 0 || header.stream > highestStream
        if WireRule.idleData.forbids(isIdle) {
            return fail(.protocolError, "DATA on idle stream \(header.stream)")
        }
        if WireRule.definedFlags.forbids(!header.flags.isSubset(of: [.end, .more, .compressed]))
            || WireRule.moreOrEnd.forbids(header.flags.isSuperset(of: [.end, .more]))
        {
            return fail(.protocolError, "DATA with flags \(header.flags.rawValue)")
        }
        emptyFrames = header.length == 0 && header.flags.contains(.more) ? emptyFrames + 1 : 0
        if WireRule.emptyFrames.forbids(emptyFrames > Self.emptyFramesMax) {
            return fail(.enhanceYourCalm, "\(emptyFrames) DATA frames without a byte and without an end")
        }
        let ends = header.flags.contains(.end)
        // Taken out, changed and put back, so that what was joined so far is never copied.
        switch take(header.stream) {
        case .draining:
            if !ends { streams[header.stream] = .draining }
            return .ignore
        case .running:
            running -= 1
            return late(header.stream)
        case nil: return late(header.stream)
        case .receiving(var joiner):
            if WireRule.compression.forbids(header.flags.contains(.compressed)) {
                return end(header.stream, HubError(.protocolViolation, "compressed DATA without an encoding"), ends)
            }
            switch joiner.append(payload, more: header.flags.contains(.more)) {
            case .tooLarge:
                return end(
                    header.stream, HubError(.messageTooLarge, "message above \(joiner.limit) bytes"), ends)
            case .incomplete:
                guard joined + joiner.held <= joinedMax else {
                    return end(
                        header.stream,
                        HubError(
                            .tooManyCalls, "more than \(joinedMax) bytes of requests wait for their end",
                            retryAfterMillis: 100),
                        ends)
                }
                joined += joiner.held
                streams[header.stream] = .receiving(joiner)
                return .ignore
            case .message(let message):
                if WireRule.oneRequest.forbids(!ends) {
                    return end(
                        header.stream,
                        HubError(.methodUnknown, "client streams are not in 1.0: the request must carry END"), ends)
                }
                streams[header.stream] = .running
                return .request(stream: header.stream, message: message)
            }
        }
    }

    mutating func reset(_ header: FrameHeader) -> Action {
        if WireRule.definedFlags.forbids(!header.flags.isEmpty) {
            return fail(.protocolError, "RESET with flags \(header.flags.rawValue)")
        }
        if WireRule.idleReset.forbids(header.stream % 2 == 0 || header.stream > highestStream) {
            return fail(.protocolError, "RESET on idle stream \(header.stream)")
        }
        switch take(header.stream) {
        case .running, .receiving:
            running -= 1
            return .cancelled(stream: header.stream)
        case .draining, nil: return .ignore
        }
    }

    /// Takes a stream out, with what it holds of its request.
    mutating func take(_ stream: UInt32) -> Stream? {
        let taken = streams.removeValue(forKey: stream)
        if case .receiving(let joiner) = taken { joined -= joiner.held }
        return taken
    }

    // MARK: Refusals

    private mutating func late(_ stream: UInt32) -> Action {
        guard WireRule.lateData.forbids(true) else { return .ignore }
        lateFrames += 1
        guard lateFrames <= Self.lateFramesMax else {
            return fail(.protocolError, "\(lateFrames) DATA frames for closed streams")
        }
        return .reset(stream: stream, .streamClosed)
    }

    /// Refuses a call whose request is still to come.
    private mutating func drain(_ stream: UInt32, _ error: HubError) -> Action {
        streams[stream] = .draining
        return .refuse(stream: stream, error)
    }

    /// Ends a call whose request was coming; what is left of the request is dropped, if this was not its `last` frame.
    private mutating func end(_ stream: UInt32, _ error: HubError, _ last: Bool) -> Action {
        running -= 1
        return last ? .refuse(stream: stream, error) : drain(stream, error)
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
