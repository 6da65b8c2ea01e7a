// Documents through the real hub: photos lose their position, hostile images cost a process, clamd has its say, bits are kept.

import Foundation
import HubClient
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Documents")
    struct DocumentTests {
        @Test("a photo is kept without its camera, hostile images break nothing, and no byte of a document lies open")
        func photos() async throws {
            try await RunningHub.serve { hub in
                let photo = try await Self.put(Paper.photo, "image/jpeg", hub)
                #expect(photo.mediaType == "image/jpeg" && Int(photo.size) < Paper.photo.count)
                let pid = hub.regency.pid
                var chance = Chance(seed: 3)
                for _ in 0..<12 {
                    let noise = Paper.photo.prefix(180) + (0..<20).flatMap { _ in chance.key() }
                    let error = try await refusal { try await Self.put(Array(noise), "image/jpeg", hub) }
                    #expect(error.code == .imageUnreadable && error.violations.first?.rule == "image")
                }
                let lie = try await refusal { try await Self.put(Array("%PDF-1.7".utf8), "image/png", hub) }
                #expect(lie.code == .documentTypeWrong)
                #expect(hub.regency.pid == pid, "the hub is the same process")
                let letter = Array("%PDF-1.7 surat untuk Siti Rahmawati".utf8)
                _ = try await Self.put(letter, "application/pdf", hub)
                for file in try Self.files(hub.regency.state + "/blobs") {
                    let bytes = FileManager.default.contents(atPath: file) ?? Data()
                    #expect(
                        bytes.range(of: Data("Rahmawati".utf8)) == nil && bytes.range(of: Data([0xFF, 0xD8])) == nil)
                }
            }
        }

        @Test("what clamd finds harmful is refused; without clamd documents wait, and are usable when it is back")
        func clamd() async throws {
            let socket = "/tmp/clamd-\(UUID().uuidString.prefix(8)).sock"
            defer { try? FileManager.default.removeItem(atPath: socket) }
            try await RunningHub.serve { hub in
                let path = hub.regency.state + "/hub.yaml"
                let text = try String(contentsOfFile: path, encoding: .utf8)
                let scanning =
                    "  images: encode_anew\n  scanner: \(socket)\n  scanner_seconds: 5\n  rescan_seconds: 1\n"
                try text.replacingOccurrences(of: "  images: encode_anew\n", with: scanning)
                    .write(toFile: path, atomically: true, encoding: .utf8)
                try await hub.regency.crash()
                try await hub.regency.start()

                let early = try await Self.put(Array("%PDF-1.7 surat".utf8), "application/pdf", hub)
                let waits = try await refusal { try await Self.complain(early, hub) }
                #expect(waits.code == .documentHarmful && waits.status == .unavailable)

                let scanner = Process()
                scanner.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
                scanner.arguments = [Place.checkout + "/Tests/Receivers/clamd.py", socket, "ok"]
                try scanner.run()
                defer { kill(scanner.processIdentifier, SIGKILL) }
                var taken: HubCase?
                for _ in 0..<100 where taken == nil {
                    do { taken = try await Self.complain(early, hub) } catch let error as HubError {
                        guard error.code == .documentHarmful, error.retryAfterMillis != nil else { throw error }
                        try await Task.sleep(for: .milliseconds(200))
                    }
                }
                #expect(taken?.documents.count == 1, "usable once it was scanned")

                let harm = Array("%PDF-1.7 X5O!P%@AP".utf8)
                let error = try await refusal { try await Self.put(harm, "application/pdf", hub) }
                #expect(error.code == .documentHarmful && error.violations.first?.rule == "harmful")
                #expect(!(try await Self.put(Paper.photo, "image/jpeg", hub)).sha256.isEmpty)
                let printed = hub.regency.printed().contains {
                    String(decoding: $0.bytes, as: UTF8.self).contains("Test.Signature")
                }
                #expect(printed, "an operator reads what was found")
            }
        }

        private static func put(_ bytes: [UInt8], _ type: String, _ hub: RunningHub) async throws -> HubDocument {
            let request = LayananPutDocumentRequest.with { ($0.mediaType, $0.body) = (type, Data(bytes)) }
            let reply = try await hub.town.channel.documents.put(request, options: citizen).message
            return .with {
                ($0.kind, $0.sha256, $0.size, $0.mediaType) = ("foto", reply.sha256, reply.size, reply.mediaType)
            }
        }

        /// A complaint with the document as its photo.
        private static func complain(_ document: HubDocument, _ hub: RunningHub) async throws -> HubCase {
            var options = citizen
            options.attempts = 1
            let form = [
                "jenis": "aduan", "kategori": "jalan", "isi": "Jalan berlubang di pasar", "kerahasiaan": "anonim",
            ]
            let request = LayananSubmitRequest.with {
                ($0.service, $0.documents) = (Service.complaint, [document])
                $0.form = form.sorted { $0.key < $1.key }.map { HubFieldValue.text($0.key, $0.value) }
            }
            return try await hub.town.channel.complaints.file(request, options: options).message.case
        }

        private static let citizen: CallOptions = {
            var options = CallOptions()
            options.onBehalfOf = "nik:3318010101900001"
            return options
        }()

        private static func files(_ folder: String) throws -> [String] {
            try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
                .map { "\(folder)/\($0)" }
                .filter {
                    var isFolder: ObjCBool = false
                    return FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue
                }
        }
    }
}
