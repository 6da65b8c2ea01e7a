// Applicant A never sees B's case: the answer is the one for a case that does not exist.

import HubClient
import HubCore
import HubDomain
import HubProto
import HubTrust
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("Whose case it is")
    struct ApplicantTests {
        @Test("get, history, watch, act and documents of another's case answer as for one that does not exist")
        func anothersCase() async throws {
            try await RunningHub.serve { hub in
                let bench = try await Bench(hub)
                let both = try await bench.cases(Service.permit, count: 2, seed: 11)
                let (a, b) = (both[0], both[1])
                var channel = CallOptions()
                channel.onBehalfOf = a.petition.citizen
                let absent = "018f0000-0000-7000-8000-000000000000"
                for method in [HubMethod.getCase, .caseHistory, .withdrawApplication, .getDocument, .watchCases] {
                    let other = try await Self.answer(method, b.number, hub, channel, b.petition)
                    let none = try await Self.answer(method, absent, hub, channel, b.petition)
                    #expect(other.code == .caseNotFound, "\(method.path)")
                    #expect(other.code == none.code)
                    #expect(other.status == none.status)
                    #expect(other.description == none.description)
                    #expect(other.facts == none.facts)
                }
                let own = try await hub.town.channel.call(
                    .getCase, LayananGetCaseRequest.with { $0.case = a.number }, as: LayananGetCaseReply.self,
                    options: channel)
                #expect(own.message.case.number == a.number)
            }
        }

        @Test("a list and a watch of everything hold one's own cases alone")
        func ownListAndWatch() async throws {
            try await RunningHub.serve { hub in
                let bench = try await Bench(hub)
                let cases = try await bench.cases(Service.complaint, count: 6, seed: 12)
                var channel = CallOptions()
                channel.onBehalfOf = cases[0].petition.citizen
                let list = try await hub.town.channel.call(
                    .listCases, LayananListCasesRequest(), as: LayananListCasesReply.self, options: channel)
                #expect(list.message.cases.map(\.number) == [cases[0].number])
                var options = CallOptions.watching
                options.onBehalfOf = cases[0].petition.citizen
                options.resumeFrom = try await Self.beginning(hub)
                let updates = hub.town.channel.stream(
                    .watchCases, LayananWatchRequest(), as: LayananWatchUpdate.self, options: options)
                var iterator = updates.makeAsyncIterator()
                let events = try #require(try await iterator.next()).events
                #expect(events.map(\.number) == [cases[0].number])
            }
        }

        @Test("an officer sees the own department's cases and no other's")
        func anotherDepartment() async throws {
            try await RunningHub.serve { hub in
                let bench = try await Bench(hub)
                let open = try await bench.cases(Service.permit, count: 1, seed: 13)[0]
                let own = try hub.town.office(Service.permit).officer
                let other = try hub.town.office(Service.birth).officer
                #expect(try await hub.town.read(open.number, as: own).number == open.number)
                let error = try await refusal { try await hub.town.read(open.number, as: other) }
                #expect(error.code == .caseNotFound)
                let list = try await other.call(
                    .listCases, LayananListCasesRequest(), as: LayananListCasesReply.self)
                #expect(list.message.cases.isEmpty)
            }
        }

        @Test("a paper that only somebody else has put cannot be taken into one's own request")
        func anothersPaper() async throws {
            try await RunningHub.serve { hub in
                var people = try await hub.people(seed: 14)
                let petition = try Petitions.sound(Service.permit, hub.town, people: &people, papers: [])
                let kinds = try hub.town.office(Service.permit).definition.papersToSubmit
                func submit(_ papers: [HubDocument]) async throws -> HubCase {
                    var options = CallOptions()
                    options.onBehalfOf = petition.citizen
                    return try await hub.town.channel.call(
                        petition.method, petition.with(papers: papers).request, as: LayananCaseReply.self,
                        options: options
                    ).message.case
                }
                let others = try await hub.town.put(
                    kinds, of: Service.permit, through: [hub.town.channel], for: "nik:0000000000000000",
                    chance: &people.chance)
                let error = try await refusal { try await submit(others) }
                #expect(error.code == .documentInvalid)
                #expect(Set(error.violations.map(\.field)) == Set(kinds.map { "documents/\($0)" }))
                let own = try await hub.town.put(
                    kinds, of: Service.permit, through: [hub.town.channel], for: petition.citizen,
                    chance: &people.chance)
                #expect(try await submit(own).documents.map(\.sha256) == own.map(\.sha256))
            }
        }

        /// A cursor at the very beginning of the log.
        private static func beginning(_ hub: RunningHub) async throws -> [UInt8] {
            let secret = try StateDirectory(path: hub.regency.state).loadAuthority().secret(for: "cursors")
            let hubID = [UInt8](try await hub.town.status().hubID)
            return CursorSeal(key: secret).cursor(
                hubID: hubID, sequence: 0, principal: "urn:elayanan:portal:citizens"
            ).bytes
        }

        private static func answer(
            _ method: HubMethod, _ name: String, _ hub: RunningHub, _ options: CallOptions, _ petition: Petition
        ) async throws -> HubError {
            let client = hub.town.channel
            return try await refusal {
                switch method {
                case .getCase:
                    _ = try await client.call(
                        method, LayananGetCaseRequest.with { $0.case = name }, as: LayananGetCaseReply.self,
                        options: options)
                case .caseHistory:
                    _ = try await client.call(
                        method, LayananHistoryRequest.with { $0.case = name }, as: LayananHistoryReply.self,
                        options: options)
                case .getDocument:
                    let request = LayananGetDocumentRequest.with {
                        $0.case = name
                        $0.sha256 = petition.request.documents.first?.sha256 ?? .init()
                    }
                    _ = try await client.call(method, request, as: LayananGetDocumentReply.self, options: options)
                case .watchCases:
                    let updates = client.stream(
                        method, LayananWatchRequest.with { $0.case = name }, as: LayananWatchUpdate.self,
                        options: options)
                    var iterator = updates.makeAsyncIterator()
                    _ = try await iterator.next()
                default:
                    _ = try await client.call(
                        method, LayananActRequest.with { $0.case = name }, as: LayananCaseReply.self, options: options)
                }
            }
        }
    }
}
