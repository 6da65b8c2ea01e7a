// A mail server or a gateway of other people's making, started for a test.

import Foundation
import HubTestKit
import Testing

/// A script of Tests/Receivers as a process with a folder of its own.
final class Receiver {
    let folder: String
    private(set) var port = 0
    private let script: String
    /// Words for the script.
    private let kind: [String]
    let isProtected: Bool
    private var process: Process?

    /// A certificate for `localhost` and 127.0.0.1, which signs itself.
    var certificate: String { folder + "/cert.pem" }

    convenience init(_ kind: String, protected isProtected: Bool = false) throws {
        try self.init(script: "receive.py", [kind], protected: isProtected)
    }

    init(script: String, _ kind: [String] = [], protected isProtected: Bool = false) throws {
        self.script = script
        self.kind = kind
        self.isProtected = isProtected
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("receiver-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if isProtected {
            try Self.run(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
                    folder + "/key.pem", "-out", certificate,
                ])
        }
        try start()
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// At the same port, once it has one.
    func start() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Receivers/\(script)").path
        process.arguments =
            [path, folder, "--port", String(port)]
            + (isProtected ? ["--cert", certificate, "--key", folder + "/key.pem"] : []) + kind
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        var line = Data()
        while line.last != 0x0A {
            let more = output.fileHandleForReading.readData(ofLength: 1)
            guard !more.isEmpty else { throw NotStarted() }
            line += more
        }
        port = try #require(Int(String(decoding: line.dropLast(), as: UTF8.self)))
    }

    func stop() {
        guard let process else { return }
        // A test's process may keep SIGTERM from its children.
        kill(process.processIdentifier, SIGKILL)
        // Foundation's own waiting spins for ever on some threads.
        for _ in 0..<1_000 where process.isRunning { usleep(5_000) }
        self.process = nil
    }

    /// What it does next; the last word stays.
    func behave(_ words: String...) throws {
        try words.joined(separator: " ").write(toFile: folder + "/mode", atomically: true, encoding: .utf8)
    }

    /// What it took, in order.
    var received: [[String: Any]] {
        let text = (try? String(contentsOfFile: folder + "/received", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap {
            (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
        }
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        try process.waitForEnd()
        guard process.terminationStatus == 0 else { throw NotStarted() }
    }

    struct NotStarted: Error {}
}
