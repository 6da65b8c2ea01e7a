// Whether photos were kept without what they tell beside what can be seen.

import HubClient
import HubProto

extension Judgement {
    /// Reads every photo of some cases back, as an administrator reads it.
    func ofDocuments(_ states: [HubCase]) async throws -> Int {
        let town = town
        let photos = states.flatMap { state in
            state.documents.filter { $0.mediaType == "image/jpeg" }.map { (state.number, $0.sha256) }
        }.prefix(200)
        let clean = try await concurrently(Array(photos), width: 8) { number, hash in
            let request = LayananGetDocumentRequest.with { ($0.case, $0.sha256) = (number, hash) }
            let body = Array(try await town.admin.documents.get(request).message.body)
            return body.starts(with: [0xFF, 0xD8, 0xFF])
                && Canaries.files(holding: [Paper.camera], in: [("photo", body)]).isEmpty
        }
        promises.check(
            "no photo is kept with its camera or position", !photos.isEmpty && clean.allSatisfy { $0 },
            "\(clean.count) photos")
        return clean.count
    }
}
