// Papers of two megabytes over a village line that goes dark and breaks: an upload goes on where it stood.

import Crypto
import HubClient
import HubDomain
import HubProto
import HubTestKit
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Poor uploads", .timeLimit(.minutes(30)))
    struct PoorUploadTests {
        /// Bytes of a paper.
        static let paperBytes = Place.isFull ? 1_048_576 : 262_144
        /// Connections that break.
        static let cuts = Place.isFull ? 3 : 1

        /// A village line; eight times as fast where a test must not take minutes.
        static var line: LinkConditions {
            var conditions = LinkConditions.village
            let seconds = PoorNetworkTests.darkSeconds
            if !Place.isFull { conditions.bitsPerSecond = 512_000 }
            conditions.blackouts = [.init(fromMillis: 5_000, lengthMillis: seconds * 1_000)]
            return conditions
        }

        @Test("a permit's papers come through darkness and cuts, with at most 1.3 times their bytes on the line")
        func permit() async throws {
            try await RunningHub.serve { hub in
                let desk = try await hub.counter(Service.permit, "village-4")
                let kinds = try hub.town.office(Service.permit).definition.papersToSubmit
                let total = kinds.count * Self.paperBytes
                let cut = LinkCut(.up, afterBytes: total / (Self.cuts + 2), isReset: true)
                try await hub.through(Self.line, cuts: { $0 <= Self.cuts ? cut : nil }) { link in
                    let client = try hub.client(desk, link)
                    var people = try await hub.people(seed: 74)
                    var options = CallOptions()
                    options.timeoutMillis = 1_800_000
                    options.attempts = 10
                    var papers: [HubDocument] = []
                    for kind in kinds {
                        papers.append(try await Self.upload(kind, &people.chance, client, options))
                    }
                    let petition = try Petitions.sound(Service.permit, hub.town, people: &people, papers: papers)
                    let answer = try await client.applications.submit(petition.request, options: options)
                    #expect(answer.message.case.documents.count == kinds.count)
                    let sent = Double(link.traffic.bytesUp) / Double(total)
                    print(
                        "papers of \(total) bytes over a village line: sent \(sent) times that, "
                            + "\(link.traffic.connections) connections")
                    #expect(sent <= 1.3)
                    #expect(link.traffic.connections > Self.cuts)
                    await client.close()
                }
                #expect(try await hub.town.status().cases == 1)
            }
        }

        private static func upload(
            _ kind: String, _ chance: inout Chance, _ client: HubClient, _ options: CallOptions
        ) async throws -> HubDocument {
            var body = Paper.photo
            while body.count < paperBytes { body += chance.key() }
            let scan = Array(body.prefix(paperBytes))
            let upload = DocumentUpload(
                id: chance.key(), size: UInt64(scan.count), sha256: Array(SHA256.hash(data: scan)),
                mediaType: "image/jpeg")
            let reply = try await client.upload(upload, options: options) { range in
                Array(scan[Int(range.lowerBound)..<Int(range.upperBound)])
            }
            return .with {
                $0.kind = kind
                ($0.sha256, $0.size, $0.mediaType) = (reply.sha256, reply.size, reply.mediaType)
            }
        }
    }
}
