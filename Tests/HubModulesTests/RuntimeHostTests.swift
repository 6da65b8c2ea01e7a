// The host program itself: what it is linked with, what it gives up, and that it never outlives the hub.

import Foundation
import Glibc
import HubModules
import Testing

@Suite("The host is small, confined and leaves no orphan")
struct RuntimeHostTests {
    @Test("it needs libc and what belongs to it, and nothing else")
    func linkage() throws {
        let host = try RuntimeFixtures.built.get().host
        let allowed: Set = [
            "libc.so.6", "libdl.so.2", "libpthread.so.0", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
        ]
        let needed = try run("/usr/bin/readelf", ["-d", host.path]).split(separator: "\n")
            .filter { $0.contains("(NEEDED)") }
            .compactMap { $0.split(separator: "[").last?.split(separator: "]").first.map(String.init) }
        #expect(needed.contains("libc.so.6"))
        #expect(Set(needed).isSubset(of: allowed))
    }

    @Test("the ABI header still begins with the frozen ABI 1.0, field by field")
    func frozen() throws {
        try cc(["-fsyntax-only", RuntimeFixtures.sources.appendingPathComponent("abi_check.c").path])
    }

    @Test("it holds four files, few rights and bounded memory")
    func confined() async throws {
        try await withModules(["Echoes"]) { modules in
            let proc = "/proc/\(try await modules.info("echoes").pid)"
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(proc)/fd").sorted() == ["0", "1", "2", "3"])
            let limits = try String(contentsOfFile: "\(proc)/limits", encoding: .utf8).split(separator: "\n")
                .map { $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ") }
            #expect(limits.contains("Max data size 268435456 268435456 bytes"))
            #expect(limits.contains("Max core file size 0 0 bytes"))
            #expect(limits.contains("Max open files 64 64 files"))
            let status = try String(contentsOfFile: "\(proc)/status", encoding: .utf8)
            #expect(status.contains("NoNewPrivs:\t1"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: "\(proc)/environ")).isEmpty)
        }
    }

    @Test("a hub that dies takes a module with it that loops for ever")
    func orphan() async throws {
        let host = try ManualHost("Loops")
        host.send([0, 0, 0, 0, 0x00, 0, 0, 0, 0, 0, 0, 0])
        host.send(ManualHost.decide)
        try await Task.sleep(for: .milliseconds(50))
        close(host.socket)
        #expect(await host.exit() == .code(0))
    }

    @Test("a hub that says it is done lets the module stop by itself")
    func goodEnd() async throws {
        let host = try ManualHost("Echoes")
        host.send([0, 0, 0, 0, 0x00, 0, 0, 0, 0, 0, 0, 0])
        shutdown(host.socket, CInt(SHUT_WR))
        #expect(await host.exit() == .code(0))
        close(host.socket)
    }

    @Test("frames that come byte by byte, or many at once, are answered alike")
    func drops() async throws {
        let hello: [UInt8] = [0, 0, 0, 0, 0x00, 0, 0, 0, 0, 0, 0, 0]
        // Back come HELLO, DATA with the Decision, and an empty END.
        let decision: [UInt8] = [0x0a, 6, 0x0a, 4] + Array("next".utf8)
        let expected = hello.count + 12 + decision.count + 12
        let slow = try ManualHost("Echoes")
        for byte in hello + ManualHost.decide { slow.send([byte]) }
        let fast = try ManualHost("Echoes")
        fast.send(hello + ManualHost.decide)
        let answers = (slow.receive(expected), fast.receive(expected))
        #expect(answers.0.count == expected)
        #expect([UInt8](answers.0.suffix(20).prefix(8)) == decision)
        #expect(answers.0 == answers.1)
        for host in [slow, fast] { close(host.socket) }
    }

    @Test("a frame that is longer than any may be ends the host before memory is taken")
    func oversize() async throws {
        let host = try ManualHost("Echoes")
        host.send([0x7f, 0xff, 0xff, 0xff, 0x11, 0, 0, 0, 0, 0, 0, 1])
        #expect(await host.exit() == .code(73))
        close(host.socket)
    }

    @Test("a call that is not of its usage ends with 64")
    func usage() async throws {
        let host = try ManualHost(arguments: ["--id", "x", "--data-limit", "-1", "--library", "y"])
        #expect(await host.exit() == .code(64))
        close(host.socket)
    }
}

/// A host without a supervisor: the test is the hub.
private final class ManualHost: Sendable {
    let socket: CInt
    private let exits: AsyncStream<HostExit>

    /// CALL `hub.v1.Module/Decide` and an empty question on stream 1.
    static let decide: [UInt8] =
        [0, 0, 0, 22, 0x10, 0, 0, 0, 0, 0, 0, 1, 0x0a, 20] + Array("hub.v1.Module/Decide".utf8)
        + [0, 0, 0, 0, 0x11, 1, 0, 0, 0, 0, 0, 1]

    convenience init(_ name: String) throws {
        let fixtures = try RuntimeFixtures.built.get()
        try self.init(arguments: [
            "--id", name.lowercased(), "--library", fixtures.library(name).path, "--data-limit", "268435456",
        ])
    }

    init(arguments: [String]) throws {
        var ends: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw ToolFailure(description: "no socket pair")
        }
        socket = ends[0]
        let (stream, continuation) = AsyncStream<HostExit>.makeStream()
        exits = stream
        let program = HostProgram(path: try RuntimeFixtures.built.get().host.path)
        _ = HostProcess.start(program, arguments: arguments, socket: ends[1]) { continuation.yield($0) }
    }

    func send(_ bytes: [UInt8]) { _ = bytes.withUnsafeBytes { write(socket, $0.baseAddress, $0.count) } }

    /// Waits for so many bytes; fewer when the host ends before.
    func receive(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = bytes.withUnsafeMutableBytes { recv(socket, $0.baseAddress, count, CInt(MSG_WAITALL)) }
        return [UInt8](bytes.prefix(max(0, got)))
    }

    func exit() async -> HostExit? {
        for await exit in exits { return exit }
        return nil
    }
}
