// What a case means in rows: list columns, running deadlines, index entries and used documents, all from its state.

import HubCore
import HubDomain
import HubProto
import SwiftProtobuf

/// Running deadlines, index entries, waiting places and documents of one version of a case.
///
/// They are kept beside the case in one small column, so that the next version removes and adds only what differs,
/// and no table needs a second index to find the rows of a case.
struct SideRows: Sendable, Equatable {
    /// A row of table `deadline`.
    struct Running: Sendable, Hashable {
        /// Milliseconds since 1970 UTC.
        var dueMillis: Int64
        var name: String
    }

    /// A row of table `waiting`.
    struct Waiting: Sendable, Hashable {
        /// ``HubCore/WaitingPlace/key``
        var place: String
        /// ``HubCore/WaitingPlace/turns(of:)``
        var dueMillis: Int64
    }

    var running: [Running] = []
    var index: [IndexEntry] = []
    var waiting: [Waiting] = []
    /// Of 32 bytes: rows of table `document_use`.
    var documents: [[UInt8]] = []

    /// How many of ``running`` are deadlines.
    var deadlines: Int64 { Int64(running.count { DueTimer.isDeadline($0.name) }) }

    init() {}

    init(_ write: CaseWrite) {
        running = write.state.timers.map { Running(dueMillis: $0.dueMillis, name: $0.name) }
        var seen: Set<IndexEntry> = []
        index = write.index.filter { seen.insert($0).inserted }
        waiting = WaitingPlace.turns(of: write.state).map { Waiting(place: $0.place.key, dueMillis: $0.dueMillis) }
        documents = write.state.documentHashes
    }

    /// The column: four counts, each with its rows: deadlines as (due, name), entries as (field, value), places as
    /// (due, place), documents as their bytes.
    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.number(UInt64(running.count))
        for deadline in running {
            writer.number(UInt64(bitPattern: deadline.dueMillis))
            writer.text(deadline.name)
        }
        writer.number(UInt64(index.count))
        for entry in index {
            writer.text(entry.field)
            writer.text(entry.value)
        }
        writer.number(UInt64(waiting.count))
        for row in waiting {
            writer.number(UInt64(bitPattern: row.dueMillis))
            writer.text(row.place)
        }
        writer.number(UInt64(documents.count))
        for hash in documents { writer.append(hash) }
        return writer.bytes
    }

    /// Reads the column; nil when the bytes were not written by ``bytes``.
    init?(bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let deadlines = reader.number() else { return nil }
        for _ in 0..<deadlines {
            guard let due = reader.number(), let name = reader.text() else { return nil }
            running.append(Running(dueMillis: Int64(bitPattern: due), name: name))
        }
        guard let entries = reader.number() else { return nil }
        for _ in 0..<entries {
            guard let field = reader.text(), let value = reader.text() else { return nil }
            index.append(IndexEntry(field: field, value: value))
        }
        guard let places = reader.number() else { return nil }
        for _ in 0..<places {
            guard let due = reader.number(), let place = reader.text() else { return nil }
            waiting.append(Waiting(place: place, dueMillis: Int64(bitPattern: due)))
        }
        // One from before schema 5 ends here.
        guard let hashes = reader.isAtEnd ? 0 : reader.number() else { return nil }
        for _ in 0..<hashes {
            guard let hash = reader.bytes(32) else { return nil }
            documents.append(hash)
        }
        guard reader.isAtEnd else { return nil }
    }
}

extension WaitingPlace {
    /// Column `place` of table `waiting`.
    var key: String {
        switch self {
        case .held(let officer): "held/\(officer)"
        case .asked(let officer): "asked/\(officer)"
        case .unclaimed(let unit): "unit/\(unit)"
        case .unclaimedAtFront(let department): "front/\(department)"
        case .advice(let unit): "advice/\(unit)"
        case .inquiryWaiting(let authority): "inquiry/\(authority)"
        case .inquiryTaken(let holder): "taken/\(holder.principal)/\(holder.worker)"
        case .inquiryParked(let authority): "parked/\(authority)"
        case .inquired(let authority): "inquired/\(authority)"
        case .slot(let office, let kind, let startMillis): "slot/\(office)/\(kind)/\(startMillis)"
        case .queue(let office, let kind, let day): "queue/\(office)/\(kind)/\(day)"
        case .calledFrom(let office, let kind, let day): "called/\(office)/\(kind)/\(day)"
        case .freed(let office): "freed/\(office)"
        }
    }
}

/// A row of table `case_row`, ready to be bound.
struct CaseRow: Sendable {
    /// 16 bytes.
    let id: [UInt8]
    let expectedVersion: UInt64
    let version: UInt64
    let number: String
    let service: String
    let department: String
    let stage: String
    let applicant: String
    let ended: Bool
    let createdMillis: Int64
    let updatedMillis: Int64
    /// Earliest running deadline; nil = none runs.
    let dueMillis: Int64?
    /// A deadline has passed; with ``dueMillis`` it decides what an overdue list shows.
    let overdue: Bool
    let side: SideRows
    let sideBytes: [UInt8]
    /// ``HubCore/CaseWrite/erases``
    let erases: Bool
    /// The serialised case.
    let body: [UInt8]

    init(_ write: CaseWrite) throws {
        let state = write.state
        id = [UInt8](state.id)
        expectedVersion = write.expectedVersion
        version = state.version
        number = state.number
        service = state.service
        department = state.department
        stage = state.stage
        applicant = state.applicant
        ended = state.ended
        createdMillis = state.createdMs
        updatedMillis = state.updatedMs
        side = SideRows(write)
        sideBytes = side.bytes
        erases = write.erases
        dueMillis = side.running.map(\.dueMillis).min()
        overdue = state.deadlines.contains { $0.state == .passed }
        body = try state.serializedBytes()
    }
}
