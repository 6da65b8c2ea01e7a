// The key for papers, as files and as others see it.

import Crypto
import Foundation
import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import HubTrust

@Suite("The key for papers")
struct PaperKeyTests {
    let scratch: Scratch
    let directory: StateDirectory

    init() throws {
        scratch = try Scratch()
        directory = StateDirectory(path: scratch.path + "/state")
        var random = SystemRandomNumberGenerator()
        try directory.create(
            policy: "roles: {}\n", configuration: "", nowMillis: 1_790_000_000_000, random: &random)
    }

    @Test("is made with the state directory, private, and is the same each time it is loaded")
    func kept() throws {
        let first = try directory.loadPaperKey()
        #expect(try directory.loadPaperKey().publicKey.der == first.publicKey.der)
        #expect(scratch.mode(directory.paperKey) == 0o600)
    }

    @Test("is made on the spot in a directory that is older than papers, once")
    func older() throws {
        unlink(directory.paperKey)
        unlink(directory.paperPublicKey)
        let made = try directory.loadPaperKey()
        #expect(try directory.loadPaperKey().publicKey.der == made.publicKey.der)
        #expect(scratch.mode(directory.paperKey) == 0o600)
    }

    @Test(
        "is not replaced when it was lost or belongs to another published half; a lost published half is written again")
    func halves() throws {
        let published = try PrivateFile.read(directory.paperPublicKey)
        unlink(directory.paperPublicKey)
        _ = try directory.loadPaperKey()
        #expect(try PrivateFile.read(directory.paperPublicKey) == published)
        unlink(directory.paperKey)
        #expect(throws: HubError(.configurationInvalid, "")) { try directory.loadPaperKey() }
        try PrivateFile.write(PaperKey().pem, to: directory.paperKey)
        #expect(throws: HubError(.configurationInvalid, "")) { try directory.loadPaperKey() }
    }

    @Test(
        "is read by openssl, which finds the same published half", .enabled(if: access("/usr/bin/openssl", X_OK) == 0))
    func openssl() throws {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = ["pkey", "-in", directory.paperKey, "-pubout"]
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        try process.waitForEnd()
        #expect(text == (try PrivateFile.read(directory.paperPublicKey)))
    }

    @Test(
        "is refused when its file is something else",
        arguments: [
            "", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----", "MC4=",
        ])
    func refused(_ pem: String) {
        #expect(throws: HubError(.configurationInvalid, "")) { try PaperKey(pem: pem) }
        #expect(throws: HubError(.configurationInvalid, "")) { try PaperPublicKey(pem: pem) }
        #expect(throws: HubError(.configurationInvalid, "")) { try PaperKey(pem: PrivateKey().pem) }
    }
}

@Suite("A seal")
struct PaperSealTests {
    let key: PaperKey
    let statement: [UInt8]

    init() throws {
        key = try PaperKey()
        statement = try HubPaperStatement.with {
            $0.issuer = "Kabupaten Makmur"
            $0.number = "IU-2026-000042-7"
        }.serializedBytes()
    }

    @Test("holds what was signed, for whoever has the published key as a file")
    func holds() throws {
        let text = try PaperSealText.text(of: key.seal(statement))
        let published = try PaperPublicKey(pem: key.publicKey.pem)
        #expect(try PaperSealText.statement(in: text, by: published).number == "IU-2026-000042-7")
    }

    @Test("does not hold when any one of its letters is another one")
    func changed() throws {
        let text = Array(try PaperSealText.text(of: key.seal(statement)))
        for place in text.indices {
            for letter in ["0", "A", ":"] where text[place] != Character(letter) {
                var other = text
                other[place] = Character(letter)
                #expect(throws: PaperSealFault.self, "letter \(place)") {
                    try PaperSealText.statement(in: String(other), by: key.publicKey)
                }
            }
        }
    }

    @Test("of another key does not hold, and says so")
    func otherKey() throws {
        let text = try PaperSealText.text(of: PaperKey().seal(statement))
        #expect(throws: PaperSealFault.key) { try PaperSealText.statement(in: text, by: key.publicKey) }
        // A stranger's signature under this key's name.
        var forged = try PaperKey().seal(statement)
        forged.keyID = .init(key.publicKey.id)
        let forgedText = try PaperSealText.text(of: forged)
        #expect(throws: PaperSealFault.signature) { try PaperSealText.statement(in: forgedText, by: key.publicKey) }
    }

    @Test("of a key on P-256 holds too, and not under the other algorithm's name")
    func p256() throws {
        let other = P256.Signing.PrivateKey()
        let published = try PaperPublicKey(pem: other.publicKey.pemRepresentation)
        var seal = try HubPaperSeal.with {
            $0.statement = .init(statement)
            $0.keyID = .init(published.id)
            $0.algorithm = .ecdsaP256
            $0.signature = try other.signature(for: SHA256.hash(data: statement)).rawRepresentation
        }
        let text = try PaperSealText.text(of: seal)
        #expect(try PaperSealText.statement(in: text, by: published).issuer == "Kabupaten Makmur")
        seal.algorithm = .ed25519
        let renamed = try PaperSealText.text(of: seal)
        #expect(throws: PaperSealFault.key) { try PaperSealText.statement(in: renamed, by: published) }
    }

    @Test("has one form: fields in another order, twice, or more of them are refused")
    func oneForm() throws {
        let seal = try key.seal(statement)
        let bytes: [UInt8] = try seal.serializedBytes()
        let twice = bytes + [0x18, 0x01]
        let more = bytes + [0x28, 0x01]
        for other in [twice, more] {
            let text = PaperSealText.prefix + Base45.encode(other)
            #expect(throws: PaperSealFault.malformed) { try PaperSealText.seal(in: text) }
        }
    }

    @Test(
        "is told from other codes and from broken ones",
        arguments: [
            ("https://makmur.example/1", PaperSealFault.other), ("", .other), ("ELM2:BB8", .other),
            ("ELM1:bb8", .base45),
            ("ELM1:BB8", .malformed), (String(repeating: "A", count: 5_000), .tooLong),
        ])
    func others(_ text: String, _ fault: PaperSealFault) {
        #expect(throws: fault) { try PaperSealText.statement(in: text, by: key.publicKey) }
    }
}
