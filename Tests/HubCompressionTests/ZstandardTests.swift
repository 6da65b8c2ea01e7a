// The codec: what it gives back, what it refuses, and how much it makes of a few bytes.

import HubCompression
import HubDomain
import HubWire
import Testing

@Suite("Messages as zstd frames")
struct ZstandardTests {
    /// Numbered lines: what compresses well, and not too well.
    private static func text(_ count: Int) -> [UInt8] {
        var text: [UInt8] = []
        var number = 0
        while text.count < count {
            text += "baris \(number)\n".utf8
            number += 1
        }
        return Array(text.prefix(count))
    }

    /// Bytes that do not compress, the same in every run.
    private static func noise(_ count: Int) -> [UInt8] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    private func compressed(_ message: [UInt8]) -> [UInt8]? { message.withUnsafeBytes { Zstandard.compressed($0) } }

    private func message(of frame: [UInt8], _ bytesMax: Int = 4_194_304) throws(HubError) -> [UInt8] {
        try Zstandard.message(frame, caps: ExpansionCaps(bytesMax: bytesMax))
    }

    /// A frame of so many blocks of 128 KiB zeros, 4 bytes each, that does not say how long its message is.
    private func bomb(blocks: Int) -> [UInt8] {
        [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58]
            + [[UInt8]](repeating: [0x02, 0x00, 0x10, 0x00], count: blocks - 1).flatMap(\.self)
            + [0x03, 0x00, 0x10, 0x00]
    }

    /// `halo`-like bytes in one raw block, behind the header bytes given.
    private func raw(_ header: [UInt8], block: UInt8 = 0x31, _ body: [UInt8] = [1, 2, 3, 4, 5, 6]) -> [UInt8] {
        [0x28, 0xB5, 0x2F, 0xFD] + header + [block, 0, 0] + body
    }

    @Test(
        "a message comes back as it went, whatever its length",
        arguments: [1_024, 1_025, 65_535, 65_536, 131_073, 1_048_576, 4_194_304])
    func roundTrip(count: Int) throws {
        let text = Self.text(count)
        let frame = try #require(compressed(text))
        #expect(frame.count < count)
        #expect(try message(of: frame) == text)
    }

    @Test("a frame of nothing is an empty message, and no bytes are no frame")
    func empty() throws {
        #expect(try message(of: [0x28, 0xB5, 0x2F, 0xFD, 0x20, 0x00, 0x01, 0x00, 0x00]).isEmpty)
        #expect(throws: HubError(.messageMalformed, "")) { try message(of: []) }
        #expect(compressed([]) == nil)
    }

    @Test("what is short, does not become shorter, or would be refused, is not compressed")
    func unworthy() throws {
        #expect(compressed(Self.text(1_023)) == nil)
        #expect(compressed(Self.noise(50_000)) == nil)
        #expect(compressed([UInt8](repeating: 0, count: 65_537)) == nil)
        let zeros = try #require(compressed([UInt8](repeating: 0, count: 65_536)))
        #expect(try message(of: zeros).count == 65_536)
    }

    @Test("a message of exactly its cap comes through, and one byte more is refused by what the frame says")
    func cap() throws {
        let frame = try #require(compressed(Self.text(20_000)))
        #expect(try message(of: frame, 20_000).count == 20_000)
        #expect(throws: HubError(.messageTooLarge, "")) { try message(of: frame, 19_999) }
    }

    @Test("more than 100 to 1 is refused above 65,536 bytes, whether the frame says its length or not")
    func ratio() throws {
        #expect(throws: HubError(.messageTooLarge, "")) { try message(of: bomb(blocks: 1)) }
        // 131,072 declared in four bytes.
        let declared: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xA0, 0x00, 0x00, 0x02, 0x00, 0x03, 0x00, 0x10, 0x00]
        #expect(throws: HubError(.messageTooLarge, "")) { try message(of: declared) }
        let caps = ExpansionCaps(bytesMax: 4_194_304, ratioMax: 100_000)
        #expect(try Zstandard.message(declared, caps: caps).count == 131_072)
    }

    @Test("bytes that are not exactly one frame are malformed")
    func corrupt() throws {
        let good = raw([0x20, 0x06])
        #expect(try message(of: good) == [1, 2, 3, 4, 5, 6])
        let bad: [(String, [UInt8])] = [
            ("no magic number", [1, 2, 3, 4, 5]), ("magic number alone", [0x28, 0xB5, 0x2F, 0xFD]),
            ("a byte after it", good + [0]), ("two frames", good + good),
            ("a skippable frame", [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0]),
            ("a skippable frame behind it", good + [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0]),
            ("more than it says", raw([0x20, 0x05])), ("less than it says", raw([0x20, 0x07])),
            ("a dictionary", raw([0x21, 0x05, 0x06])), ("a reserved block type", raw([0x20, 0x06], block: 0x37)),
        ]
        for (what, frame) in bad {
            #expect(throws: HubError(.messageMalformed, ""), "\(what)") { try message(of: frame) }
        }
    }

    @Test("a frame that is cut short anywhere is malformed")
    func cut() throws {
        let frame = try #require(compressed(Self.text(3_000)))
        for count in 0..<frame.count {
            // In memory of its own, so that a byte too many is seen by the sanitiser.
            #expect(throws: HubError(.messageMalformed, "")) { try message(of: Array(frame.prefix(count))) }
        }
    }

    @Test("a frame in which any one bit is turned gives a message within its cap or one of the two errors")
    func turnedBits() throws {
        let frame = try #require(compressed(Self.text(2_000)))
        for place in 0..<(frame.count * 8) {
            var turned = frame
            turned[place / 8] ^= 1 << (place % 8)
            do throws(HubError) {
                #expect(try message(of: turned, 70_000).count <= 70_000)
            } catch {
                #expect(error.code == .messageMalformed || error.code == .messageTooLarge)
            }
        }
    }

    @Test("4 GiB out of 128 KiB are refused, and a window of 2 GiB is nothing that is taken")
    func bombs() throws {
        let caps = ExpansionCaps(bytesMax: 4_194_304)
        #expect(caps.allowed(131_078) == 4_194_304)
        #expect(caps.allowed(1_000) == 100_000)
        #expect(caps.allowed(10) == 65_536)
        #expect(caps.allowed(.max) == 4_194_304)
        #expect(throws: HubError(.messageTooLarge, "")) { try message(of: bomb(blocks: 32_768)) }
        #expect(try message(of: raw([0x00, 0xA8])) == [1, 2, 3, 4, 5, 6])
    }

    @Test("a message takes no more memory than it needs, although its frame did not say its length")
    func exact() throws {
        // 1 byte that does not compress and nothing else: room was made for 65,536.
        let message = try message(of: raw([0x00, 0x58], block: 0x09, [7]))
        #expect(message == [7])
        #expect(message.capacity < 1_024)
    }
}
