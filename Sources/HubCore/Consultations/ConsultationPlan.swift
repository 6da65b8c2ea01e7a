// Whose advice a case waits for in a stage, and what becomes of it when the case leaves. Pure.

import HubDomain
import HubProto

/// The consultations of one definition.
///
/// A case that stands in a stage that consults always waits for somebody: coming there asks everybody at once, the last
/// advice sends it on, leaving otherwise drops what is open, and coming back asks anew.
struct ConsultationPlan: Sendable {
    let definition: HubServiceDefinition
    let catalogue: ServiceCatalogue
    let nowMillis: Int64

    /// Consultations of one case; one that comes back to be advised on more often is stopped.
    static let consultationsMax = 64

    /// Completes a step, whoever made it.
    ///
    /// - Throws: ``HubError/Code/refusedByRule`` when the chart in force has nobody to ask, with the field that decides
    ///   whom, or when the case was advised on too often.
    func complete(_ state: inout HubCase) throws(HubError) {
        for index in state.consultations.indices
        where state.consultations[index].state == .open && state.consultations[index].stage != state.stage {
            state.consultations[index].state = .dropped
        }
        guard let stage = definition.stage(state.stage), stage.hasConsults,
            !state.consultations.contains(where: { $0.state == .open })
        else { return }
        guard state.consultations.count + stage.consults.consultees.count <= Self.consultationsMax else {
            throw HubError(
                .refusedByRule, "\(definition.service): a case is advised on \(Self.consultationsMax) times at most")
        }
        for consultee in stage.consults.consultees {
            let unit = try unit(of: consultee, state.data)
            state.consultations.append(
                .with {
                    ($0.name, $0.title, $0.unit, $0.stage) = (consultee.name, consultee.title, unit, stage.name)
                    ($0.state, $0.askedMs) = (.open, nowMillis)
                })
        }
    }

    /// Gives one piece of advice; with the last one of the stage the case goes on.
    ///
    /// - Parameters:
    ///   - index: Of a consultation that is open.
    ///   - officer: Who gives it, a principal.
    /// - Returns: Whether the case goes on: its step is then to be completed like any other.
    /// - Throws: ``HubError/Code/definitionInvalid`` when the stage to which it goes is not there.
    func give(
        _ index: Int, _ advice: LayananAdviseRequest, by officer: String, _ state: inout HubCase
    ) throws(HubError) -> Bool {
        state.consultations[index].state = .given
        state.consultations[index].favourable = advice.favourable
        state.consultations[index].note = advice.note
        state.consultations[index].by = officer
        state.consultations[index].answeredMs = nowMillis
        guard !state.consultations.contains(where: { $0.state == .open }),
            let stage = definition.stage(state.stage), stage.hasConsults
        else { return false }
        try DeadlinePlan(definition: definition, calendars: catalogue.calendars)
            .move(&state, to: stage.consults.joinedTo, nowMillis: nowMillis)
        return true
    }

    private func unit(of consultee: HubConsultee, _ data: [HubFieldValue]) throws(HubError) -> String {
        if consultee.area.isEmpty {
            if catalogue.chart?.department(of: consultee.unit) != nil { return consultee.unit }
        } else if let area = data.first(where: { $0.name == consultee.area })?.text,
            let unit = catalogue.chart?.unit(serving: area)
        {
            return unit
        }
        throw HubError(
            .refusedByRule, "\(definition.service): the organisation has nobody to ask for \(consultee.name)",
            violations: [
                Violation(
                    consultee.area, "unit",
                    id: "Belum ada unit yang dapat dimintai pertimbangan (\(consultee.title.id)); hubungi dinas.",
                    en: "No unit can be asked for advice (\(consultee.title.en)); ask the department.")
            ])
    }
}

extension HubConsultation {
    /// What events tell of it: who was asked and how it stands.
    var forEvents: HubConsultation {
        .with { ($0.name, $0.unit, $0.state, $0.favourable, $0.stage) = (name, unit, state, favourable, stage) }
    }

    /// A citizen sees whom the case waits for. What an office advises is for the one that decides, which answers for its
    /// decision and gives the reason.
    var forApplicants: HubConsultation {
        var consultation = self
        consultation.favourable = false
        consultation.note = ""
        consultation.by = ""
        return consultation
    }
}
