// What compression is there for: long words and long answers over a thin line.

import HubClient
import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Compression over a thin line", .timeLimit(.minutes(3)))
    struct CompressionTests {
        /// What a citizen writes who has much to say, within the 4,000 characters of the form.
        private static let words = (1...40).map { number in
            "Pada hari ke-\(number) jalan di depan rumah nomor \(number * 7) masih berlubang dan tergenang air."
        }.joined(separator: " ")

        @Test(
            "a long complaint goes up in a third of its bytes, a definition comes down in two, and both are what they were"
        )
        func bothWays() async throws {
            try await RunningHub.serve { hub in
                let desk = try await hub.counter(Service.complaint, "village-9")
                var people = try await hub.people(seed: 91)
                var request = try Petitions.sound(Service.complaint, hub.town, people: &people, papers: []).request
                let place = try #require(request.form.firstIndex { $0.name == "isi" })
                request.form[place].text = Self.words
                try await hub.through { link in
                    let client = try hub.client(desk, link)
                    // The handshake and the hub's hello come first.
                    _ = try await client.health.list()
                    let before = link.traffic
                    let filed = try await client.complaints.file(request)
                    let up = link.traffic.bytesUp - before.bytesUp
                    let shown = try await client.cases.get(.with { $0.case = filed.message.case.number })
                    #expect(shown.message.case.data.contains { $0.text == request.form[place].text })
                    let middle = link.traffic
                    let service = try await client.catalogue.get(.with { $0.service = Service.complaint })
                    let down = link.traffic.bytesDown - middle.bytesDown
                    let (asked, answered) = (
                        try request.serializedData().count, try service.message.serializedData().count
                    )
                    #expect(up * 3 <= asked && down * 3 <= answered * 2)
                    await client.close()
                }
            }
        }
    }
}
