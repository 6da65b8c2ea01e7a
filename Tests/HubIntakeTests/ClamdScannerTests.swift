// clamd's protocol against a server of the tests that behaves as badly as it is told.

import Foundation
import HubCore
import HubDomain
import HubIntake
import Testing

/// Tests/Receivers/clamd.py as a process with a socket of its own.
private final class FakeClamd {
    let socket: String
    private let process = Process()

    init(_ mode: String) throws {
        socket = "/tmp/clamd-\(UUID().uuidString.prefix(8)).sock"
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [Built.repository.appendingPathComponent("Tests/Receivers/clamd.py").path, socket, mode]
        try process.run()
        for _ in 0..<2_000 where !FileManager.default.fileExists(atPath: socket) { usleep(5_000) }
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(atPath: socket)
    }
}

@Suite("clamd over its socket")
struct ClamdScannerTests {
    private static let harm = Array("X5O!P%@AP test".utf8)
    private static let letter = Array("%PDF-1.7 surat ".utf8) + [UInt8](repeating: 0x20, count: 300_000)

    private func verdict(_ mode: String, _ bytes: [UInt8], seconds: Int = 20) async throws -> ScanVerdict {
        let clamd = try FakeClamd(mode)
        defer { withExtendedLifetime(clamd) {} }
        return await ClamdScanner(path: clamd.socket, seconds: seconds).scan(bytes)
    }

    @Test("a document that holds nothing is clean, one with a signature is harmful by its name, and several go at once")
    func verdicts() async throws {
        let clamd = try FakeClamd("ok")
        let scanner = ClamdScanner(path: clamd.socket, seconds: 20)
        #expect(await scanner.scan(Self.letter) == .clean)
        #expect(await scanner.scan(Self.letter + Self.harm) == .harmful("Test.Signature"))
        #expect(await scanner.scan([]) == .clean)
        let all = await withTaskGroup(of: ScanVerdict.self) { group in
            for _ in 0..<12 { group.addTask { await scanner.scan(Self.letter) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(all == Array(repeating: .clean, count: 12))
        withExtendedLifetime(clamd) {}
    }

    @Test(
        "whatever is no answer is silence and never clean",
        arguments: ["limit", "nonsense", "cut", "close", "flood", "partial"])
    func silence(_ mode: String) async throws {
        guard case .silent = try await verdict(mode, Self.letter) else {
            Issue.record("\(mode) was taken for an answer")
            return
        }
    }

    // Without a patience of its own the scan would never end; the limit is far above what a busy machine adds.
    @Test("a clamd that hangs, with or without reading, costs its time and no more", .timeLimit(.minutes(5)))
    func hangs() async throws {
        for mode in ["hang", "deaf"] {
            let bytes = Array(repeating: Self.letter, count: 20).flatMap(\.self)
            guard case .silent = try await verdict(mode, bytes, seconds: 1) else {
                Issue.record("\(mode) was taken for an answer")
                continue
            }
        }
    }

    @Test("a clamd whose backlog is full does not listen, and that is told at once", .timeLimit(.minutes(5)))
    func full() async throws {
        guard case .silent(let reason) = try await verdict("full", Self.letter, seconds: 60) else {
            Issue.record("an answer of nobody")
            return
        }
        #expect(reason.contains("it does not listen"))
    }

    @Test("a clamd that is not there, or whose path is none, is silent")
    func absent() async {
        for path in ["/tmp/no-clamd-here.sock", "/" + String(repeating: "x", count: 200)] {
            guard case .silent = await ClamdScanner(path: path, seconds: 1).scan([1]) else {
                Issue.record("\(path.prefix(30)) answered")
                continue
            }
        }
    }
}
