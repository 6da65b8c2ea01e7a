// Keys in order, for the ledger in memory: found by halving, moved by the machine's own copying.

import HubCore

/// Each key once, ascending. Putting one in costs moving those behind it, which for some ten thousand keys is microseconds.
struct SortedKeys<Key: Comparable> {
    private(set) var keys: [Key] = []

    /// Where the first key stands that is not below this one.
    func place(_ key: Key) -> Int { place { $0 >= key } }

    /// Where the first key stands that is above this one.
    func place(behind key: Key) -> Int { place { $0 > key } }

    /// Where the first key stands of which something holds that holds of all behind it too.
    func place(where holds: (Key) -> Bool) -> Int {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(keys[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    mutating func insert(_ key: Key) {
        let place = place(key)
        if place == keys.count || keys[place] != key { keys.insert(key, at: place) }
    }

    mutating func remove(_ key: Key) {
        let place = place(key)
        if place < keys.count, keys[place] == key { keys.remove(at: place) }
    }
}

/// A case by its id.
struct CaseKey: Comparable {
    let id: [UInt8]

    static func < (a: CaseKey, b: CaseKey) -> Bool { a.id.lexicographicallyPrecedes(b.id) }
}

/// A record by its key, in the order of its bytes.
struct RecordKey: Comparable {
    let text: String

    static func < (a: RecordKey, b: RecordKey) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }
}

/// A case's turn where it waits, by time and id.
struct TurnKey: Comparable {
    let dueMillis: Int64
    let id: [UInt8]

    init(_ dueMillis: Int64, _ id: [UInt8]) { (self.dueMillis, self.id) = (dueMillis, id) }

    static func < (a: TurnKey, b: TurnKey) -> Bool {
        a.dueMillis == b.dueMillis ? a.id.lexicographicallyPrecedes(b.id) : a.dueMillis < b.dueMillis
    }
}

/// A timer by time, case and name.
struct TimerKey: Comparable {
    let due: DueDeadline

    init(_ due: DueDeadline) { self.due = due }

    init(_ timer: DueTimer, of id: [UInt8]) {
        due = DueDeadline(caseID: id, name: timer.name, dueMillis: timer.dueMillis)
    }

    static func < (a: TimerKey, b: TimerKey) -> Bool {
        if a.due.dueMillis != b.due.dueMillis { return a.due.dueMillis < b.due.dueMillis }
        if a.due.caseID != b.due.caseID { return a.due.caseID.lexicographicallyPrecedes(b.due.caseID) }
        return a.due.name < b.due.name
    }
}
