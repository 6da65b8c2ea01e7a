// Registers in the ledger: what is written with a step, and what is read. Entries are never changed in place: a version
// that is replaced goes to the entry's past.

import Crypto
import HubDomain
import HubProto
import SwiftProtobuf

/// What registers can hold, for those who read their texts.
package enum RegisterLimits {
    /// Bytes of a key.
    package static let keyBytesMax = 64
}

/// Reads and writes entries.
struct RegisterBook: Sendable {
    let ledger: any Ledger

    /// Bytes of a key.
    static let keyBytesMax = RegisterLimits.keyBytesMax
    /// Bytes of a searched value; what is longer is found by its beginning and compared afterwards.
    private static let indexBytesMax = 96

    // MARK: Writing

    /// Records that write drafts, and what the case remembers of them.
    ///
    /// - Parameters:
    ///   - state: The case that writes, with the version that it will have.
    ///   - tables: Those that the registers' fields name.
    /// - Throws: ``HubError/Code/refusedByRule`` with every field that a register refuses.
    func written(
        _ drafts: [EntryDraft], by state: HubCase, tables: [String: TableIndex], nowMillis: Int64
    ) async throws(HubError) -> (records: [RecordWrite], references: [HubEntryReference]) {
        var pages = Pages(book: self, state: state, tables: tables, nowMillis: nowMillis)
        for draft in drafts { try await pages.write(draft) }
        guard pages.wrong.isEmpty else {
            throw HubError(
                .refusedByRule, "\(state.service): the register refuses the entry", violations: pages.wrong)
        }
        return try await pages.records()
    }

    // MARK: Reading

    /// An entry as it is.
    func entry(_ register: String, _ key: String) async throws(HubError) -> HubRegisterEntry? {
        guard let record = try await ledger.record(Self.headKey(register, key)) else { return nil }
        return try decoded(record.body, Self.headKey(register, key))
    }

    /// Every version, the oldest first.
    func versions(_ register: String, _ key: String) async throws(HubError) -> [HubRegisterEntry] {
        guard let present = try await entry(register, key) else { return [] }
        var entries: [HubRegisterEntry] = []
        for record in try await ledger.records(prefix: Self.pastPrefix(register, key)) {
            entries.append(try decoded(record.body, record.key))
        }
        // A version that was replaced between the two reads stands in both.
        return entries.filter { $0.version < present.version } + [present]
    }

    /// Entries that hold a value now, by key.
    ///
    /// - Parameters:
    ///   - folded: As ``HubFormField/indexEntry(searching:)`` folds it.
    ///   - limit: At most so many.
    func entries(
        _ register: HubRegister, _ field: HubFormField, folded: String, limit: Int
    ) async throws(HubError) -> [HubRegisterEntry] {
        let prefix = Self.indexPrefix(register.name, field.name, folded)
        var found: [HubRegisterEntry] = []
        for record in try await ledger.records(prefix: prefix) {
            guard let entry = try await entry(register.name, String(decoding: record.body, as: UTF8.self)),
                entry.values.contains(where: { $0.name == field.name && field.folded($0) == folded })
            else { continue }
            found.append(entry)
            if found.count == limit { break }
        }
        return found
    }

    /// What a decision gets to see of the entries that a form names.
    func records(
        for definition: HubServiceDefinition, form: [HubFieldValue]
    ) async throws(HubError) -> [HubRecord] {
        var records: [HubRecord] = []
        for lookup in definition.lookups where !lookup.register.isEmpty {
            for key in form.texts(of: lookup.field) where key.utf8.count <= Self.keyBytesMax {
                guard let entry = try await entry(lookup.register, key) else { continue }
                records.append(
                    .with {
                        $0.table = lookup.register
                        $0.key = key
                        for value in entry.values { $0.values[value.name] = value.plainText }
                    })
            }
        }
        return records
    }

    // MARK: Keys

    /// A record of registers: whoever meets another writer there looks again.
    static func isOwn(_ key: String) -> Bool { key.hasPrefix("entry") }

    static func headKey(_ register: String, _ key: String) -> String { "entry/\(register)/\(escaped(key))" }

    static func pastPrefix(_ register: String, _ key: String) -> String { "entry-past/\(register)/\(escaped(key))/" }

    static func pastKey(_ register: String, _ key: String, _ version: UInt64) -> String {
        pastPrefix(register, key) + Digits.text(version, width: 10)
    }

    /// The value belongs to one entry for ever.
    static func uniqueKey(_ register: String, _ field: String, _ folded: String) -> String {
        "entry-unique/\(register)/\(field)/\(escaped(folded))"
    }

    static func indexPrefix(_ register: String, _ field: String, _ folded: String) -> String {
        "entry-index/\(register)/\(field)/\(escaped(beginning(of: folded)))/"
    }

    /// Leads from a value to an entry that has or had it.
    static func indexKey(_ register: String, _ field: String, _ folded: String, to key: String) -> String {
        indexPrefix(register, field, folded) + escaped(key)
    }

    /// A key may hold a slash, as the numbers of permits do.
    private static func escaped(_ key: String) -> String {
        key.contains(where: { $0 == "/" || $0 == "%" })
            ? key.map { $0 == "/" ? "%2F" : $0 == "%" ? "%25" : String($0) }.joined() : key
    }

    private static func beginning(of folded: String) -> String {
        var bytes = 0
        return String(
            folded.unicodeScalars.prefix { scalar in
                bytes += String(scalar).utf8.count
                return bytes <= indexBytesMax
            })
    }
}

/// Entries on their way: what one step writes, each entry once however many rules write it.
private struct Pages {
    let book: RegisterBook
    let state: HubCase
    let tables: [String: TableIndex]
    let nowMillis: Int64
    var wrong: [Violation] = []

    private struct Page {
        var register: HubRegister
        var present: HubRegisterEntry?
        var values: [HubFieldValue]
        var keyField: String
        /// Field of the case from which a value came.
        var origins: [String: String] = [:]

        var key: String { values.first { $0.name == register.key }?.text ?? "" }
    }
    private var pages: [Page] = []

    init(book: RegisterBook, state: HubCase, tables: [String: TableIndex], nowMillis: Int64) {
        (self.book, self.state, self.tables, self.nowMillis) = (book, state, tables, nowMillis)
    }

    mutating func write(_ draft: EntryDraft) async throws(HubError) {
        let register = draft.register
        let index: Int
        if let open = pages.firstIndex(where: { $0.register.name == register.name && $0.key == draft.key }) {
            if draft.mode == .enter { wrong.append(.entered(draft.keyField, register)) }
            index = open
        } else {
            let present = try await book.entry(register.name, draft.key)
            switch (draft.mode, present) {
            case (.enter, .some): wrong.append(.entered(draft.keyField, register))
            case (.amend, nil): wrong.append(.notEntered(draft.keyField, register))
            default: break
            }
            let key = HubFieldValue.with { ($0.name, $0.text) = (register.key, draft.key) }
            pages.append(
                Page(register: register, present: present, values: present?.values ?? [key], keyField: draft.keyField))
            index = pages.count - 1
        }
        for change in draft.changes where change.name != register.key {
            pages[index].values.removeAll { $0.name == change.name }
            if let value = change.value { pages[index].values.append(value) }
            pages[index].origins[change.name] = change.from
        }
    }

    /// What is to be written; an entry that would not change is not.
    mutating func records() async throws(HubError) -> (records: [RecordWrite], references: [HubEntryReference]) {
        var records: [RecordWrite] = []
        var references: [HubEntryReference] = []
        for page in pages {
            let values = try sound(page)
            guard values != page.present?.values else { continue }
            let entry = try entry(of: page, values)
            records += try written(entry, after: page.present)
            records += try await leads(to: entry, page)
            references.append(
                .with {
                    ($0.register, $0.key, $0.version, $0.hash) = (entry.register, entry.key, entry.version, entry.hash)
                })
        }
        guard wrong.isEmpty else {
            throw HubError(.refusedByRule, "\(state.service): the register refuses the entry", violations: wrong)
        }
        return (records, references)
    }

    /// Values as the register's fields hold them, in their order. What an entry has already is not asked again: its register
    /// may have taken it by another text, or by a table that has gone on.
    private mutating func sound(_ page: Page) throws(HubError) -> [HubFieldValue] {
        let rules = FormRules(definition: .with { $0.service = page.register.name }, tables: tables)
        var values: [HubFieldValue] = []
        for field in page.register.fields {
            let origin = page.origins[field.name].flatMap { $0.isEmpty ? nil : $0 } ?? page.keyField
            let held = page.present?.values.first { $0.name == field.name }
            guard let value = page.values.first(where: { $0.name == field.name }) else {
                if field.required, page.present == nil || held != nil { wrong.append(.entryRequires(field, origin)) }
                continue
            }
            if value == held {
                values.append(value)
                continue
            }
            switch try rules.check(value, field) {
            case .sound(let value): values.append(value)
            case .empty: if field.required { wrong.append(.entryRequires(field, origin)) }
            case .broken(let violations): wrong += violations.map { $0.about(origin) }
            }
        }
        return values
    }

    private func entry(of page: Page, _ values: [HubFieldValue]) throws(HubError) -> HubRegisterEntry {
        var entry = HubRegisterEntry.with {
            $0.register = page.register.name
            $0.key = page.key
            $0.version = (page.present?.version ?? 0) + 1
            $0.values = values
            ($0.case, $0.service, $0.caseVersion) = (state.number, state.service, state.version)
            $0.atMs = nowMillis
            $0.registerVersion = page.register.version
            $0.previous = page.present?.hash ?? .init()
        }
        entry.hash = .init(SHA256.hash(data: try entry.ledgerBytes()))
        return entry
    }

    private func written(
        _ entry: HubRegisterEntry, after present: HubRegisterEntry?
    ) throws(HubError) -> [RecordWrite] {
        var records = [
            RecordWrite(
                key: RegisterBook.headKey(entry.register, entry.key), expectedVersion: present?.version ?? 0,
                body: try entry.ledgerBytes())
        ]
        if let present {
            records.append(
                RecordWrite(
                    key: RegisterBook.pastKey(entry.register, entry.key, present.version), expectedVersion: 0,
                    body: try present.ledgerBytes()))
        }
        return records
    }

    /// Records by which the entry is found. They stay when a value changes: whoever follows one looks at the entry.
    private mutating func leads(to entry: HubRegisterEntry, _ page: Page) async throws(HubError) -> [RecordWrite] {
        var records: [RecordWrite] = []
        for field in page.register.fields {
            guard let value = entry.values.first(where: { $0.name == field.name }),
                value != page.present?.values.first(where: { $0.name == field.name })
            else { continue }
            if let folded = field.folded(value) {
                let key = RegisterBook.indexKey(entry.register, field.name, folded, to: entry.key)
                if try await book.ledger.record(key) == nil { records.append(lead(key, to: entry)) }
            }
            if page.register.unique.contains(field.name), let text = value.plainText {
                let key = RegisterBook.uniqueKey(entry.register, field.name, text)
                switch try await book.ledger.record(key)?.body {
                case nil: records.append(lead(key, to: entry))
                case .some(let owner) where owner != [UInt8](entry.key.utf8):
                    wrong.append(.taken(page.origins[field.name] ?? page.keyField, field))
                default: break
                }
            }
        }
        return records
    }

    private func lead(_ key: String, to entry: HubRegisterEntry) -> RecordWrite {
        RecordWrite(key: key, expectedVersion: 0, body: [UInt8](entry.key.utf8))
    }
}

extension Violation {
    fileprivate static func entered(_ field: String, _ register: HubRegister) -> Self {
        Self(
            field, "entered", id: "Sudah tercatat: \(register.title.id). Periksa nomornya, atau ajukan perubahan.",
            en: "It is in the register already: \(register.title.en). Check the number, or ask for a correction.")
    }

    fileprivate static func notEntered(_ field: String, _ register: HubRegister) -> Self {
        Self(
            field, "not_entered", id: "Belum tercatat: \(register.title.id). Periksa nomornya.",
            en: "It is not in the register: \(register.title.en). Check the number.")
    }

    fileprivate static func entryRequires(_ field: HubFormField, _ origin: String) -> Self {
        Self(
            origin, "entry_requires", id: "Register membutuhkan: \(field.title.id).",
            en: "The register needs: \(field.title.en).")
    }

    fileprivate static func taken(_ field: String, _ own: HubFormField) -> Self {
        Self(
            field, "unique", id: "\(own.title.id) ini sudah milik catatan lain.",
            en: "This \(own.title.en) belongs to another entry.")
    }
}
