// What a department writes: one type with its names and one pure function.

public import HubDomain
public import HubProto

/// A department's module: it is asked what shall happen to a case, and answers. It has no other effect.
///
/// ```swift
/// import CHubModule
/// import HubModuleKit
///
/// struct Permits: DepartmentModule {
///     static let id = "permits"
///     static let version = "1.0.0"
///     static let services = ["izin-usaha"]
///     func decide(_ question: Question) -> Answer { .go(to: "diperiksa") }
/// }
///
/// @_cdecl("hub_module_entry")
/// public func hubModuleEntry() -> UnsafePointer<hub_module> { ModuleEntry.table(for: Permits.self) }
/// ```
public protocol DepartmentModule: Sendable {
    /// As `id` in the manifest.
    static var id: String { get }
    /// As `version` in the manifest.
    static var version: String { get }
    /// Service codes it decides, as in the manifest.
    static var services: [String] { get }

    /// Made once, when the module's process starts.
    init()

    /// What shall happen. A pure function: the same question always gets the same answer, so that a decision can be
    /// asked again after a crash and replayed from the log. Time and randomness are in the question.
    func decide(_ question: Question) -> Answer
}

/// Everything a decision may depend on, in the words of a department.
public struct Question: Sendable {
    /// The message as the hub sent it, for what the shorter words below leave out.
    public let raw: HubDecideRequest

    /// Wraps a request of the hub, or one made by a test.
    public init(_ raw: HubDecideRequest) { self.raw = raw }

    /// Submit, act or import.
    public var kind: HubCommandKind { raw.command.kind }
    /// Action of the definition; `submit` with a request or an import.
    public var action: String { raw.command.action }
    /// Service code.
    public var service: String { raw.definition.service }
    /// Stage in which the case stands; empty when it does not exist yet.
    public var stage: String { raw.hasCase ? raw.case.stage : "" }
    /// Role of whoever asks, such as `officer`.
    public var role: String { raw.actor.role }
    /// Reason given with the command; empty when none was.
    public var note: String { raw.command.note }
    /// Kinds of the papers that the case would have.
    public var documentKinds: Set<String> { Set(raw.command.documents.map(\.kind)) }
    /// Where an imported case comes from; nil otherwise.
    public var origin: HubOrigin? { raw.command.hasOrigin ? raw.command.origin : nil }
    /// The hub's clock, milliseconds since 1970 UTC.
    public var nowMillis: Int64 { raw.nowMs }
    /// The day it is in the regency.
    public var today: CalendarDate {
        CalendarDate(epochMillis: raw.nowMs, utcOffsetMinutes: Int(raw.utcOffsetMinutes))
    }
    /// The only randomness a decision may use.
    public var seed: UInt64 { raw.seed }

    /// Text of a field of the form as it would be after the command; nil when it is empty or no text.
    public func text(_ field: String) -> String? {
        if case .text(let text)? = value(field) { text } else { nil }
    }

    /// Text of a field of the case before the command; nil when it was empty or no text, or with a request.
    public func previousText(_ field: String) -> String? {
        guard raw.hasCase, case .text(let text)? = raw.case.data.first(where: { $0.name == field })?.value else {
            return nil
        }
        return text
    }

    /// Whole number or rupiah; nil when the field is empty or no number.
    public func integer(_ field: String) -> Int64? {
        if case .integer(let integer)? = value(field) { integer } else { nil }
    }

    /// Yes or no; nil when the field is empty or no flag.
    public func flag(_ field: String) -> Bool? {
        if case .flag(let flag)? = value(field) { flag } else { nil }
    }

    /// Date written YYYY-MM-DD; nil when the field is empty or no date.
    public func date(_ field: String) -> CalendarDate? { text(field).flatMap { CalendarDate(iso: $0) } }

    /// Working days from today, which counts, to a date of the form, which does not; nil when the definition has none
    /// counted for this field, or it is empty. Of days that no calendar knows yet none counts: there may be more.
    public func workingDays(before field: String) -> Int? {
        raw.workingDays.first { $0.field == field }.map { Int($0.days) }
    }

    /// Advice as it was given last for the case, one for each name that the definition asks for.
    public var advice: [HubConsultation] {
        var seen: Set<String> = []
        let given = raw.case.consultations.reversed().filter { $0.state == .given && seen.insert($0.name).inserted }
        return given.reversed()
    }

    /// Columns of the row that was looked up in a table; nil when the table holds none for this form.
    public func record(_ table: String) -> [String: String]? {
        raw.records.first { $0.table == table }?.values
    }

    /// Where the regency's routes send a request that is made or repaired; nil = no rule of them fits, or there are none.
    public var route: Route? {
        raw.records.last { $0.table.hasPrefix("routes/") }.map { record in
            let values = record.values.filter { $0.key.hasPrefix("set.") }.map {
                (String($0.key.dropFirst(4)), $0.value)
            }
            return Route(
                rule: record.key, unit: record.values["unit"] ?? "",
                values: Dictionary(values) { first, _ in first })
        }
    }

    /// What a register holds now under a key that the form names in a field with a lookup; nil when it holds nothing.
    public func entry(_ register: String, _ key: String) -> [String: String]? {
        raw.records.first { $0.table == register && $0.key == key }?.values
    }

    /// Rows of a group, each with its texts by field; none when the group is empty.
    public func rows(_ group: String) -> [[String: String]] {
        guard case .rows(let rows)? = value(group) else { return [] }
        return rows.rows.map { row in Dictionary(row.values.map { ($0.name, $0.text) }) { first, _ in first } }
    }

    /// Numbers of the cases that look like this one by a rule of the definition, the most alike first.
    public func likenesses(_ rule: String) -> [String] {
        raw.likenesses.filter { $0.rule == rule }.map(\.case)
    }

    private func value(_ field: String) -> HubFieldValue.OneOf_Value? {
        raw.command.form.first { $0.name == field }?.value
    }
}

/// What a rule of the routes says of a request. The module follows it or not.
public struct Route: Sendable {
    /// Name of the rule.
    public let rule: String
    /// Unit to which the request goes; empty = it stays at the desk.
    public let unit: String
    /// Values that go with it; the module may set these fields so, though they are not decided ones.
    public let values: [String: String]
}
