// Many requests at once, with a process killed in their midst.

import HubDomain

/// A request that the hub has acknowledged.
struct OpenCase: Sendable {
    let number: String
    let petition: Petition
}

/// Sends batches of requests until every one is acknowledged or refused.
struct Storm: Sendable {
    let traffic: Traffic
    let promises: Promises
    /// Requests in flight at once.
    static let width = 32

    /// Sends a batch while a blow falls, then sends again what stayed unanswered, with the same keys.
    ///
    /// - Returns: What was acknowledged, and the calamity with the exact number of unanswered submits where their
    ///   connection died with the victim.
    func run(
        _ petitions: [Petition], under blow: Blow? = nil
    ) async throws -> (cases: [OpenCase], calamity: Calamity?) {
        async let sending = concurrently(petitions, width: Self.width) { petition in
            (petition, try await traffic.send(petition))
        }
        var met = try await blow?()
        let sent = try await sending
        var cases: [OpenCase] = []
        var unanswered: [Petition] = []
        for (petition, outcome) in sent {
            switch outcome {
            case .stored(let number, _): cases.append(OpenCase(number: number, petition: petition))
            case .unanswered: unanswered.append(petition)
            case .refused(let error):
                promises.check("every sound request is stored", false, "\(petition.service): \(error)")
            }
        }
        if met?.cutsConnections == true { met?.unanswered.formIntersection(unanswered.map(\.key)) }
        cases += try await sendAgain(unanswered)
        promises.check("every sound request is stored", cases.count == petitions.count)
        return (cases, met)
    }

    private func sendAgain(_ petitions: [Petition]) async throws -> [OpenCase] {
        try await concurrently(petitions, width: Self.width) { petition in
            guard case .stored(let number, _) = try await traffic.send(petition, again: true) else {
                promises.check("every unanswered key that is sent again is acknowledged", false, petition.service)
                return nil
            }
            return OpenCase(number: number, petition: petition)
        }.compactMap(\.self)
    }
}
