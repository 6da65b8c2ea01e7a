// Looks into an EchoMessage without decoding it: the hub's own echo measures the wire, not protobuf.

/// The shape of `hub.v1.EchoMessage` on the wire: fields 1 and 2, both length-delimited.
enum EchoRequest {
    /// Whether field 2 (`module`) may be present. Anything unusual says yes and is then decoded properly.
    static func namesModule(_ message: [UInt8]) -> Bool {
        guard let first = message.first else { return false }
        guard first == 0x0A else { return true }  // Field 1, length-delimited.
        var length = 0
        var index = 1
        for shift in stride(from: 0, to: 28, by: 7) {
            guard index < message.count else { return true }
            let byte = message[index]
            index += 1
            length |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return index + length != message.count }
        }
        return true
    }
}
