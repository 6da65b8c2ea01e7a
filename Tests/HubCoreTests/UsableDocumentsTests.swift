// Documents that a counter or an authority brings are looked at like those of an applicant.

import Crypto
import Foundation
import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import HubCore

@Suite("Documents of counters and authorities")
struct UsableDocumentsTests {
    private static func hash(_ bytes: [UInt8]) -> Data { Data(SHA256.hash(data: bytes)) }

    /// A case at a counter that wants to see who fetches.
    private func ready(_ hub: BookingHub) async throws -> HubCase {
        try await hub.wait(until: BookingHub.at(5, 8))
        let state = try await hub.waiting()
        try await hub.checkIn(state)
        try await hub.serve(state)
        return try await hub.checkIn(state)
    }

    private func fetch(_ hub: BookingHub, _ state: HubCase, _ letter: HubDocument) async throws -> HubCase {
        try await hub.serve(state) { request in
            (request.shown, request.nik, request.byProxy) = ("ktp", "3318010101900009", true)
            request.letter = letter
            request.letter.kind = "surat_kuasa"
        }
    }

    @Test("a letter that is named by the bytes that were sent is kept under those that the hub keeps")
    func letter() async throws {
        let hub = try await BookingHub.open(equip: { SmallHub.examine(&$0) })
        let state = try await ready(hub)
        let reply = try await hub.small.put(SmallHub.photo, by: .officer, for: "")
        let letter = SmallHub.evidence(reply, named: Self.hash(SmallHub.photo))
        let fetched = try await fetch(hub, state, letter)
        #expect(fetched.documents.map(\.sha256) == [reply.sha256])
        #expect(fetched.appointment.identity.letterSha256 == reply.sha256)
        let event = try #require(try await hub.small.history(of: state, by: .officer).events.last)
        #expect(event.documents.map(\.sha256) == [reply.sha256])
    }

    @Test("a letter that waits for the scanner lets nobody fetch anything")
    func waiting() async throws {
        let scanner = WordedScanner()
        let hub = try await BookingHub.open(equip: { SmallHub.examine(&$0, scanner) })
        let state = try await ready(hub)
        scanner.say(.silent("down"))
        let reply = try await hub.small.put(SmallHub.photo, by: .officer, for: "")
        #expect(
            try await refusal { try await fetch(hub, state, SmallHub.evidence(reply)) } == .documentHarmful)
        scanner.say(.clean)
        _ = try await hub.small.hub.quarantine.round()
        #expect(try await fetch(hub, state, SmallHub.evidence(reply)).ended)
    }

    @Test("what an authority brings by the bytes that it sent is kept under those that the hub keeps")
    func authority() async throws {
        let hub = try await InquiringHub.open(equip: { SmallHub.examine(&$0) })
        let state = try await hub.asked()
        let inquiry = try #require(try await hub.take().first)
        let reply = try await hub.small.put(SmallHub.photo, by: .register, for: "")
        var answer = InquiringHub.answer([UInt8](inquiry.id))
        answer.documents = [SmallHub.evidence(reply, named: Self.hash(SmallHub.photo))]
        try await hub.bring(answer)
        #expect(try await hub.state(state).documents.map(\.sha256) == [reply.sha256])
        #expect(try await hub.bring(answer).repeated)
    }
}
