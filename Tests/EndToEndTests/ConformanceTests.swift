// The conformance kit against a real hub, against modules' hosts, and against hubs that break one rule each.

import Foundation
import HubConformance
import HubDomain
import HubWire
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Conformance")
    struct ConformanceTests {
        @Test("hubd passes every case, and hubctl says so in text, JSON and JUnit", .timeLimit(.minutes(5)))
        func hub() async throws {
            try await RunningHub.serve { hub in
                let json = try await hub.regency.admin(["conformance", "-o", "json"], seconds: 240)
                #expect(json.status == 0)
                let all = try CaseLibrary.load().filter { $0.target == .hub }
                #expect(
                    json.output.components(separatedBy: #""outcome":"passed""#).count - 1 == all.count, "\(json.output)"
                )
                let one = ["conformance", "--case", "ping_answered", "--case", "hello_twice"]
                let text = try await hub.regency.admin(one)
                #expect(text.output.contains("2 cases: 2 passed, 0 failed, 0 skipped"))
                let junit = try await hub.regency.admin(one + ["-o", "junit"])
                #expect(junit.output.contains(#"<testsuite name="malformed" tests="1" failures="0" skipped="0""#))
                _ = try await hub.town.status()
            }
        }

        @Test("the host of each module passes the module's part", .timeLimit(.minutes(2)))
        func modules() async throws {
            for module in ["permits/libPermits", "civil-registry/libCivilRegistry", "complaints/libComplaints"] {
                let log = try Place.temporary() + "/kit.log"
                let child = try ChildProcess(
                    Place.programs.hubctl,
                    [
                        "conformance", "--module", "\(Place.programs.modules)/\(module).so", "--host",
                        Place.programs.folder + "/hub-module-host",
                    ], output: log)
                let status = try await child.wait(seconds: 60)
                #expect(status == 0, "\(module): \(TextFile.text(log) ?? "")")
            }
        }

        @Test("a bomb costs the hub, at its peak, no more memory than the longest message twice")
        func peak() async throws {
            try await RunningHub.serve { hub in
                let pid = try #require(hub.regency.pid)
                let cases = ["payload_bomb", "payload_bomb_of_4_gib", "payload_ratio", "payload_expanded_too_long"]
                let words = ["conformance"] + cases.flatMap { ["--case", $0] }
                // Once before, so that what is loaded once does not count.
                #expect(try await hub.regency.admin(words).status == 0)
                let before = try Self.kibibytes("VmRSS", of: pid)
                // The kernel forgets the most that the process has used so far.
                let forget = try #require(FileHandle(forWritingAtPath: "/proc/\(pid)/clear_refs"))
                try forget.write(contentsOf: Data("5".utf8))
                try forget.close()
                #expect(try await hub.regency.admin(words).status == 0)
                let most = try Self.kibibytes("VmHWM", of: pid)
                #expect(most - before <= 2 * 4_096, "\(before) KiB before, \(most) at the peak")
            }
        }

        /// A line of a process's status.
        private static func kibibytes(_ line: String, of pid: Int32) throws -> Int {
            let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
            let found = status.split(separator: "\n").first { $0.hasPrefix(line + ":") }
            return try #require(found.flatMap { Int($0.filter(\.isNumber)) })
        }

        /// Which case must fail when a rule is switched off.
        static let proofs: [(WireRule, String)] = [
            (.frameLength, "header_length_over_limit"), (.reservedBits, "header_reserved"),
            (.definedFlags, "flag_undefined_on_core"), (.definedTypes, "header_type_unassigned"),
            (.mustUnderstand, "extension_must_understand"), (.helloFirst, "hello_not_first"),
            (.helloOnce, "hello_twice"), (.versionRange, "hello_range_empty"),
            (.versionCommon, "hello_version_unsupported"), (.limitBounds, "hello_limits_below_floor"),
            (.pingForm, "ping_on_stream"), (.pingPace, "pings_too_often"), (.goawayForm, "goaway_on_stream"),
            (.oddStreams, "stream_even"),
            (.risingStreams, "stream_lower"), (.streamCredit, "stream_beyond_credit"),
            (.streamBytes, "credit_stream_overdrawn"), (.connectionCredit, "credit_connection_overdrawn"),
            (.creditBounds, "credit_above_its_bound"), (.idleCredit, "credit_on_idle"),
            (.bareEnd, "end_without_message_and_bytes"), (.vainCalls, "reset_flood"),
            (.unsentAnswers, "answers_never_taken"),
            (.unfinishedCalls, "streams_never_finished"), (.idleData, "data_on_idle"),
            (.lateData, "data_after_close"), (.idleReset, "reset_on_idle"), (.moreOrEnd, "more_and_end"),
            (.oneRequest, "unary_two_requests"), (.messageLength, "payload_too_long"),
            (.requestLength, "payload_many_elements"), (.compression, "payload_compressed_without_encoding"),
            (.idleFrames, "ping_flood"), (.encoding, "payload_unknown_encoding"),
            (.metadataEntries, "metadata_65_entries"), (.metadataKeys, "metadata_key_uppercase"),
            (.metadataLength, "metadata_value_too_long"), (.citizenReference, "on_behalf_of_malformed"),
            (.compressedParts, "payload_compressed_in_part"), (.expandedLength, "payload_expanded_too_long"),
            (.expansion, "payload_ratio"), (.secrets, "answer_with_secrets"), (.timeoutBounds, "timeout_zero"),
            (.messageDepth, "payload_too_deep"), (.keyNeeded, "key_missing"),
        ]

        @Test("for every rule that is switched off, the case of that rule fails", .timeLimit(.minutes(5)))
        func rulesOff() async throws {
            #expect(Set(Self.proofs.map(\.0)) == Set(WireRule.allCases))
            // Four hubs at a time: each waits more than it works.
            for start in stride(from: 0, to: Self.proofs.count, by: 4) {
                try await withThrowingTaskGroup(of: (WireRule, CaseResult?).self) { group in
                    for (rule, id) in Self.proofs[start..<min(start + 4, Self.proofs.count)] {
                        group.addTask { (rule, try await Self.result(of: id, without: rule)) }
                    }
                    for try await (rule, result) in group {
                        #expect(result?.outcome == .failed, "\(rule.rawValue): \(String(describing: result))")
                    }
                }
            }
        }

        @Test("a case whose rule holds passes against the same hub")
        func ruleOn() async throws {
            let result = try await Self.result(of: "header_reserved", without: .helloOnce)
            #expect(result?.outcome == .passed)
        }

        /// Runs one case against a hub of its own that does not keep one rule.
        private static func result(of id: String, without rule: WireRule) async throws -> CaseResult? {
            let folder = try Place.temporary()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let state = folder + "/state"
            let log = folder + "/log"
            let initialised = try ChildProcess(Place.programs.hubctl, ["init", "--state", state], output: log)
            #expect(try await initialised.wait() == 0)
            let settings = try String(contentsOfFile: state + "/hub.yaml", encoding: .utf8)
            // A hub without departments starts at once.
            try (settings + "\nmodules: \(folder)/none\n").write(
                toFile: state + "/hub.yaml", atomically: true, encoding: .utf8)
            let hubd = try ChildProcess(
                "/usr/bin/env",
                ["HUB_RULES_OFF=\(rule.rawValue)", Place.programs.hubd, "--state", state, "--listen", "127.0.0.1:0"],
                output: log)
            defer { hubd.signal(SIGKILL) }
            let address = try await address(state)
            var run = ConformanceRun(patienceMillis: 1_500) { (0..<16).map { UInt8($0) } }
            run.hub = HubUnderTest(
                host: "127.0.0.1", port: address, authority: try bytes(state + "/ca.pem"),
                own: Papers(
                    certificate: try bytes(state + "/admin.pem"), key: try bytes(state + "/admin.key")))
            let chosen = try CaseLibrary.load().filter { $0.id == id }
            let results = await run.run(chosen) { _ in }
            hubd.signal(SIGKILL)
            _ = try await hubd.wait()
            return results.first
        }

        private static func address(_ state: String) async throws -> Int {
            for _ in 0..<600 {
                if let text = try? String(contentsOfFile: state + "/address", encoding: .utf8),
                    let port = text.split(separator: ":").last.flatMap({ Int($0.filter(\.isNumber)) })
                {
                    return port
                }
                try await Task.sleep(for: .milliseconds(50))
            }
            throw DemoFailure("the hub did not say where it listens")
        }

        private static func bytes(_ path: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        }
    }
}
