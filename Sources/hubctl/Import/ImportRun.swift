// Streams a register through the hub: bounded calls in flight, each row once, every refusal told.

import HubDomain
import HubProto

/// One run over one file.
struct ImportRun: Sendable {
    let session: Session
    let service: String
    /// The interface's own import.
    let method: HubMethod
    let map: ImportMap
    /// Of the service's form.
    let fields: [HubFormField]
    /// Calls open at once.
    let inFlight: Int

    /// Errors that concern one row alone; any other ends the run.
    private static let rowErrors: Set<HubError.Code> = [
        .formInvalid, .refusedByRule, .documentInvalid, .messageTooLarge, .messageMalformed, .keyReused,
    ]

    /// Reads the file to its end, or to the first error that is not a row's own: what was stored by then stays
    /// stored, and a second run goes on from there.
    ///
    /// - Parameters:
    ///   - told: Gets each refusal as it becomes known.
    ///   - shown: Gets the counts and the number of bytes read, after each row.
    func run(
        _ file: ByteFile, told: (RowRefusal) -> Void, shown: (ImportSummary, UInt64) -> Void
    ) async throws -> ImportSummary {
        try await withThrowingTaskGroup(of: ImportSummary.Outcome.self) { group in
            var summary = ImportSummary()
            var rows = RowSource(file, map)
            var open = 0

            func take(_ outcome: ImportSummary.Outcome) {
                summary.add(outcome)
                if case .refused(let refusal) = outcome { told(refusal) }
                shown(summary, rows.bytesRead)
            }
            while let row = try rows.next() {
                switch row {
                case .failure(let refusal): take(.refused(refusal))
                case .success(let record):
                    if open == inFlight, let outcome = try await group.next() {
                        open -= 1
                        take(outcome)
                    }
                    open += 1
                    let key = ImportPlan.key(source: map.source, sourceID: record.sourceID)
                    group.addTask { try await send(record, key: key) }
                }
            }
            while let outcome = try await group.next() { take(outcome) }
            return summary
        }
    }

    private func send(_ record: ImportRecord, key: [UInt8]) async throws -> ImportSummary.Outcome {
        var request = LayananImportRequest()
        request.service = service
        request.createdMs = record.createdMillis
        request.note = record.note
        request.form = record.form.values(fields)
        request.origin.source = map.source
        request.origin.sourceID = record.sourceID
        request.origin.category = record.category
        request.origin.closedMs = record.closedMillis
        do throws(HubError) {
            let answer = try await session.answer(
                method, request, key: key, onBehalfOf: record.applicant, as: LayananCaseReply.self)
            guard !answer.message.case.number.isEmpty else {
                throw HubError(.internalFault, "the hub's answer to an import carries no case")
            }
            return answer.replayed ? .already(record) : .stored(record)
        } catch {
            if error.code == .alreadyImported { return .already(record) }
            guard Self.rowErrors.contains(error.code) else { throw error }
            return .refused(RowRefusal(record, error))
        }
    }
}

extension RowRefusal {
    /// What the hub said of a row: names of fields and rules, and the remedy in English.
    fileprivate init(_ record: ImportRecord, _ error: HubError) {
        let fields = error.violations.map { "\($0.field.isEmpty ? "row" : $0.field) (\($0.rule)): \($0.english)" }
        let reason =
            error.code == .keyReused
            ? "the row has changed since it was imported"
            : fields.isEmpty ? error.detail : fields.joined(separator: "; ")
        self.init(
            line: record.line, sourceID: record.sourceID, rule: "E\(error.code.number)", reason: Table.oneLine(reason))
    }
}

/// The rows of a file, one after the other, with its headings bound to the map.
private struct RowSource {
    private let file: ByteFile
    private let map: ImportMap
    private var reader: CSVReader
    private var plan: ImportPlan?
    private var pending: ArraySlice<CSVRow> = []
    private var ended = false
    private(set) var bytesRead: UInt64 = 0

    init(_ file: ByteFile, _ map: ImportMap) {
        (self.file, self.map) = (file, map)
        reader = CSVReader(separator: map.separator)
    }

    /// The next row; nil at the end of the file.
    mutating func next() throws(HubError) -> Result<ImportRecord, RowRefusal>? {
        guard let row = try nextRow() else {
            guard plan != nil else { throw HubError(.configurationInvalid, "the file is empty; headings are expected") }
            return nil
        }
        guard let plan else {
            guard case .fields(let header, _) = row else {
                throw HubError(.configurationInvalid, "line \(row.line): the headings cannot be read")
            }
            self.plan = try ImportPlan(map, header: header)
            return try next()
        }
        return Result { () throws(RowRefusal) in try plan.record(row) }
    }

    private mutating func nextRow() throws(HubError) -> CSVRow? {
        while pending.isEmpty, !ended {
            if let piece = try file.next() {
                bytesRead += UInt64(piece.count)
                pending = reader.feed(piece)[...]
            } else {
                ended = true
                pending = reader.finish()[...]
            }
        }
        return pending.popFirst()
    }
}
