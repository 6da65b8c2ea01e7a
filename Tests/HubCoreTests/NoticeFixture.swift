// A hub whose changes are told: templates, couriers that note what they carry, and the outbox driven by hand.

import HubDomain
import HubProto
import HubTestKit
import Synchronization

@testable import HubCore

/// Notes what it carries, and does with it what the test says.
final class NotingCourier: NoticeCourier {
    private let state = Mutex<(parcels: [NoticeParcel], outcomes: [CourierOutcome])>(([], []))

    var carried: [NoticeParcel] { state.withLock(\.parcels) }

    /// What comes next; then everything is delivered.
    func answer(_ outcomes: CourierOutcome...) { state.withLock { $0.outcomes = outcomes } }

    func deliver(_ parcel: NoticeParcel) async -> CourierOutcome {
        state.withLock { state in
            state.parcels.append(parcel)
            return state.outcomes.isEmpty ? .delivered(what: "noted") : state.outcomes.removeFirst()
        }
    }
}

/// ``SmallHub`` with three channels.
struct TellingHub {
    let small: SmallHub
    let file = NotingCourier()
    let email = NotingCourier()
    let webhook = NotingCourier()

    static func open(
        templates: [HubNoticeTemplate] = templates, standard: [HubNoticeChannel] = [.file],
        channels: Set<HubNoticeChannel> = [.file, .email, .webhook], ledger: any Ledger = InMemoryLedger(),
        change: (inout HubServiceDefinition) -> Void = { _ in }
    ) async throws -> TellingHub {
        try await TellingHub(templates, standard, channels, ledger, change)
    }

    private init(
        _ templates: [HubNoticeTemplate], _ standard: [HubNoticeChannel], _ channels: Set<HubNoticeChannel>,
        _ ledger: any Ledger, _ change: (inout HubServiceDefinition) -> Void
    ) async throws {
        var definition = SmallHub.definition
        definition.fields.append(.with { ($0.name, $0.type, $0.personal) = ("telepon", .phone, true) })
        definition.contact.phone = "telepon"
        definition.actions[0].fields = ["isi", "telepon"]
        change(&definition)
        let rules = HubNoticeRules.with { ($0.name, $0.version, $0.templates) = ("umum", "1", templates) }
        let bundle = LoadedBundle(
            module: "uji", department: "pengaduan", definitions: [definition], standing: [rules])
        let (file, email, webhook) = (file, email, webhook)
        small = try await SmallHub.open(
            ledger: ledger, bundle: bundle,
            equip: { ports in
                let couriers: [HubNoticeChannel: any NoticeCourier] = [.file: file, .email: email, .webhook: webhook]
                ports.couriers = couriers.filter { channels.contains($0.key) }
                ports.outbox.standardChannels = standard
            })
    }

    /// What is told of everything, in few words.
    static let templates = [
        template(.changed, "Berubah {nomor}", "Changed {nomor}"),
        template(.stage, "{nomor} {tahap}\nSisa: {sisa}", "{nomor} {tahap}\nLeft: {sisa}"),
    ]

    static func template(
        _ occasion: HubNoticeOccasion, _ indonesian: String, _ english: String = "-",
        _ reader: HubNoticeReader = .applicant, _ change: (inout HubNoticeTemplate) -> Void = { _ in }
    ) -> HubNoticeTemplate {
        .with {
            ($0.occasion, $0.reader) = (occasion, reader)
            $0.subject = .with { ($0.id, $0.en) = ("Kabar {nomor}", "News of {nomor}") }
            $0.text = .with { ($0.id, $0.en) = (indonesian, english) }
            change(&$0)
        }
    }

    /// Lets every lane of the outbox work until it has nothing to do.
    func deliver() async throws {
        guard let loop = small.hub.outbox else { return }
        for _ in 0..<4 {
            _ = try await loop.choose()
            for (channel, courier) in loop.couriers {
                _ = try await loop.carry(channel, courier, Shared(ChannelCircuit()))
            }
        }
    }

    func choose(_ contact: HubContact?, by caller: Caller = .portal, for citizen: String = "") async throws {
        let request = LayananSetContactRequest.with { if let contact { $0.contact = contact } }
        _ = try await small.call(.setContact, request, as: LayananSetContactReply.self, by: caller, for: citizen)
    }

    func notices(_ state: HubNoticeState) async throws -> [HubNotice] {
        try await small.ledger.notices(state, after: nil, limit: 100)
    }
}
