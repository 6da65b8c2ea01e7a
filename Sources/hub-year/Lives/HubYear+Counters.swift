// People come to an office: they book what is free, come or stay away, and are served by whoever works there.

import HubCore
import HubDomain
import HubProto

extension HubYear {
    /// What a call may be refused for that the next moment can mend: somebody was faster, or the day is over.
    static let passing: [HubError.Code] = [.slotFull, .slotUnknown, .appointmentRefused]

    /// Whatever is next for somebody who has to come.
    mutating func meet(_ life: Int, at now: Int64) async throws {
        guard let step = step(of: life), case .counter(let pool) = step.actor else { return }
        let request = LayananGetCaseRequest.with { $0.case = lives[life].number }
        let state = try await call(.getCase, request, as: LayananGetCaseReply.self, by: .portal, life: life).case
        guard state.stage == lives[life].stage, let appointment = state.appointments.last else {
            arrived(life, state, at: now)
            return
        }
        switch appointment.state {
        case .wanted: try await book(life, state, step, at: now)
        case .booked where appointment.startMs > now:
            agenda.add(.appointment(case: life, visit: lives[life].visit), at: appointment.startMs)
        case .booked: try await checkIn(life, appointment, pool, at: now)
        default: break
        }
    }

    /// Books the first free slot after as many days as the person needs, or tries again on the next day.
    private mutating func book(_ life: Int, _ state: HubCase, _ step: StepPlan, at now: Int64) async throws {
        let times = state.appointments.count
        var chance = chance.stream("appointment/\(step.stage)", life, times)
        let earliest = now + Int64((step.delay?.draw(&chance) ?? 0) * 86_400_000)
        let isAbsent = chance.happens(step.never?.value ?? 0)
        let visit = lives[life].visit
        do {
            let offices = try await call(
                .listOffices, LayananOfficesRequest.with { $0.case = state.number }, as: LayananOfficesReply.self,
                by: .portal, life: life
            ).offices
            guard let office = offices.first, let kind = state.appointments.last?.kind else {
                throw YearFault("\(state.number) has no office to come to")
            }
            let wanted = LayananSlotsRequest.with { ($0.office, $0.kind, $0.days) = (office.code, kind, 31) }
            let slots = try await call(.listSlots, wanted, as: LayananSlotsReply.self, by: .portal, life: life).slots
            let free = slots.filter { $0.free > 0 }
            guard let slot = free.first(where: { $0.startMs >= earliest }) ?? free.last else {
                agenda.add(.appointment(case: life, visit: visit), at: now + 86_400_000)
                return
            }
            let request = LayananBookRequest.with {
                ($0.case, $0.office, $0.startMs) = (state.number, office.code, slot.startMs)
            }
            let booked = try await call(
                .bookAppointment, request, as: LayananCaseReply.self, by: .portal, life: life
            ).case.appointments.last
            // Who stays away looks afterwards, when it was missed.
            agenda.add(
                .appointment(case: life, visit: visit), at: isAbsent ? (booked?.wakeMs ?? now) + 60_000 : slot.startMs)
        } catch let error as HubError where Self.passing.contains(error.code) {
            agenda.add(.appointment(case: life, visit: visit), at: now + 86_400_000)
        }
    }

    private mutating func checkIn(
        _ life: Int, _ appointment: HubAppointment, _ pool: String, at now: Int64
    ) async throws {
        guard let step = step(of: life), let pool = poolsByName[pool] else { return }
        let request = LayananCheckInRequest.with { ($0.case, $0.office) = (lives[life].number, appointment.office) }
        do {
            _ = try await call(
                .checkIn, request, as: LayananCaseReply.self, by: caller(pool, 0), life: life)
        } catch let error as HubError where Self.passing.contains(error.code) {
            agenda.add(.appointment(case: life, visit: lives[life].visit), at: now + 86_400_000)
            return
        }
        var chance = chance.stream("minutes/\(step.stage)", life, lives[life].visits[step.stage] ?? 1)
        put(Job(life: life, visit: lives[life].visit), minutes: step.minutes.draw(&chance), on: pool, at: now)
        // Whose number was not called until the day is over looks again.
        agenda.add(.appointment(case: life, visit: lives[life].visit), at: now + 86_400_000)
    }

    /// The officer has looked at an identity, and done what the person came for.
    mutating func serve(_ life: Int, _ step: StepPlan, by caller: Caller, at now: Int64) async throws {
        let stage = services[lives[life].service].definition.stages.first { $0.name == step.stage }
        let rule = stage?.books.identity ?? HubIdentityRule()
        let request = LayananServeRequest.with {
            ($0.case, $0.shown) = (lives[life].number, rule.shows.first ?? "")
            $0.nik = lives[life].form.first { $0.name == rule.nik }?.text ?? ""
        }
        do {
            let reply = try await call(
                .serveAtCounter, request, as: LayananCaseReply.self, by: caller, life: life)
            arrived(life, reply.case, at: now, isActed: true)
        } catch let error as HubError where Self.passing.contains(error.code) {
            agenda.add(.appointment(case: life, visit: lives[life].visit), at: now + 1_000)
        }
    }
}
