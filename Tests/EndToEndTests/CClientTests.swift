// The C client against a real hub: its own tests, the conformance kit, and the example program; mostly under sanitizers.

import Foundation
import HubConformance
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("C client")
    struct CClientTests {
        /// Built with AddressSanitizer and UndefinedBehaviorSanitizer: whatever they find ends the program with an error.
        static let checked = Place.programs.folder + "/checked"

        @Test("its own tests pass under the sanitizers", .timeLimit(.minutes(3)))
        func ownTests() async throws {
            let log = try Place.temporary() + "/tests.log"
            let child = try ChildProcess(Self.checked + "/c-client-tests", [], output: log)
            #expect(try await child.wait(seconds: 150) == 0, "\(TextFile.text(log) ?? "")")
            #expect(TextFile.text(log)?.contains(" 0 failed") == true)
        }

        @Test(
            "it passes every case of calls and skips none, as departments build it and under the sanitizers",
            .timeLimit(.minutes(5)), arguments: [Place.programs.folder, checked])
        func conformance(folder: String) async throws {
            try await RunningHub.serve { hub in
                let answer = try await hub.regency.admin(
                    ["conformance", "--client", folder + "/hub-conformance-client", "-o", "json"], seconds: 280)
                let cases = answer.output.components(separatedBy: #"{"id":"#).dropFirst()
                let others = cases.filter { !$0.contains(#""outcome":"passed""#) }
                #expect(answer.status == 0 && others.isEmpty, "\(others)")
                let all = try CaseLibrary.load().filter(\.isForClients)
                #expect(all.count > 50 && cases.count == all.count)
                _ = try await hub.town.status()
            }
        }

        @Test("a client program that ends in the middle fails its case and is named")
        func programEnds() async throws {
            try await RunningHub.serve { hub in
                let answer = try await hub.regency.admin(
                    ["conformance", "--client", "/bin/false", "--case", "empty_unary"])
                #expect(answer.status != 0)
                #expect(answer.output.contains("FAIL  positive/unary/empty_unary"))
                #expect(answer.output.contains("false ended with exit code 1"))
            }
        }

        @Test("the example files a complaint, and its watch goes on over a hub that is killed and over its own end")
        func example() async throws {
            try await RunningHub.serve { hub in
                let desk = try await hub.regency.enrol("kominfo", "meja-c", role: "officer")
                let form = [
                    "jenis=aduan", "kategori=jalan", "kerahasiaan=anonim", "isi=Jalan berlubang di depan pasar",
                ]
                let filed = try await Self.run(hub, desk, ["submit", "aduan"] + form)
                let number = String(filed.output.prefix { $0 != " " })
                #expect(filed.status == 0 && filed.output.contains("receipt"), "\(filed.output)")
                let shown = try await Self.run(hub, desk, ["show", number])
                #expect(shown.output.hasPrefix("\(number)  aduan  version 1"))

                let cursor = hub.regency.folder + "/cursor"
                let (watch, log) = try Self.start(hub, desk, ["watch", number, "--cursor", cursor])
                try await Self.wait(for: "version 1", in: log)
                try await hub.regency.crash()
                try await hub.regency.start()
                try await Self.act(hub, desk, number, "teruskan", ["kelas=pengaduan", "unit_tujuan=pupr"])
                try await Self.wait(for: "teruskan", in: log)
                watch.signal(SIGINT)
                #expect(try await watch.wait() == 0, "\(TextFile.text(log) ?? "")")

                // Another run goes on after what was seen: no state, no event twice.
                let (again, second) = try Self.start(hub, desk, ["watch", number, "--cursor", cursor])
                try await Self.act(hub, desk, number, "jawab", [], note: "Sudah kami teruskan.")
                try await Self.wait(for: "jawab", in: second)
                again.signal(SIGINT)
                #expect(try await again.wait() == 0)
                #expect(TextFile.text(second)?.contains("teruskan  ") == false, "\(TextFile.text(second) ?? "")")
            }
        }

        @Test("the example says every field that is wrong, and ends with 1")
        func exampleRefused() async throws {
            try await RunningHub.serve { hub in
                let desk = try await hub.regency.enrol("kominfo", "meja-c", role: "officer")
                let answer = try await Self.run(hub, desk, ["submit", "aduan", "jenis=salah"])
                #expect(answer.status == 1)
                #expect(answer.output.contains("E4003"))
                #expect(answer.output.contains("jenis (choice)") && answer.output.contains("isi (required)"))
            }
        }

        // MARK: The example

        private static func start(
            _ hub: RunningHub, _ desk: Desk, _ words: [String]
        ) throws -> (child: ChildProcess, log: String) {
            let log = hub.regency.folder + "/hub-call-\(UUID().uuidString).log"
            let child = try ChildProcess(
                checked + "/hub-call",
                [
                    "--address", "127.0.0.1:\(hub.regency.port)", "--cert", desk.certificate, "--key", desk.key, "--ca",
                    desk.authority,
                ] + words, output: log)
            return (child, log)
        }

        private static func run(
            _ hub: RunningHub, _ desk: Desk, _ words: [String]
        ) async throws -> (status: Int32, output: String) {
            let (child, log) = try start(hub, desk, words)
            return (try await child.wait(), TextFile.text(log) ?? "")
        }

        private static func act(
            _ hub: RunningHub, _ desk: Desk, _ number: String, _ action: String, _ form: [String], note: String? = nil
        ) async throws {
            let values = form.flatMap { ["--set", $0] } + (note.map { ["--note", $0] } ?? [])
            let answer = try await hub.regency.hubctl(
                ["act", number, action] + values + [
                    "--cert", desk.certificate, "--key", desk.key, "--ca", desk.authority, "--address",
                    "127.0.0.1:\(hub.regency.port)",
                ])
            #expect(answer.status == 0, "\(answer.output)")
        }

        private static func wait(for text: String, in log: String) async throws {
            for _ in 0..<2_000 {
                if TextFile.text(log)?.contains(text) == true { return }
                try await Task.sleep(for: .milliseconds(10))
            }
            throw DemoFailure("no \(text) in \(TextFile.text(log) ?? "")")
        }
    }

    @Suite("Methods of the C client")
    struct CMethodTests {
        @Test("the C client knows the departments' methods as the hub does, and which carry secrets")
        func methods() throws {
            let text = try String(contentsOfFile: Place.checkout + "/Sources/CHubClient/methods.c", encoding: .utf8)
            let rows = text.matches(of: /\{"([A-Za-z0-9.\/]+)", HUB_([A-Z_]+), HUB_([A-Z]+), (\d+)\}/)
            var known: Set<String> = []
            for row in rows {
                let path = String(row.1)
                known.insert(path)
                let method = try #require(HubMethod.all.first { $0.path == path }, "\(path)")
                let shape =
                    switch method.shape {
                    case .unary: "UNARY"
                    case .serverStream: "SERVER_STREAM"
                    case .clientStream: "CLIENT_STREAM"
                    case .exchange: "EXCHANGE"
                    }
                #expect(String(row.2) == shape, "\(path)")
                #expect((String(row.3) == "CHANGES") == method.mutating, "\(path)")
            }
            let codec = try String(
                contentsOfFile: Place.checkout + "/Sources/CHubClient/compression.c", encoding: .utf8)
            for method in HubMethod.all {
                #expect(codec.contains("\"\(method.path)\"") == method.carriesSecrets, "\(method.path)")
            }
            let wanted = HubMethod.all.map(\.path).filter { $0.hasPrefix("layanan.v1.") && !known.contains($0) }
            #expect(wanted.isEmpty)
        }
    }
}
