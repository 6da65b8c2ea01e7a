// Carries out the steps of one case on one connection.

import HubCompression
import HubDomain
import HubProto
import HubWire
import NIOCore
import SwiftProtobuf

/// One run of one script of frames.
struct FrameRun {
    /// Opens a connection; nil = it was refused.
    let open: @Sendable (Introduction) async throws -> RawLink?
    /// A method that takes an empty request and answers with an empty message.
    let probe: String
    /// How long a step waits for what must come, milliseconds.
    let patienceMillis: Int64

    private var link: RawLink?
    private var hasGreeting = false
    private var highestStream: UInt32 = 0
    /// DATA bytes sent on each stream, and with 0 on the connection.
    private var sent: [UInt32: UInt64] = [:]

    init(
        open: @escaping @Sendable (Introduction) async throws -> RawLink?, probe: String, patienceMillis: Int64
    ) {
        self.open = open
        self.probe = probe
        self.patienceMillis = patienceMillis
    }

    /// - Throws: ``CaseFailure`` or ``CaseSkipped``.
    mutating func run(_ steps: [FrameStep]) async throws {
        defer {
            let link = link
            Task { await link?.close() }
        }
        for (place, step) in steps.enumerated() {
            do {
                try await perform(step)
            } catch let failure as CaseFailure {
                throw CaseFailure("step \(place): \(failure.detail)")
            }
        }
    }

    private mutating func perform(_ step: FrameStep) async throws {
        if case .connect(let introduction, let isRefused) = step {
            return try await connect(introduction, isRefused: isRefused)
        }
        if link == nil { try await connect(Introduction(), isRefused: false) }
        guard let link else { throw CaseFailure("no connection") }
        switch step {
        case .connect: break
        case .send(let templates, let times, let isPaced):
            for repetition in 0..<times {
                var bytes = ByteBuffer()
                for template in templates {
                    if isPaced { try await waitForCredit(template, repetition, link) }
                    note(template, repetition)
                    bytes.writeImmutableBuffer(template.bytes(repetition))
                }
                await link.send(bytes)
            }
        case .raw(let bytes): await link.send(ByteBuffer(bytes: bytes))
        case .pause(let millis): try await Task.sleep(for: .milliseconds(millis))
        case .expect(let expectation): try await expect(expectation, link)
        case .silence(let millis):
            let arrival = await next(link, millis)
            guard case .late = arrival else { throw CaseFailure("expected silence, got \(arrival.words)") }
        case .closed(let millis): try await expectClose(link, within: millis)
        case .alive: try await expectLife(link)
        }
    }

    /// Remembers what a frame uses of the peer's credit.
    private mutating func note(_ template: FrameTemplate, _ repetition: Int) {
        let stream = template.stream(repetition)
        if template.type == FrameType.call.rawValue { highestStream = max(highestStream, stream) }
        guard template.type == FrameType.data.rawValue else { return }
        sent[stream, default: 0] += UInt64(template.payload.count)
        sent[0, default: 0] += UInt64(template.payload.count)
    }

    /// Waits until the peer allows a frame, or for as long as a step waits.
    private func waitForCredit(_ template: FrameTemplate, _ repetition: Int, _ link: RawLink) async throws {
        let stream = template.stream(repetition)
        let count = template.type == FrameType.data.rawValue ? UInt64(template.payload.count) : 0
        for _ in 0..<(patienceMillis / 5) {
            let credits = await link.credits()
            let isAllowed = credits.allow(
                stream, streamBytes: (sent[stream] ?? 0) + count, connectionBytes: (sent[0] ?? 0) + count)
            if isAllowed, stream <= credits.maxStream { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private mutating func connect(_ introduction: Introduction, isRefused: Bool) async throws {
        if let link { await link.close() }
        (hasGreeting, highestStream, sent) = (false, 0, [:])
        let opened = try await open(introduction)
        link = opened
        guard let opened else {
            if isRefused { return }
            throw CaseFailure("the connection was refused")
        }
        if isRefused {
            let arrival = await opened.next(within: patienceMillis)
            guard case .closed = arrival else {
                throw CaseFailure("expected no frame and a close, got \(arrival.words)")
            }
            return
        }
        guard introduction.greets else { return }
        await opened.greet()
        let arrival = await opened.next(within: patienceMillis)
        guard case .frame(let frame) = arrival, isGreeting(frame) else {
            throw CaseFailure("expected HELLO, got \(arrival.words)")
        }
        hasGreeting = true
    }

    /// The peer's own HELLO may come at any time before its first answer; it is no answer itself.
    private mutating func next(_ link: RawLink, _ millis: Int64) async -> Arrival {
        let arrival = await link.next(within: millis)
        guard !hasGreeting, case .frame(let frame) = arrival, isGreeting(frame) else { return arrival }
        hasGreeting = true
        return await link.next(within: millis)
    }

    private func isGreeting(_ frame: RawFrame) -> Bool {
        frame.header.type == .hello && frame.header.stream == 0
            && (try? HubHello(serializedBytes: frame.payload)).map { $0.versionMin <= $0.versionMax } ?? false
    }

    /// `patiently`: as long as the slow-reader rule may take.
    private mutating func frame(
        _ link: RawLink, expecting what: String, patiently: Bool = false
    ) async throws(CaseFailure) -> RawFrame {
        let arrival = await next(link, patiently ? patienceMillis + 35_000 : patienceMillis)
        guard case .frame(let frame) = arrival else { throw CaseFailure("expected \(what), got \(arrival.words)") }
        return frame
    }

    private mutating func expectClose(_ link: RawLink, within millis: Int64) async throws(CaseFailure) {
        let end = NIODeadline.now() + .milliseconds(millis)
        while true {
            switch await next(link, max(0, (end - .now()).nanoseconds / 1_000_000)) {
            case .closed: return
            case .late: throw CaseFailure("expected a close within \(millis) ms")
            case .frame(let frame):
                guard frame.header.type != .goaway else { continue }
                throw CaseFailure("expected a close, got \(frame.words)")
            }
        }
    }

    private mutating func expectLife(_ link: RawLink) async throws {
        let sign = Array("sediakah".utf8)
        await link.send(.ping, stream: 0, sign)
        try await expect(.pong(sign), link)
        guard highestStream < UInt32(Int32.max) - 2 else { return }
        let stream = (highestStream + 1) | 1
        highestStream = stream
        try await waitForCredit(FrameTemplate(type: FrameType.call.rawValue, stream: stream), 0, link)
        let call = HubCall.with { $0.method = probe }
        await link.send(.call, stream: stream, (try? call.serializedBytes()) ?? [])
        await link.send(.data, flags: .end, stream: stream, [])
        try await expect(.message(stream: stream, MessageExpectation(bytes: [])), link)
        try await expect(.end(stream: stream, EndExpectation(), skips: false), link)
    }

    // MARK: Frames

    private mutating func expect(_ expectation: Expectation, _ link: RawLink) async throws(CaseFailure) {
        switch expectation {
        case .message(let stream, let expected):
            var message: [UInt8] = []
            var flags = FrameFlags.more
            while flags.contains(.more) {
                let frame = try await frame(link, expecting: "DATA on stream \(stream)")
                guard frame.header.type == .data, frame.header.stream == stream else {
                    throw CaseFailure("expected DATA on stream \(stream), got \(frame.words)")
                }
                if let limit = expected.frameBytesMax, frame.payload.count > limit {
                    throw CaseFailure("\(frame.words), at most \(limit)")
                }
                guard frame.header.flags.contains(.compressed) == expected.isCompressed else {
                    throw CaseFailure("\(frame.words) \(expected.isCompressed ? "without" : "with") COMPRESSED")
                }
                message += frame.payload
                flags = frame.header.flags
            }
            if expected.isCompressed { message = try expanded(message) }
            if let bytes = expected.bytes, message != bytes {
                throw CaseFailure("a message of \(message.count) bytes that differs from the \(bytes.count) expected")
            }
            if let isLast = expected.isLast, flags.contains(.end) != isLast {
                throw CaseFailure("DATA on stream \(stream) \(isLast ? "without" : "with") END")
            }
        case .end(let stream, let expected, let skips):
            var frame = try await frame(link, expecting: "END on stream \(stream)")
            while skips, frame.header.type == .data {
                frame = try await self.frame(link, expecting: "END on stream \(stream)", patiently: true)
            }
            guard frame.header.type == .end, frame.header.stream == stream,
                let end = try? HubEnd(serializedBytes: frame.payload)
            else { throw CaseFailure("expected END on stream \(stream), got \(frame.words)") }
            try expected.check(end)
        case .reset(let stream, let code):
            let frame = try await frame(link, expecting: "RESET on stream \(stream)")
            guard frame.header.type == .reset, frame.header.stream == stream,
                let reset = try? HubReset(serializedBytes: frame.payload)
            else { throw CaseFailure("expected RESET on stream \(stream), got \(frame.words)") }
            guard reset.code.name == code else { throw CaseFailure("RESET \(reset.code.name), expected \(code)") }
        case .goaway(let code, let lastStream, let skips):
            var frame = try await frame(link, expecting: "GOAWAY \(code)")
            while skips, frame.header.type != .goaway {
                frame = try await self.frame(link, expecting: "GOAWAY \(code)")
            }
            guard frame.header.type == .goaway, frame.header.stream == 0,
                let goaway = try? HubGoaway(serializedBytes: frame.payload)
            else { throw CaseFailure("expected GOAWAY \(code), got \(frame.words)") }
            guard goaway.code.name == code else { throw CaseFailure("\(frame.words), expected GOAWAY \(code)") }
            if let lastStream, goaway.lastStream != lastStream {
                throw CaseFailure("GOAWAY says last stream \(goaway.lastStream), expected \(lastStream)")
            }
            if goaway.code == .versionUnsupported, goaway.versionMax < goaway.versionMin {
                throw CaseFailure("GOAWAY does not say which versions are spoken")
            }
        case .pong(let bytes):
            let frame = try await frame(link, expecting: "PING with ACK")
            guard frame.header.type == .ping, frame.header.flags == .ack, frame.payload == bytes else {
                throw CaseFailure("expected PING with ACK and the same bytes, got \(frame.words)")
            }
        }
    }

    /// The message of a zstd frame that the peer sent.
    private func expanded(_ frame: [UInt8]) throws(CaseFailure) -> [UInt8] {
        do {
            let caps = ExpansionCaps(bytesMax: Int(WireLimits().messageBytesMax))
            return try Zstandard.message(frame, caps: caps)
        } catch { throw CaseFailure("a compressed message that cannot be decompressed: \(error)") }
    }
}

extension EndExpectation {
    fileprivate func check(_ end: HubEnd) throws(CaseFailure) {
        let error = HubError(end: end)
        guard end.status == status, code == nil || error?.code.number == code else {
            let wanted = code.map { "status \(status), E\($0)" } ?? "status \(status)"
            throw CaseFailure("END with status \(end.status) (\(end.message)), expected \(wanted)")
        }
        if let retries, (error?.retryAfterMillis != nil) != retries {
            throw CaseFailure("END \(retries ? "without" : "with") RetryInfo")
        }
        if let resumes, (end.resumeCursor != nil) != resumes {
            throw CaseFailure("END \(resumes ? "without" : "with") Resume")
        }
        if let finalSize, end.finalSize != finalSize {
            throw CaseFailure("END says final_size \(end.finalSize), expected \(finalSize)")
        }
        if let hasRequestHash, (end.requestHash.count == 32) != hasRequestHash {
            throw CaseFailure("END has a request_hash of \(end.requestHash.count) bytes")
        }
        for (key, value) in facts where error?.facts[key] != value {
            throw CaseFailure("END with fact \(key) \(error?.facts[key] ?? "absent"), expected \(value)")
        }
        for (key, value) in metadata {
            guard end.metadata.contains(where: { $0.key == key && $0.value == .init(value.utf8) }) else {
                throw CaseFailure("END without metadata \(key): \(value)")
            }
        }
    }
}

// MARK: Words

extension Arrival {
    var words: String {
        switch self {
        case .frame(let frame): frame.words
        case .closed: "a close"
        case .late: "nothing in time"
        }
    }
}

extension RawFrame {
    /// Such as `GOAWAY PROTOCOL_ERROR (second HELLO)`.
    var words: String {
        switch header.type {
        case .goaway:
            guard let goaway = try? HubGoaway(serializedBytes: payload) else { return "GOAWAY, undecodable" }
            return "GOAWAY \(goaway.code.name) (\(goaway.reason))"
        case .end:
            guard let end = try? HubEnd(serializedBytes: payload) else { return "END, undecodable" }
            return "END \(end.status) on stream \(header.stream) (\(end.message))"
        case .reset:
            let code = (try? HubReset(serializedBytes: payload))?.code.name ?? "undecodable"
            return "RESET \(code) on stream \(header.stream)"
        case .data: return "DATA of \(payload.count) bytes on stream \(header.stream)"
        case .hello: return "HELLO"
        case .ping: return "PING"
        default: return "a frame of type \(header.type.rawValue)"
        }
    }
}

extension HubGoawayCode {
    /// As in frame.proto, without the prefix.
    var name: String {
        switch self {
        case .noError: "NO_ERROR"
        case .protocolError: "PROTOCOL_ERROR"
        case .frameSize: "FRAME_SIZE"
        case .versionUnsupported: "VERSION_UNSUPPORTED"
        case .streamLimit: "STREAM_LIMIT"
        case .flowControl: "FLOW_CONTROL"
        case .enhanceYourCalm: "ENHANCE_YOUR_CALM"
        case .unauthenticated: "UNAUTHENTICATED"
        case .idle: "IDLE"
        case .draining: "DRAINING"
        case .certRevoked: "CERT_REVOKED"
        case .UNRECOGNIZED(let number): "\(number)"
        }
    }
}

extension HubResetCode {
    /// As in frame.proto, without the prefix.
    var name: String {
        switch self {
        case .unspecified: "UNSPECIFIED"
        case .cancelled: "CANCELLED"
        case .refused: "REFUSED"
        case .streamClosed: "STREAM_CLOSED"
        case .protocolError: "PROTOCOL_ERROR"
        case .UNRECOGNIZED(let number): "\(number)"
        }
    }
}
