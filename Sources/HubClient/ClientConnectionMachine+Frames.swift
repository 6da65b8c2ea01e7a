// What each frame of a hub means to a client.

import HubCompression
import HubDomain
import HubProto
import HubWire
import NIOCore

extension ClientConnectionMachine {
    /// Checked before memory is taken for the payload.
    mutating func fault(in header: FrameHeader) -> Event? {
        if header.reserved != 0 { return broken(.protocolError, .protocolViolation, "reserved bits are not zero") }
        let limit =
            switch header.type {
            case .hello: WireLimits.helloBytesMax
            case .ping: WireLimits.pingBytes
            default: limits.frameBytesMax
            }
        guard header.length > limit else { return nil }
        return broken(
            .frameSize, .frameTooLarge, "frame type \(header.type.rawValue) of \(header.length) bytes, at most \(limit)"
        )
    }

    mutating func receive(_ header: FrameHeader, _ payload: ByteBuffer) -> Event? {
        if phase == .awaitingHello {
            // A hub that refuses this connection at once may say so without a hello.
            return header.type == .goaway ? goaway(header, payload) : hello(header, payload)
        }
        if header.type.isExtension {
            return header.flags.contains(.mustUnderstand) ? violation("unknown extension that must be understood") : nil
        }
        switch header.type {
        case .data: return data(header, payload)
        case .end: return end(header, payload)
        case .reset: return reset(header, payload)
        case .ping: return ping(header, payload)
        case .goaway: return goaway(header, payload)
        case .credit: return credit(header, payload)
        case .hello: return violation("second HELLO")
        case .call: return violation("CALL from the hub")
        default: return violation("frame type \(header.type.rawValue) is not defined in 1.0")
        }
    }

    private mutating func hello(_ header: FrameHeader, _ payload: ByteBuffer) -> Event {
        guard header.type == .hello, header.stream == 0, header.flags.isEmpty, let hello = HubHello(frame: payload)
        else { return violation("first frame is not HELLO") }
        guard hello.versionMin <= hello.versionMax else { return violation("HELLO version_min above version_max") }
        guard hello.versionMin <= ProtocolVersion.minorMax else {
            return broken(
                .versionUnsupported, .versionUnsupported,
                "hub speaks 1.\(hello.versionMin) to 1.\(hello.versionMax), this client 1.\(ProtocolVersion.minorMax)")
        }
        var announced = WireLimits()
        if hello.limits.frameBytesMax != 0 {
            guard WireLimits.frameBytesBounds.contains(hello.limits.frameBytesMax) else {
                return violation("HELLO frame_bytes_max out of bounds")
            }
            announced.frameBytesMax = hello.limits.frameBytesMax
        }
        if hello.limits.messageBytesMax != 0 { announced.messageBytesMax = hello.limits.messageBytesMax }
        if hello.limits.openCallsMax != 0 { announced.openCallsMax = hello.limits.openCallsMax }
        if hello.limits.streamCredit != 0 { announced.streamCredit = hello.limits.streamCredit }
        if hello.limits.connectionCredit != 0 { announced.connectionCredit = hello.limits.connectionCredit }
        maxStream = UInt32(clamping: UInt64(announced.openCallsMax) * 2 - 1)
        peer = announced
        takesCompressed = hello.features & ProtocolVersion.featureZstd != 0
        isGreeted = true
        phase = .open
        return .greeted(hello)
    }

    private mutating func ping(_ header: FrameHeader, _ payload: ByteBuffer) -> Event? {
        guard header.stream == 0, payload.readableBytes == Int(WireLimits.pingBytes) else {
            return violation("PING of \(payload.readableBytes) bytes on stream \(header.stream)")
        }
        return header.flags.contains(.ack) ? nil : .pong(payload)
    }

    private mutating func credit(_ header: FrameHeader, _ payload: ByteBuffer) -> Event? {
        guard let credit = HubCredit(frame: payload), header.flags.isEmpty, credit.maxOffset <= WireLimits.creditMax
        else { return violation("CREDIT malformed") }
        guard header.stream == 0 || isMine(header.stream) else {
            return violation("CREDIT for idle stream \(header.stream)")
        }
        if header.stream == 0 { maxStream = max(maxStream, credit.maxStream) }
        guard header.stream == 0 || open[header.stream] != nil else { return nil }
        return .credit(stream: header.stream, offset: credit.maxOffset)
    }

    private mutating func goaway(_ header: FrameHeader, _ payload: ByteBuffer) -> Event {
        guard header.stream == 0, let goaway = HubGoaway(frame: payload) else { return violation("GOAWAY malformed") }
        phase = .leaving
        let refused = open.filter { $0.key > goaway.lastStream }.sorted { $0.key < $1.key }
        for (stream, _) in refused { open[stream] = nil }
        return .leaving(goaway, refused: refused.map(\.value.call))
    }

    private mutating func data(_ header: FrameHeader, _ payload: ByteBuffer) -> Event? {
        let stream = header.stream
        guard isMine(stream) else { return violation("DATA on idle stream \(stream)") }
        guard header.flags.isSubset(of: [.more, .end, .compressed]), !header.flags.isSuperset(of: [.more, .end]) else {
            return violation("DATA with flags \(header.flags.rawValue)")
        }
        // Taken out, changed and put back, so that the partial message is never copied.
        guard window.receive(payload.readableBytes) else { return overdrawn() }
        // One stream whose consumer is behind must not hold up the others.
        window.giveBack(payload.readableBytes)
        guard var entry = open.removeValue(forKey: stream) else { return nil }
        guard entry.window.receive(payload.readableBytes) else {
            // The connection ends, and the call is handed back with the others.
            open[stream] = entry
            return overdrawn()
        }
        entry.held += payload.readableBytes
        let length = entry.partial.map { $0.readableBytes + payload.readableBytes } ?? payload.readableBytes
        guard length <= Int(limits.messageBytesMax) else {
            return .failed(
                entry.call, stream: stream,
                HubError(.messageTooLarge, "the hub's message is above \(limits.messageBytesMax) bytes"))
        }
        let isCompressed = header.flags.contains(.compressed)
        if entry.partial == nil { entry.isCompressed = isCompressed }
        guard isCompressed == entry.isCompressed, entry.acceptsCompressed || !isCompressed else {
            return .failed(
                entry.call, stream: stream, HubError(.protocolViolation, "a compressed answer that nobody asked for"))
        }
        var whole = payload
        if var partial = entry.partial.take() {
            partial.writeImmutableBuffer(payload)
            whole = partial
        }
        if header.flags.contains(.more) {
            entry.partial = whole
            entry.giveBack()
            put(entry, stream)
            return nil
        }
        if isCompressed {
            entry.wasCompressed = true
            do throws(HubError) { whole = try expanded(whole) } catch {
                return .failed(entry.call, stream: stream, error)
            }
        }
        entry.receivedBytes += UInt64(whole.readableBytes)
        switch entry.shape {
        case .serverStream, .exchange:
            entry.untaken += whole.readableBytes
            put(entry, stream)
            return .message(entry.call, whole)
        case .unary where entry.message == nil, .clientStream where entry.message == nil:
            entry.message = whole
            put(entry, stream)
            return nil
        case .unary, .clientStream:
            return .failed(
                entry.call, stream: stream, HubError(.protocolViolation, "two answers to a call that takes one"))
        }
    }

    /// The message of a zstd frame.
    private func expanded(_ frame: ByteBuffer) throws(HubError) -> ByteBuffer {
        let caps = ExpansionCaps(bytesMax: Int(limits.messageBytesMax))
        do {
            return ByteBuffer(bytes: try frame.withUnsafeReadableBytes { try Zstandard.message($0, caps: caps) })
        } catch let error as HubError {
            throw error.code == .messageMalformed
                ? HubError(.messageMalformed, "the hub's answer: \(error.detail)", status: .internalError) : error
        } catch {
            throw HubError(.messageMalformed, "the hub's answer cannot be decompressed", status: .internalError)
        }
    }

    private mutating func end(_ header: FrameHeader, _ payload: ByteBuffer) -> Event? {
        let stream = header.stream
        guard isMine(stream) else { return violation("END on idle stream \(stream)") }
        guard let end = HubEnd(frame: payload) else { return violation("END malformed") }
        guard let entry = open.removeValue(forKey: stream) else { return nil }
        guard end.status == CallStatus.ok.rawValue else { return .ended(entry.call, end) }
        guard entry.partial == nil, end.finalSize == 0 || end.finalSize == entry.receivedBytes else {
            return .failed(entry.call, stream: stream, HubError(.protocolViolation, "END before the message was whole"))
        }
        switch (entry.shape, entry.message) {
        case (.serverStream, _), (.exchange, _): return .ended(entry.call, end)
        case (.unary, let message?), (.clientStream, let message?): return .answered(entry.call, message, end)
        case (.unary, nil), (.clientStream, nil):
            return .failed(entry.call, stream: stream, HubError(.protocolViolation, "END OK without an answer"))
        }
    }

    private mutating func reset(_ header: FrameHeader, _ payload: ByteBuffer) -> Event? {
        guard isMine(header.stream) else { return violation("RESET on idle stream \(header.stream)") }
        guard let reset = HubReset(frame: payload) else { return violation("RESET malformed") }
        return open.removeValue(forKey: header.stream).map { .reset($0.call, reset) }
    }

    /// A stream this side has opened at some time.
    private func isMine(_ stream: UInt32) -> Bool { stream % 2 == 1 && stream < nextStream }

    /// Keeps an open call, and announces what its window has to announce.
    mutating func put(_ entry: OpenCall, _ stream: UInt32) {
        var entry = entry
        if let offset = entry.window.due() { grants.append(Grant(stream: stream, offset: offset)) }
        open[stream] = entry
    }

    // MARK: Refusals

    private mutating func overdrawn() -> Event {
        broken(.flowControl, .protocolViolation, "DATA beyond the credit that was given")
    }

    private mutating func violation(_ detail: String) -> Event { broken(.protocolError, .protocolViolation, detail) }

    private mutating func broken(_ code: HubGoawayCode, _ error: HubError.Code, _ detail: String) -> Event {
        phase = .closed
        return .broken(code, HubError(error, detail))
    }
}
