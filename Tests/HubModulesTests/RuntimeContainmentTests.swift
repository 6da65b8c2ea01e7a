// Modules that go wrong while they work: contained, counted, started again, and nobody else notices.

import HubCore
import HubDomain
import HubModules
import HubProto
import Testing

@Suite("A module that goes wrong harms neither the hub nor the others")
struct RuntimeContainmentTests {
    @Test(
        "a module that dies of a question is asked twice, then the caller is told; the next process serves",
        arguments: [("Traps", "signal 4"), ("Exits", "exit code 0"), ("Allocates", "signal 11")])
    func dies(name: String, how: String) async throws {
        let id = name.lowercased()
        try await withModules([name, "Echoes"]) { modules in
            let before = try await modules.info("echoes").pid
            async let other = modules.outcome("echoes")
            #expect(await modules.outcome(id) == .failure(HubError(.moduleCrashed, "")))
            #expect(await other == .success("next"))
            try await modules.wait(for: id, until: .serving)
            let info = try await modules.info(id)
            #expect(info.crashes == 2)
            #expect(info.reasons == [how])
            #expect(try await modules.echo(module: id, [1, 2, 3], timeoutMillis: 1_000) == [1, 2, 3])
            #expect(try await modules.info("echoes").pid == before)
        }
    }

    @Test(
        "a module that never answers is ended after its time, and its caller is told",
        arguments: [
            "NeverAnswers", "Loops",
        ])
    func hangs(name: String) async throws {
        let id = name.lowercased()
        try await withModules([name, "Echoes"], limits: { $0.decideMillis = 500 }) { modules in
            let before = try await modules.info(id).pid
            async let hung = modules.outcome(id)
            #expect(await modules.outcome("echoes") == .success("next"))
            #expect(await hung == .failure(HubError(.moduleHung, "")))
            #expect(try await modules.echo(module: id, [9], timeoutMillis: 5_000) == [9])
            let after = try await modules.info(id)
            #expect(after.pid != before)
            #expect(after.crashes == 1)
        }
    }

    @Test("a module that gives no sign of life is ended, however long a decision may take")
    func noSignOfLife() async throws {
        try await withModules(
            ["Loops"],
            limits: {
                $0.decideMillis = 60_000
                $0.pingMillis = 50
            }
        ) { modules in
            #expect(await modules.outcome("loops") == .failure(HubError(.moduleCrashed, "")))
            let info = try await modules.info("loops")
            #expect(info.crashes == 2)
            #expect(info.reasons == ["3 PINGs without an answer"])
        }
    }

    @Test("calls behind one that hangs are asked again and answered, without blame")
    func behindAHang() async throws {
        try await withModules(["NeverAnswers"], limits: { $0.decideMillis = 500 }) { modules in
            async let hung = modules.outcome("neveranswers")
            try await Task.sleep(for: .milliseconds(50))
            // Here they are read and answered at once, and none is lost when the process is ended.
            let echoes = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for index in 0..<20 {
                    group.addTask {
                        try await modules.echo(module: "neveranswers", [UInt8(index)], timeoutMillis: 5_000)
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(echoes.sorted() == Array(0..<20))
            #expect(await hung == .failure(HubError(.moduleHung, "")))
        }
        // Here nothing is read any more: they are overdue together with the one that hangs, and asked once more.
        try await withModules(["Loops"], limits: { $0.decideMillis = 200 }) { modules in
            async let hung = modules.outcome("loops")
            try await Task.sleep(for: .milliseconds(20))
            let echoes = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for index in 0..<20 {
                    group.addTask { try await modules.echo(module: "loops", [UInt8(index)], timeoutMillis: 5_000) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(echoes.sorted() == Array(0..<20))
            #expect(await hung == .failure(HubError(.moduleHung, "")))
        }
    }

    @Test("calls that a silent module keeps are failed together in the second round, not one process each")
    func allHang() async throws {
        try await withModules(["NeverAnswers"], limits: { $0.decideMillis = 100 }) { modules in
            let outcomes = await withTaskGroup(of: Result<String, HubError>.self) { group in
                for _ in 0..<10 { group.addTask { await modules.outcome("neveranswers") } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.allSatisfy { $0 == .failure(HubError(.moduleHung, "")) })
            try await modules.wait(for: "neveranswers", until: .serving)
            let info = try await modules.info("neveranswers")
            #expect(info.crashes <= 3)
        }
    }

    @Test("a caller in a hurry gets no answer, but cannot end the module")
    func hurry() async throws {
        try await withModules(["NeverAnswers"], limits: { $0.decideMillis = 60_000 }) { modules in
            let before = try await modules.info("neveranswers").pid
            #expect(
                await modules.outcome("neveranswers", timeoutMillis: 30) == .failure(HubError(.deadlineExceeded, "")))
            #expect(try await modules.info("neveranswers").pid == before)
        }
    }

    @Test("a module that answers twice is ended and counted, and its first answer stands")
    func answersTwice() async throws {
        try await withModules(["AnswersTwice", "Echoes"]) { modules in
            #expect(await modules.outcome("answerstwice") == .success("next"))
            try await modules.wait(for: "answerstwice", until: .serving)
            #expect(await modules.outcome("answerstwice") == .success("next"))
            let info = try await modules.info("answerstwice")
            #expect(info.crashes >= 1)
            #expect(info.reasons.first?.contains("on a stream that is not open") == true)
            #expect(await modules.outcome("echoes") == .success("next"))
        }
    }

    @Test("bytes that are no Decision are a fault of the module, and it goes on")
    func babbles() async throws {
        try await withModules(["Babbles"]) { modules in
            #expect(await modules.outcome("babbles") == .failure(HubError(.decisionInvalid, "")))
            let info = try await modules.info("babbles")
            #expect(info.crashes == 0)
        }
    }

    @Test("a poisoned question fails alone: everyone who was at the module with it is answered")
    func poison() async throws {
        try await withModules(["Poisoned"]) { modules in
            let outcomes = await withTaskGroup(of: (String, Result<String, HubError>).self) { group in
                for index in 0..<40 {
                    let note = index == 17 ? "poison" : "fine"
                    group.addTask { (note, await modules.outcome("poisoned", note: note)) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (note, outcome) in outcomes {
                let expected: Result<String, HubError> =
                    note == "fine" ? .success("next") : .failure(HubError(.moduleCrashed, ""))
                #expect(outcome == expected)
            }
            let info = try await modules.info("poisoned")
            #expect(info.crashes == 2)
        }
    }

    @Test("a module that crashes too often is quarantined, says when to come back, and an admin lifts it")
    func quarantine() async throws {
        try await withModules(["Traps", "Echoes"], limits: { $0.crashesMax = 3 }) { modules in
            for _ in 0..<2 { #expect(await modules.outcome("traps") == .failure(HubError(.moduleCrashed, ""))) }
            try await modules.wait(for: "traps", until: .quarantined)
            guard case .failure(let error) = await modules.outcome("traps") else {
                Issue.record("a quarantined module decided")
                return
            }
            #expect(error == HubError(.moduleQuarantined, ""))
            #expect(error.retryAfterMillis != nil)
            #expect(try await modules.info("traps").pid == 0)
            #expect(await modules.outcome("echoes") == .success("next"))
            let restarted = try await modules.restart(module: "traps")
            #expect(restarted.state == .serving)
            #expect(try await modules.echo(module: "traps", [5], timeoutMillis: 1_000) == [5])
        }
    }

    @Test("more calls than a module's queue holds are refused with a time to come back")
    func overload() async throws {
        try await withModules(
            ["NeverAnswers"],
            limits: {
                $0.inFlightMax = 2
                $0.waitingMax = 3
            }
        ) { modules in
            let errors = await withTaskGroup(of: Result<String, HubError>.self) { group in
                for _ in 0..<10 { group.addTask { await modules.outcome("neveranswers", timeoutMillis: 200) } }
                return await group.reduce(into: [HubError]()) { errors, outcome in
                    if case .failure(let error) = outcome { errors.append(error) }
                }
            }
            #expect(errors.count == 10)
            #expect(errors.filter { $0.status == .resourceExhausted && $0.retryAfterMillis != nil }.count >= 5)
        }
    }
}
