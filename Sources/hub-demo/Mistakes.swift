// Requests that are wrong on purpose: each must be refused, by name, and nothing of it stored.

import HubClient
import HubDomain
import HubProto

/// A wrong request and the error it must meet.
struct Mistake: Sendable {
    let name: String
    let petition: Petition
    /// What the hub must say.
    let code: HubError.Code
    /// The field that it must name; nil = none.
    let field: String?

    /// Sends it; the error, nil when it was stored.
    func send(_ traffic: Traffic) async throws -> HubError? {
        switch try await traffic.send(petition) {
        case .stored: nil
        case .refused(let error), .unanswered(let error): error
        }
    }

    /// One of each kind.
    static func all(_ town: Town, people: inout People) async throws -> [Mistake] {
        var papers: [String: [HubDocument]] = [:]
        for service in Service.all {
            papers[service] = try await town.papers(for: service, chance: &people.chance)
        }
        func mistake(
            _ name: String, _ service: String, _ code: HubError.Code, _ field: String?,
            _ spoil: (inout LayananSubmitRequest) -> Void
        ) throws -> Mistake {
            let sound = try Petitions.sound(service, town, people: &people, papers: papers[service] ?? [])
            var request = sound.request
            spoil(&request)
            let petition = Petition(
                key: sound.key, sender: sound.sender, method: sound.method, request: request, citizen: sound.citizen,
                life: sound.life)
            return Mistake(name: name, petition: petition, code: code, field: field)
        }
        func untold(_ mistake: Mistake) throws -> Mistake {
            let sound = mistake.petition
            let petition = Petition(
                key: sound.key, sender: try town.office(sound.service).counter, method: sound.method,
                request: sound.request, citizen: sound.citizen, life: sound.life)
            return Mistake(name: mistake.name, petition: petition, code: mistake.code, field: mistake.field)
        }
        return [
            try untold(
                try mistake(
                    "a clerk who types for a citizen and does not say how the citizen agreed", Service.permit,
                    .consentMissing, "consent/kind"
                ) { $0.clearConsent() }),
            try mistake("an identity number of 15 digits", Service.permit, .formInvalid, "nik") {
                $0.set(.text("nik", "330101010190123"))
            },
            try mistake("a business class that is in no table", Service.permit, .formInvalid, "kbli") {
                $0.set(.text("kbli", "00000"))
            },
            try mistake("a missing photo", Service.permit, .documentInvalid, "documents/foto_tempat") {
                $0.documents.removeAll { $0.kind == "foto_tempat" }
            },
            try mistake("a paper the hub never got", Service.birth, .documentInvalid, "documents/kk") {
                for index in $0.documents.indices where $0.documents[index].kind == "kk" {
                    $0.documents[index].sha256 = .init([UInt8](repeating: 0xEE, count: 32))
                }
            },
            try mistake("a missing name of the mother", Service.birth, .formInvalid, "nama_ibu") {
                $0.form.removeAll { $0.name == "nama_ibu" }
            },
            try mistake("a complaint of one word", Service.complaint, .formInvalid, "isi") {
                $0.set(.text("isi", "rusak"))
            },
            try mistake("a value that only the department decides", Service.permit, .formInvalid, "risiko") {
                $0.set(.text("risiko", "rendah"))
            },
            try mistake("a micro business with the capital of a large one", Service.permit, .refusedByRule, "skala") {
                $0.set(.text("skala", "mikro"))
                $0.set(.integer("modal", 9_000_000_000))
            },
            try mistake("a public event of next week", Service.event, .refusedByRule, "mulai") {
                let soon = people.today.adding(days: 7).iso
                $0.set(.text("mulai", soon))
                $0.set(.text("selesai", soon))
            },
            try mistake("an unknown service", Service.permit, .serviceUnknown, nil) { $0.service = "izin-terbang" },
            try mistake("a birth at the complaints desk", Service.complaint, .serviceUnknown, nil) {
                $0.service = Service.birth
            },
        ]
    }
}

extension LayananSubmitRequest {
    /// Puts a value in the place of another of the same name.
    mutating func set(_ value: HubFieldValue) {
        form.removeAll { $0.name == value.name }
        form.append(value)
    }
}
