// The payload of each control frame, as the side reads it that receives it.

import HubDomain
import HubProto
import NIOCore
import SwiftProtobuf

@testable import HubClient
@testable import HubWire

extension FuzzTarget {
    /// One for each frame that carries a message or has a form of its own.
    static let control = [hello, call, credit, reset, goaway, ping, end]

    private static let hello = FuzzTarget(
        "hello", verdicts: [.accepted, "PROTOCOL_ERROR", "VERSION_UNSUPPORTED"]
    ) { (input) throws(BrokenPromise) in
        var client = ClientConnectionMachine<Int>(limits: WireLimits())
        if case .greeted(let hello)? = client.frame(.hello, stream: 0, payload: input) {
            try roundTrip(hello)
            try promise(WireLimits.frameBytesBounds.contains(client.peer.frameBytesMax), "the hub asks for odd frames")
        }
        var machine = ServerConnectionMachine(limits: WireLimits())
        switch machine.frame(.hello, stream: 0, payload: input) {
        case .ready(let peer):
            try promise(WireLimits.frameBytesBounds.contains(peer.frameBytesMax), "frame_bytes_max out of bounds")
            try promise(peer.messageBytesMax > 0 && peer.streamCredit > 0 && peer.connectionCredit > 0, "a limit of 0")
            return .accepted
        case .goaway(let goaway):
            try promise(machine.isClosed, "GOAWAY on a connection that lives")
            return Verdict(goaway.code)
        default: throw BrokenPromise(description: "HELLO is neither accepted nor refused")
        }
    }

    private static let call = FuzzTarget(
        "call", bytesMax: 16_384, verdicts: [.accepted, "E1005", "E1006", "E1007"]
    ) { (input) throws(BrokenPromise) in
        let decoded = try? HubCall(serializedBytes: [UInt8](input))
        guard let head = CallHead(input) else {
            try promise(decoded == nil, "a CALL that can be decoded is refused")
            return "E1005"
        }
        guard let decoded else { throw BrokenPromise(description: "a CALL is read that cannot be decoded") }
        try roundTrip(decoded)
        if case .plain(let method, let millis, let encodings) = head {
            let read = HubCall.with {
                $0.method = String(decoding: UnsafeRawBufferPointer(rebasing: input[method]), as: UTF8.self)
                if let millis { $0.timeoutMs = millis }
                if encodings.contains(.requests) { $0.encoding = CallEncodings.zstd }
                if encodings.contains(.answers) { $0.acceptEncoding = [CallEncodings.zstd] }
            }
            try promise(read == decoded, "a CALL read in place is not the one that is decoded")
            try promise(CallMetadata.fault(in: decoded) == nil, "a CALL read in place breaks a rule")
        }
        for shape in [HubMethod.Shape.unary, .serverStream] {
            let limit = shape == .unary ? CallLimits.unaryTimeoutMillis : CallLimits.streamTimeoutMillis
            let timeout = CallMetadata.timeout(head.timeoutMillis, shape: shape)
            try promise((1...limit.max).contains(timeout.millis), "a deadline out of its bounds")
        }
        return CallMetadata.fault(in: decoded).map { Verdict($0) } ?? .accepted
    }

    private static let credit = FuzzTarget(
        "credit", verdicts: [.accepted, "PROTOCOL_ERROR", "FLOW_CONTROL"]
    ) { (input) throws(BrokenPromise) in
        var verdicts: [Verdict] = []
        for stream: UInt32 in [0, 1] {
            var client = GreetedConnections.clientWithAnswer
            _ = client.frame(.credit, stream: stream, payload: input)
            var machine = GreetedConnections.hubWithCall
            switch machine.frame(.credit, stream: stream, payload: input) {
            case .credit(let named, let offset):
                try promise(
                    named == stream && offset <= WireLimits.creditMax, "credit beyond 2^62, or for another stream")
                verdicts.append(.accepted)
            case .goaway(let goaway): verdicts.append(Verdict(goaway.code))
            default: throw BrokenPromise(description: "CREDIT is neither accepted nor refused")
            }
        }
        try promise(verdicts[0] == verdicts[1], "CREDIT is judged by its stream")
        return verdicts[0]
    }

    /// The hub acts on RESET whatever it says; a client reads why.
    private static let reset = FuzzTarget(
        "reset", verdicts: [.accepted, "PROTOCOL_ERROR"]
    ) { (input) throws(BrokenPromise) in
        var machine = GreetedConnections.hubWithCall
        guard case .cancelled(1) = machine.frame(.reset, stream: 1, payload: input) else {
            throw BrokenPromise(description: "RESET does not end the call")
        }
        try promise(machine.openCalls == 0, "a call is open after RESET")
        var client = GreetedConnections.clientWithAnswer
        switch client.frame(.reset, stream: 1, payload: input) {
        case .reset(_, let reset):
            try roundTrip(reset)
            return .accepted
        case .broken(let code, _): return Verdict(code)
        default: throw BrokenPromise(description: "a client makes nothing of RESET")
        }
    }

    /// The hub acts on GOAWAY whatever it says; a client reads where to go.
    private static let goaway = FuzzTarget(
        "goaway", verdicts: [.accepted, "PROTOCOL_ERROR"]
    ) { (input) throws(BrokenPromise) in
        var machine = GreetedConnections.hubWithCall
        guard case .peerLeaving = machine.frame(.goaway, stream: 0, payload: input) else {
            throw BrokenPromise(description: "GOAWAY does not let the client leave")
        }
        var client = GreetedConnections.clientWithAnswer
        switch client.frame(.goaway, stream: 0, payload: input) {
        case .leaving(let goaway, let refused):
            try promise(
                refused.isEmpty == (goaway.lastStream >= 1), "calls are refused that were begun, or the reverse")
            try promise(client.openCalls + refused.count == 1, "a call is lost")
            let home = HubAddress(host: "127.0.0.1", port: 7_443)
            var addresses = AddressBook([home])
            addresses.leave(home, for: goaway.alternates)
            for _ in 0...AddressBook.alternatesMax {
                try promise(
                    HubAddress("\(addresses.next)") == addresses.next, "an address is not read as it is written")
                _ = addresses.failed()
            }
            try promise(addresses.next == home, "a client does not come home")
            return .accepted
        case .broken(let code, _): return Verdict(code)
        default: throw BrokenPromise(description: "a client makes nothing of GOAWAY")
        }
    }

    private static let ping = FuzzTarget(
        "ping", bytesMax: 64, verdicts: [.accepted, "PROTOCOL_ERROR"]
    ) { (input) throws(BrokenPromise) in
        var client = GreetedConnections.clientWithAnswer
        let event = client.frame(.ping, stream: 0, payload: input)
        var machine = GreetedConnections.hub
        switch machine.frame(.ping, stream: 0, payload: input) {
        case .pong(let bytes):
            try promise(bytes.elementsEqual(input), "PING comes back with other bytes")
            guard case .pong(let same)? = event, same.readableBytesView.elementsEqual(input) else {
                throw BrokenPromise(description: "a client does not answer PING")
            }
            return .accepted
        case .goaway(let goaway): return Verdict(goaway.code)
        default: throw BrokenPromise(description: "PING is neither answered nor refused")
        }
    }

    /// What a client, and the hub from a module, learns of a call's end.
    private static let end = FuzzTarget(
        "end", verdicts: [.accepted, "failed", "E1001", "PROTOCOL_ERROR"]
    ) { (input) throws(BrokenPromise) in
        var client = GreetedConnections.clientWithAnswer
        switch client.frame(.end, stream: 1, payload: input) {
        case .answered(_, _, let end):
            try promise(HubError(end: end) == nil, "an error is taken for an answer")
            return .accepted
        case .ended(_, let end):
            try roundTrip(end)
            _ = end.resumeCursor
            guard let error = HubError(end: end) else { throw BrokenPromise(description: "an end without an error") }
            try relayed(error)
            return "failed"
        case .failed(_, _, let error): return Verdict(error)
        case .broken(let code, _): return Verdict(code)
        default: throw BrokenPromise(description: "a client makes nothing of END")
        }
    }

    /// An error that came from a module goes on to a client: short enough for every client, and the same to it.
    static func relayed(_ error: HubError) throws(BrokenPromise) {
        let end = HubEnd(error: error)
        let bytes: [UInt8] = (try? end.serializedBytes()) ?? []
        try promise(bytes.count <= WireLimits.endBytesMax, "an END of \(bytes.count) bytes")
        guard error.status != .ok else { return }
        guard let read = HubError(end: end) else { throw BrokenPromise(description: "an error is read as OK") }
        try promise(
            read.code == error.code && read.status == error.status
                && read.retryAfterMillis == error.retryAfterMillis, "an error changes on its way")
    }
}
