// A stolen certificate: cut and refused at once, for good, while everything else goes on.

import Foundation
import HubClient
import HubDomain
import HubProto
import HubTestKit
import HubWire
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Revocation")
    struct RevocationTests {
        @Test("a revoked client is cut and refused, its new certificate works, and so it stays after a restart")
        func stolen() async throws {
            try await RunningHub.serve { hub in
                let stolen = try await hub.regency.enrol("kominfo", "desk-9", role: "officer")
                let thief = try hub.regency.client(stolen)
                _ = try await Self.catalogue(thief)
                let raw = try await RawConnection.open(port: hub.regency.port, hub.greeting(stolen))
                try await raw.hello()
                try await raw.call(HubMethod.watchCases.path, stream: 1, LayananWatchRequest())
                #expect(try await raw.next(.data) != nil)
                let revoked = try await hub.regency.admin([
                    "client", "revoke", "--department", "kominfo", "--name", "desk-9", "--reason", "key-compromise",
                    "-o", "wide",
                ])
                #expect(
                    revoked.status == 0 && revoked.output.contains("urn:elayanan:kominfo:desk-9"), "\(revoked.output)")
                // Open connections: the next call is refused, and the connection ends.
                try await Self.expectRefusal(thief)
                let goaway: HubGoaway? = try await raw.next(.goaway)?.message()
                #expect(goaway?.code == .certRevoked)
                #expect(await raw.closes())
                await thief.close()
                // Its owner gets another one.
                let renewed = Desk(
                    department: "kominfo", name: "desk-9", role: "officer", folder: hub.regency.folder + "/desks/new")
                let added = try await hub.regency.admin([
                    "client", "add", "--department", "kominfo", "--name", "desk-9", "--role", "officer", "--out",
                    renewed.folder,
                ])
                #expect(added.status == 0, "\(added.output)")
                for _ in ["now", "after a restart"] {
                    try await Self.expectRefusal(stolen, on: hub)
                    let owner = try hub.regency.client(renewed)
                    #expect(try await !Self.catalogue(owner).services.isEmpty)
                    await owner.close()
                    try await hub.regency.crash()
                    try await hub.regency.start()
                }
                let listed = try await hub.regency.admin(["client", "list", "--department", "kominfo", "-o", "wide"])
                let lines = listed.output.split(separator: "\n").filter { $0.contains("desk-9") }
                #expect(
                    lines.count == 2 && lines.filter { $0.contains("key-compromise") }.count == 1, "\(listed.output)")
                try Self.expectOpenSSL(hub.regency, refuses: stolen, accepts: renewed)
            }
        }

        @Test("a certificate is revoked by its serial, as openssl shows it, and another of the same client holds")
        func bySerial() async throws {
            try await RunningHub.serve { hub in
                let old = try await hub.regency.enrol("kominfo", "desk-8", role: "officer")
                let new = Desk(
                    department: "kominfo", name: "desk-8", role: "officer", folder: hub.regency.folder + "/desks/new")
                let added = try await hub.regency.admin([
                    "client", "add", "--department", "kominfo", "--name", "desk-8", "--role", "officer", "--out",
                    new.folder,
                ])
                #expect(added.status == 0, "\(added.output)")
                let shown = try Self.openssl(["x509", "-in", old.certificate, "-noout", "-serial"]).output
                let serial = try #require(shown.split(separator: "=").last).trimmingCharacters(
                    in: .whitespacesAndNewlines)
                let revoke = ["client", "revoke", "--serial", serial, "--reason", "superseded"]
                let first = try await hub.regency.admin(revoke + ["-o", "json"])
                #expect(first.status == 0 && first.output.contains("superseded"), "\(first.output)")
                #expect(try await hub.regency.admin(revoke + ["-o", "json"]).output == first.output, "twice is once")
                try await Self.expectRefusal(old, on: hub)
                let client = try hub.regency.client(new)
                _ = try await Self.catalogue(client)
                await client.close()
                let nobody = try await hub.regency.admin([
                    "client", "revoke", "--department", "kominfo", "--name", "nobody", "--reason", "superseded",
                ])
                #expect(nobody.status == 4, "\(nobody.output)")
                let own = try await hub.regency.admin([
                    "client", "revoke", "--department", "hub", "--name", "admin", "--reason", "superseded",
                ])
                #expect(own.status == 7, "\(own.output)")
            }
        }

        private static func catalogue(_ client: HubClient) async throws -> LayananListServicesReply {
            try await client.call(.listServices, LayananListServicesRequest(), as: LayananListServicesReply.self)
                .message
        }

        private static func expectRefusal(_ client: HubClient) async throws {
            let error = try await refusal { try await catalogue(client) }
            #expect(error.code == .certificateRevoked && error.status == .unauthenticated, "\(error)")
        }

        /// A new connection is told by GOAWAY.
        private static func expectRefusal(_ desk: Desk, on hub: RunningHub) async throws {
            let client = try hub.regency.client(desk)
            try await expectRefusal(client)
            await client.close()
            let raw = try await RawConnection.open(port: hub.regency.port, hub.greeting(desk))
            let goaway: HubGoaway? = try await raw.next(.goaway)?.message()
            #expect(goaway?.code == .certRevoked && goaway?.lastStream == 0)
            #expect(await raw.closes())
        }

        private static func expectOpenSSL(_ regency: Regency, refuses revoked: Desk, accepts other: Desk) throws {
            let authority = regency.state + "/ca.pem"
            let list = regency.folder + "/crl.pem"
            let read = try openssl([
                "crl", "-inform", "DER", "-in", regency.state + "/ca.crl", "-verify", "-CAfile", authority, "-out",
                list,
            ])
            #expect(read.status == 0 && read.output.contains("verify OK"), "\(read.output)")
            for (desk, holds) in [(revoked, false), (other, true)] {
                let check = try openssl([
                    "verify", "-crl_check", "-CAfile", authority, "-CRLfile", list, desk.certificate,
                ])
                #expect((check.status == 0) == holds, "\(check.output)")
                #expect(check.output.contains("certificate revoked") == !holds, "\(check.output)")
            }
        }

        private static func openssl(_ arguments: [String]) throws -> (status: Int32, output: String) {
            let process = Process()
            let pipe = Pipe()
            process.executableURL = URL(filePath: "/usr/bin/openssl")
            process.arguments = arguments
            process.standardOutput = pipe
            process.standardError = pipe
            try process.run()
            let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
            try process.waitForEnd()
            return (process.terminationStatus, String(decoding: output, as: UTF8.self))
        }
    }
}
