// Neighbours complain of the same lamp: one is shown the other's complaint, follows it, a third is merged into it, and whoever
// proposes the closing cannot confirm it.

import HubClient
import HubDomain
import HubProto

/// A citizen who follows somebody else's case.
struct Follow: Sendable {
    let number: String
    let citizen: String
}

extension Day {
    /// One lamp on one corner, and a complaint that is another agency's matter.
    mutating func neighbours() async throws {
        let first = try await complaint(
            .complaintFollowed, [.text("isi", "Lampu jalan padam."), .text("kerahasiaan", "anonim")])
        guard let first else { return }
        let routed = try await town.read(first.number, as: town.admin)
        promises.check(
            "a complaint that says clearly what it is goes to its unit at once",
            routed.stage == "diteruskan" && routed.unit == "dishub", broken: "\(first.number) is \(routed.stage)")
        try await follow(first)
        let third = try await complaint(
            .complaintMerged, [.text("isi", "Gelap gulita di gang kami."), .text("kerahasiaan", "anonim")])
        guard let third else { return }
        let office = try town.office(Service.complaint)
        let merged = try await office.officer.complaints.merge(
            .with { ($0.case, $0.into, $0.note) = (third.number, first.number, "Lampu yang sama.") }
        ).message.case
        promises.check(
            "a complaint that is merged goes on with the other one", merged.mergedInto == first.number && merged.ended)
        follows.append(Follow(number: first.number, citizen: third.petition.citizen))
        try await closeTogether(first)
        _ = try await complaint(.complaintHandedOver, [.text("kategori", "jalan"), .text("kerahasiaan", "bernama")])
        onlooker.tell(
            "neighbours complain of one lamp: one follows, one is merged; another's matter goes to its agency")
    }

    /// A complaint about a lamp on the corner, unless it is said otherwise.
    private mutating func complaint(_ life: Life, _ changes: [HubFieldValue]) async throws -> OpenCase? {
        var petition = try Petitions.sound(Service.complaint, town, people: &people, papers: [], life: life)
        var request = petition.request
        let corner: [HubFieldValue] = [
            .text("jenis", "aduan"), .text("kategori", "penerangan"), .integer("latitude", -7_887_800),
            .integer("longitude", 110_328_900 + people.chance.number(0...90)),
        ]
        for value in corner + changes { request.set(value) }
        petition = petition.with(request)
        return try await file(petition)
    }

    /// The second neighbour looks around before complaining, and follows instead.
    private mutating func follow(_ first: OpenCase) async throws {
        var options = CallOptions()
        options.onBehalfOf = people.citizen().reference
        let near = try await town.channel.complaints.nearby(
            .with {
                ($0.service, $0.category) = (Service.complaint, "penerangan")
                ($0.latitude, $0.longitude) = (-7_887_850, 110_328_950)
            }, options: options
        ).message.cases
        promises.check(
            "whoever looks around before complaining sees what was complained of",
            near.contains { $0.number == first.number },
            broken: "\(near.map(\.number))")
        for _ in 0..<2 {
            let reply = try await town.channel.complaints.follow(.with { $0.case = first.number }, options: options)
                .message
            promises.check("following twice is following once", reply.following && reply.followed == 1)
        }
        follows.append(Follow(number: first.number, citizen: options.onBehalfOf ?? ""))
    }

    /// The officer who proposes the closing is refused when confirming it; the head is not.
    private mutating func closeTogether(_ first: OpenCase) async throws {
        var steps = Life.complaintClosed.steps
        let confirm = steps.removeLast()
        for step in steps { try await town.take(step, on: first, chance: &people.chance) }
        let own = Step(by: .officer, action: confirm.action)
        var refused = false
        do { try await town.take(own, on: first, chance: &people.chance) } catch let error as HubError {
            refused = error.code == .otherPersonNeeded
        }
        promises.check("nobody confirms what was proposed by the same person", refused)
        try await town.take(confirm, on: first, chance: &people.chance)
    }
}
