// Modules that cannot be run: refused with every reason, while the others are served.

import HubCore
import HubDomain
import HubModules
import Testing

@Suite("A module that cannot be run is refused, and the others run on")
struct RuntimeRefusalTests {
    @Test(
        "a wrong library is refused with what was expected and what was found",
        arguments: [
            ("WrongMajor", "abi_major expected 1, found 2"),
            ("SmallStruct", "abi_major expected 1, found 2; struct_size expected ≥ 48, found 32"),
            ("NoEntry", "symbol hub_module_entry expected, found none"),
            ("StartFails", "start failed"),
            ("Misdescribes", "version expected 1.0.0, found 9.9.9"),
            ("NeverStarts", "not started within 1000 ms"),
        ])
    func refused(name: String, reason: String) async throws {
        try await withModules([name, "Echoes"], limits: { $0.startMillis = 1_000 }) { modules in
            let info = try await modules.info(name.lowercased())
            #expect(info.state == .refused)
            #expect(info.reasons == [reason])
            #expect(info.pid == 0)
            #expect(await modules.bundles().map(\.module) == ["echoes"])
            guard case .failure(let error) = await modules.outcome(name.lowercased()) else {
                Issue.record("a refused module decided")
                return
            }
            #expect(error == HubError(.moduleRefused, ""))
            #expect(error.description == "E3002 \(name.lowercased()): \(reason)")
            #expect(await modules.outcome("echoes") == .success("next"))
            await #expect(throws: HubError(.moduleRefused, "")) { try await modules.restart(module: name.lowercased()) }
        }
    }

    @Test("a library under another module's name, or none at all, is refused")
    func wrongLibrary() async throws {
        let fixtures = try RuntimeFixtures.built.get()
        let other = fixtures.specification("Other", library: fixtures.library("Echoes").path)
        let absent = fixtures.specification("Absent", library: "/nonexistent/libAbsent.so")
        try await withSpecifications([other, absent, fixtures.specification("Echoes")]) { modules in
            #expect(try await modules.info("other").reasons == ["name expected other, found echoes"])
            let reasons = try await modules.info("absent").reasons
            #expect(reasons.first?.hasPrefix("library cannot be loaded: /nonexistent/libAbsent.so") == true)
            #expect(await modules.outcome("echoes") == .success("next"))
        }
    }

    @Test("a bundle that the reader refused is listed with its reasons and never started")
    func refusedBundle() async throws {
        var bundle = try RuntimeFixtures.built.get().specification("Echoes")
        bundle.refusals = ["services/contoh.yaml:3 stage: unknown", "manifest.yaml:1 id: empty"]
        try await withSpecifications([bundle]) { modules in
            let info = try await modules.info("echoes")
            #expect(info.state == .refused)
            #expect(info.reasons == bundle.refusals)
            #expect(info.starts == 0)
            #expect(await modules.bundles().isEmpty)
        }
    }

    @Test("a bundle without a library brings its data and has no process")
    func dataAlone() async throws {
        var bundle = try RuntimeFixtures.built.get().specification("Echoes")
        bundle.libraryPath = nil
        try await withSpecifications([bundle]) { modules in
            let info = try await modules.info("echoes")
            #expect(info.starts == 0)
            #expect(await modules.bundles().count == 1)
            #expect(await modules.outcome("echoes") == .failure(HubError(.moduleUnavailable, "")))
        }
    }

    @Test("a host program that is not there refuses the module with the reason, and a name nobody has is unknown")
    func noHost() async throws {
        let specification = try RuntimeFixtures.built.get().specification("Echoes")
        let exits = await withCheckedContinuation { done in
            _ = HostProcess.start(HostProgram(path: "/nonexistent/host"), arguments: [], socket: -1) {
                done.resume(returning: $0)
            }
        }
        #expect(exits == .notStarted(2))
        try await withSpecifications([specification]) { modules in
            #expect(await modules.outcome("nobody") == .failure(HubError(.moduleUnknown, "")))
        }
    }
}
