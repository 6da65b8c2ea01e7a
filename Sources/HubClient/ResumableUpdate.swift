// What a stream's messages must tell so that the stream can be resumed.

public import HubProto
public import SwiftProtobuf
import Synchronization

/// A message of a stream that can be resumed.
public protocol ResumableUpdate: Message {
    /// Where to go on after this message; empty = not here.
    var resumeCursor: [UInt8] { get }
    /// The highest event sequence in this message; nil when it carries no event.
    var lastSequence: UInt64? { get }
    /// Takes out the events up to this sequence.
    mutating func dropEvents(through sequence: UInt64)
}

extension LayananWatchUpdate: ResumableUpdate {
    /// Field 3.
    public var resumeCursor: [UInt8] { [UInt8](cursor) }
    /// Of the last event; the hub sends them in order.
    public var lastSequence: UInt64? { events.last?.sequence }
    /// Keeps the later ones.
    public mutating func dropEvents(through sequence: UInt64) { events.removeAll { $0.sequence <= sequence } }
}

extension HubInteropNumber: ResumableUpdate {
    /// Field 2.
    public var resumeCursor: [UInt8] { [UInt8](cursor) }
    /// The number itself; 0 = it was taken out.
    public var lastSequence: UInt64? { number == 0 ? nil : UInt64(number) }
    /// Takes the number out.
    public mutating func dropEvents(through sequence: UInt64) { if UInt64(number) <= sequence { number = 0 } }
}

extension LayananDocumentChunk: ResumableUpdate {
    /// None: after a break the document begins anew, and what was taken before is taken out.
    public var resumeCursor: [UInt8] { [] }
    /// Where the chunk ends; nil when its data was taken out.
    public var lastSequence: UInt64? { data.isEmpty ? nil : offset + UInt64(data.count) }
    /// Takes the data out that ends by then; the hub cuts a document the same way each time.
    public mutating func dropEvents(through sequence: UInt64) { if offset < sequence { data = .init() } }
}

/// A stream that begins with the state and needs no cursor: after a break it begins anew.
public protocol RestartingUpdate: ResumableUpdate {}

extension RestartingUpdate {
    /// None.
    public var resumeCursor: [UInt8] { [] }
    /// None.
    public var lastSequence: UInt64? { nil }
    /// Nothing to take out.
    public mutating func dropEvents(through sequence: UInt64) {}
}

extension HubInteropReply: RestartingUpdate {}
extension GRPCHealthCheckResponse: RestartingUpdate {}
extension HubAdminStatsReply: RestartingUpdate {}

/// Where a consumer stands in a stream.
final class StreamPosition: Sendable {
    private struct State {
        var cursor: [UInt8]?
        var sequence: UInt64 = 0
    }

    private let state: Mutex<State>

    init(cursor: [UInt8]?) { state = Mutex(State(cursor: cursor)) }

    /// After the last update that was taken.
    var cursor: [UInt8]? { state.withLock { $0.cursor } }

    /// Sets the cursor unless an update has.
    func fallBack(to cursor: [UInt8]?) { state.withLock { $0.cursor = $0.cursor ?? cursor } }

    /// Moves on; nil when the update held nothing but events that were taken before.
    func accept<Update: ResumableUpdate>(_ update: Update) -> Update? {
        state.withLock { state in
            if !update.resumeCursor.isEmpty { state.cursor = update.resumeCursor }
            guard let last = update.lastSequence else { return update }
            var fresh = update
            fresh.dropEvents(through: state.sequence)
            state.sequence = max(state.sequence, last)
            return fresh.lastSequence == nil ? nil : fresh
        }
    }
}
