// Everyone who speaks with the hub: three departments' counters, officers and heads, and the citizens' channel.

import HubClient
import HubDomain
import HubProto

/// The programs of the department that holds a service.
struct Office: Sendable {
    /// As the hub's catalogue gives it.
    let definition: HubServiceDefinition
    let counter: HubClient
    let officer: HubClient
    let head: HubClient
}

/// All clients of a regency, connected.
struct Town: Sendable {
    let regency: Regency
    let admin: HubClient
    /// Portal and telephone: speaks for citizens, of every department's services.
    let channel: HubClient
    /// An officer of the department that advises on buildings.
    let adviser: HubClient
    /// Officers whose advice on public events is asked for, by the name of the consultation.
    let consulted: [String: HubClient]
    /// The bank at which citizens pay.
    let bank: HubClient
    let journal = BankJournal()
    /// Sees every department, changes nothing.
    let auditor: Desk
    /// By service code.
    let offices: [String: Office]

    /// Registers everyone with `hubctl client add` and connects them.
    static func open(_ regency: Regency) async throws -> Town {
        let admin = try regency.adminClient()
        let services = try await admin.call(
            .listServices, LayananListServicesRequest(), as: LayananListServicesReply.self)
        let definitions = try await concurrently(services.message.services.map(\.service), width: 4) { service in
            try await admin.call(
                .getService, LayananGetServiceRequest.with { $0.service = service }, as: LayananGetServiceReply.self
            ).message.definition
        }
        let departments = Set(definitions.map(\.department)).sorted()
        let roles = [("counter-1", "officer"), ("officer-1", "officer"), ("head-1", "head")]
        let wanted =
            departments.flatMap { department in roles.map { (department, $0.0, $0.1) } }
            + [
                ("portal", "citizens", "applicant"), ("pupr", "officer-1", "officer"),
                (districtDepartment, "officer-1", "officer"), (orderDepartment, "officer-1", "officer"),
                (bankDepartment, "h2h", "bank"),
                ("inspectorate", "auditor-1", "auditor"),
            ]
        let desks = try await concurrently(wanted, width: 3) { department, name, role in
            try await regency.enrol(department, name, role: role)
        }
        func client(_ department: String, _ name: String) throws -> HubClient {
            guard let desk = desks.first(where: { $0.department == department && $0.name == name }) else {
                throw DemoFailure("nobody is called \(name) in \(department)")
            }
            return try regency.client(desk)
        }
        var offices: [String: Office] = [:]
        for definition in definitions {
            offices[definition.service] = Office(
                definition: definition, counter: try client(definition.department, "counter-1"),
                officer: try client(definition.department, "officer-1"),
                head: try client(definition.department, "head-1"))
        }
        guard let auditor = desks.last else { throw DemoFailure("no auditor") }
        return Town(
            regency: regency, admin: admin, channel: try client("portal", "citizens"),
            adviser: try client("pupr", "officer-1"),
            consulted: [
                "kecamatan": try client(districtDepartment, "officer-1"),
                "ketertiban": try client(orderDepartment, "officer-1"),
            ], bank: try client(bankDepartment, "h2h"), auditor: auditor,
            offices: offices)
    }

    private static let bankDepartment = "bank-daerah"
    private static let orderDepartment = "satpol-pp"
    /// All public events take place in one district.
    private static let districtDepartment = "kecamatan-srandakan"
    static let eventDistrict = "340201"

    /// The office that holds a service.
    func office(_ service: String) throws -> Office {
        guard let office = offices[service] else { throw DemoFailure("the hub's catalogue has no \(service)") }
        return office
    }

    /// Disconnects everyone.
    func close() async {
        for office in offices.values {
            for client in [office.counter, office.officer, office.head] { await client.close() }
        }
        for client in [channel, adviser, bank] + consulted.values { await client.close() }
        await admin.close()
    }

    // MARK: What they do

    /// Gives the hub the papers of some kinds, made for this occasion, and returns what the request says of them.
    ///
    /// - Parameters:
    ///   - clients: Each of them puts the same papers; nobody can use what only another has put.
    ///   - citizen: For whom they are put.
    func put(
        _ kinds: [String], of service: String, through clients: [HubClient], for citizen: String? = nil,
        chance: inout Chance
    ) async throws -> [HubDocument] {
        var options = CallOptions()
        options.onBehalfOf = citizen
        var documents: [HubDocument] = []
        for kind in kinds {
            let rule = try office(service).definition.documents.first { $0.kind == kind }
            let type = rule?.mediaTypes.first ?? "image/jpeg"
            let paper = LayananPutDocumentRequest.with {
                $0.mediaType = type
                $0.body = .init(Paper.scan(type, chance: &chance))
            }
            var document = HubDocument.with { $0.kind = kind }
            for client in clients {
                let reply = try await client.call(
                    .putDocument, paper, as: LayananPutDocumentReply.self, options: options
                ).message
                (document.sha256, document.size, document.mediaType) = (reply.sha256, reply.size, reply.mediaType)
            }
            documents.append(document)
        }
        return documents
    }

    /// Papers for a request of a service that any counter or the channel may send.
    func papers(for service: String, chance: inout Chance) async throws -> [HubDocument] {
        let office = try office(service)
        return try await put(
            office.definition.papersToSubmit, of: service, through: [office.counter, channel], chance: &chance)
    }

    /// Takes a step on a case, as whoever takes it.
    @discardableResult
    func take(
        _ step: Step, on number: String, of service: String, for citizen: String, expecting version: UInt64 = 0,
        chance: inout Chance
    ) async throws -> HubCase {
        let office = try office(service)
        let client: HubClient
        switch step.by {
        case .officer: client = office.officer
        case .head: client = office.head
        case .citizen: client = channel
        case .adviser: client = adviser
        case .consulted: return try await advise(step, on: number)
        case .authority:
            for _ in 0..<10 where try await !isAnswered(number) {}
            return try await read(number, as: admin)
        case .booking, .changing, .absent, .visiting:
            throw DemoFailure("appointments need their day: Town.meet")
        case .bank: return try await pay(Int64(step.action) ?? 100, of: number, for: citizen, &chance)
        }
        guard let action = office.definition.actions.first(where: { $0.name == step.action }),
            let method = office.definition.interface.method(for: action.kind)
        else { throw DemoFailure("\(service) has no action \(step.action)") }
        var request = LayananActRequest()
        request.case = number
        request.action = step.action
        request.expectedVersion = version
        request.note = step.note
        request.form = step.form
        request.documents = try await put(step.papers, of: service, through: [client], chance: &chance)
        var options = CallOptions()
        if step.by == .citizen { options.onBehalfOf = citizen }
        return try await client.call(method, request, as: LayananCaseReply.self, options: options).message.case
    }

    /// Takes a step of a case's life.
    @discardableResult
    func take(_ step: Step, on open: OpenCase, chance: inout Chance) async throws -> HubCase {
        let petition = open.petition
        return try await take(
            step, on: open.number, of: petition.service, for: petition.citizen, chance: &chance)
    }

    /// A unit that is asked gives its advice.
    private func advise(_ step: Step, on number: String) async throws -> HubCase {
        guard let client = consulted[step.action] else { throw DemoFailure("nobody advises as \(step.action)") }
        let advice = LayananAdviseRequest.with {
            ($0.case, $0.consultation, $0.note) = (number, step.action, step.note)
            $0.favourable = step.note != Life.unfavourable
        }
        return try await client.desk.advise(advice).message.case
    }

    /// The citizen reads the bill's number off the portal, and the bank pays a part of what it asks for.
    private func pay(
        _ percent: Int64, of number: String, for citizen: String, _ chance: inout Chance
    ) async throws -> HubCase {
        var options = CallOptions()
        options.onBehalfOf = citizen
        let request = LayananGetBillRequest.with { $0.bill = number }
        let bill = try await channel.payments.getBill(request, options: options).message
        let payment = LayananPayRequest.with {
            ($0.bill, $0.amount) = (bill.bill.number, bill.payable * percent / 100)
            ($0.reference, $0.channel) = ("H2H-\(chance.number(1...Int.max / 2))", .bank)
        }
        // Time stands still while they speak: the hub's clock is moved by hand.
        let now = try await status().nowMs
        _ = try await bank.payments.pay(payment)
        journal.add(payment, atMillis: now)
        return try await read(number, as: admin)
    }

    /// A case as it stands.
    func read(_ number: String, as client: HubClient) async throws(HubError) -> HubCase {
        let request = LayananGetCaseRequest.with { $0.case = number }
        return try await client.call(.getCase, request, as: LayananGetCaseReply.self).message.case
    }

    /// How the hub is.
    func status() async throws(HubError) -> HubStatusReply {
        try await admin.call(.status, HubStatusRequest(), as: HubStatusReply.self).message
    }

    /// Lets hours pass. Returns how many deadlines passed on the way.
    @discardableResult
    func pass(hours: Int) async throws(HubError) -> UInt32 {
        let request = HubAdvanceClockRequest.with { $0.byMs = UInt64(hours) * 3_600_000 }
        return try await admin.call(.advanceClock, request, as: HubAdvanceClockReply.self).message.passed
    }
}

extension HubServiceInterface {
    /// The public verb for a kind of action.
    func method(for kind: HubActionKind) -> HubMethod? {
        switch (self, kind) {
        case (.applications, .submit): .submitApplication
        case (.applications, .repair): .resubmitApplication
        case (.applications, .act): .actOnApplication
        case (.applications, .withdraw): .withdrawApplication
        case (.civilRegistry, .submit): .declare
        case (.civilRegistry, .repair): .amendDeclaration
        case (.civilRegistry, .act): .actOnDeclaration
        case (.civilRegistry, .withdraw): .withdrawDeclaration
        case (.complaints, .submit): .fileComplaint
        case (.complaints, .repair): .supplementComplaint
        case (.complaints, .act): .actOnComplaint
        case (.complaints, .reopen): .reopenComplaint
        case (.complaints, .withdraw): .withdrawComplaint
        default: nil
        }
    }
}
