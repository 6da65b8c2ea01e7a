// Notices leave a real hub for a real mail server and a real gateway, which fail in every way; hubd dies in between.

import Foundation
import HubClient
import HubDomain
import HubProto
import Testing

@testable import hub_demo

/// Tests/Receivers/receive.py, without TLS: what it does with TLS is tested with the couriers.
private final class LocalReceiver {
    let folder: String
    private let kind: String
    private(set) var port = 0
    private var child: ChildProcess?

    init(_ kind: String, in folder: String) async throws {
        self.kind = kind
        self.folder = folder + "/" + kind
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        try await start()
    }

    func start() async throws {
        let log = folder + "/port"
        try? FileManager.default.removeItem(atPath: log)
        let script = Place.checkout + "/Tests/Receivers/receive.py"
        child = try ChildProcess("/usr/bin/python3", [script, folder, "--port", String(port), kind], output: log)
        for _ in 0..<1_000 {
            if let text = try? String(contentsOfFile: log, encoding: .utf8),
                let found = Int(text.filter { !$0.isWhitespace })
            {
                port = found
                return
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw DemoFailure("no receiver: \((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
    }

    func stop() async { await child?.stop() }

    func behave(_ words: String) throws {
        try words.write(toFile: folder + "/mode", atomically: true, encoding: .utf8)
    }

    /// Ids of what was taken, in order, with the texts around them.
    var received: [String] {
        let text = (try? String(contentsOfFile: folder + "/received", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    func ids() -> [String] {
        received.compactMap { line in
            let mark = kind == "smtp" ? "Message-ID: <" : "\"idempotency-key\": \""
            return line.range(of: mark).map { String(line[$0.upperBound...].prefix(48)) }
        }
    }

    /// Waits until so many were taken.
    func takes(_ count: Int) async throws -> Bool {
        for _ in 0..<1_000 {
            if received.count >= count { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }
}

extension EndToEnd {
    @Suite("Notices")
    struct NoticeTests {
        @Test(
            "mail and telephone get what a citizen chose: from servers that were down, failed or cut the line, and from a hub that was killed, with the id of before"
        )
        func atLeastOnce() async throws {
            let folder = try Place.temporary()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let mail = try await LocalReceiver("smtp", in: folder)
            let gateway = try await LocalReceiver("http", in: folder)
            let secret = folder + "/rahasia"
            try "kunci-bersama-gerbang\n".write(toFile: secret, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
            let settings =
                RunningHub.settings + """
                    notices:
                      retry_seconds: 1
                      retry_seconds_max: 2
                      email: { host: 127.0.0.1, port: \(mail.port), security: none, from: layanan@makmur.example, timeout_seconds: 2 }
                      webhook: { url: "http://127.0.0.1:\(gateway.port)/", secret_file: \(secret), timeout_seconds: 2 }

                    """
            try await RunningHub.serve(settings: settings) { hub in
                try await Self.choose([.email], on: hub, for: "nik:3318010101900001")
                try await Self.choose([.webhook], on: hub, for: "nik:3318010101900002")

                // Killed after the line was cut: nobody knows whether it arrived.
                try mail.behave("drop")
                try gateway.behave("500")
                let first = try await Self.submit(on: hub, for: "nik:3318010101900001")
                let second = try await Self.submit(on: hub, for: "nik:3318010101900002")
                #expect(try await mail.takes(1))
                try await hub.regency.crash()
                try mail.behave("ok")
                try gateway.behave("500 slow ok")
                try await hub.regency.start()
                try await Self.until(hub) { mail.received.count >= 2 && gateway.received.count >= 1 }
                #expect(Set(mail.ids()).count == 1 && mail.received.count >= 2)
                #expect(mail.received.allSatisfy { $0.contains("warga@contoh.example") && $0.contains("From: ") })
                #expect(gateway.received[0].contains(second) && Set(gateway.ids()).count == 1)
                #expect(first != second)

                // Down, and back again; everything that was written meanwhile comes.
                await mail.stop()
                let before = mail.received.count
                for _ in 0..<5 { _ = try await Self.submit(on: hub, for: "nik:3318010101900001") }
                try await hub.town.pass(hours: 1)
                try await mail.start()
                try await Self.until(hub) { mail.received.count >= before + 5 }
                #expect(Set(mail.ids()).count == 6)

                // Refused for good: dead, seen without what is personal, and sent again by hand.
                try gateway.behave("422")
                _ = try await Self.submit(on: hub, for: "nik:3318010101900002")
                try await Self.until(hub) { try await hub.town.status().noticesDead == 1 }
                let list = try await hub.regency.admin(["outbox", "list", "-o", "json"])
                #expect(list.status == 3 && list.output.contains("http 422"), "\(list.output)")
                #expect(!list.output.contains("3318") && !list.output.contains("+62"))
                try gateway.behave("ok")
                let taken = gateway.received.count
                let retried = try await hub.regency.admin(["outbox", "retry", "--channel", "webhook"])
                #expect(retried.status == 0, "\(retried.output)")
                #expect(try await gateway.takes(taken + 1))
                try await Self.until(hub) { try await hub.town.status().noticesDead == 0 }
                let printed = hub.regency.printed()
                #expect(Canaries.files(holding: ["warga@contoh.example", "81200000000"], in: printed).isEmpty)
            }
            await mail.stop()
            await gateway.stop()
        }

        @Test("hubctl sets, shows and forgets how somebody is told; an address that is none is refused with its remedy")
        func contact() async throws {
            try await RunningHub.serve { hub in
                let set = try await hub.regency.admin([
                    "contact", "set", "--channel", "email", "--email", "Budi@contoh.example", "--language", "en",
                ])
                #expect(set.status == 0 && set.output.contains("Budi@contoh.example"), "\(set.output)")
                let wrong = try await hub.regency.admin(["contact", "set", "--channel", "email", "--email", "budi"])
                #expect(wrong.status != 0 && wrong.output.contains("E4022"), "\(wrong.output)")
                let shown = try await hub.regency.admin(["contact", "show"])
                #expect(shown.output.contains("Budi@contoh.example"), "\(shown.output)")
                let forgotten = try await hub.regency.admin(["contact", "forget"])
                #expect(forgotten.status == 0 && forgotten.output.contains("Nothing was chosen"), "\(forgotten.output)")
            }
        }

        // MARK: Steps

        private static func choose(
            _ channels: [HubNoticeChannel], on hub: RunningHub, for citizen: String
        ) async throws {
            var options = CallOptions()
            options.onBehalfOf = citizen
            let contact = HubContact.with {
                ($0.channels, $0.email, $0.phone) = (channels, "warga@contoh.example", "081200000000")
            }
            _ = try await hub.town.channel.contacts.set(.with { $0.contact = contact }, options: options)
        }

        /// A complaint; gives its number.
        private static func submit(on hub: RunningHub, for citizen: String) async throws -> String {
            var options = CallOptions()
            options.onBehalfOf = citizen
            let request = LayananSubmitRequest.with {
                $0.service = Service.complaint
                $0.form = [
                    .with { ($0.name, $0.text) = ("jenis", "aduan") },
                    .with { ($0.name, $0.text) = ("kategori", "jalan") },
                    .with { ($0.name, $0.text) = ("isi", "Jalan berlubang di depan pasar") },
                    .with { ($0.name, $0.text) = ("kerahasiaan", "anonim") },
                ]
            }
            return try await hub.town.channel.complaints.file(request, options: options).message.case.number
        }

        /// Lets time pass on the hub's manual clock until something is so.
        private static func until(_ hub: RunningHub, _ holds: () async throws -> Bool) async throws {
            for _ in 0..<60 {
                for _ in 0..<20 {
                    if try await holds() { return }
                    try await Task.sleep(for: .milliseconds(25))
                }
                let passed = try await hub.regency.admin(["clock", "advance", "3m"])
                #expect(passed.status == 0, "\(passed.output)")
            }
            Issue.record("it did not happen")
        }
    }
}
