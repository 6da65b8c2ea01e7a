// Couriers against real servers: mail over STARTTLS with a password, a gateway over HTTPS, a folder; all of them bad at times.

import Crypto
import Foundation
import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import HubCouriers

@Suite("Couriers", .serialized)
struct CourierTests {
    static func parcel(
        to address: String, subject: String = "Berkas IZN-2026-000001-5: Disetujui", text: String = "Satu\nDua"
    ) -> NoticeParcel {
        NoticeParcel(
            id: String(repeating: "ab", count: 24), address: address, language: .indonesian, subject: subject,
            text: text, number: "IZN-2026-000001-5", occasion: .stage, createdMillis: 1_795_681_260_000)
    }

    private static func mail(_ receiver: Receiver, trusts: Bool = true, password: String = "rahasia-surat") throws
        -> MailServer
    {
        var server = MailServer(
            host: "localhost", port: receiver.port, protection: .startTLS,
            from: try #require(EmailAddress("layanan@makmur.example")), name: "E-Layanan Makmur", user: "hub",
            password: password, authorityFile: trusts ? receiver.certificate : nil)
        server.timeoutMillis = 1_500
        return server
    }

    // MARK: Mail

    @Test("a mail goes over STARTTLS with a password; its headers and text arrive as they were, its id stays the same")
    func mail() async throws {
        let receiver = try Receiver("smtp", protected: true)
        let threads = CourierThreads(count: 2)
        let courier = MailCourier(try Self.mail(receiver), threads: threads)
        let subject = "Berkas: “disetujui” – ✓ dan selanjutnya sampai baris kedua dan ketiga dari pokok ini"
        for _ in 0..<2 {
            let outcome = await courier.deliver(
                Self.parcel(to: "warga@contoh.example", subject: subject, text: "Tahap: Disetujui.\n.\nTitik ✓"))
            #expect(outcome == .delivered(what: "smtp 250"))
        }
        #expect(receiver.received.count == 2)
        let notice = try #require(receiver.received.first)
        #expect(notice["to"] as? [String] == ["warga@contoh.example"])
        #expect(notice["user"] as? String == "hub" && notice["tls"] as? Bool == true)
        let content = try #require(notice["content"] as? String)
        let ids = receiver.received.compactMap {
            ($0["content"] as? String)?.split(separator: "\r\n").first { $0.hasPrefix("Message-ID") }
        }
        #expect(ids == Array(repeating: "Message-ID: <\(String(repeating: "ab", count: 24))@makmur.example>", count: 2))
        // Read by somebody else's reader of mail.
        let read = try Self.parsed(content)
        #expect(read["subject"] == subject)
        #expect(read["body"] == "Tahap: Disetujui.\n.\nTitik ✓\n")
        #expect(read["from"] == "E-Layanan Makmur <layanan@makmur.example>")
        await threads.stop()
    }

    @Test(
        "a server that is busy, slow, silent, down or does not know us is tried later; one that knows no such person is not"
    )
    func badServer() async throws {
        let receiver = try Receiver("smtp", protected: true)
        let threads = CourierThreads(count: 2)
        let courier = MailCourier(try Self.mail(receiver), threads: threads)
        let parcel = Self.parcel(to: "warga@contoh.example")
        try receiver.behave("451", "drop", "slow", "ok")
        #expect(await courier.deliver(parcel) == .later(what: "smtp 451", channelFails: false))
        guard case .later(_, channelFails: true) = await courier.deliver(parcel) else {
            Issue.record("a line that was cut is no delivery")
            return
        }
        #expect(await courier.deliver(parcel) == .later(what: "timeout", channelFails: true))
        let unknown = await courier.deliver(Self.parcel(to: "unknown@contoh.example"))
        #expect(unknown == .refused(what: "smtp 550"))
        let stranger = MailCourier(try Self.mail(receiver, password: "salah"), threads: threads)
        let denied = await stranger.deliver(parcel)
        #expect(denied == .later(what: "login denied", channelFails: true))
        // What cannot prove who it is gets neither password nor mail.
        let before = receiver.received.count
        let distrusting = MailCourier(try Self.mail(receiver, trusts: false), threads: threads)
        guard case .later(_, channelFails: true) = await distrusting.deliver(parcel) else {
            Issue.record("an unknown certificate was trusted")
            return
        }
        #expect(receiver.received.count == before)
        receiver.stop()
        #expect(await courier.deliver(parcel) == .later(what: "curl 7", channelFails: true))
        try receiver.start()
        #expect(await courier.deliver(parcel) == .delivered(what: "smtp 250"))
        await threads.stop()
    }

    @Test("a server without STARTTLS gets nothing")
    func noTLS() async throws {
        let receiver = try Receiver("smtp")
        let threads = CourierThreads(count: 1)
        let server = MailServer(
            host: "127.0.0.1", port: receiver.port, protection: .startTLS,
            from: try #require(EmailAddress("layanan@makmur.example")), name: "E-Layanan")
        guard case .later = await MailCourier(server, threads: threads).deliver(Self.parcel(to: "a@contoh.example"))
        else {
            Issue.record("mail went unprotected")
            return
        }
        #expect(receiver.received.isEmpty)
        await threads.stop()
    }

    @Test("no subject, name or address can bring a header or a recipient of its own")
    func injection() throws {
        let from = try #require(EmailAddress("layanan@makmur.example"))
        let to = try #require(EmailAddress("warga@contoh.example"))
        let hostile = "Halo\r\nBcc: semua@contoh.example\r\n\r\nisi"
        let message = MailMessage(
            Self.parcel(to: to.text, subject: hostile, text: hostile), to: to, from: from, name: hostile)
        let text = String(decoding: message.bytes, as: UTF8.self)
        let lines = text.components(separatedBy: "\r\n")
        #expect(!lines.contains { $0.hasPrefix("Bcc") } && lines.allSatisfy { $0.utf8.count <= 78 })
        #expect(text.components(separatedBy: "\r\n\r\n").count == 2)
        for wrong in [
            "a@b.id\r\nRCPT TO:<c@d.id>", "a b@c.id", "<a@b.id>", "a@b.id,c@d.id", "a@b", "@b.id", "a@1.2.3.4",
        ] {
            #expect(EmailAddress(wrong) == nil, "\(wrong)")
        }
    }

    // MARK: Gateway

    private static let secret = Array("rahasia-bersama-gerbang".utf8)

    private static func gateway(_ receiver: Receiver, trusts: Bool = true) -> Gateway {
        var gateway = Gateway(
            url: "https://localhost:\(receiver.port)/pesan", secret: secret,
            authorityFile: trusts ? receiver.certificate : nil)
        gateway.timeoutMillis = 1_500
        return gateway
    }

    @Test("a gateway gets a signed POST with the notice's id, and one that fails in any way is tried later")
    func gateway() async throws {
        let receiver = try Receiver("http", protected: true)
        let threads = CourierThreads(count: 2)
        let courier = WebhookCourier(Self.gateway(receiver), threads: threads) { 1_795_681_260_123 }
        let parcel = Self.parcel(to: "0812-0000-0000", text: "Kutip \" dan \\ dan \u{7} baris\nbaru")
        try receiver.behave("500", "drop", "slow", "429", "302", "401", "flood", "422", "ok")
        #expect(await courier.deliver(parcel) == .later(what: "http 500", channelFails: true))
        guard case .later(_, channelFails: true) = await courier.deliver(parcel) else {
            Issue.record("a line that was cut is no delivery")
            return
        }
        #expect(await courier.deliver(parcel) == .later(what: "timeout", channelFails: true))
        #expect(await courier.deliver(parcel) == .later(what: "http 429", channelFails: true))
        #expect(await courier.deliver(parcel) == .later(what: "http 302", channelFails: true))
        #expect(await courier.deliver(parcel) == .later(what: "http 401", channelFails: true))
        #expect(await courier.deliver(parcel) == .delivered(what: "http 200"))
        #expect(await courier.deliver(parcel) == .refused(what: "http 422"))
        #expect(await courier.deliver(parcel) == .delivered(what: "http 200"))
        let notice = try #require(receiver.received.last)
        let headers = try #require(notice["headers"] as? [String: String])
        let body = try #require(notice["body"] as? String)
        #expect(headers["idempotency-key"] == String(repeating: "ab", count: 24))
        #expect(headers["elayanan-timestamp"] == "1795681260")
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("1795681260.\(body)".utf8), using: SymmetricKey(data: Self.secret))
        #expect(headers["elayanan-signature"] == "v1=" + code.map { String(format: "%02x", $0) }.joined())
        let read = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
        #expect(read["phone"] as? String == "+6281200000000")
        #expect(read["text"] as? String == parcel.text && read["id"] as? String == parcel.id)
        let distrusting = WebhookCourier(Self.gateway(receiver, trusts: false), threads: threads) { 0 }
        guard case .later(_, channelFails: true) = await distrusting.deliver(parcel) else {
            Issue.record("an unknown certificate was trusted")
            return
        }
        await threads.stop()
    }

    @Test("a gateway of another protocol than HTTP is not spoken to")
    func protocols() async throws {
        let threads = CourierThreads(count: 1)
        for url in ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:1/"] {
            let courier = WebhookCourier(Gateway(url: url, secret: Self.secret), threads: threads) { 0 }
            #expect(
                await courier.deliver(Self.parcel(to: "081200000000")) == .later(what: "curl 1", channelFails: true))
        }
        await threads.stop()
    }

    // MARK: Folder

    @Test(
        "a notice is one file that only its owner reads; a twin has its name, and a full disk or lost folder is tried later"
    )
    func folder() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("notices-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let threads = CourierThreads(count: 1)
        let courier = try FileCourier(folder: folder, threads: threads)
        for _ in 0..<2 { #expect(await courier.deliver(Self.parcel(to: "nik:1")) == .delivered(what: "file")) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/new")
        #expect(names == [String(repeating: "ab", count: 24) + ".json"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/tmp").isEmpty)
        let path = "\(folder)/new/\(names[0])"
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let read = try #require(
            try JSONSerialization.jsonObject(with: try Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any])
        #expect(read["recipient"] as? String == "nik:1" && read["case"] as? String == "IZN-2026-000001-5")
        try FileManager.default.removeItem(atPath: folder + "/new")
        guard case .later(_, channelFails: true) = await courier.deliver(Self.parcel(to: "nik:1")) else {
            Issue.record("there is no folder")
            return
        }
        await threads.stop()
    }

    @Test("a secret that others may read is refused, and its content is not told")
    func secrets() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("secret-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "rahasia\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let error = #expect(throws: HubError.self) { try SecretFile.read(path) }
        #expect(error?.code == .configurationInvalid && error?.detail.contains("rahasia") == false)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(try SecretFile.read(path) == "rahasia")
    }

    /// What Python's own reader makes of a message.
    private static func parsed(_ message: String) throws -> [String: String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [
            "-c",
            """
            import email, email.policy, json, sys
            m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
            print(json.dumps({"subject": m["subject"], "from": m["from"], "body": m.get_content().replace("\\r\\n", "\\n")}))
            """,
        ]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        input.fileHandleForWriting.write(Data(message.utf8))
        try input.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        try process.waitForEnd()
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: String])
    }
}
