// Whether the public list holds every complaint that is public, and nothing of anybody.

import HubClient
import HubDomain
import HubProto

extension Judgement {
    /// Each complaint that is not secret is listed once; no name, number or telephone is.
    func ofPublicList() async throws -> Int {
        var listed: [String] = []
        var text = ""
        var request = LayananPublicCasesRequest.with { ($0.service, $0.pageSize) = (Service.complaint, 17) }
        repeat {
            let reply = try await town.channel.complaints.`public`(request).message
            listed += reply.cases.map(\.number)
            text += (try? reply.jsonString()) ?? ""
            for state in reply.cases.prefix(3) {
                let timeline = try await town.channel.complaints.timeline(.with { $0.case = state.number }).message
                text += (try? timeline.jsonString()) ?? ""
            }
            request.pageToken = reply.nextPageToken
        } while !request.pageToken.isEmpty
        let wanted = cases.filter {
            $0.petition.service == Service.complaint && $0.petition.request.form.text(of: "kerahasiaan") != "rahasia"
        }
        promises.check(
            "everybody reads every complaint that is not secret, once",
            listed.count == wanted.count && Set(listed) == Set(wanted.map(\.number)),
            broken: "\(listed.count) of \(wanted.count)")
        let leaks = canaries.filter { text.contains($0) }
        promises.check(
            "and of nobody the name, number or telephone", leaks.isEmpty && !text.isEmpty,
            broken: "\(leaks.count) values")
        return listed.count
    }
}
