// Whether what is personal ends when its time is over, and nothing else does.

import HubClient
import HubDomain
import HubProto

extension Judgement {
    /// Lets two years pass after the ends of complaints.
    ///
    /// - Returns: Those that nobody can be known by any more.
    func ofForgetting(_ states: [HubCase]) async throws -> [OpenCase] {
        let ending = zip(cases, states).filter { $1.ended && $1.service == Service.complaint }
        for days in [400, 340] {
            let answer = try await regency.admin(["clock", "advance", "\(days)d"], seconds: 600)
            promises.check("`hubctl clock advance` lets years pass", answer.status == 0, broken: answer.output)
        }
        let town = town
        let present = try await concurrently(cases, width: 16) { try await town.read($0.number, as: town.admin) }
        let forgotten = zip(cases, present).filter { $1.anonymisedMs > 0 }
        let known = forgotten.filter { open, state in
            !state.applicant.isEmpty || !state.documents.isEmpty || state.data.contains { $0.text == open.telephone }
        }
        promises.check(
            "two years after its end nobody can be known by a complaint any more",
            !ending.isEmpty && known.isEmpty && Set(forgotten.map(\.0.number)) == Set(ending.map(\.0.number)),
            broken: "\(forgotten.count) of \(ending.count), \(known.count) still known")
        promises.check(
            "what the law keeps is kept",
            zip(cases, present).filter { $1.service != Service.complaint }
                .allSatisfy { $1.anonymisedMs == 0 && $1.applicant == $0.petition.citizen },
            broken: "a case that was not to be forgotten lost its applicant")
        return forgotten.map(\.0)
    }

    /// Once the hub is down: not even the ledger's pages show who was forgotten hold the names of whom it forgot.
    func ofForgottenPages(_ forgotten: [OpenCase]) {
        let others = Set(cases.map(\.number)).subtracting(forgotten.map(\.number))
        let kept = Set(cases.filter { others.contains($0.number) }.compactMap(\.telephone))
        let numbers = Set(forgotten.compactMap(\.telephone)).subtracting(kept)
        let files = ["ledger.sqlite", "ledger.sqlite-wal"].compactMap { file in
            TextFile.bytes("\(regency.state)/\(file)").map { (file: file, bytes: $0) }
        }
        let found = Canaries.files(holding: numbers, in: files)
        promises.check(
            "not even a page of the ledger's file holds the telephone number of somebody whose complaint was forgotten",
            !numbers.isEmpty && !files.isEmpty && found.isEmpty, "\(numbers.count) numbers")
    }
}

extension OpenCase {
    /// As the request said it; nil = it did not.
    fileprivate var telephone: String? { petition.request.form.text(of: "telepon") }
}
