// A citizen begins a request on a telephone, and finishes it at the desk of the village.

import HubClient
import HubDomain
import HubProto

extension Day {
    /// The draft is the citizen's own: the village's program finds it because it speaks for the same citizen, and nobody else
    /// does.
    mutating func finishElsewhere() async throws {
        let village = try regency.client(try await regency.enrol("desa", "loket", role: "applicant"))
        let sound = try Petitions.sound(Service.permit, town, people: &people, papers: [], life: .permitAtOnce)
        let citizen = sound.citizen
        let begun = LayananDraft.with {
            ($0.id, $0.service) = ("dari-rumah", sound.service)
            $0.form = Array(sound.request.form.prefix(sound.request.form.count / 2))
        }
        var options = CallOptions()
        options.onBehalfOf = citizen
        let saved = try await town.channel.drafts.save(.with { $0.draft = begun }, options: options).message
        promises.check(
            "a draft is kept as it is, and says field by field what is missing",
            saved.version == 1 && saved.missing.contains { $0.field == sound.request.form.last?.name },
            broken: "\(saved.missing.map(\.field))")
        let found = try await village.drafts.get(.with { $0.id = begun.id }, options: options).message.draft
        var stranger = CallOptions()
        stranger.onBehalfOf = people.citizen().reference
        let others = try await village.drafts.list(LayananListDraftsRequest(), options: stranger).message.drafts
        let rest = sound.request.form.dropFirst(begun.form.count)
        let finished = Petition(
            key: sound.key, sender: village, method: sound.method,
            request: .with {
                ($0.service, $0.form, $0.draft) = (found.service, found.form + rest, found.id)
            }, citizen: citizen, life: sound.life)
        let filed = try await file(finished)
        let left = try await town.channel.drafts.list(LayananListDraftsRequest(), options: options).message.drafts
        promises.check(
            "what was begun on one device is finished on another, is nobody else's, and is gone once it was sent",
            filed != nil && others.isEmpty && left.isEmpty, broken: "\(others.count) of others, \(left.count) left")
        await village.close()
        onlooker.tell("a request that was begun on a telephone is finished at the desk of a village")
    }
}
