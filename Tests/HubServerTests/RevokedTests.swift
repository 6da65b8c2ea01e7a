// What becomes of connections whose certificate is revoked.

import HubDomain
import HubProto
import HubWire
import NIOCore
import NIOEmbedded
import Testing

@testable import HubCore
@testable import HubServer

@Suite("a certificate that is revoked", .timeLimit(.minutes(5)))
struct RevokedTests {
    /// Revokes certificates over the connection itself.
    private func revoke(_ request: HubRevokeCertificateRequest, on connection: Connection, stream: UInt32) async throws
    {
        let call = HubCall.with {
            $0.method = HubMethod.revokeCertificate.path
            $0.idempotencyKey = .init([UInt8](repeating: UInt8(stream), count: 16))
        }
        try await connection.send(.call, stream: stream, call)
        try await connection.send(.data, flags: .end, stream: stream, request)
        #expect(try await connection.hears(.end, stream: stream).error == nil)
    }

    @Test("is not accepted for the next call, and its open connections end with GOAWAY CERT_REVOKED")
    func own() async throws {
        let modules = SlowModules()
        let connection = try await Connection.open(modules: modules)
        try await connection.ask(.watchCases, stream: 1, LayananWatchRequest())
        _ = try await connection.hears(.data, stream: 1)
        try await revoke(.with { $0.serial = .init(Connection.serial) }, on: connection, stream: 3)
        try await connection.ask(.status, stream: 5, HubStatusRequest())
        let refusal = try await connection.hears(.end, stream: 5).error
        #expect(refusal?.code == .certificateRevoked && refusal?.status == .unauthenticated)
        await connection.advance(.seconds(1))
        let goaway = try HubGoaway(serializedBytes: try await connection.hears(.goaway, stream: 0).payload)
        #expect(goaway.code == .certRevoked && goaway.lastStream == 5)
        try await connection.closes()
        #expect(connection.hub.counters.connections.load(ordering: .relaxed) == 0)
    }

    @Test("leaves the connections of all other certificates alone, of the same principal too")
    func others() async throws {
        let connection = try await Connection.open()
        try await revoke(.with { $0.serial = .init([0x40, 8]) }, on: connection, stream: 1)
        await connection.advance(.seconds(2))
        try await connection.ask(.status, stream: 3, HubStatusRequest())
        #expect(try await connection.hears(.end, stream: 3).error == nil)
        #expect(connection.channel.isActive)
    }

    @Test("ends a connection that waits because of floods, and says that nothing of it was looked at")
    func waiting() async throws {
        let account = Account(AccountLimits())
        for _ in 0...AccountLimits().cutsFree { account.wasCut(.now()) }
        let connection = try await Connection.open(account: account, greets: false)
        let certificate = HubCertificate.with {
            $0.serial = .init(Connection.serial)
            $0.revokedMs = 1
        }
        connection.hub.certificates.keep(certificate)
        await connection.advance(.seconds(1))
        let goaway = try HubGoaway(serializedBytes: try await connection.hears(.goaway, stream: 0).payload)
        #expect(goaway.code == .certRevoked && goaway.lastStream == 0)
    }
}
