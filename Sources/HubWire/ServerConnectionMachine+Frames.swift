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
        if hello.limits.streamCredit != 0 { peer.streamCredit = hello.limits.streamCredit }
        if hello.limits.connectionCredit != 0 { peer.connectionCredit = hello.limits.connectionCredit }
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
        if let calm = idle() { return calm }
        return header.flags.contains(.ack) ? .ignore : .pong(payload)
    }

    mutating func credit(_ header: FrameHeader, _ payload: [UInt8]) -> Action {
        if WireRule.definedFlags.forbids(!header.flags.isEmpty) { return fail(.protocolError, "CREDIT with flags") }
        guard let credit = try? HubCredit(serializedBytes: payload) else {
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
            return fail(.streamLimit, "more than \(limits.openCallsMax) refused calls that were never finished")
        }
        if WireRule.streamCredit.forbids(header.stream > maxStream) {
            return fail(.streamLimit, "CALL on stream \(header.stream), above the credit of \(maxStream)")
        }
        idleFrames = 0
        highestStream = header.stream
        if isLeaving {
            streams[header.stream] = .draining
            return .reset(stream: header.stream, .refused)
        }
        lastStream = header.stream
        guard let call = try? HubCall(serializedBytes: payload) else {
            return drain(header.stream, HubError(.messageMalformed, "CALL cannot be decoded"))
        }
        if let error = CallMetadata.fault(in: call) { return drain(header.stream, error) }
        open += 1
        working[header.stream] = 0
        streams[header.stream] = .receiving(
            Incoming(
                joiner: MessageJoiner(limit: limits.messageBytesMax), window: ReceiveWindow(size: limits.streamCredit)))
        return .opened(stream: header.stream, call: call)
    }

    mutating func data(_ header: FrameHeader, _ payload: [UInt8]) -> Action {
        let isIdle = header.stream % 2 == 0 || header.stream > highestStream
        if WireRule.idleData.forbids(isIdle) {
            return fail(.protocolError, "DATA on idle stream \(header.stream)")
        }
        let isBare = header.flags.contains(.none)
        if WireRule.definedFlags.forbids(!header.flags.isSubset(of: [.end, .more, .compressed, .none]))
            || WireRule.moreOrEnd.forbids(header.flags.isSuperset(of: [.end, .more]))
            || WireRule.bareEnd.forbids(isBare && (header.flags != [.end, .none] || header.length != 0))
        {
            return fail(.protocolError, "DATA with flags \(header.flags.rawValue) and \(header.length) bytes")
        }
        if WireRule.connectionCredit.forbids(!window.receive(payload.count)) {
            return fail(.flowControl, "DATA beyond the credit of the connection")
        }
        if header.length == 0, header.flags.contains(.more) {
            if let calm = idle() { return calm }
        } else {
            idleFrames = 0
        }
        let ends = header.flags.contains(.end)
        // Taken out, changed and put back, so that what was joined so far is never copied.
        switch take(header.stream) {
        case .draining:
            window.giveBack(payload.count)
            if !ends { streams[header.stream] = .draining }
            return .ignore
        case .running:
            window.giveBack(payload.count)
            open -= 1
            return late(header.stream)
        case nil:
            window.giveBack(payload.count)
            return late(header.stream)
        case .receiving(var incoming): return receive(header, payload, &incoming)
        }
    }

    /// DATA on a stream whose requests are still coming.
    private mutating func receive(
        _ header: FrameHeader, _ payload: [UInt8], _ incoming: inout Incoming
    ) -> Action {
        let stream = header.stream
        let ends = header.flags.contains(.end)
        if WireRule.streamBytes.forbids(!incoming.window.receive(payload.count)) {
            return fail(.flowControl, "DATA beyond the credit of stream \(stream)")
        }
        if WireRule.compression.forbids(header.flags.contains(.compressed)) {
            window.giveBack(payload.count)
            return end(stream, HubError(.protocolViolation, "compressed DATA without an encoding"), ends)
        }
        if header.flags.contains(.none) {
            guard !incoming.joiner.isJoining else { return fail(.protocolError, "END in the middle of a message") }
            guard incoming.takesStream else {
                return end(stream, HubError(.methodUnknown, "this method takes exactly one request"), ends)
            }
            streams[stream] = .running
            return .requestsEnded(stream: stream)
        }
        switch incoming.joiner.append(payload, more: header.flags.contains(.more)) {
        case .tooLarge:
            window.giveBack(payload.count)
            return end(stream, HubError(.messageTooLarge, "message above \(incoming.joiner.limit) bytes"), ends)
        case .incomplete:
            // Given back at once: a message up to the limit must be able to come whole.
            window.giveBack(payload.count)
            incoming.window.giveBack(payload.count)
            guard joined + incoming.joiner.held <= joinedMax else {
                let error = HubError(
                    .tooManyCalls, "more than \(joinedMax) bytes of requests wait for their end", retryAfterMillis: 100)
                return end(stream, error, ends)
            }
            grant(stream, &incoming.window)
            joined += incoming.joiner.held
            streams[stream] = .receiving(incoming)
            return .ignore
        case .message(let message):
            if incoming.takesStream {
                // Of what came in pieces only the last one is still held.
                let early = message.count - payload.count
                window.take(early)
                incoming.window.take(early)
                streams[stream] = ends ? .running : .receiving(incoming)
                return .request(stream: stream, message: message, isLast: ends)
            }
            if WireRule.oneRequest.forbids(!ends) {
                window.giveBack(payload.count)
                return end(stream, HubError(.methodUnknown, "this method takes exactly one request"), ends)
            }
            working[stream] = payload.count
            streams[stream] = .running
            return .request(stream: stream, message: message, isLast: true)
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
            open -= 1
            if let calm = vain() { return calm }
            return .cancelled(stream: header.stream)
        case .draining, nil: return .ignore
        }
    }

    /// Takes a stream out, with what it holds of its request.
    mutating func take(_ stream: UInt32) -> Stream? {
        let taken = streams.removeValue(forKey: stream)
        if case .receiving(let incoming) = taken { joined -= incoming.joiner.held }
        return taken
    }

    /// Announces what a stream's window has to announce.
    mutating func grant(_ stream: UInt32, _ window: inout ReceiveWindow) {
        if let offset = window.due() { grants.append(Grant(stream: stream, offset: offset, maxStream: nil)) }
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

    /// Counts a frame that brings nothing.
    mutating func idle() -> Action? {
        idleFrames += 1
        guard WireRule.idleFrames.forbids(idleFrames > Self.idleFramesMax) else { return nil }
        return fail(.enhanceYourCalm, "\(idleFrames) frames in a row that bring nothing")
    }

    /// Counts a call that comes to nothing.
    private mutating func vain() -> Action? {
        vainCalls += 1
        guard WireRule.vainCalls.forbids(vainCalls > Self.vainCallsMax) else { return nil }
        return fail(.enhanceYourCalm, "\(vainCalls) calls in a row were given up or refused")
    }

    /// Refuses a call whose request is still to come.
    private mutating func drain(_ stream: UInt32, _ error: HubError) -> Action {
        if let calm = vain() { return calm }
        streams[stream] = .draining
        return .refuse(stream: stream, error)
    }

    /// Ends a call whose request was coming; what is left of the request is dropped, if this was not its `last` frame.
    private mutating func end(_ stream: UInt32, _ error: HubError, _ last: Bool) -> Action {
        open -= 1
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
