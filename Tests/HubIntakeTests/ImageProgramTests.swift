// hub-image as the hub starts it: what it keeps of an image, and how little an image that breaks it can do.

import Foundation
import HubCore
import HubDomain
import HubIntake
import HubTestKit
import Testing

/// Built on first use with the project's own script.
enum Built {
    static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let program = Result<String, any Error> {
        let path = repository.appendingPathComponent(".build/intake-tests/hub-image").path
        try run(repository.appendingPathComponent("Scripts/build-image.sh").path, [path])
        return path
    }

    static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        try process.run()
        guard try process.waitForEnd() == 0 else { throw NotBuilt() }
    }

    struct NotBuilt: Error {}
}

@Suite("Images encoded anew")
struct ImageProgramTests {
    private func program(_ change: (inout ImageLimits) -> Void = { _ in }) throws -> ImageProgram {
        var limits = ImageLimits()
        change(&limits)
        return try ImageProgram(path: try Built.program.get(), limits: limits)
    }

    /// A JPEG of 16 by 8 pixels with a camera's name, a position, and orientation 6: it lies on its side.
    static let photo = bytes(
        "ffd8ffe000104a46494600010100000100010000ffe100ac4578696600004d4d002a000000080003010f00020000000c00000032"
            + "01120003000000010006000088250004000000010000003e000000004b616d65726157617267610000040001000200000002530"
            + "0000000020005000000030000007400030002000000024500000000040005000000030000008c00000000000000070000000100"
            + "0000350000000100000000000000010000006e0000000100000010000000010000000000000001ffdb0043001b12141714111b1"
            + "716171e1c1b2028422b28252528513a3d3042605565645f555d5b6a7899816a7190735b5d85b586909ea3abadab6780bcc9baa6"
            + "c799a8aba4ffc0000b080008001001011100ffc40014000100000000000000000000000000000005ffc4001410010000000000"
            + "0000000000000000000000ffda0008010100003f0014d3ffd9")
    static let drawing = [UInt8](
        Data(
            base64Encoded: "iVBORw0KGgoAAAANSUhEUgAAABAAAAAICAAAAADVHSBLAAAAFUlEQVR42mPUYICACCjNxIAG6CMAAEWIAJDEl"
                + "zRxAAAAAElFTkSuQmCC") ?? Data())

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }

    /// Width and height of a JPEG of one component, as its frame header says.
    private func size(ofJPEG bytes: [UInt8]) -> [Int] {
        guard let at = bytes.indices.dropLast(9).first(where: { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 }) else {
            return []
        }
        return [Int(bytes[at + 7]) << 8 | Int(bytes[at + 8]), Int(bytes[at + 5]) << 8 | Int(bytes[at + 6])]
    }

    @Test("a photo comes back upright, and nothing of its camera, its position or what lies behind its end")
    func photo() async throws {
        let behind = Array("<script>".utf8)
        let clean = try await program().encodedAnew(Self.photo + behind, .jpeg)
        #expect(size(ofJPEG: Self.photo) == [16, 8] && size(ofJPEG: clean) == [8, 16])
        for secret in ["KameraWarga", "Exif", "<script>"] { #expect(Data(clean).range(of: Data(secret.utf8)) == nil) }
        #expect(try await program().encodedAnew(Self.photo, .jpeg) == clean, "the same image gives the same bytes")
        let drawing = try await program().encodedAnew(Self.drawing + behind, .png)
        #expect(ContentKind(head: drawing) == .png && Data(drawing).range(of: Data(behind)) == nil)
    }

    @Test("no side is longer than allowed, and an image with too many pixels is refused with what to do about it")
    func sizes() async throws {
        let small = try await program { $0.sideMax = 4 }.encodedAnew(Self.photo, .jpeg)
        #expect(size(ofJPEG: small) == [2, 4])
        let error = await #expect(throws: HubError.self) {
            try await program { $0.pixelsMax = 100 }.encodedAnew(Self.photo, .jpeg)
        }
        #expect(error?.code == .imageUnreadable && error?.violations.map(\.rule) == ["pixels"])
    }

    @Test("images that are cut, changed, empty or of another kind are refused, whatever the decoder makes of them")
    func broken() async throws {
        let program = try program()
        var noise = SystemRandomNumberGenerator()
        var wrong: [([UInt8], ContentKind)] = [
            (Array(Self.photo.prefix(200)), .jpeg), (Array(Self.photo.prefix(2)), .jpeg), ([], .jpeg), ([], .png),
            (Self.drawing, .jpeg), (Self.photo, .png), (Array(Self.drawing.dropLast(30)), .png), (Self.photo, .webp),
        ]
        wrong += (0..<20).map { _ in
            (Self.photo.prefix(4) + (0..<400).map { _ in UInt8.random(in: .min ... .max, using: &noise) }, .jpeg)
        }
        for (bytes, kind) in wrong {
            let error = await #expect(throws: HubError.self) { try await program.encodedAnew(bytes, kind) }
            #expect(error?.code == .imageUnreadable && error?.violations.count == 1)
        }
        // It serves on, several at once.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let clean = try await program.encodedAnew(Self.photo, .jpeg)
                    #expect(!clean.isEmpty)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("more images than may wait are refused for now")
    func crowd() async throws {
        let program = try program { ($0.processes, $0.waitingMax) = (1, 2) }
        let codes = await withTaskGroup(of: HubError.Code?.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    do throws(HubError) { _ = try await program.encodedAnew(Self.photo, .jpeg) } catch {
                        return error.code
                    }
                    return nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(
            codes.contains(.uploadLimit) && codes.contains(nil) && codes.allSatisfy { $0 == nil || $0 == .uploadLimit })
    }

    @Test("a hub whose program is not there says so when it starts")
    func missing() throws {
        let error = #expect(throws: HubError.self) { try ImageProgram(path: "/nowhere/hub-image") }
        #expect(error?.code == .configurationInvalid && error?.detail.contains("build-image.sh") == true)
    }
}
