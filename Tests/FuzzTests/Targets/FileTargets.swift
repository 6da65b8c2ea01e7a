// Files that departments and operators write: bundles, the hub's configuration and its policy.

import Foundation
import HubDomain
import HubProto
import SwiftProtobuf

@testable import HubCore
@testable import HubModules
@testable import hubd

extension FuzzTarget {
    static let files = [
        definition, register, offices, manifest, calendar, organisation, treasury, tariff, table, configuration, policy,
        routes,
    ]

    /// Rules of every bundle's file.
    static let anyFile: Set<Verdict> = [
        .accepted, "utf8", "anchor", "syntax", "type", "required", "unknown_key",
    ]

    /// What the hub makes of a definition that it accepts must not depend on luck: forms and clocks are tried as well.
    private static let definition = FuzzTarget(
        "definition", bytesMax: 8_192,
        verdicts: anyFile.union([
            "service", "department", "valid_from", "number_prefix", "name", "unique", "choices", "table", "decided",
            "personal", "length", "min", "index", "compare_with", "required_for", "field", "dead_end", "unreachable",
            "ended", "submit", "from", "to", "roles", "stage", "runs_in", "paused_in", "move_to", "calendar",
            "escalation", "only", "amount_by", "when",
            "charges", "quantity", "group", "bill", "settled_to", "unpaid",
            "counted_by", "consults", "consultee", "joined_to",
            "inquires", "authority", "sends", "documents", "receives", "digits", "wait_seconds", "answered_to",
            "refused_to", "unanswered", "contact",
            "lookup", "entries", "each", "key", "values", "same", "date", "alike", "names", "except",
            "until_paper", "sets", "adopts", "clears", "flags", "consents",
            "books", "kind", "office", "area", "missed_to", "served_to", "served_on", "identity", "unserved",
            "other_than", "note_table", "merged", "metres", "public", "publishes", "routes", "retention",
        ])
    ) { (input) throws(BrokenPromise) in
        try file(input) { (top) throws(BrokenPromise) in
            let definition = DefinitionReader(top).read()
            DefinitionRules(definition: definition, top: top).check()
            try roundTrip(definition)
            if top.findings.all.isEmpty { try use(definition) }
        }
    }

    /// - Throws: ``BrokenPromise`` when a sound definition cannot be worked with.
    private static func use(_ definition: HubServiceDefinition) throws(BrokenPromise) {
        guard let submit = definition.submitAction, let stage = submit.to.first else {
            throw BrokenPromise(description: "a sound definition has no beginning")
        }
        let rules = FormRules(definition: definition, tables: [:])
        let outcome = try allowed { () throws(HubError) in
            try rules.check(
                form: definition.example, documents: [], note: "", action: submit, existingData: [],
                existingDocuments: [], storedDocuments: [:], imported: false)
        }
        let bills = BillPlan(
            definition: definition, catalogue: ServiceCatalogue(bundles: []), nowMillis: 1_790_000_000_000)
        var state = HubCase.with { ($0.stage, $0.data) = (stage, outcome?.data ?? []) }
        _ = try allowed { () throws(HubError) in try bills.complete(&state, after: nil) }
        let consultations = ConsultationPlan(
            definition: definition, catalogue: ServiceCatalogue(bundles: []), nowMillis: 1_790_000_000_000)
        for name in definition.stages.map(\.name) {
            state.stage = name
            _ = try allowed { () throws(HubError) in try consultations.complete(&state) }
            try promise(!state.consultations.contains { $0.state == .open }, "somebody is asked whom no chart knows")
        }
        for name in definition.stages.map(\.name) {
            state.stage = name
            // Registers that are in force take every value that a case may have.
            var catalogue = ServiceCatalogue(bundles: [])
            for name in definition.registerNames { catalogue.registers[name] = .with { $0.name = name } }
            _ = try allowed { () throws(HubError) in
                try EntryPlan(definition: definition, catalogue: catalogue).drafts(for: state, after: nil)
            }
        }
        for name in definition.stages.map(\.name) {
            state.stage = name
            let appointments = AppointmentPlan(
                definition: definition, catalogue: ServiceCatalogue(bundles: []), nowMillis: 1_790_000_000_000)
            try promise(appointments.complete(&state).isEmpty, "a place is given back that nobody had")
            try promise(
                state.appointments.count(where: \.isOpen) == (definition.booking(in: name) == nil ? 0 : 1),
                "a case has more or fewer open appointments than its stage wants")
        }
        let plan = DeadlinePlan(definition: definition, calendars: [:])
        _ = try allowed { () throws(HubError) in
            try plan.deadlines(
                after: stage, stageBefore: nil, current: [], data: outcome?.data ?? [], nowMillis: 1_790_000_000_000,
                history: nil)
        }
    }

    /// A register that is sound takes an entry's values as they are written for it.
    private static let register = FuzzTarget(
        "register", bytesMax: 8_192,
        verdicts: anyFile.union([
            "name", "unique", "choices", "table", "personal", "length", "min", "index", "compare_with", "group",
            "register", "key",
        ])
    ) { (input) throws(BrokenPromise) in
        try file(input) { (top) throws(BrokenPromise) in
            let register = RegisterReader.read(top)
            try roundTrip(register)
            guard top.findings.all.isEmpty else { return }
            guard let key = register.fields.first(where: { $0.name == register.key }), key.required else {
                throw BrokenPromise(description: "an entry of a sound register may lack its key")
            }
            let rules = FormRules(definition: .with { $0.fields = register.fields }, tables: [:])
            for field in register.fields {
                for text in ["", "3402010101800000", "2026-01-05", "a\u{0}b"] {
                    let value = HubFieldValue.with { ($0.name, $0.text) = (field.name, text) }
                    _ = try allowed { () throws(HubError) in try rules.check(value, field) }
                    _ = field.folded(value)
                }
            }
        }
    }

    /// Offices that are sound have slots within their hours, one after the other, and each is found again.
    private static let offices = FuzzTarget(
        "offices", bytesMax: 8_192,
        verdicts: anyFile.union(["name", "unique", "code", "length", "hours", "date", "time", "prefix", "walk_ins"])
    ) { (input) throws(BrokenPromise) in
        try file(input) { (top) throws(BrokenPromise) in
            let rules = OfficeReader.read(top)
            try roundTrip(rules)
            guard top.findings.all.isEmpty else { return }
            for office in rules.offices { try use(office) }
        }
    }

    private static func use(_ office: HubOffice) throws(BrokenPromise) {
        let text = HubCalendar.with {
            ($0.name, $0.firstDay, $0.lastDay) = (office.calendar, "2026-01-01", "2026-12-31")
            ($0.utcOffsetMinutes, $0.openWeekdays) = (420, [1, 2, 3, 4, 5, 6, 7])
        }
        var catalogue = ServiceCatalogue(bundles: [])
        _ = try allowed { () throws(HubError) in try catalogue.keep(text) }
        guard let grid = SlotGrid(office, catalogue), let monday = CalendarDate(iso: "2026-01-05") else {
            throw BrokenPromise(description: "a sound office has no calendar")
        }
        let days = (0..<7).map { monday.adding(days: $0) } + office.dates.compactMap { CalendarDate(iso: $0.day) }
        for (day, kind) in days.flatMap({ day in office.kinds.map { (day, $0) } }) {
            var last = day.startMillis(utcOffsetMinutes: 420)
            for slot in grid.slots(of: kind, on: day) {
                try promise(slot.startMillis >= last && slot.endMillis > slot.startMillis, "slots overlap")
                try promise(grid.isOpen(at: slot.startMillis), "a slot begins while the office is closed")
                try promise(grid.slot(of: kind, at: slot.startMillis) == slot, "a slot is not found again")
                last = slot.endMillis
            }
            try promise(last <= day.adding(days: 1).startMillis(utcOffsetMinutes: 420), "a slot ends on another day")
        }
    }

    /// Sound routes send whatever is asked somewhere, the same whenever it is asked.
    private static let routes = FuzzTarget(
        "routes", bytesMax: 16_384,
        verdicts: anyFile.union(["name", "unique", "rules", "when", "unit", "areas", "words"])
    ) { (input) throws(BrokenPromise) in
        try file(input) { (top) throws(BrokenPromise) in
            let routes = RouteReader.read(top)
            try roundTrip(routes)
            guard top.findings.all.isEmpty else { return }
            let plan = RoutePlan(routes)
            let words = routes.rules.flatMap(\.conditions)
            for text in ["", "3402", "a b c", words.flatMap(\.words).joined(separator: " ")] {
                let form = words.map { condition in
                    HubFieldValue.with { ($0.name, $0.text) = (condition.field, condition.values.first ?? text) }
                }
                let outcome = plan.outcome(for: form)
                try promise(
                    outcome.passed.count + (outcome.rule == nil ? 0 : 1) <= routes.rules.count,
                    "a request passes more rules than there are")
                try promise(
                    outcome.rule != nil || routes.rules.last?.conditions.isEmpty == false,
                    "the rule for everything fits nothing")
            }
        }
    }

    private static let manifest = FuzzTarget(
        "manifest", verdicts: anyFile.union(["id", "department", "abi_major"])
    ) { (input) throws(BrokenPromise) in try file(input) { _ = Manifest($0) } }

    private static let calendar = FuzzTarget(
        "calendar", verdicts: anyFile.union(["name", "date", "last_day", "closed", "open_weekdays", "based_on"])
    ) { (input) throws(BrokenPromise) in
        try file(input) { (top) throws(BrokenPromise) in
            let calendar = CalendarReader.read(top)
            try roundTrip(calendar)
            guard top.findings.all.isEmpty else { return }
            // One that rests on another has that one's days.
            let base = HubCalendar.with { ($0.name, $0.firstDay, $0.lastDay) = ("", "2026-01-01", "2026-12-31") }
            guard let days = try? WorkCalendar(calendar, among: [calendar.basedOn: base]) else {
                throw BrokenPromise(description: "a sound calendar cannot be used")
            }
            for start: Int64 in [.min, 0, 1_790_000_000_000, .max] {
                _ = try allowed { () throws(HubError) in try days.deadlineMillis(startMillis: start, workingDays: 5) }
            }
        }
    }

    private static let organisation = FuzzTarget(
        "organisation",
        verdicts: anyFile.union([
            "name", "root", "parent", "department", "code", "unit", "rung", "positions", "principal", "unique",
        ])
    ) { (input) throws(BrokenPromise) in
        try file(input) { (top) throws(BrokenPromise) in
            let organisation = OrganisationReader(top).read()
            try roundTrip(organisation)
            guard top.findings.all.isEmpty else { return }
            let chart = OrganisationChart(organisation)
            for unit in organisation.units {
                let root = chart.line(from: unit.code).last
                try promise(
                    organisation.units.contains { $0.code == root && $0.parent.isEmpty },
                    "a unit of a sound organisation is not below the regency")
            }
        }
    }

    private static let treasury = FuzzTarget(
        "treasury",
        verdicts: anyFile.union(["name", "account", "held", "code", "unique", "qris"])
    ) { (input) throws(BrokenPromise) in
        try file(input) { (top) throws(BrokenPromise) in
            let treasury = TreasuryReader.read(top)
            try roundTrip(treasury)
            guard top.findings.all.isEmpty else { return }
            // A bill of a sound treasury is paid, and nothing of it is lost.
            var bill = HubBill.with { ($0.number, $0.state, $0.total, $0.due) = ("1", .open, 10, "2026-01-01") }
            bill.lines = [.with { ($0.account, $0.amount) = (treasury.interest, 10) }]
            var account = BillAccount(bill, treasury, utcOffsetMinutes: 420, nowMillis: 0)
            let payment = Payment(amount: 12, reference: "r", channel: .counter, by: "d", paidMillis: 0)
            let outcome = try allowed { () throws(HubError) in try account.receive(payment) }
            try promise(outcome == .settledOver && account.held == 2, "a payment of a sound treasury is lost")
        }
    }

    private static let tariff = FuzzTarget(
        "tariff",
        verdicts: anyFile.union([
            "name", "date", "ascending", "unique", "last", "overflow",
        ])
    ) { (input) throws(BrokenPromise) in
        try file(input) { (top) throws(BrokenPromise) in
            let tariff = TariffReader.read(top)
            try roundTrip(tariff)
            guard top.findings.all.isEmpty else { return }
            guard let prices = try? TariffPrices(tariff) else {
                throw BrokenPromise(description: "a sound tariff has no prices")
            }
            for quantity: Int64 in [.min, 0, 1, 100, .max] {
                for group in tariff.periods.flatMap(\.groups).map(\.value) + [""] {
                    let amount = try allowed { () throws(HubError) in
                        try prices.amount(of: quantity, group: group, on: .latest, field: "")
                    }
                    try promise(amount ?? 0 >= 0, "a tariff pays the citizen")
                }
            }
        }
    }

    private static let table = FuzzTarget(
        "table", verdicts: [.accepted, "csv", "columns", "unique", "rows"]
    ) { (input) throws(BrokenPromise) in
        var whole = CSVReader()
        var pieces = CSVReader()
        let rows = whole.feed(input) + whole.finish()
        try promise(
            rows == input.flatMap { pieces.feed(CollectionOfOne($0)) } + pieces.finish(),
            "a table is another when its bytes come one by one")
        let findings = Findings()
        guard let about = YAMLObject.top(of: "{version: 1, source: s, licence: l}", file: "about", findings) else {
            throw BrokenPromise(description: "what stands beside the table cannot be read")
        }
        let table = TableReader.read(name: "t", csv: [UInt8](input), about: about, file: "t.csv", findings)
        if findings.all.isEmpty {
            try promise(table.rows.allSatisfy { $0.values.count == table.columns.count }, "a row has other columns")
            try roundTrip(table)
        }
        return firstRule(findings)
    }

    private static let configuration = FuzzTarget(
        "configuration", verdicts: [.accepted, "E5005"]
    ) { (input) throws(BrokenPromise) in
        try verdict { () throws(HubError) in
            let read = try HubConfiguration.read(Data(input), file: "hub.yaml", stateDirectory: "/state")
            _ = try read.address()
            return .accepted
        }
    }

    private static let policy = FuzzTarget(
        "policy", verdicts: [.accepted, "E5005", "E2003"]
    ) { (input) throws(BrokenPromise) in
        try verdict { () throws(HubError) in
            let policy = try PolicyFile.read(Data(input), file: "policy.yaml")
            for role in policy.roles.keys { for method in HubMethod.all { _ = policy.allows(role, method) } }
            return .accepted
        }
    }

    // MARK: Parts

    /// The rule that a file breaks first.
    static func file(
        _ input: UnsafeRawBufferPointer, _ read: (YAMLObject) throws(BrokenPromise) -> Void
    ) throws(BrokenPromise) -> Verdict {
        guard let text = String(validating: input, as: UTF8.self) else { return "utf8" }
        let findings = Findings()
        if let top = YAMLObject.top(of: text, file: "file", findings) { try read(top) }
        return firstRule(findings)
    }

    private static func firstRule(_ findings: Findings) -> Verdict {
        findings.all.first.map { Verdict($0.rule) } ?? .accepted
    }
}
