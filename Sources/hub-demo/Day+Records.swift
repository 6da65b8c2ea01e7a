// What is asked of the civil registry beside its daily work: the same child twice, the dead, and corrections.

import HubClient
import HubDomain
import HubProto

/// A correction of a child's name that was asked for.
struct Correction: Sendable {
    /// Of the request.
    let number: String
    /// Number of the certificate, and the child's.
    let deed: String
    let nik: String
    /// As the register had it, and as the applicant wants it.
    let was: String
    let wanted: String
    /// The head allows it.
    let isMade: Bool
}

extension Day {
    /// A grandmother declares at home what the parents have declared at the counter.
    mutating func declareTwice() async throws {
        let office = try town.office(Service.birth)
        for first in cases(of: Service.birth, leading: .birthOnTime).prefix(2) {
            let petition = first.petition
            let second = Petition(
                key: people.chance.key(), sender: town.channel, method: petition.method,
                request: .with { ($0.service, $0.form) = (petition.service, petition.request.form) },
                citizen: people.citizen().reference, life: .birthTwice)
            guard let open = try await file(second) else { continue }
            let state = try await town.read(open.number, as: office.officer)
            promises.check(
                "a child that is declared a second time waits until an officer, who is told of the first, has compared",
                state.stage == Life.doubt && state.likenesses.contains { $0.case == first.number },
                broken: "\(open.number) is \(state.stage)")
        }
        onlooker.tell("\(cases.count { isTwin($0) }) births are declared a second time by somebody else")
    }

    /// Lives of several services may be called alike.
    private func cases(of service: String, leading life: Life) -> [OpenCase] {
        cases.filter { $0.petition.service == service && $0.petition.life.name == life.name }
    }

    private func isTwin(_ open: OpenCase) -> Bool { open.petition.life.name == Life.birthTwice.name }

    /// Puts a request's papers, sends it, and counts it among the day's.
    mutating func file(_ petition: Petition) async throws -> OpenCase? {
        let kinds = try town.office(petition.service).definition.papersToSubmit
        let papers = try await town.put(
            kinds, of: petition.service, through: [petition.sender], for: petition.citizen, chance: &people.chance)
        let outcome = try await traffic.send(petition.with(papers: papers))
        guard case .stored(let number, _) = outcome else {
            promises.check("every sound request is stored", false, "\(petition.service): \(outcome)")
            return nil
        }
        let open = OpenCase(number: number, petition: petition)
        cases.append(open)
        if let index = report.services.firstIndex(where: { $0.code == petition.service }) {
            report.services[index].sent += 1
        } else {
            report.services.append(Report.Service(code: petition.service, sent: 1))
        }
        return open
    }

    /// Requests of two people who are called alike wait until an officer has looked.
    mutating func compare() async throws {
        let (town, seed) = (town, people.chance.next())
        let likely = cases.filter { [Service.birth, Service.death].contains($0.petition.service) && !isTwin($0) }
        let doubted = try await concurrently(Array(likely.enumerated()), width: 16) { index, open in
            var chance = Chance(seed: seed &+ UInt64(index))
            guard try await town.read(open.number, as: town.admin).stage == Life.doubt else { return false }
            try await town.take(Life.compared, on: open, chance: &chance)
            return true
        }
        onlooker.tell("\(doubted.count { $0 }) declarations of people who are called alike compared by officers")
    }

    /// Whoever is registered as dead gets no card, and dies no second time.
    mutating func refuseTheDead() async throws {
        guard let death = cases(of: Service.death, leading: .deathOnTime).first else { return }
        let form = death.petition.request.form
        let card = try Petitions.sound(
            Service.card, town, people: &people,
            papers: try await town.papers(for: Service.card, chance: &people.chance))
        var wanted = card.request
        for (field, source) in [("nik", "nik_almarhum"), ("nama", "nama_almarhum"), ("tanggal_lahir", "tanggal_lahir")]
        {
            wanted.set(.text(field, form.text(of: source) ?? ""))
        }
        let again = try Petitions.sound(
            Service.death, town, people: &people,
            papers: try await town.papers(for: Service.death, chance: &people.chance))
        var second = again.request
        second.form = form
        let mistakes = [
            Mistake(
                name: "an identity card for somebody who is dead", petition: card.with(wanted), code: .refusedByRule,
                field: "nik"),
            Mistake(
                name: "a second death of one person", petition: again.with(second), code: .refusedByRule,
                field: "nik_almarhum"),
        ]
        try await refuse(mistakes)
        onlooker.tell("refused: \(mistakes.map(\.name).joined(separator: "; "))")
    }

    /// Some parents find that the child's name is not what they meant.
    mutating func correct() async throws {
        let office = try town.office(Service.correction)
        guard let method = office.definition.interface.method(for: .submit) else { return }
        let births = cases.filter {
            $0.petition.life.ends == Life.birthOnTime.ends && $0.petition.service == Service.birth
        }
        for (birth, life) in zip(births, [Life.correctionMade, .correctionMade, .correctionRejected]) {
            let state = try await town.read(birth.number, as: office.officer)
            let isGirl = state.data.text(of: "jenis_kelamin") == "perempuan"
            let form = Petitions.correction(of: state, to: people.childName(female: isGirl), birth.petition)
            let petition = Petition(
                key: people.chance.key(), sender: town.channel, method: method,
                request: .with { ($0.service, $0.form) = (Service.correction, form) }, citizen: birth.petition.citizen,
                life: life)
            guard let open = try await file(petition) else { continue }
            corrections.append(
                Correction(
                    number: open.number, deed: form.text(of: "nomor_akta") ?? "", nik: form.text(of: "nik") ?? "",
                    was: state.data.text(of: "nama_anak") ?? "", wanted: form.text(of: "teks_benar") ?? "",
                    isMade: life.name == Life.correctionMade.name))
        }
        onlooker.tell("\(corrections.count) corrections of certificates asked for")
    }
}

extension Petition {
    /// The same sender asks for something else.
    func with(_ request: LayananSubmitRequest) -> Petition {
        Petition(key: key, sender: sender, method: method, request: request, citizen: citizen, life: life)
    }
}
