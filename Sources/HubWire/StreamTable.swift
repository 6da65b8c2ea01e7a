// What is kept for each open stream of a connection: found in a few steps, without hashing and without allocation.

/// Values by stream number. As large as the most streams that were ever open at once, and empty until the first.
///
/// Open addressing with linear probing (Knuth, The Art of Computer Programming 6.4). Streams rise by two, so that their
/// halves fill the slots one after the other; whoever chooses numbers that meet in one slot makes a search as long as
/// the number of its own open streams, which is bounded.
@frozen
public struct StreamTable<Value> {
    @usableFromInline
    @frozen
    struct Slot {
        /// 0 = free: no call has this number.
        @usableFromInline var stream: UInt32
        @usableFromInline var value: Value?

        @inlinable
        init(stream: UInt32, value: Value?) {
            self.stream = stream
            self.value = value
        }
    }

    @usableFromInline var slots: ContiguousArray<Slot> = []
    /// Streams that have a value.
    @usableFromInline var used = 0
    /// Streams that did not find their own slot free. Usually none, and then taking one out moves no other.
    @usableFromInline var displaced = 0

    /// How many streams have a value.
    @inlinable public var count: Int { used }

    /// An empty table.
    @inlinable
    public init() {}

    /// Gives its memory back, if no stream has a value.
    @inlinable
    public mutating func shrink() { if isEmpty { slots = [] } }

    /// No stream has a value.
    @inlinable public var isEmpty: Bool { count == 0 }

    /// The streams that have a value, with it, in no order.
    @inlinable
    public var all: [(stream: UInt32, value: Value)] {
        slots.compactMap { slot in slot.value.map { (slot.stream, $0) } }
    }

    /// The value of a stream.
    @inlinable
    public subscript(_ stream: UInt32) -> Value? {
        guard let index = find(stream) else { return nil }
        return slots[index].value
    }

    /// Sets the value of a stream. Stream 0 is the connection, and has none.
    @inlinable
    public mutating func set(_ stream: UInt32, _ value: Value) {
        guard stream != 0 else { return }
        if (count &+ 1) &* 2 > slots.count { grow() }
        var index = home(stream)
        while slots[index].stream != 0, slots[index].stream != stream { index = (index &+ 1) & mask }
        if slots[index].stream == 0 {
            used += 1
            if index != home(stream) { displaced += 1 }
        }
        slots[index].stream = stream
        slots[index].value = value
    }

    /// Changes a value where it lies; nil when the stream has none.
    @inlinable
    @discardableResult
    public mutating func update<Result>(_ stream: UInt32, _ body: (inout Value) -> Result?) -> Result? {
        guard let index = find(stream) else { return nil }
        // A slot with a stream has a value, and only this form changes it without a copy.
        // swift-format-ignore: NeverForceUnwrap
        return body(&slots[index].value!)
    }

    /// Takes a value out.
    @inlinable
    @discardableResult
    public mutating func remove(_ stream: UInt32) -> Value? {
        guard let index = find(stream) else { return nil }
        let value = slots[index].value.take()
        free(index)
        return value
    }

    /// Forgets everything, and the memory.
    @inlinable
    public mutating func removeAll() {
        slots = []
        used = 0
        displaced = 0
    }

    // MARK: Places

    @inlinable var mask: Int { slots.count - 1 }

    @inlinable
    func home(_ stream: UInt32) -> Int { Int(stream &>> 1) & mask }

    @inlinable
    func find(_ stream: UInt32) -> Int? {
        guard count > 0, stream != 0 else { return nil }
        var index = home(stream)
        while true {
            let held = slots[index].stream
            if held == stream { return index }
            if held == 0 { return nil }
            index = (index &+ 1) & mask
        }
    }

    /// Those behind a slot that becomes free move up, so that no search ends too early.
    @inlinable
    mutating func free(_ index: Int) {
        used -= 1
        if index != home(slots[index].stream) { displaced -= 1 }
        var free = index
        var next = index
        while displaced > 0 {
            next = (next &+ 1) & mask
            let held = slots[next].stream
            guard held != 0 else { break }
            if (next &- home(held)) & mask >= (next &- free) & mask {
                slots.swapAt(free, next)
                if free == home(held) { displaced -= 1 }
                free = next
            }
        }
        slots[free] = Slot(stream: 0, value: nil)
    }

    @inlinable
    mutating func grow() {
        let old = slots
        displaced = 0
        slots = ContiguousArray(repeating: Slot(stream: 0, value: nil), count: Swift.max(2, old.count * 2))
        for slot in old where slot.stream != 0 {
            var index = home(slot.stream)
            while slots[index].stream != 0 { index = (index &+ 1) & mask }
            if index != home(slot.stream) { displaced += 1 }
            slots[index] = slot
        }
    }
}

extension StreamTable: Sendable where Value: Sendable {}
extension StreamTable.Slot: Sendable where Value: Sendable {}
