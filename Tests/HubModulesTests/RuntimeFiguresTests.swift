// What a module's lane tells others: whether it serves, and what became of its calls.

import Glibc
import HubCore
import HubDomain
import HubModules
import HubProto
import Testing

@Suite("A module is counted and its health is told", .timeLimit(.minutes(5)))
struct RuntimeFiguresTests {
    @Test("a module serves while a process of it does, the next one after a kill too; a restart lifts a quarantine")
    func health() async throws {
        let board = HealthBoard()
        try await withModules(["Echoes"], limits: { $0.crashesMax = 1 }, health: board) { modules in
            #expect(board.isServing("echoes") == true && board.isServing("contoh") == true)
            kill(pid_t(try await modules.info("echoes").pid), SIGKILL)
            while try await modules.info("echoes").starts < 2 { try await Task.sleep(for: .milliseconds(10)) }
            try await modules.wait(for: "echoes", until: .serving)
            #expect(board.isServing("echoes") == true && board.isServing("contoh") == true)
            kill(pid_t(try await modules.info("echoes").pid), SIGKILL)
            try await modules.wait(for: "echoes", until: .quarantined)
            #expect(board.isServing("echoes") == false && board.isServing("contoh") == false)
            _ = try await modules.restart(module: "echoes")
            #expect(board.isServing("contoh") == true)
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
