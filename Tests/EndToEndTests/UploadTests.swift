// Uploads against a real hub: over a cut line, a killed hub, and from the command line.

import Crypto
import Foundation
import Glibc
import HubClient
import HubDomain
import HubProto
import Synchronization
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Uploads", .timeLimit(.minutes(2)))
    struct UploadTests {
        private static let bytes =
            Array("%PDF-1.7\n".utf8) + (9..<4_000_000).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ $0 >> 10) }

        /// What happens once the upload has come so far.
        private final class Mishaps: Sendable {
            typealias Mishap = @Sendable () async throws -> Void

            private struct State {
                var asked: UInt64 = 0
                var left: [(at: UInt64, what: Mishap)]
                var begun: [Task<Void, any Error>] = []
            }
            private let state: Mutex<State>

            init(_ mishaps: [(at: UInt64, what: Mishap)]) { state = Mutex(State(left: mishaps)) }

            /// Bytes that were asked for, those that were asked for again included.
            var asked: UInt64 { state.withLock { $0.asked } }
            var areOver: Bool { state.withLock { $0.left.isEmpty } }

            func note(_ range: Range<UInt64>) {
                state.withLock { state in
                    state.asked += UInt64(range.count)
                    guard let next = state.left.first, range.lowerBound >= next.at else { return }
                    state.left.removeFirst()
                    state.begun.append(Task { try await next.what() })
                }
            }

            /// Waits until what was begun is over.
            func settle() async throws {
                for task in state.withLock({ $0.begun }) { try await task.value }
            }
        }

        @Test("an upload goes on after a cut line and a killed hub, sends little twice, and becomes one document")
        func resumes() async throws {
            try await RunningHub.serve { hub in
                let client = hub.town.channel
                let regency = hub.regency
                let mishaps = Mishaps([
                    (1_000_000, { await client.cutConnection() }),
                    (
                        2_500_000,
                        {
                            try await regency.crash()
                            try await regency.start()
                        }
                    ),
                ])
                let hash = Array(SHA256.hash(data: Self.bytes))
                let document = DocumentUpload(
                    id: Array(hash.prefix(16)), size: UInt64(Self.bytes.count), sha256: hash,
                    mediaType: "application/pdf")
                let reply = try await client.upload(document) { range throws(HubError) in
                    mishaps.note(range)
                    return Array(Self.bytes[Int(range.lowerBound)..<Int(range.upperBound)])
                }
                try await mishaps.settle()
                #expect(mishaps.areOver)
                #expect(reply.sha256 == .init(hash) && reply.size == 4_000_000)
                print(
                    "upload of \(Self.bytes.count) bytes over a cut line and a killed hub: \(mishaps.asked) bytes read")
                #expect(Double(mishaps.asked) <= 1.3 * Double(Self.bytes.count))
            }
        }

        @Test("a file above 256 KiB goes up with hubctl and comes back byte for byte")
        func commandLine() async throws {
            try await RunningHub.serve { hub in
                let (file, back) = (hub.regency.folder + "/foto.pdf", hub.regency.folder + "/kembali.pdf")
                let bytes = Array(Self.bytes.prefix(1_500_000))
                try TextFile.write(bytes, to: file)
                let filed = try await hub.regency.admin([
                    "submit", "aduan", "--set", "jenis=aduan", "--set", "kategori=jalan", "--set",
                    "kerahasiaan=anonim", "--set", "isi=Jalan berlubang di depan pasar", "--document",
                    "foto=\(file)", "-o", "name",
                ])
                #expect(filed.status == 0, "\(filed.output)")
                let number = filed.output.trimmingCharacters(in: .whitespacesAndNewlines)
                let saved = try await hub.regency.admin(["case", "document", number, "foto", "--out", back])
                #expect(saved.status == 0, "\(saved.output)")
                #expect(TextFile.bytes(back) == bytes)
                let parts = try FileManager.default.contentsOfDirectory(atPath: hub.regency.state + "/blobs/parts")
                #expect(parts.isEmpty)
            }
        }
    }

    @Suite("What a hub says of itself", .timeLimit(.minutes(2)))
    struct SelfDescriptionTests {
        @Test("hubctl shows the health of all, and ends with 3 when a department's module is gone")
        func health() async throws {
            try await RunningHub.serve(settings: "module_crashes_max: 1\nmodule_backoff_ms: 0\n") { hub in
                let well = try await hub.regency.admin(["health", "-o", "name"])
                #expect(well.status == 0, "\(well.output)")
                #expect(well.output.split(separator: "\n").contains("hub"))
                let unknown = try await hub.regency.admin(["health", "tidak-ada"])
                #expect(unknown.status == 4)
                var quarantined = ""
                for _ in 0..<200 where quarantined.isEmpty {
                    let modules = try await hub.town.status().modules
                    quarantined = modules.first { $0.state == .quarantined }?.id ?? ""
                    if let pid = modules.first(where: { $0.id == "complaints" })?.pid, pid > 0 {
                        kill(pid_t(pid), SIGKILL)
                    }
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(quarantined == "complaints")
                #expect(try await hub.regency.admin(["health", "complaints"]).status == 3)
                #expect(try await hub.regency.admin(["health", "hub"]).status == 0)
            }
        }

        @Test("hubctl describes services, methods and messages from what the hub tells, and counts calls per method")
        func describe() async throws {
            try await RunningHub.serve { hub in
                let services = try await hub.regency.admin(["describe", "-o", "name"])
                #expect(services.output.contains("layanan.v1.Uploads\n"))
                let method = try await hub.regency.admin(["describe", "layanan.v1.Uploads/Write"])
                #expect(
                    method.output.contains("rpc Write(stream layanan.v1.UploadChunk) returns (layanan.v1.UploadState);")
                )
                let message = try await hub.regency.admin(["describe", "grpc.health.v1.HealthListResponse"])
                #expect(message.output.contains("map<string, grpc.health.v1.HealthCheckResponse> statuses = 1;"))
                #expect(try await hub.regency.admin(["describe", "tidak.Ada"]).status == 4)
                _ = try await hub.town.status()
                let call = try await hub.regency.admin([
                    "call", "hub.v1.Interop/Exchange", "--json", #"{"reply_bytes": 3}"#, "--json", "{}",
                ])
                let replies = call.output.split(separator: "\n")
                #expect(replies.count == 2 && replies[0].contains(#""payload":"AAAA""#), "\(call.output)")
                let numbers = try await hub.regency.admin(["call", "hub.v1.Interop/Count", "--json", #"{"up_to": 3}"#])
                #expect(numbers.output.split(separator: "\n").count == 3)
                #expect(try await hub.regency.admin(["call", "tidak.Ada/Metode"]).status == 1)
                let stats = try await hub.regency.admin(["module", "stats", "hub", "-o", "ndjson"])
                #expect(stats.output.contains(#""method":"hub.v1.Admin/Status""#))
            }
        }
    }
}
