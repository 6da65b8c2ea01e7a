// `hub.v1.Interop`: answers that are known beforehand, so that clients and the wire can be proved against them.

import HubDomain
import HubProto
import HubWire
import SwiftProtobuf

/// Touches no case and no register; what it keeps is its own answer under the caller's key.
struct InteropService: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let clock: any HubClock
    let seal: CursorSeal
    /// Waits so many milliseconds, or until the task is cancelled.
    let pause: @Sendable (UInt32) async -> Void

    /// Longest wait, milliseconds.
    static let waitMillisMax: UInt32 = 60_000
    /// Bytes of a payload: what fits in a message beside the other fields.
    static let payloadBytesMax = WireLimits().messageBytesMax - 1_024
    static let repliesMax = 1_000
    static let numberMax: UInt32 = 1_000_000

    func empty(_ context: CallContext, _ request: HubInteropEmpty) async throws(HubError) -> HubInteropEmpty { request }

    func unary(_ context: CallContext, _ request: HubInteropRequest) async throws(HubError) -> HubInteropReply {
        try await answer(context, request, cameCompressed: context.cameCompressed)
    }

    private func answer(
        _ context: CallContext, _ request: HubInteropRequest, cameCompressed: Bool
    ) async throws(HubError) -> HubInteropReply {
        try await wait(request.waitMs)
        try fail(request.status, request.message)
        try check(request, cameCompressed)
        var reply = try reply(request.replyBytes, text: request.replyText)
        reply.requestCompressed = cameCompressed
        reply.acceptsCompressed = context.acceptsCompressed
        reply.requestBytes = UInt32(clamping: request.payload.count)
        reply.principal = context.actor.principal
        reply.timeoutMs = context.timeoutMillis
        reply.metadata = context.metadata
        return reply
    }

    func output(
        _ context: CallContext, _ request: HubInteropOutputRequest, into sink: any StreamSink
    ) async throws(HubError) {
        guard request.sizes.count <= Self.repliesMax else { throw Self.outOfBounds("sizes", Self.repliesMax) }
        for size in request.sizes {
            try await wait(request.waitMs)
            try await sink.send(try reply(size, text: request.replyText).ledgerBytes(), cursor: [])
        }
        try fail(request.status, request.message)
    }

    func input(_ context: CallContext, _ requests: any RequestSource) async throws(HubError) -> CallAnswer {
        var total = HubInteropTotal()
        while let bytes = try await requests.next() {
            let request = try HubInteropRequest(edge: bytes)
            try await wait(request.waitMs)
            try fail(request.status, request.message)
            try check(request, requests.lastCameCompressed)
            total.requests += 1
            if requests.lastCameCompressed { total.compressed += 1 }
            total.bytes += UInt64(request.payload.count)
        }
        return CallAnswer(body: try total.ledgerBytes())
    }

    func exchange(
        _ context: CallContext, _ requests: any RequestSource, into sink: any StreamSink
    ) async throws(StreamInterruption) {
        do throws(HubError) {
            while let bytes = try await requests.next() {
                let reply = try await answer(
                    context, try HubInteropRequest(edge: bytes), cameCompressed: requests.lastCameCompressed)
                try await sink.send(try reply.ledgerBytes(), cursor: [])
            }
        } catch {
            throw StreamInterruption(error: error, cursor: [])
        }
    }

    func count(
        _ context: CallContext, _ request: HubInteropCountRequest, into sink: any StreamSink
    ) async throws(StreamInterruption) {
        var reached: UInt64 = 0
        var cursor: [UInt8] = []
        do throws(HubError) {
            guard request.upTo <= Self.numberMax else { throw Self.outOfBounds("up_to", Int(Self.numberMax)) }
            let head = try await ledger.head()
            if !context.resumeFrom.isEmpty {
                let place = try seal.open(
                    context.resumeFrom, of: head.hubID, principal: context.actor.principal)
                guard place.sequence <= UInt64(request.upTo) else { throw LogCursor.beyond(UInt64(request.upTo)) }
                reached = place.sequence
                cursor = context.resumeFrom
            }
            while reached < UInt64(request.upTo) {
                try await wait(request.waitMs)
                let next = seal.cursor(
                    hubID: head.hubID, sequence: reached + 1, principal: context.actor.principal)
                let number = HubInteropNumber.with {
                    $0.number = UInt32(clamping: next.sequence)
                    $0.cursor = .init(next.bytes)
                }
                try await sink.send(try number.ledgerBytes(), cursor: next.bytes)
                (reached, cursor) = (next.sequence, next.bytes)
            }
        } catch {
            throw StreamInterruption(error: error, cursor: cursor)
        }
    }

    func remember(_ context: CallContext, _ request: HubInteropRequest) async throws(HubError) -> CallAnswer {
        try await wait(request.waitMs)
        try fail(request.status, request.message)
        var commit = Commit(key: context.commitKey, atMillis: clock.nowMillis())
        commit.answer = try HubInteropRemembered.with { $0.payload = request.payload }.ledgerBytes()
        switch try await journal.commit(commit) {
        case .committed(let answer, _, _): return CallAnswer(body: answer)
        case .replayed(let answer): return CallAnswer(body: answer, replayed: true)
        case .keyReused: throw HubError(.keyReused, "this idempotency key was used for another request")
        case .conflict: throw HubError(.internalFault, "a commit that expects nothing cannot conflict")
        }
    }

    // MARK: Parts

    private func wait(_ millis: UInt32) async throws(HubError) {
        guard millis <= Self.waitMillisMax else { throw Self.outOfBounds("wait_ms", Int(Self.waitMillisMax)) }
        if millis > 0 { await pause(millis) }
        if Task.isCancelled { throw HubError(.cancelled, "nobody waits any more") }
    }

    private func fail(_ status: UInt32, _ message: String) throws(HubError) {
        guard status != 0 else { return }
        throw HubError(.asAsked, message, status: CallStatus(rawValue: status) ?? .unknown)
    }

    private func check(_ request: HubInteropRequest, _ cameCompressed: Bool) throws(HubError) {
        guard request.expectCompressed, !cameCompressed else { return }
        throw HubError(.asAsked, "the request did not come compressed", status: .invalidArgument)
    }

    private func reply(_ bytes: UInt32, text: Bool) throws(HubError) -> HubInteropReply {
        guard bytes <= Self.payloadBytesMax else { throw Self.outOfBounds("reply", Int(Self.payloadBytesMax)) }
        return .with { $0.payload = text ? .init(Self.lines.prefix(Int(bytes))) : .init(count: Int(bytes)) }
    }

    /// Numbered lines: what compresses, and not so well that it would be refused.
    private static let lines: [UInt8] = {
        var lines: [UInt8] = []
        lines.reserveCapacity(Int(payloadBytesMax) + 16)
        var number = 0
        while lines.count < Int(payloadBytesMax) {
            lines += "baris \(number)\n".utf8
            number += 1
        }
        return lines
    }()

    private static func outOfBounds(_ field: String, _ max: Int) -> HubError {
        HubError(.filterInvalid, "\(field) must be at most \(max)")
    }
}
