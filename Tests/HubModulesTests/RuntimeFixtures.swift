// Builds the host and the wrong modules of Tests/ModuleFixtures, and runs supervisors over them.

import Foundation
import HubCore
import HubDomain
import HubModules
import HubProto
import HubTestKit
import Logging
import NIOPosix

/// Modules compiled from Tests/ModuleFixtures, once per test run, each under its own name in lower case.
struct RuntimeFixtures: Sendable {
    /// Folder of what was built.
    let folder: URL

    static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let sources = repository.appendingPathComponent("Tests/ModuleFixtures")
    static let headers = repository.appendingPathComponent("Sources/CHubModule/include")

    /// Built on first use; a missing compiler fails every test that needs it, with the reason.
    static let built = Result { try RuntimeFixtures() }

    private init() throws {
        folder = Self.repository.appendingPathComponent(".build/module-fixtures")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try run(Self.repository.appendingPathComponent("Scripts/build-host.sh").path, [host.path])
        for file in try FileManager.default.contentsOfDirectory(atPath: Self.sources.path).sorted() {
            guard file.hasSuffix(".c"), file.first?.isUppercase == true else { continue }
            let name = String(file.dropLast(2))
            try cc([
                "-shared", "-fPIC", "-O1", "-DFIXTURE_ID=\"\(name.lowercased())\"", "-o", library(name).path,
                Self.sources.appendingPathComponent(file).path,
            ])
        }
    }

    var host: URL { folder.appendingPathComponent("hub-module-host") }

    func library(_ name: String) -> URL { folder.appendingPathComponent("lib\(name).so") }

    /// A bundle as the reader would have accepted it: one service, `contoh`, version 1.0.0.
    func specification(_ name: String, library path: String? = nil) -> ModuleSpecification {
        var definition = HubServiceDefinition()
        definition.service = "contoh"
        definition.department = "dinas"
        let bundle = LoadedBundle(
            module: name.lowercased(), department: "dinas", definitions: [definition], standing: [])
        return ModuleSpecification(
            bundle: bundle, version: "1.0.0", libraryPath: path ?? library(name).path,
            bundleHash: [UInt8](repeating: 7, count: 32), refusals: [])
    }
}

/// Runs a compiler or a tool; its output is the error when it fails.
@discardableResult
func run(_ path: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    try process.waitForEnd()
    guard process.terminationStatus == 0 else { throw ToolFailure(description: "\(path) \(arguments): \(output)") }
    return output
}

@discardableResult
func cc(_ arguments: [String]) throws -> String {
    try run("/usr/bin/cc", ["-std=c11", "-Wall", "-Wextra", "-Werror", "-I", RuntimeFixtures.headers.path] + arguments)
}

struct ToolFailure: Error, CustomStringConvertible {
    let description: String
}

struct FixedClock: HubClock {
    func nowMillis() -> Int64 { 1_770_000_000_000 }
}

/// Starts a supervisor over the named fixtures and ends all its processes afterwards.
func withModules(
    _ names: [String], limits: (inout ModuleLimits) -> Void = { _ in }, health: HealthBoard = HealthBoard(),
    _ body: (ModuleSupervisor) async throws -> Void
) async throws {
    let fixtures = try RuntimeFixtures.built.get()
    try await withSpecifications(names.map { fixtures.specification($0) }, limits: limits, health: health, body)
}

func withSpecifications(
    _ specifications: [ModuleSpecification], limits change: (inout ModuleLimits) -> Void = { _ in },
    health: HealthBoard = HealthBoard(),
    _ body: (ModuleSupervisor) async throws -> Void
) async throws {
    var limits = ModuleLimits()
    limits.backoffMillis = 10
    change(&limits)
    let supervisor = ModuleSupervisor(
        specifications, host: HostProgram(path: try RuntimeFixtures.built.get().host.path), limits: limits,
        clock: FixedClock(), health: health, jitter: { 0 }, group: MultiThreadedEventLoopGroup.singleton,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    await supervisor.start()
    do { try await body(supervisor) } catch {
        await supervisor.shutdown()
        throw error
    }
    await supervisor.shutdown()
}

extension ModuleSupervisor {
    func info(_ name: String) async throws -> HubModuleInfo {
        guard let info = await modules().first(where: { $0.id == name }) else {
            throw ToolFailure(description: "no module \(name)")
        }
        return info
    }

    /// Sends a message through a module and back.
    func echo(module: String, _ message: [UInt8], timeoutMillis: UInt32) async throws(HubError) -> [UInt8] {
        let outcome = await withCheckedContinuation { caller in
            relay(module: module, message, timeoutMillis: timeoutMillis) { caller.resume(returning: $0) }
        }
        return try outcome.get()
    }

    /// Asks with a note, and gives the decision's stage or the error.
    func outcome(_ name: String, note: String = "", timeoutMillis: UInt32 = 10_000) async -> Result<String, HubError> {
        var question = HubDecideRequest()
        question.command.note = note
        do throws(HubError) {
            return .success(try await decide(module: name, question, timeoutMillis: timeoutMillis).accepted.stage)
        } catch { return .failure(error) }
    }

    /// Waits until the module is in a state, at most five seconds.
    func wait(for name: String, until state: HubModuleState) async throws {
        for _ in 0..<500 {
            if try await info(name).state == state { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw ToolFailure(description: "\(name) is \(try await info(name).state), not \(state)")
    }
}
