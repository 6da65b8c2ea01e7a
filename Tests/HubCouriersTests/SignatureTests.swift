// Papers at an e-signature service of other people's making, which answers as badly as it likes.

import Foundation
import HubCore
import HubCouriers
import HubDomain
import Testing

@Suite("The e-signature service", .serialized)
struct SignatureTests {
    private static let officer = SigningOfficer(nik: "3402010101700001", passphrase: "rahasia")
    private static let paper = Array("%PDF-1.7 an invented paper".utf8)

    private func sign(
        _ receiver: Receiver, by officer: SigningOfficer = officer, password: String = "secret", paper: [UInt8] = paper,
        timeoutMillis: Int = 10_000
    ) async throws -> [UInt8] {
        let threads = CourierThreads(count: 1)
        let scheme = receiver.isProtected ? "https" : "http"
        var server = SignatureServer(
            url: "\(scheme)://localhost:\(receiver.port)", user: "hub", password: password,
            authorityFile: receiver.isProtected ? receiver.certificate : nil)
        server.timeoutMillis = timeoutMillis
        let service = SignatureService(server, threads: threads)
        do {
            let signed = try await service.sign(paper, by: officer)
            await threads.stop()
            return signed
        } catch {
            await threads.stop()
            throw error
        }
    }

    private func refusal(_ body: () async throws -> [UInt8]) async -> HubError? {
        do { _ = try await body() } catch { return error as? HubError }
        return nil
    }

    @Test("a paper comes back with the signature behind it, over TLS too; the form is file, NIK, passphrase and look")
    func signed() async throws {
        for isProtected in [false, true] {
            let receiver = try Receiver(script: "esign.py", protected: isProtected)
            defer { receiver.stop() }
            let signed = try await sign(receiver)
            #expect(signed.starts(with: Self.paper) && signed.count > Self.paper.count)
            let taken = try #require(receiver.received.first)
            #expect(taken["path"] as? String == "/api/sign/pdf")
            #expect(taken["parts"] as? [String] == ["file", "nik", "passphrase", "tampilan"])
        }
    }

    @Test("a paper of megabytes comes back whole")
    func large() async throws {
        let receiver = try Receiver(script: "esign.py")
        defer { receiver.stop() }
        let paper = Self.paper + [UInt8](repeating: 0x20, count: 5_000_000)
        #expect(try await sign(receiver, paper: paper).starts(with: paper))
    }

    @Test("a wrong passphrase and a stranger are refused for good, and no word of either is repeated")
    func refused() async throws {
        let receiver = try Receiver(script: "esign.py")
        defer { receiver.stop() }
        for officer in [
            SigningOfficer(nik: "3402010101700001", passphrase: "salah-sekali"),
            SigningOfficer(nik: "3402010101700009", passphrase: "rahasia"),
        ] {
            let error = try #require(await refusal { try await sign(receiver, by: officer) })
            #expect(error.code == .signatureRefused)
            #expect(!"\(error)".contains(officer.nik) && !"\(error)".contains(officer.passphrase))
        }
    }

    @Test(
        "a service that is away, slow, cut, overrun or flooding is tried again later",
        arguments: ["503", "500", "401", "slow", "drop", "flood"])
    func away(_ mode: String) async throws {
        let receiver = try Receiver(script: "esign.py")
        defer { receiver.stop() }
        try receiver.behave(mode)
        let error = try #require(
            await refusal { try await sign(receiver, timeoutMillis: mode == "slow" ? 500 : 10_000) })
        #expect(error.code == .signatureUnavailable && error.status == .unavailable)
        try receiver.behave("ok")
        #expect(try await sign(receiver).count > Self.paper.count)
    }

    @Test("a service whose certificate nobody knows gets nothing")
    func untrusted() async throws {
        let receiver = try Receiver(script: "esign.py", protected: true)
        defer { receiver.stop() }
        let threads = CourierThreads(count: 1)
        let service = SignatureService(
            SignatureServer(url: "https://localhost:\(receiver.port)", user: "hub", password: "secret"),
            threads: threads)
        let error = await refusal { try await service.sign(Self.paper, by: Self.officer) }
        await threads.stop()
        #expect(error?.code == .signatureUnavailable && receiver.received.isEmpty)
    }
}
