// What people do with a case in the year with the hub: each is a call of the hub, and its answer says where the case is.

import HubCore
import HubDomain
import HubProto
import SwiftProtobuf

extension HubYear {
    // MARK: Calls

    /// A request.
    mutating func submit(_ arrival: Arrival, at now: Int64) async throws {
        let book = services[arrival.service]
        let today = CalendarDate(dayNumber: hours.day(of: now))
        let form = forms.fill(book.plan.form, serial: arrival.serial, purpose: book.plan.code, time: 0, today: today)
        let applicant = forms.applicant(form, book.plan.form, serial: arrival.serial, today: today)
        lives.append(CaseLife(service: arrival.service, applicant: applicant, cameMillis: now))
        let documents = try await documents(book.plan.documents, book, by: .portal)
        guard let method = book.definition.interface.method(for: .submit) else {
            throw YearFault("\(book.plan.code) takes no requests")
        }
        let request = LayananSubmitRequest.with {
            ($0.service, $0.form, $0.documents) = (book.plan.code, form, documents)
        }
        let reply = try await call(method, request, as: LayananCaseReply.self, by: .portal, life: arrival.serial)
        lives[arrival.serial].number = reply.case.number
        livesByNumber[reply.case.number] = arrival.serial
        arrived(arrival.serial, reply.case, at: now)
    }

    /// A step on a case. One that comes too late is none: somebody looks what has become of the case.
    mutating func act(_ life: Int, _ outcome: OutcomePlan, by caller: Caller, at now: Int64) async throws {
        let book = services[lives[life].service]
        guard let action = book.action(outcome.action), let method = book.definition.interface.method(for: action.kind)
        else { throw YearFault("\(book.plan.code) has no action \(outcome.action)") }
        let documents = try await documents(outcome.documents, book, by: caller)
        let request = LayananActRequest.with {
            ($0.case, $0.action, $0.documents) = (lives[life].number, outcome.action, documents)
            $0.form = forms.fill(
                outcome.form, serial: life, purpose: "\(book.plan.code)/\(outcome.action)", time: lives[life].visit,
                today: CalendarDate(dayNumber: hours.day(of: now)), present: lives[life].form)
            if outcome.hasNote { $0.note = "Catatan petugas." }
        }
        if action.kind == .repair { lives[life].repairs += 1 }
        do {
            let reply = try await call(method, request, as: LayananCaseReply.self, by: caller, life: life)
            arrived(life, reply.case, at: now, isActed: true)
        } catch let error as HubError where error.code == .actionNotAllowed {
            tooLate += 1
            try await look(life, at: now)
        } catch let error as HubError where error.code == .refusedByRule && caller == .portal {
            // Such as a case that is to be opened again after too many days: its applicant leaves it.
            tooLate += 1
        }
    }

    mutating func advise(_ life: Int, _ name: String, _ step: StepPlan, by caller: Caller, at now: Int64) async throws {
        var chance = chance.stream("advice/\(name)", life, lives[life].visits[step.stage] ?? 0)
        let request = LayananAdviseRequest.with {
            ($0.case, $0.consultation) = (lives[life].number, name)
            $0.favourable = !chance.happens(step.unfavourable?.value ?? 0)
            $0.note = "Pertimbangan."
        }
        let reply = try await call(.adviseOnCase, request, as: LayananCaseReply.self, by: caller, life: life)
        arrived(life, reply.case, at: now)
    }

    /// The applicant repairs, reopens or pays.
    mutating func citizenActs(_ life: Int, at now: Int64) async throws {
        guard let step = step(of: life) else { return }
        let since = lives[life].stays.last?.untilMillis ?? lives[life].cameMillis
        guard step.actor == .payer else {
            // A case that had ended and is opened again is not what the paper process is compared with.
            lives[life].route.append(.applicant(millis: now - since))
            try await act(life, step.outcomes[0], by: .portal, at: now)
            return
        }
        lives[life].route.append(.payment(millis: now - since))
        var chance = chance.stream("channel/\(step.stage)", life, lives[life].visits[step.stage] ?? 0)
        let isCounter = chance.happens(step.counter?.value ?? 0)
        let payer: Caller = isCounter ? .counter : .bank
        let bill = try await call(
            .getBill, LayananGetBillRequest.with { $0.bill = lives[life].bill }, as: LayananGetBillReply.self,
            by: payer, life: life)
        let payment = LayananPayRequest.with {
            ($0.bill, $0.amount) = (lives[life].bill, bill.payable)
            $0.reference = "YEAR-\(life)-\(lives[life].visit)"
            $0.channel = isCounter ? .counter : .bank
        }
        _ = try await call(.pay, payment, as: LayananPaymentReply.self, by: payer, life: life)
        try await look(life, at: now)
    }

    /// Somebody looks what has become of a case, as its applicant.
    mutating func look(_ life: Int, at now: Int64) async throws {
        let request = LayananGetCaseRequest.with { $0.case = lives[life].number }
        let reply = try await call(.getCase, request, as: LayananGetCaseReply.self, by: .portal, life: life)
        arrived(life, reply.case, at: now)
    }

    /// At the end of the run: what the hub says of every case.
    mutating func lookAtAll() async throws {
        let now = inside.clock.nowMillis()
        for life in lives.indices
        where !lives[life].isEnded || !lives[life].bills.isEmpty || lives[life].paperMillis == nil {
            try await look(life, at: now)
        }
    }

    /// A call for a case; what the hub refuses ends the run with the case's name, but for what came too late or is refused to
    /// an applicant by the department's rules.
    func call<Reply: Message & Sendable>(
        _ method: HubMethod, _ request: some Message & Sendable, as reply: Reply.Type, by caller: Caller, life: Int
    ) async throws -> Reply {
        let citizen = caller == .portal ? lives[life].applicant : ""
        do throws(HubError) {
            return try await inside.call(method, request, as: reply, by: caller, for: citizen)
        } catch {
            let isCitizens = [.refusedByRule, .surveyRefused].contains(error.code) && caller == .portal
            if error.code == .actionNotAllowed || isCitizens || Self.passing.contains(error.code) { throw error }
            let reasons = error.violations.map { "\($0.field) \($0.rule): \($0.english)" }.joined(separator: "; ")
            let place = "\(lives[life].number) in \(lives[life].stage)"
            throw YearFault("\(method.path) by \(caller.role) \(caller.name) on \(place): \(error) \(reasons)")
        }
    }

    /// Papers of these kinds; each caller puts one of a kind and uses it for all its cases.
    mutating func documents(
        _ kinds: [String], _ book: ServiceBook, by caller: Caller
    ) async throws -> [HubDocument] {
        var found: [HubDocument] = []
        for kind in kinds {
            let name = "\(caller.department)/\(caller.name)/\(kind)"
            if let known = papers[name] {
                found.append(known)
                continue
            }
            let type = book.definition.documents.first { $0.kind == kind }?.mediaTypes.first ?? "image/jpeg"
            let request = LayananPutDocumentRequest.with {
                ($0.mediaType, $0.body) = (type, .init(Array(name.utf8)))
            }
            let reply = try await inside.call(
                .putDocument, request, as: LayananPutDocumentReply.self, by: caller)
            let document = HubDocument.with {
                ($0.kind, $0.sha256, $0.size, $0.mediaType) = (kind, reply.sha256, reply.size, reply.mediaType)
            }
            papers[name] = document
            found.append(document)
        }
        return found
    }
}
