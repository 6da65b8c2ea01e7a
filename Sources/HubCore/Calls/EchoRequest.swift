// hub.v1.Diagnostics/Echo, from the message where it lies: the hub's own echo measures the wire, not protobuf.

import HubDomain
import HubProto

/// A request for an echo.
enum EchoRequest {
    /// The hub answers with the same message; the module that it names, when it names one.
    ///
    /// - Throws: ``HubError/Code/messageMalformed``.
    @Sendable static func answer(_ message: UnsafeRawBufferPointer) throws(HubError) -> DirectAnswer {
        switch module(in: message) {
        case .nobody: return .request
        case .module(let id): return .module(id)
        case .unusual:
            let id = try HubEchoMessage(edge: [UInt8](message)).module
            return id.isEmpty ? .request : .module(id)
        }
    }

    private enum Named { case nobody, module(String), unusual }

    /// Fields 1 (`payload`) and 2 (`module`), both length-delimited, in this order; anything else is for the decoder.
    private static func module(in message: UnsafeRawBufferPointer) -> Named {
        var index = 0
        if message.first == 0x0A, !skip(message, &index) { return .unusual }
        if index == message.count { return .nobody }
        guard message[index] == 0x12 else { return .unusual }
        let start = index + 2
        guard skip(message, &index), index == message.count, message[start - 1] < 0x80 else { return .unusual }
        // Ids are ASCII: of other bytes the decoder says whether they are UTF-8.
        let id = UnsafeRawBufferPointer(rebasing: message[start..<index])
        guard id.allSatisfy({ $0 < 0x80 }) else { return .unusual }
        return .module(String(decoding: id, as: UTF8.self))
    }

    /// Moves behind a length-delimited field. False when it does not end within the message.
    private static func skip(_ message: UnsafeRawBufferPointer, _ index: inout Int) -> Bool {
        var length = 0
        index += 1
        for shift in stride(from: 0, to: 28, by: 7) {
            guard index < message.count else { return false }
            let byte = message[index]
            index += 1
            length |= Int(byte & 0x7F) << shift
            if byte < 0x80 {
                index += length
                return index <= message.count
            }
        }
        return false
    }
}
