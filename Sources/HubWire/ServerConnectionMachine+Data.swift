// What DATA of a client means: which message it is part of, and whether there is room for it.

import HubDomain
import HubProto

extension ServerConnectionMachine {
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

    /// DATA of a call whose work has ended and whose END still waits: nobody takes it.
    private mutating func drop(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Action {
        window.giveBack(payload.count)
        if header.flags.contains(.end) { streams.update(header.stream) { $0.side = .complete } }
        return .ignore
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
        guard entry.isWorking else { return drop(header, payload) }
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
            return end(stream, Self.tooMuch, ends)
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
            guard partialBytes <= joinedMax, requestBytes <= requestRoom else { return .tooMuch }
            entry.window.giveBack(payload.count)
            return .incomplete(grant: entry.window.due())
        case .whole(let joined):
            let ends = header.flags.contains(.end)
            let bytes = joined?.count ?? payload.count
            let memory = bytes + Self.requestCost
            guard requestBytes + memory <= requestRoom else { return .tooMuch }
            entry.workingBytes += memory
            workingBytes += memory
            if entry.takesStream {
                entry.held += bytes
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
        partialBytes -= joiner.held
        let outcome = joiner.append(payload, more: more)
        partialBytes += joiner.held
        entry.isJoining = more
        if more { joiners.set(stream, joiner) }
        return outcome
    }
}
