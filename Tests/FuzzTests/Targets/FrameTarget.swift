// Bytes cut into frames: the header, and reading them where they lie.

import HubWire
import NIOCore

@testable import HubServer

extension FuzzTarget {
    /// Headers alone decide here: what a connection that has said hello lets pass.
    static let frames = FuzzTarget(
        "frame", verdicts: [.accepted, "incomplete", "PROTOCOL_ERROR", "FRAME_SIZE"]
    ) { (input) throws(BrokenPromise) in
        let whole = try FrameReading(input, pieces: [])
        let pieces = try FrameReading(input, pieces: Array(input))
        try promise(whole == pieces, "frames differ when their bytes come in pieces")
        return whole.refusal ?? (whole.isInFrame ? "incomplete" : .accepted)
    }
}

/// What was read of a stream of frames.
private struct FrameReading: Equatable {
    struct Frame: Equatable {
        let header: FrameHeader
        let payload: [UInt8]
    }

    var frames: [Frame] = []
    var refusal: Verdict?
    var isInFrame = false

    /// - Parameter pieces: How many bytes come together, over and over; none = all.
    init(_ input: UnsafeRawBufferPointer, pieces: [UInt8]) throws(BrokenPromise) {
        var machine = GreetedConnections.hub
        var broken: BrokenPromise?
        let decoder = Pieces(input, sizes: pieces).read { header in
            if header.reserved == 0, let wrong = FrameHeader.roundTripFault(header) { broken = wrong }
            if case .goaway(let goaway)? = machine.check(header) { refusal = Verdict(goaway.code) }
            return refusal == nil
        } take: { header, payload in
            frames.append(Frame(header: header, payload: [UInt8](payload)))
            return true
        }
        if let broken { throw broken }
        for frame in frames {
            try promise(frame.payload.count == Int(frame.header.length), "a payload is not as long as its header says")
        }
        isInFrame = decoder.isInFrame
    }
}

extension FrameHeader {
    /// A header that is written is read back the same.
    fileprivate static func roundTripFault(_ header: FrameHeader) -> BrokenPromise? {
        var bytes: [UInt8] = []
        let length = min(header.length, 64)
        bytes.appendFrame(
            header.type, flags: header.flags, stream: header.stream, payload: [UInt8](repeating: 7, count: Int(length)))
        var expected = header
        expected.length = length
        let read = bytes.withUnsafeBytes { FrameHeader($0) }
        return read == expected ? nil : BrokenPromise(description: "a header is not read as it was written")
    }
}

/// Bytes that arrive in pieces and are put together as a connection of the hub does it.
struct Pieces {
    private let input: UnsafeRawBufferPointer
    private let sizes: [UInt8]

    /// - Parameter sizes: How many bytes come together, over and over, 0 counting as 1; none = all at once.
    init(_ input: UnsafeRawBufferPointer, sizes: [UInt8]) {
        self.input = input
        self.sizes = sizes
    }

    /// - Returns: What is left when the last piece was read.
    @discardableResult
    func read(
        judge: (FrameHeader) -> Bool, take: (FrameHeader, UnsafeRawBufferPointer) -> Bool
    ) -> FrameDecoder {
        var decoder = FrameDecoder()
        var start = 0
        var round = 0
        var goesOn = true
        while goesOn, start < input.count {
            let size = sizes.isEmpty ? input.count : max(1, Int(sizes[round % sizes.count] % 24))
            round += 1
            let piece = input[start..<min(start + size, input.count)]
            start = piece.endIndex
            let bytes = decoder.joined(with: ByteBuffer(bytes: piece))
            let read = bytes.withUnsafeReadableBytes { raw in
                FrameBytes.read(
                    raw,
                    judge: { header in
                        goesOn = goesOn && judge(header)
                        return goesOn
                    },
                    take: { header, payload in
                        goesOn = take(header, payload)
                        return goesOn
                    })
            }
            decoder.keep(bytes, from: read)
        }
        return decoder
    }
}
