// A department's desk in memory: the real bundle, the real module and the hub's own rules, without a hub.

import Foundation
import HubDomain
import HubModuleKit
import HubModules
import HubProto
import Testing

@testable import HubCore

/// The bundles of Plugins/, read once, each with a file that stands for its library.
enum Bundles {
    static let all: [ModuleSpecification] = {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("desk-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        do { return try assemble(in: directory) } catch {
            Issue.record(error, "the bundles of Plugins/ cannot be copied")
            return []
        }
    }()

    /// As Scripts/assemble-modules.sh does.
    private static func assemble(in directory: URL) throws -> [ModuleSpecification] {
        let manager = FileManager.default
        let plugins = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Plugins").standardizedFileURL
        try manager.createDirectory(at: directory, withIntermediateDirectories: true)
        for (plugin, id, library) in [
            ("Permits", "permits", "libPermits.so"), ("CivilRegistry", "civil-registry", "libCivilRegistry.so"),
            ("Complaints", "complaints", "libComplaints.so"), ("Reference", "reference", nil),
        ] {
            let bundle = directory.appendingPathComponent(id)
            try manager.copyItem(at: plugins.appendingPathComponent("\(plugin)/bundle"), to: bundle)
            if let library { try Data("library".utf8).write(to: bundle.appendingPathComponent(library)) }
        }
        return BundleReader.discover(directory: directory.path)
    }
}

/// One case before one module. What the hub checks is checked: the form, the papers, where the decision may lead.
struct Desk {
    let module: any DepartmentModule
    let definition: HubServiceDefinition
    private let catalogue: ServiceCatalogue
    /// The case; nil before the request.
    private(set) var state: HubCase?
    /// Milliseconds since 1970 UTC.
    private(set) var now: Int64
    /// What registers hold, by register and key: a decision is told what its definition looks up.
    var registers: [String: [String: [String: String]]] = [:]
    /// Requests that look like this one.
    var likenesses: [HubLikeness] = []

    /// - Parameter start: Local time, such as `2026-03-13 10:00`.
    init(_ module: any DepartmentModule, service: String, at start: String) throws {
        self.module = module
        catalogue = try ServiceCatalogue(bringing: Bundles.all.map(\.bundle))
        now = try Self.millis(start)
        definition = try #require(catalogue.current(service, today: CalendarDate(dayNumber: Int(now / 86_400_000))))
    }

    var stage: String { state?.stage ?? "" }
    var routes: HubRoutes? { catalogue.routes[definition.routes]?.routes }
    var warnings: [String] { state?.warnings.map(\.code) ?? [] }

    func text(_ field: String) -> String? {
        if case .text(let text)? = state?.data.first(where: { $0.name == field })?.value { text } else { nil }
    }

    func deadline(_ name: String) -> HubDeadline? { state?.deadlines.first { $0.name == name } }

    /// Local time in the regency (UTC+7).
    static func millis(_ local: String) throws -> Int64 {
        let parts = local.split(separator: " ")
        let day = try #require(CalendarDate(iso: parts[0]))
        let clock = parts[1].split(separator: ":").compactMap { Int64($0) }
        return day.startMillis(utcOffsetMinutes: 420) + (clock[0] * 60 + clock[1]) * 60_000
    }

    // MARK: What can happen

    mutating func submit(_ form: [HubFieldValue], papers: [String] = []) throws(HubError) {
        var command = HubCommand()
        command.kind = .submit
        command.form = form
        command.documents = papers.map(Self.paper)
        try take("submit", command, created: now)
    }

    mutating func act(
        _ action: String, _ form: [HubFieldValue] = [], papers: [String] = [], note: String = "",
        by role: String = "officer"
    ) throws(HubError) {
        var command = HubCommand()
        command.kind = .act
        command.form = form
        command.documents = papers.map(Self.paper)
        command.note = note
        try take(action, command, by: role, created: now)
    }

    /// The unit that is asked gives its advice.
    mutating func advise(_ name: String, favourable: Bool = true) throws(HubError) {
        guard var after = state,
            let index = after.consultations.lastIndex(where: { $0.name == name && $0.state == .open })
        else { throw HubError(.actionNotAllowed, "nobody asks for \(name)") }
        let advice = LayananAdviseRequest.with { ($0.favourable, $0.note) = (favourable, "Pertimbangan.") }
        if try consultations.give(index, advice, by: "urn:elayanan:uji:petugas", &after) {
            try complete(&after, after: state)
        }
        after.version += 1
        state = after
    }

    /// The authority that is asked answers.
    mutating func answer(_ values: [HubFieldValue]) throws(HubError) {
        guard var after = state, let rule = definition.inquiry(in: after.stage),
            let index = after.inquiries.firstIndex(where: \.isOpen)
        else { throw HubError(.actionNotAllowed, "nobody is asked") }
        let answer = InquiryAnswer(
            request: .with { $0.values = values }, rule: rule,
            rules: FormRules(definition: definition, tables: catalogue.tables))
        let (outcome, wrong) = try answer.outcome(on: after, stored: [:])
        guard let outcome else { throw HubError(.inquiryAnswerRefused, "wrong", violations: wrong) }
        after.data = outcome.data
        after.inquiries[index].end(.answered, nowMillis: now)
        let before = after
        try inquiries.move(&after, to: rule.answeredTo)
        try issue(&after, after: before, by: nil)
        after.version += 1
        state = after
    }

    /// A case of an older register; times are local.
    mutating func bring(_ form: [HubFieldValue], created: Int64, closed: Int64?) throws(HubError) {
        var command = HubCommand()
        command.kind = .import
        command.form = form
        command.origin = .with {
            $0.source = "older"
            $0.sourceID = "1"
            $0.closedMs = closed ?? 0
        }
        try take("submit", command, created: created)
    }

    /// Lets time pass; what becomes due on the way happens at its time.
    mutating func wait(until local: String) throws {
        let end = try Self.millis(local)
        while let current = state,
            let due = current.deadlines.filter({ $0.state == .running && $0.dueMs <= end })
                .min(by: { $0.dueMs < $1.dueMs })
        {
            now = max(now, due.dueMs)
            var passed = try plan.passed(due.name, of: current, nowMillis: now)
            try complete(&passed, after: current)
            passed.version += 1
            passed.updatedMs = now
            state = passed
        }
        now = end
    }

    /// What the hub would ask the module.
    func question(_ action: String, _ command: HubCommand, data: [HubFieldValue]) -> HubDecideRequest {
        .with {
            $0.definition = definition.reference
            $0.command = command
            $0.command.action = action
            $0.command.form = data
            if let state { $0.case = state }
            $0.records = catalogue.records(for: definition, form: data) + entries(for: data)
            if let route = route(action, data) { $0.records.append(route.record(of: definition.routes)) }
            $0.likenesses = likenesses
            $0.nowMs = now
            $0.workingDays = catalogue.workingDays(for: definition, form: data, nowMillis: now)
            $0.seed = 7
            $0.utcOffsetMinutes = 420
        }
    }

    private func route(_ name: String, _ data: [HubFieldValue]) -> HubRouteRule? {
        definition.actions.first { $0.name == name }.flatMap { catalogue.route(for: definition, $0, form: data) }
    }

    /// Registers hold what a form names, as of somebody who lives.
    mutating func know(_ form: [HubFieldValue]) {
        let nik = form.first { $0.name == "nik" }?.text ?? ""
        for lookup in definition.lookups where !lookup.register.isEmpty {
            for key in form.texts(of: lookup.field) {
                registers[lookup.register, default: [:]][key] = ["status": "hidup", "jenis": "kelahiran", "nik": nik]
            }
        }
    }

    private func entries(for data: [HubFieldValue]) -> [HubRecord] {
        definition.lookups.filter { !$0.register.isEmpty }.flatMap { lookup in
            data.texts(of: lookup.field).compactMap { key in
                registers[lookup.register]?[key].map { values in
                    .with { ($0.table, $0.key, $0.values) = (lookup.register, key, values) }
                }
            }
        }
    }

    /// The case as it could have become.
    mutating func alter(_ change: (inout HubCase) -> Void) throws {
        var changed = try #require(state)
        change(&changed)
        state = changed
    }

    // MARK: As the hub does it

    private func complete(_ after: inout HubCase, after before: HubCase?, by action: HubAction? = nil) throws(HubError)
    {
        try bills.complete(&after, after: before)
        try inquiries.complete(&after)
        try consultations.complete(&after)
        try issue(&after, after: before, by: action)
    }

    /// Papers get their days; nothing is printed.
    private func issue(_ after: inout HubCase, after before: HubCase?, by action: HubAction?) throws(HubError) {
        try PaperPlan(definition: definition, nowMillis: now).complete(&after, after: before, action: action)
        let today = catalogue.today(now)
        for index in after.papers.indices where after.papers[index].state == .due {
            let name = after.papers[index].name
            for older in after.papers.indices.prefix(index) where after.papers[older].name == name {
                after.papers[older].state = .superseded
            }
            let rule = definition.stages.flatMap(\.issues).first { $0.paper == name }
            after.papers[index].state = .issued
            after.papers[index].validUntil = try rule?.lastDay(from: today, after.data)?.iso ?? ""
        }
        TermPlan(definition: definition, utcOffsetMinutes: 420, nowMillis: now).complete(&after)
    }

    private var bills: BillPlan { BillPlan(definition: definition, catalogue: catalogue, nowMillis: now) }
    private var consultations: ConsultationPlan {
        ConsultationPlan(definition: definition, catalogue: catalogue, nowMillis: now)
    }
    private var inquiries: InquiryPlan {
        InquiryPlan(definition: definition, catalogue: catalogue, nowMillis: now)
    }
    private var plan: DeadlinePlan { DeadlinePlan(definition: definition, calendars: catalogue.calendars) }

    private mutating func take(
        _ name: String, _ command: HubCommand, by role: String = "applicant", created: Int64
    ) throws(HubError) {
        guard let action = definition.actions.first(where: { $0.name == name }), action.roles.contains(role),
            state.map({ action.from.contains($0.stage) }) ?? (action.kind == .submit)
        else { throw HubError(.actionNotAllowed, "\(name) in \(stage) by \(role)") }
        let stored = command.documents.map { ([UInt8]($0.sha256), (size: UInt64(1), mediaType: $0.mediaType)) }
        let form = try FormRules(definition: definition, tables: catalogue.tables).check(
            form: command.form, documents: command.documents, note: command.note, action: action,
            existingData: state?.data ?? [], existingDocuments: state?.documents ?? [],
            storedDocuments: Dictionary(stored) { first, _ in first }, imported: command.kind == .import)
        var whole = command
        whole.documents = form.documents
        let request = question(name, whole, data: form.data)
        switch module.decide(Question(request)).decision.outcome {
        case .rejected(let rejection):
            let reasons = rejection.reasons.map { Violation($0.field, $0.rule, id: $0.text.id, en: $0.text.en) }
            throw HubError(.refusedByRule, name, violations: reasons)
        case .accepted(let acceptance):
            var transition = CaseTransition(
                definition: definition, action: action, actor: HubActor(), command: command, before: state, form: form,
                nowMillis: now, seed: 7)
            transition.routed = route(name, form.data)?.values ?? []
            let new = CaseTransition.NewCase(
                id: CaseID.make(millis: now, random: (1, 2)), number: "T-1", applicant: "citizen",
                createdMillis: created)
            var after = try transition.apply(acceptance, new: state == nil ? new : nil, plan: plan).state
            try complete(&after, after: state, by: action)
            state = after
        case nil: throw HubError(.decisionInvalid, "the decision says neither yes nor no")
        }
    }

    private static func paper(_ kind: String) -> HubDocument {
        .with {
            $0.kind = kind
            $0.sha256 = Data(kind.utf8.prefix(32)) + Data(count: max(0, 32 - kind.utf8.count))
            $0.size = 1
            $0.mediaType = "image/jpeg"
        }
    }
}

extension HubFieldValue {
    static func text(_ name: String, _ value: String) -> Self {
        .with {
            $0.name = name
            $0.text = value
        }
    }

    static func flag(_ name: String, _ value: Bool) -> Self {
        .with {
            $0.name = name
            $0.flag = value
        }
    }

    static func integer(_ name: String, _ value: Int64) -> Self {
        .with {
            $0.name = name
            $0.integer = value
        }
    }
}

extension [HubFieldValue] {
    /// The same form with this value in place of the field's present one.
    func with(_ value: HubFieldValue) -> Self { without(value.name) + [value] }
    func without(_ name: String) -> Self { filter { $0.name != name } }
}

extension HubError {
    /// `field/rule` of each violation.
    var rules: [String] { violations.map { "\($0.field)/\($0.rule)" } }
}

/// What was refused; fails when nothing was.
func refusal(of body: () throws -> Void) throws -> HubError {
    do { try body() } catch let error as HubError { return error }
    Issue.record("nothing was refused")
    return HubError(.internalFault, "nothing was refused")
}

extension ServiceCatalogue {
    /// Everything that bundles bring is in force.
    init(bringing bundles: [LoadedBundle]) throws {
        self.init(bundles: bundles)
        for bundle in bundles {
            bundle.definitions.forEach { offer($0) }
            for rule in StandingRules.ordered(bundle.standing, { $0 }) {
                try enforce(rule, as: HubRuleVersion(rule, department: bundle.department))
            }
        }
    }
}
