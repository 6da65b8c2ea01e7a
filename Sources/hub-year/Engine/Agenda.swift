// What happens next: a queue of moments, and of work by urgency. Equal ones keep the order in which they came.

/// The least first; equal ones in the order of ``add(_:at:)``. A binary heap.
struct Agenda<Item: Sendable>: Sendable {
    private struct Entry: Sendable {
        var key: Int64
        var number: UInt64
        var item: Item

        func isBefore(_ other: Entry) -> Bool { key == other.key ? number < other.number : key < other.key }
    }

    private var heap: [Entry] = []
    private var numbers: UInt64 = 0

    var isEmpty: Bool { heap.isEmpty }
    var count: Int { heap.count }
    /// Key of the first; nil = empty.
    var firstKey: Int64? { heap.first?.key }

    /// - Parameter key: Milliseconds since 1970 UTC: when it happens, or until when it should be done.
    mutating func add(_ item: Item, at key: Int64) {
        numbers += 1
        heap.append(Entry(key: key, number: numbers, item: item))
        var child = heap.count - 1
        while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() -> (key: Int64, item: Item)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return (first.key, first.item) }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isBefore(heap[least])
            {
                least = child
            }
            if least == parent { break }
            heap.swapAt(parent, least)
            parent = least
        }
        return (first.key, first.item)
    }
}
