// The ordinary life of a module: echo, restart, kills under load, and the end.

import Foundation
import Glibc
import HubCore
import HubDomain
import HubModules
import HubProto
import Synchronization
import Testing

@Suite("A module lives in a process of its own")
struct RuntimeLifeTests {
    @Test("an echo of any size up to the limit comes back byte for byte")
    func echo() async throws {
        try await withModules(["Echoes"]) { modules in
            for size in [0, 1, 65_523, 65_536, 65_537, 1_000_000, 4_194_304] {
                let message = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                #expect(try await modules.echo(module: "echoes", message, timeoutMillis: 10_000) == message)
            }
            await #expect(throws: HubError(.messageTooLarge, "")) {
                try await modules.echo(
                    module: "echoes", [UInt8](repeating: 0, count: 4_194_305), timeoutMillis: 1_000)
            }
            let info = try await modules.info("echoes")
            #expect(info.state == .serving)
            #expect(info.services == ["contoh"])
            #expect(info.starts == 1)  // The probe does not count.
            #expect(info.calls == 7)
            #expect(info.memoryBytes > 100_000)
        }
    }

    @Test("a process killed a hundred times under load loses no call, and its neighbour keeps its process")
    func kills() async throws {
        try await withModules(
            ["Echoes", "Poisoned"],
            limits: {
                $0.crashesMax = 1_000
                $0.backoffMaxMillis = 10
                $0.decideMillis = 10_000
            }
        ) { modules in
            let neighbour = try await modules.info("poisoned").pid
            let over = Switch()
            let answered = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var count = 0
                        while !over.isOn {
                            switch await modules.outcome("echoes") {
                            case .success: count += 1
                            // Two kills in a row may meet the same call; it is told so and nothing is lost.
                            case .failure(let error): #expect(error == HubError(.moduleCrashed, ""))
                            }
                        }
                        return count
                    }
                }
                var killed: Set<UInt32> = []
                while killed.count < 100 {
                    let pid = try await modules.info("echoes").pid
                    if pid != 0, killed.insert(pid).inserted { kill(pid_t(pid), SIGKILL) }
                    try await Task.sleep(for: .milliseconds(5))
                }
                over.turnOn()
                return try await group.reduce(0, +)
            }
            #expect(answered > 100)
            #expect(try await modules.info("echoes").crashes >= 99)
            #expect(await modules.outcome("echoes") == .success("next"))
            #expect(try await modules.info("poisoned").pid == neighbour)
        }
    }

    @Test("a restart changes the process, and calls that come meanwhile wait for the next one")
    func restart() async throws {
        try await withModules(["Echoes"]) { modules in
            let before = try await modules.info("echoes")
            async let restarted = modules.restart(module: "echoes")
            let outcomes = await withTaskGroup(of: Result<String, HubError>.self) { group in
                for _ in 0..<50 { group.addTask { await modules.outcome("echoes") } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.allSatisfy { $0 == .success("next") })
            let after = try await restarted
            #expect(after.state == .serving)
            #expect(after.pid != before.pid)
            #expect(after.crashes == 0)
        }
    }

    @Test("after the shutdown no process is left, and a call is refused at once")
    func shutdown() async throws {
        let fixtures = try RuntimeFixtures.built.get()
        var pids: [UInt32] = []
        try await withSpecifications([fixtures.specification("Echoes"), fixtures.specification("Loops")]) { modules in
            pids = await modules.modules().map(\.pid)
            async let looping = modules.outcome("loops")
            try await Task.sleep(for: .milliseconds(50))
            await modules.shutdown()
            _ = await looping
            #expect(await modules.outcome("echoes") == .failure(HubError(.moduleUnavailable, "")))
            #expect(await modules.modules().map(\.state) == [.stopped, .stopped])
        }
        #expect(pids.count == 2)
        for pid in pids { #expect(kill(pid_t(pid), 0) == -1 && errno == ESRCH) }
    }
}

/// Tells tasks that it is time to end.
private final class Switch: Sendable {
    private let on = Mutex(false)
    var isOn: Bool { on.withLock { $0 } }
    func turnOn() { on.withLock { $0 = true } }
}
