// An answer as it leaves: its own bytes, or a zstd frame of them.

import HubCompression
import HubWire

/// What DATA carries for one message.
struct WireMessage: Sendable {
    /// Payload of its DATA frames.
    let bytes: [UInt8]
    /// Length of the message itself, which `final_size` and limits count.
    let messageBytes: Int
    let isCompressed: Bool

    /// - Parameter compresses: Where that pays. Takes some milliseconds for a message of megabytes.
    init(_ message: [UInt8], compresses: Bool) {
        let frame = compresses ? message.withUnsafeBytes { Zstandard.compressed($0) } : nil
        bytes = frame ?? message
        messageBytes = message.count
        isCompressed = frame != nil
    }

    /// Flags of a frame that carries all of it.
    func flags(_ others: FrameFlags) -> FrameFlags { isCompressed ? others.union(.compressed) : others }
}

extension ExpansionCaps {
    /// What a request may become, of a method whose requests have at most `longest` bytes.
    init(request longest: Int) {
        self.init(
            bytesMax: WireRule.expandedLength.forbids(true) ? longest : .max,
            ratioMax: WireRule.expansion.forbids(true) ? CallLimits.expansionMax : 1_000_000)
    }
}
