// Whether a command's form and documents are what the definition asks for: everything wrong is told at once.

package import HubDomain
package import HubProto

/// What a command's form and documents come to, once they are sound.
package struct FormOutcome: Sendable {
    /// The case's data after the command, in the definition's order, each value in its one spelling.
    package var data: [HubFieldValue]
    /// The case's documents after the command, in the definition's order, one of each kind.
    package var documents: [HubDocument]
    /// Everything in `data` that an officer should look at; takes the place of the warnings before.
    package var warnings: [HubWarning]
}

/// The rules of one definition. Pure: what is stored, known and allowed is passed in.
package struct FormRules: Sendable {
    let definition: HubServiceDefinition
    let tables: [String: TableIndex]

    /// Characters of a note.
    static let noteLimit = 4_000
    /// Values beyond the definition's fields that are still named one by one.
    static let spareValues = 32

    /// - Parameter tables: All tables that the definition's fields name.
    package init(definition: HubServiceDefinition, tables: [String: TableIndex]) {
        self.definition = definition
        self.tables = tables
    }

    /// Checks a command and puts its form and documents on top of what the case holds.
    ///
    /// - Parameters:
    ///   - action: The definition's action that is taken.
    ///   - storedDocuments: Size in bytes and media type of those of `documents` that the hub keeps, by SHA-256.
    ///   - imported: From an older register: nothing is demanded, but what is given must be well formed.
    /// - Throws: ``HubError/Code/formInvalid`` or, when only documents are wrong, ``HubError/Code/documentInvalid``,
    ///   with every violation; ``HubError/Code/definitionInvalid`` when a table of the definition is not loaded.
    package func check(
        form: [HubFieldValue], documents: [HubDocument], note: String, action: HubAction,
        existingData: [HubFieldValue], existingDocuments: [HubDocument],
        storedDocuments: [[UInt8]: (size: UInt64, mediaType: String)], imported: Bool
    ) throws(HubError) -> FormOutcome {
        var wrong: [Violation] = []
        let given = try read(form, action, imported: imported, &wrong)
        let merged = merge(given, onto: existingData)
        let asked = Self.asked(definition.fields, merged)
        for field in definition.fields where !asked.contains(field.name) {
            if case .some(.some) = given[field.name] { wrong.append(.notAsked(field)) }
        }
        let data = merged.filter { asked.contains($0.name) }
        if !imported { demandFields(action, asked: asked, data: data, given: given, &wrong) }
        wrong += Self.violations(note: note, demanded: action.noteRequired && !imported)

        var wrongDocuments: [Violation] = []
        let mergedDocuments = check(
            documents, onto: existingDocuments, stored: storedDocuments, demandedFor: imported ? nil : action.name,
            &wrongDocuments)

        guard wrong.isEmpty && wrongDocuments.isEmpty else {
            throw HubError(
                wrong.isEmpty ? .documentInvalid : .formInvalid, "\(definition.service): \(action.name)",
                violations: wrong + wrongDocuments)
        }
        return FormOutcome(data: data, documents: mergedDocuments, warnings: warnings(on: data))
    }

    // MARK: Which fields

    /// Fields of the request itself: those that "submit" names or, when it names none, all but the module's own.
    private var formFields: Set<String> {
        let named = definition.submitAction?.fields ?? []
        return named.isEmpty ? Set(definition.fields.lazy.filter { !$0.decided }.map(\.name)) : Set(named)
    }

    private func openFields(for action: HubAction) -> Set<String> {
        let whole = action.kind == .submit || action.kind == .repair
        return action.fields.isEmpty && whole ? formFields : Set(action.fields)
    }

    /// The form's values by name, normalised; nil = the field is to be empty. Broken ones are in it as they came, so that
    /// they are not demanded a second time.
    private func read(
        _ form: [HubFieldValue], _ action: HubAction, imported: Bool, _ wrong: inout [Violation]
    ) throws(HubError) -> [String: HubFieldValue?] {
        guard form.count <= definition.fields.count + Self.spareValues else {
            wrong.append(.tooManyFields)
            return [:]
        }
        let fields = Dictionary(definition.fields.map { ($0.name, $0) }) { first, _ in first }
        let open = openFields(for: action)
        var given: [String: HubFieldValue?] = [:]
        var seen: Set<String> = []
        for value in form {
            let first = seen.insert(value.name).inserted
            guard let field = fields[value.name] else {
                wrong.append(.unknownField(value.name))
                continue
            }
            guard first else {
                wrong.append(.duplicate(field))
                continue
            }
            // What an older register decided is taken over as it was.
            guard imported || !field.decided else {
                wrong.append(.decided(field))
                continue
            }
            guard open.contains(field.name) || field.decided else {
                wrong.append(.notOpen(field))
                continue
            }
            switch try check(value, field) {
            case .empty: given.updateValue(nil, forKey: field.name)
            case .sound(let sound): given.updateValue(sound, forKey: field.name)
            case .broken(let violations):
                given.updateValue(value, forKey: field.name)
                wrong += violations
            }
        }
        return given
    }

    private func merge(_ given: [String: HubFieldValue?], onto existing: [HubFieldValue]) -> [HubFieldValue] {
        let before = Dictionary(existing.map { ($0.name, $0) }) { first, _ in first }
        return definition.fields.compactMap { field in
            if let new = given[field.name] { return new }
            return before[field.name]
        }
    }

    /// Fields that are asked with these answers. A condition names a field that stands before, so one pass finds them all.
    static func asked(_ fields: [HubFormField], _ data: [HubFieldValue]) -> Set<String> {
        var asked: Set<String> = []
        for field in fields {
            let holds = !field.hasWhen || (asked.contains(field.when.field) && field.when.holds(for: data))
            if holds { asked.insert(field.name) }
        }
        return asked
    }

    /// A request and its repair must leave no required field empty; any other step must not empty one.
    private func demandFields(
        _ action: HubAction, asked: Set<String>, data: [HubFieldValue], given: [String: HubFieldValue?],
        _ wrong: inout [Violation]
    ) {
        let whole = action.kind == .submit || action.kind == .repair
        let filled = Set(data.map(\.name))
        let form = formFields
        for field in definition.fields
        where field.required && !field.decided && asked.contains(field.name) && !filled.contains(field.name) {
            if given.keys.contains(field.name) || (whole && form.contains(field.name)) {
                wrong.append(.required(field))
            }
        }
    }

    /// What is wrong with a note. Counted in Unicode scalars: a letter may carry any number of accents.
    static func violations(note: String, max: Int = noteLimit, demanded: Bool) -> [Violation] {
        var wrong: [Violation] = []
        if demanded, note.allSatisfy(\.isWhitespace) { wrong.append(.noteRequired) }
        if note.unicodeScalars.count > max { wrong.append(.noteTooLong(max: max)) }
        if !isClean(typed(note), lines: true) { wrong.append(.noteControl) }
        return wrong
    }
}

extension HubFieldCondition {
    /// The other answer is one of the values.
    func holds(for data: [HubFieldValue]) -> Bool { data.plainText(of: field).map(values.contains) ?? false }
}
