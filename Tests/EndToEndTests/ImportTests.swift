// A real older register, taken over through the ordinary path: New York's 311 complaints.

import Foundation
import HubClient
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    /// The sample lies beside the checkout, not in it: without it these tests are skipped, and say so.
    @Suite(
        "Import",
        .enabled(if: FileManager.default.fileExists(atPath: Place.sample), "the sample of 311 complaints is not here"))
    struct ImportTests {
        @Test(
            "999 real complaints are stored; a second run adds none; what was closed stays closed and never escalates")
        func wholeSample() async throws {
            try await RunningHub.serve { hub in
                let first = try await Self.bring(Place.sample, hub)
                #expect(first.status == 0)
                #expect(first.counts == Counts(stored: 999, already: 0, refused: 0))
                let second = try await Self.bring(Place.sample, hub)
                #expect(second.status == 0)
                #expect(second.counts == Counts(stored: 0, already: 999, refused: 0))
                let status = try await hub.town.status()
                #expect(status.cases == 999)
                let rows = try Self.rows()
                let closed = rows.dropFirst().count { $0[19] == "Closed" }
                #expect(status.casesOpen == UInt64(999 - closed))
                #expect(try await hub.town.pass(hours: 24 * 100) == 0, "an imported case's deadline passed")
                let oldest = try await Self.find("19937901", hub)
                #expect(oldest.ended)
                #expect(oldest.origin.category == "Street Sign - Dangling")
                // 03/01/2011 10:41:13 AM and 03/15/2011 04:14:19 PM in New York.
                #expect(oldest.createdMs == 1_298_994_073_000)
                #expect(oldest.origin.closedMs == 1_300_220_059_000)
                let audit = try await hub.regency.admin(["audit", "verify"])
                #expect(audit.status == 0)
            }
        }

        @Test("a copy with ten broken rows: 989 stored, and ten named with line and reason")
        func brokenRows() async throws {
            try await RunningHub.serve { hub in
                var rows = try Self.rows()
                let spoilt = [5, 17, 100, 222, 333, 444, 555, 666, 777, 998]
                for (index, row) in spoilt.enumerated() {
                    switch index % 5 {
                    case 0: rows[row][1] = "yesterday"
                    case 1: rows[row][0] = ""
                    case 2: rows[row][38] = "north"
                    case 3: rows[row][2] = "01/01/1999 01:00:00 AM"
                    default: rows[row] = Array(rows[row].prefix(3))
                    }
                    // A closing time counts for closed ones only.
                    if index % 5 == 3 { rows[row][19] = "Closed" }
                }
                let copy = hub.regency.folder + "/broken.csv"
                try TextFile.write(Array(Self.csv(rows).utf8), to: copy)
                let run = try await Self.bring(copy, hub)
                #expect(run.status == 8)
                #expect(run.counts == Counts(stored: 989, already: 0, refused: 10))
                #expect(run.refusedLines == spoilt.map { $0 + 1 })
                #expect(run.reasons.allSatisfy { !$0.isEmpty })
                #expect(try await hub.town.status().cases == 989)
            }
        }

        // MARK: -

        struct Counts: Equatable {
            let stored: Int
            let already: Int
            let refused: Int
        }

        struct Run {
            let status: Int32
            let counts: Counts
            let refusedLines: [Int]
            let reasons: [String]
        }

        private static func bring(_ file: String, _ hub: RunningHub) async throws -> Run {
            let answer = try await hub.regency.admin(
                ["import", Service.complaint, file, "--map", Place.map, "-o", "json"], seconds: 180)
            let last = try #require(answer.output.split(separator: "\n").last, "hubctl import printed nothing")
            let summary = try #require(
                try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any], "\(answer.output)")
            let refusals = summary["refusals"] as? [[String: Any]] ?? []
            return Run(
                status: answer.status,
                counts: Counts(
                    stored: summary["stored"] as? Int ?? -1, already: summary["already"] as? Int ?? -1,
                    refused: summary["refused"] as? Int ?? -1),
                refusedLines: refusals.compactMap { $0["line"] as? Int },
                reasons: refusals.map { $0["reason"] as? String ?? "" })
        }

        /// The imported case of a key of the older register.
        private static func find(_ sourceID: String, _ hub: RunningHub) async throws -> HubCase {
            var request = LayananListCasesRequest.with { $0.pageSize = 200 }
            repeat {
                let reply = try await hub.town.admin.call(.listCases, request, as: LayananListCasesReply.self).message
                for summary in reply.cases {
                    let state = try await hub.town.read(summary.number, as: hub.town.admin)
                    if state.origin.sourceID == sourceID { return state }
                }
                request.pageToken = reply.nextPageToken
            } while !request.pageToken.isEmpty
            throw DemoFailure("\(sourceID) was not imported")
        }

        private static func rows() throws -> [[String]] {
            let bytes = try #require(TextFile.bytes(Place.sample))
            var reader = CSVReader()
            return (reader.feed(bytes) + reader.finish()).compactMap { row in
                if case .fields(let fields, _) = row { fields } else { nil }
            }
        }

        private static func csv(_ rows: [[String]]) -> String {
            rows.map { row in
                row.map { "\"\($0.replacingOccurrences(of: "\"", with: "\"\""))\"" }.joined(separator: ",")
            }.joined(separator: "\n") + "\n"
        }
    }
}
