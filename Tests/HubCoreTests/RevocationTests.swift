// Certificates are taken out of use: one, or all of a principal; for good, and with a list for others.

import HubCore
import HubDomain
import HubProto
import HubTestKit
import Testing

@Suite("Revoking certificates")
struct RevocationTests {
    let ledger = InMemoryLedger()
    let hub: SmallHub

    init() async throws { hub = try await .open(ledger: ledger) }

    static let urn = "urn:elayanan:pengaduan:loket"

    func add(_ name: String = "loket", to hub: SmallHub? = nil) async throws -> CertificateSerial {
        let request = HubAddPrincipalRequest.with {
            ($0.department, $0.name, $0.role) = ("pengaduan", name, "officer")
        }
        let hub = hub ?? self.hub
        _ = try await hub.call(.addPrincipal, request, as: HubAddPrincipalReply.self, by: .admin)
        let known = try await list(hub).first { $0.principal == "urn:elayanan:pengaduan:\(name)" }
        let newest = try #require(known?.certificates.first)
        return try #require(CertificateSerial(newest.serial))
    }

    func list(_ hub: SmallHub? = nil) async throws -> [HubPrincipalInfo] {
        try await (hub ?? self.hub).call(
            .listPrincipals, HubListPrincipalsRequest(), as: HubListPrincipalsReply.self, by: .admin
        ).principals
    }

    @discardableResult
    func revoke(
        _ serial: CertificateSerial? = nil, of name: String? = nil, reason: HubRevocationReason = .keyCompromise,
        key: [UInt8]? = nil
    ) async throws -> [HubCertificate] {
        let request = HubRevokeCertificateRequest.with {
            if let serial { $0.serial = .init(serial.bytes) }
            if let name { ($0.department, $0.name) = ("pengaduan", name) }
            $0.reason = reason
        }
        return try await hub.call(
            .revokeCertificate, request, as: HubRevokeCertificateReply.self, by: .admin, key: key
        ).certificates
    }

    func isRevoked(_ serial: CertificateSerial, of urn: String? = urn, on hub: SmallHub? = nil) -> Bool {
        (hub ?? self.hub).hub.certificates.isRevoked(Credential(principal: urn, serial: serial))
    }

    @Test(
        "a certificate that is revoked does not hold, the principal's other one does, also for a hub that begins anew")
    func one() async throws {
        let lost = try await add()
        hub.signer.advance(byMillis: 1_000)
        let kept = try await add()
        let generation = hub.hub.certificates.generation.load(ordering: .relaxed)
        let answered = try await revoke(lost, of: "loket")
        #expect(answered.map(\.serial) == [.init(lost.bytes)] && answered[0].reason == .keyCompromise)
        #expect(answered[0].revokedMs == hub.signer.nowMillis() && answered[0].principal == Self.urn)
        #expect(hub.hub.certificates.generation.load(ordering: .relaxed) > generation, "open connections look again")
        let again = try await SmallHub.open(ledger: ledger)
        for hub in [hub, again] {
            #expect(isRevoked(lost, on: hub) && !isRevoked(kept, on: hub))
            let shown = try await list(hub).first { $0.principal == Self.urn }
            #expect(shown?.certificates.map { $0.revokedMs != 0 } == [false, true])
        }
    }

    @Test("all of a principal are revoked with those that the hub never saw; one that is made later holds")
    func all() async throws {
        let known = try await add()
        let other = try await add("lain")
        let unknown = try #require(CertificateSerial([9, 9, 9]))
        #expect(!isRevoked(unknown))
        #expect(try await revoke(of: "loket").map(\.serial) == [.init(known.bytes)])
        let later = try await add()
        let again = try await SmallHub.open(ledger: ledger)
        for hub in [hub, again] {
            #expect(isRevoked(known, on: hub) && isRevoked(unknown, on: hub))
            #expect(!isRevoked(later, on: hub) && !isRevoked(other, of: "urn:elayanan:pengaduan:lain", on: hub))
            #expect(
                !isRevoked(unknown, of: "urn:elayanan:pengaduan:lain", on: hub) && !isRevoked(unknown, of: nil, on: hub)
            )
            #expect(try await list(hub).first { $0.principal == Self.urn }?.othersRevokedMs != 0)
        }
    }

    @Test("a serial that the hub does not know is revoked all the same, whoever shows it")
    func unknownSerial() async throws {
        let serial = try #require(CertificateSerial(hex: "4A:90:00:ff"))
        let answered = try await revoke(serial)
        #expect(answered.first?.principal == "")
        #expect(isRevoked(serial) && isRevoked(serial, of: nil))
        #expect(hub.signer.lists.last?.map(\.serial) == [.init(serial.bytes)])
    }

    @Test("revoking twice keeps the first date and reason and adds nothing to the log; the log has who revoked what")
    func twice() async throws {
        let serial = try await add()
        let before = try await ledger.head().sequence
        let first = try await revoke(serial, reason: .superseded)
        hub.signer.advance(byMillis: 60_000)
        #expect(try await revoke(serial, reason: .keyCompromise) == first)
        #expect(try await revoke(of: "loket").map(\.revokedMs) == first.map(\.revokedMs))
        let events = try await ledger.events(after: before, limit: 10)
        #expect(events.map(\.kind) == [.revoked, .revoked], "the serial, and whatever else the principal has")
        #expect(events[0].changed.map(\.text) == ["\(serial) \(Self.urn) 4"])
        #expect(events[0].actor.principal == "urn:elayanan:hub:admin" && events[0].caseID.isEmpty)
        #expect(events[1].changed.map(\.text) == ["* \(Self.urn) 1"])
        try await _ = ledger.verifyChain()
    }

    @Test("the same key gets the same answer, and an answer that is repeated revokes nothing anew")
    func sameKey() async throws {
        let serial = try await add()
        let key = [UInt8](repeating: 1, count: 16)
        let first = try await revoke(serial, key: key)
        hub.signer.advance(byMillis: 60_000)
        #expect(try await revoke(serial, key: key) == first)
    }

    @Test(
        "what names nothing, somebody unknown, another's certificate or no serial is refused",
        arguments: [
            (HubRevokeCertificateRequest(), CallStatus.invalidArgument),
            (.with { ($0.department, $0.name) = ("pengaduan", "siapa") }, .notFound),
            (
                .with { ($0.department, $0.name, $0.serial) = ("pengaduan", "lain", .init([0x40, 1])) },
                .invalidArgument
            ),
            (.with { $0.serial = .init([0, 1]) }, .invalidArgument),
            (.with { $0.serial = .init([UInt8](repeating: 1, count: 21)) }, .invalidArgument),
            (.with { ($0.serial, $0.reason) = (.init([0x40, 1]), .UNRECOGNIZED(6)) }, .invalidArgument),
            (.with { ($0.department, $0.name) = ("hub", "admin") }, .failedPrecondition),
        ] as [(HubRevokeCertificateRequest, CallStatus)])
    func refused(_ row: (HubRevokeCertificateRequest, CallStatus)) async throws {
        let serial = try await add()
        _ = try await add("lain")
        let error = await #expect(throws: HubError(.principalInvalid, "")) {
            try await hub.call(.revokeCertificate, row.0, as: HubRevokeCertificateReply.self, by: .admin)
        }
        #expect(error?.status == row.1)
        #expect(!isRevoked(serial))
    }

    @Test("the list has what was revoked until no such certificate can live any more")
    func listed() async throws {
        let serial = try await add()
        try await revoke(serial)
        #expect(hub.signer.lists.last?.map(\.serial) == [.init(serial.bytes)])
        hub.signer.advance(byMillis: 90 * TestAuthority.dayMillis)
        await hub.hub.revocations.renewIfDue()
        #expect(hub.signer.lists.last?.count == 1)
        hub.signer.advance(byMillis: 2 * TestAuthority.dayMillis)
        await hub.hub.revocations.renewIfDue()
        #expect(hub.signer.lists.last?.isEmpty == true)
        #expect(isRevoked(serial), "the hub itself forgets nothing")
    }

    @Test("the list is written when the hub starts, once a day, and again soon when it could not be")
    func renewal() async throws {
        let publisher = hub.hub.revocations
        await publisher.renewIfDue()
        await publisher.renewIfDue()
        #expect(hub.signer.lists.count == 1)
        hub.signer.advance(byMillis: TestAuthority.dayMillis - 1_000)
        let look = await publisher.renewIfDue()
        #expect(hub.signer.lists.count == 1)
        hub.signer.advance(byMillis: 2_000)
        await publisher.renewIfDue()
        #expect(hub.signer.lists.count == 2)
        hub.signer.fill(true)
        let serial = try await add()
        try await revoke(serial)
        #expect(isRevoked(serial) && hub.signer.lists.count == 2, "what the disk says changes nothing for the hub")
        #expect(await publisher.renewIfDue() < look)
        hub.signer.fill(false)
        await publisher.renewIfDue()
        #expect(hub.signer.lists.last?.map(\.serial) == [.init(serial.bytes)])
    }

    @Test("a certificate that has ended by itself is not shown, and not kept by a hub that begins anew")
    func ended() async throws {
        let serial = try await add()
        hub.signer.advance(byMillis: 91 * TestAuthority.dayMillis)
        #expect(try await list().first { $0.principal == Self.urn }?.certificates.isEmpty == true)
        #expect(!isRevoked(serial), "TLS refuses it")
    }

    @Test("principals are listed by name and department, in pages")
    func pages() async throws {
        for number in 0..<205 { _ = try await add("loket-\(number)") }
        let first = try await hub.call(
            .listPrincipals, .with { $0.department = "pengaduan" } as HubListPrincipalsRequest,
            as: HubListPrincipalsReply.self, by: .admin)
        #expect(first.principals.count == 200 && first.more)
        let rest = try await hub.call(
            .listPrincipals,
            .with {
                $0.department = "pengaduan"
                $0.after = first.principals[199].principal
            } as HubListPrincipalsRequest, as: HubListPrincipalsReply.self, by: .admin)
        #expect(rest.principals.count == 5 && !rest.more)
    }
}
