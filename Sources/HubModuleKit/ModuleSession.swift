// The module's side of the link to the hub: whole frames in, answers out (PROTOCOL.md, module profile).

import HubDomain
import HubProto
import HubWire
import SwiftProtobuf

/// What a module remembers between frames. Owns no socket and no thread.
///
/// Harmless and dropped: RESET (a decision is over before a RESET could be read), PING with ACK, extension frames
/// without MUST_UNDERSTAND.
struct ModuleSession {
    private enum Method {
        case describe, decide, echo
        case unknown(String)
        /// The CALL could not be decoded.
        case malformed
    }

    /// Name and version of this kit, said in HELLO and in `Describe`.
    static let kit = "HubModuleKit/1.0"

    private let module: any DepartmentModule
    private let identity: HubDescribeReply
    private var greeted = false
    /// Calls whose request message has not come yet.
    private var opened = StreamTable<Method>()
    /// CALLs that were understood, by their bytes: a hub sends the same few again and again.
    private var known: [(call: [UInt8], method: Method)] = []
    private static let knownMax = 8

    init<Module: DepartmentModule>(_ module: Module) {
        self.module = module
        var identity = HubDescribeReply()
        identity.id = Module.id
        identity.version = Module.version
        identity.services = Module.services
        identity.kit = Self.kit
        self.identity = identity
    }

    /// The module's HELLO, its first frame.
    func greeting() -> [UInt8] {
        var hello = HubHello()
        hello.software = Self.kit
        var frames: [UInt8] = []
        frames.append(hello, .hello, stream: 0)
        return frames
    }

    /// Takes one whole frame and appends the frames that answer it.
    ///
    /// - Returns: False when the frame breaks the profile; the host then ends the process.
    mutating func receive(_ frame: UnsafeRawBufferPointer, answer: inout [UInt8]) -> Bool {
        guard let header = FrameHeader(frame), header.reserved == 0 else { return false }
        let payload = UnsafeRawBufferPointer(rebasing: frame.dropFirst(FrameHeader.size))
        guard payload.count == Int(header.length) else { return false }
        guard greeted else {
            greeted = header.type == .hello && header.stream == 0
            return greeted
        }
        switch header.type {
        case .ping: return ping(header, payload, &answer)
        case .call: return call(header, payload)
        case .data: return data(header, payload, &answer)
        case .reset:
            opened.remove(header.stream)
            return true
        default: return header.type.isExtension && !header.flags.contains(.mustUnderstand)
        }
    }

    private func ping(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer, _ answer: inout [UInt8]) -> Bool {
        guard header.stream == 0, payload.count == Int(WireLimits.pingBytes) else { return false }
        if !header.flags.contains(.ack) { answer.appendFrame(.ping, flags: .ack, stream: 0, payload: payload) }
        return true
    }

    private mutating func call(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) -> Bool {
        guard header.stream % 2 == 1, opened.count < ModuleLinkLimits.openCallsMax else { return false }
        guard opened[header.stream] == nil else { return false }
        opened.set(header.stream, method(of: payload))
        return true
    }

    private mutating func method(of call: UnsafeRawBufferPointer) -> Method {
        if let same = known.first(where: { $0.call.elementsEqual(call) }) { return same.method }
        let bytes = [UInt8](call)
        let method: Method =
            switch try? HubCall(serializedBytes: bytes).method {
            case ModuleMethod.echo: .echo
            case ModuleMethod.decide: .decide
            case ModuleMethod.describe: .describe
            case let name?: .unknown(name)
            case nil: .malformed
            }
        if case .malformed = method { return method }
        if known.count < Self.knownMax { known.append((bytes, method)) }
        return method
    }

    private mutating func data(
        _ header: FrameHeader, _ payload: UnsafeRawBufferPointer, _ answer: inout [UInt8]
    ) -> Bool {
        guard let method = opened.remove(header.stream), header.flags == .end else { return false }
        switch method {
        case .echo: answer.appendAnswer(stream: header.stream, message: payload)
        case .describe: answer.appendAnswer(identity, stream: header.stream)
        case .decide: decide(header.stream, payload, &answer)
        case .malformed: answer.appendFailure(.messageMalformed, "CALL cannot be decoded", stream: header.stream)
        case .unknown(let name):
            answer.appendFailure(.methodUnknown, "module has no method \(name)", stream: header.stream)
        }
        return true
    }

    private func decide(_ stream: UInt32, _ payload: UnsafeRawBufferPointer, _ answer: inout [UInt8]) {
        guard let request = try? HubDecideRequest(serializedBytes: [UInt8](payload)) else {
            return answer.appendFailure(.messageMalformed, "DecideRequest cannot be decoded", stream: stream)
        }
        answer.appendAnswer(module.decide(Question(request)).decision, stream: stream)
    }
}

extension Array where Element == UInt8 {
    fileprivate mutating func append(_ message: some Message, _ type: FrameType, stream: UInt32) {
        // Serialising fails only for a missing required field, which proto3 does not have.
        appendFrame(type, stream: stream, payload: (try? message.serializedBytes()) ?? [])
    }

    /// DATA with the one message, then END. An empty END is OK: the default of every field.
    fileprivate mutating func appendAnswer(stream: UInt32, message: UnsafeRawBufferPointer) {
        appendFrame(.data, flags: .end, stream: stream, payload: message)
        appendFrame(.end, stream: stream, payload: UnsafeRawBufferPointer(start: nil, count: 0))
    }

    fileprivate mutating func appendAnswer(_ message: some Message, stream: UInt32) {
        let bytes: [UInt8] = (try? message.serializedBytes()) ?? []
        guard bytes.count <= ModuleLinkLimits.messageBytesMax else {
            return appendFailure(.messageTooLarge, "answer of \(bytes.count) bytes", stream: stream)
        }
        bytes.withUnsafeBytes { appendAnswer(stream: stream, message: $0) }
    }

    fileprivate mutating func appendFailure(_ code: HubError.Code, _ detail: String, stream: UInt32) {
        append(HubEnd(error: HubError(code, detail)), .end, stream: stream)
    }
}
