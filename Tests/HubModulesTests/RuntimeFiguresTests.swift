// What a module's lane tells others: whether it serves, and what became of its calls.

import Glibc
import HubCore
import HubDomain
import HubModules
import HubProto
import Testing

@Suite("A module is counted and its health is told", .timeLimit(.minutes(1)))
struct RuntimeFiguresTests {
    /// Waits until a name's health is as expected.
    private func wait(_ board: HealthBoard, _ name: String, _ expected: Bool?) async throws {
        while board.isServing(name) != expected {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    @Test("a module and its service serve while its process does, and again after it was killed and started anew")
    func health() async throws {
        let board = HealthBoard()
        try await withModules(["Echoes"], limits: { $0.backoffMillis = 200 }, health: board) { modules in
            #expect(board.isServing("echoes") == true && board.isServing("contoh") == true)
            // The first restart does not wait; the second one waits long enough to be seen.
            for _ in 0..<2 {
                try await modules.wait(for: "echoes", until: .serving)
                kill(pid_t(try await modules.info("echoes").pid), SIGKILL)
                try await wait(board, "contoh", false)
            }
            try await wait(board, "contoh", true)
            #expect(board.isServing("echoes") == true)
        }
        #expect(board.isServing("echoes") == false)
    }

    @Test("a refused bundle and a quarantined module do not serve, a bundle that brings data alone is no name")
    func unhealthy() async throws {
        let board = HealthBoard()
        var data = try RuntimeFixtures.built.get().specification("Tables")
        data.libraryPath = nil
        let names = ["NoEntry", "Traps"]
        let specifications = try names.map { try RuntimeFixtures.built.get().specification($0) } + [data]
        try await withSpecifications(specifications, limits: { $0.crashesMax = 0 }, health: board) { modules in
            #expect(board.isServing("noentry") == false)
            _ = await modules.outcome("traps")
            try await modules.wait(for: "traps", until: .quarantined)
            #expect(board.isServing("traps") == false)
            #expect(board.isServing("tables") == nil)
        }
    }

    @Test("calls are counted by method with their time and their last error, each once")
    func figures() async throws {
        try await withModules(["Echoes", "NeverAnswers"], limits: { $0.decideMillis = 5_000 }) { modules in
            for _ in 0..<3 { _ = await modules.outcome("echoes") }
            _ = try await modules.echo(module: "echoes", [1], timeoutMillis: 5_000)
            #expect(try await modules.roundTrip(module: "echoes", timeoutMillis: 5_000) > 0)
            _ = await modules.outcome("neveranswers", timeoutMillis: 50)
            let all = await modules.instances()
            let figures = try #require(all.first { $0.info.id == "echoes" }).figures
            let decide = try #require(figures.first { $0.method == ModuleMethod.decide })
            #expect(decide.requests == 3 && decide.nanoseconds > 0)
            #expect(figures.first { $0.method == ModuleMethod.echo }?.requests == 2)
            let silent = try #require(all.first { $0.info.id == "neveranswers" }).figures
            let late = try #require(silent.first { $0.method == ModuleMethod.decide })
            #expect((late.requests, late.errors, late.lastError) == (1, 1, 1_008))
        }
    }
}
