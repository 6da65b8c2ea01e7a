// Plays a client against the hub's connection machine, frame by frame, and tells what the machine made of each.

import HubDomain
import HubProto
import HubWire

/// What the machine told its driver to do, in a form that tests can compare.
enum Heard: Equatable {
    case ready(frameBytesMax: UInt32, messageBytesMax: UInt32)
    case opened(UInt32, method: String)
    case request(UInt32, [UInt8])
    case compressed(UInt32, [UInt8], longest: Int)
    case requestsEnded(UInt32)
    case credit(UInt32, UInt64)
    case cancelled(UInt32)
    case refused(UInt32, HubError.Code, CallStatus)
    case reset(UInt32, HubResetCode)
    case pong([UInt8])
    case ponged([UInt8])
    case goaway(HubGoawayCode)
    case peerLeaving
    case nothing

    init(_ action: ServerConnectionMachine.Action, payload: [UInt8] = []) {
        self =
            switch action {
            case .ready(let peer): .ready(frameBytesMax: peer.frameBytesMax, messageBytesMax: peer.messageBytesMax)
            case .opened(let stream, .plain(let method, _, _)):
                .opened(stream, method: String(decoding: payload[method], as: UTF8.self))
            case .opened(let stream, .whole(let call)): .opened(stream, method: call.method)
            case .request(let stream, let joined, _): .request(stream, joined ?? payload)
            case .compressed(let stream, let joined, _, let longest):
                .compressed(stream, joined ?? payload, longest: longest)
            case .requestsEnded(let stream): .requestsEnded(stream)
            case .credit(let stream, let offset): .credit(stream, offset)
            case .cancelled(let stream): .cancelled(stream)
            case .refuse(let stream, let error): .refused(stream, error.code, error.status)
            case .reset(let stream, let code): .reset(stream, code)
            case .pong(let bytes): .pong(bytes)
            case .ponged(let bytes): .ponged(bytes)
            case .goaway(let goaway): .goaway(goaway.code)
            case .peerLeaving: .peerLeaving
            case .ignore: .nothing
            }
    }
}

final class ScriptedClient {
    var machine: ServerConnectionMachine
    /// Why the connection was ended, when it was.
    private(set) var goaway: HubGoaway?
    /// What the hub allowed.
    private(set) var grants: [ServerConnectionMachine.Grant] = []

    /// Other frames leave the hub whenever credit may.
    var hearsOthers = true

    /// - Parameter greeted: Has said a good hello already.
    init(limits: WireLimits = WireLimits(), greeted: Bool = true) throws {
        machine = ServerConnectionMachine(limits: limits)
        if greeted { _ = try hello() }
    }

    /// Shows a header alone; nil when the machine wants its payload.
    func show(_ header: FrameHeader) -> Heard? { machine.check(header).map { Heard($0) } }

    /// Shows the header first, as the driver does; the payload follows when the machine lets it.
    func send(_ header: FrameHeader, _ payload: [UInt8] = []) -> Heard {
        let action = machine.check(header) ?? payload.withUnsafeBytes { machine.receive(header, $0) }
        grants += machine.takeGrants(withOthers: hearsOthers)
        if case .goaway(let goaway) = action { self.goaway = goaway }
        return Heard(action, payload: payload)
    }

    func send(
        _ type: FrameType, flags: FrameFlags = [], stream: UInt32 = 0, _ payload: [UInt8] = []
    ) -> Heard {
        send(FrameHeader(type, flags: flags, stream: stream, length: UInt32(payload.count)), payload)
    }

    func hello(_ hello: HubHello = HubHello()) throws -> Heard { send(.hello, try hello.serializedBytes()) }

    func call(_ stream: UInt32, _ call: HubCall = .echo) throws -> Heard {
        send(.call, stream: stream, try call.serializedBytes())
    }

    func data(_ stream: UInt32, _ payload: [UInt8] = [], _ flags: FrameFlags = .end) -> Heard {
        send(.data, flags: flags, stream: stream, payload)
    }

    /// CALL and the whole request.
    func ask(_ stream: UInt32, _ message: [UInt8] = []) throws -> Heard {
        _ = try call(stream)
        return data(stream, message)
    }
}

extension HubCall {
    static let echo = HubCall.with { $0.method = HubMethod.echo.path }

    /// An echo with something beside its method.
    static func echo(_ change: (inout HubCall) -> Void) -> HubCall {
        var call = echo
        change(&call)
        return call
    }
}

extension HubMetadata {
    init(_ key: String, _ value: [UInt8]) {
        self.init()
        self.key = key
        self.value = .init(value)
    }
}
