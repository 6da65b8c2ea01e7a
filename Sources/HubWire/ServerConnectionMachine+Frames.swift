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
        return .peerLeaving
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
            return fail(.streamLimit, "more than \(limits.openCallsMax) refused calls that were never finished")
        }
        if WireRule.streamCredit.forbids(header.stream > maxStream) {
            return fail(.streamLimit, "CALL on stream \(header.stream), above the credit of \(maxStream)")
        }
        progressed()
        highestStream = header.stream
        if isLeaving {
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

    mutating func data(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Action {
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
        switch streams[header.stream]?.side {
        case .draining:
            window.giveBack(payload.count)
            if header.flags.contains(.end) { leave(header.stream, for: .over) }
            return .ignore
        case .complete:
            window.giveBack(payload.count)
            leave(header.stream, for: .over)
            return late(header.stream)
        case .over, nil:
            window.giveBack(payload.count)
            return late(header.stream)
        case .receiving: return message(header, payload)
        }
    }

    /// What DATA of a call whose requests are still coming makes of its message.
    private enum Piece {
        case overdrawn, bareEnd, strayEnd, incomplete(grant: UInt64?), tooLong(limit: Int), tooMuch, surplus
        case whole(joined: [UInt8]?)
        case miscoded(String)
    }

    private mutating func message(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Action {
        let stream = header.stream
        let ends = header.flags.contains(.end)
        guard var entry = streams[stream] else { return .ignore }
        let piece = take(header, payload, stream, &entry)
        streams.set(stream, entry)
        switch piece {
        case .overdrawn: return fail(.flowControl, "DATA beyond the credit of stream \(stream)")
        case .strayEnd: return fail(.protocolError, "END in the middle of a message")
        case .bareEnd: return .requestsEnded(stream: stream)
        case .miscoded(let detail):
            window.giveBack(payload.count)
            return end(stream, HubError(.protocolViolation, detail), ends)
        case .surplus:
            window.giveBack(payload.count)
            return end(stream, HubError(.methodUnknown, "this method takes exactly one request"), ends)
        case .tooLong(let limit):
            window.giveBack(payload.count)
            return end(stream, HubError(.messageTooLarge, "message above \(limit) bytes"), ends)
        case .tooMuch:
            window.giveBack(payload.count)
            let most = min(joinedMax, requestRoom)
            let error = HubError(
                .tooManyCalls, "more than \(most) bytes of requests wait for their end", retryAfterMillis: 100)
            return end(stream, error, ends)
        case .incomplete(let due):
            // Given back at once: a message up to the limit must be able to come whole.
            window.giveBack(payload.count)
            if let due { grant(stream, due) }
            return .ignore
        case .whole(let joined):
            // Of what came in pieces only the last one is still held.
            if let joined, entry.takesStream { window.take(joined.count - payload.count) }
            if entry.isCompressed {
                return .compressed(stream: stream, joined: joined, isLast: ends, longest: Int(entry.longest))
            }
            return .request(stream: stream, joined: joined, isLast: ends)
        }
    }

    private mutating func take(
        _ header: FrameHeader, _ payload: UnsafeRawBufferPointer, _ stream: UInt32, _ entry: inout Stream
    ) -> Piece {
        if WireRule.streamBytes.forbids(!entry.window.receive(payload.count)) { return .overdrawn }
        if header.flags.contains(.none) {
            guard !entry.isJoining else { return .strayEnd }
            guard entry.takesStream else { return .surplus }
            entry.side = .complete
            return .bareEnd
        }
        let isCompressed = header.flags.contains(.compressed)
        if WireRule.compression.forbids(isCompressed && !entry.mayCompress) {
            return .miscoded("compressed DATA without an encoding")
        }
        if !entry.isJoining { entry.isCompressed = isCompressed }
        if WireRule.compressedParts.forbids(isCompressed != entry.isCompressed) {
            return .miscoded("COMPRESSED on some frames of a message")
        }
        switch join(payload, more: header.flags.contains(.more), stream, &entry) {
        case .tooLarge: return .tooLong(limit: Int(entry.longest))
        case .incomplete:
            guard joined <= joinedMax, requestBytes <= requestRoom else { return .tooMuch }
            entry.window.giveBack(payload.count)
            return .incomplete(grant: entry.window.due())
        case .whole(let joined):
            let ends = header.flags.contains(.end)
            let bytes = joined?.count ?? payload.count
            guard requestBytes + bytes <= requestRoom else { return .tooMuch }
            entry.weight += bytes
            weight += bytes
            if entry.takesStream {
                if let joined { entry.window.take(joined.count - payload.count) }
                if ends { entry.side = .complete }
            } else {
                if WireRule.oneRequest.forbids(!ends) { return .surplus }
                entry.held = payload.count
                entry.side = .complete
            }
            return .whole(joined: joined)
        }
    }

    /// Most messages are one frame, and need no joiner.
    private mutating func join(
        _ payload: UnsafeRawBufferPointer, more: Bool, _ stream: UInt32, _ entry: inout Stream
    ) -> MessageJoiner.Outcome {
        if !entry.isJoining, !more {
            let isTooLong = WireRule.messageLength.forbids(payload.count > Int(entry.longest))
            return isTooLong ? .tooLarge : .whole(joined: nil)
        }
        var joiner = joiners.remove(stream) ?? MessageJoiner(limit: entry.longest)
        joined -= joiner.held
        let outcome = joiner.append(payload, more: more)
        joined += joiner.held
        entry.isJoining = more
        if more { joiners.set(stream, joiner) }
        return outcome
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
        case .over, nil: return .ignore
        }
    }

    // MARK: Streams

    private mutating func begin(_ stream: UInt32, _ side: Stream.Side, _ encodings: CallEncodings = []) {
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
        if entry.isJoining, let joiner = joiners.remove(stream) { joined -= joiner.held }
        entry.isJoining = false
        entry.side = side
        if side == .over, !entry.isWorking { streams.remove(stream) } else { streams.set(stream, entry) }
    }

    /// Announces what a stream's window has to announce.
    mutating func grant(_ stream: UInt32, _ offset: UInt64) {
        grants.append(Grant(stream: stream, offset: offset, maxStream: nil))
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

    /// Ends a call whose request was coming; what is left of the request is dropped, if this was not its `last` frame.
    private mutating func end(_ stream: UInt32, _ error: HubError, _ last: Bool) -> Action {
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
