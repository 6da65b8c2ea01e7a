// Finds a method by the bytes of its name, as they came, without making a string of them.

import Glibc

/// Method paths and their numbers. Built once, read by every connection without a lock.
struct MethodIndex: Sendable {
    private struct Entry: Sendable {
        let path: [UInt8]
        let number: Int
    }

    /// Open addressing; at most half full.
    private var slots: [Entry?] = Array(repeating: nil, count: 16)
    private var count = 0

    /// Adds a path, or gives a known one another number.
    mutating func add(_ path: String, number: Int) {
        let entry = Entry(path: Array(path.utf8), number: number)
        if count * 2 >= slots.count { grow() }
        let slot = slot(of: entry)
        if slots[slot] == nil { count += 1 }
        slots[slot] = entry
    }

    /// The number of a path.
    func number(of path: UnsafeRawBufferPointer) -> Int? { slots[slot(of: path)]?.number }

    private func slot(of entry: Entry) -> Int { entry.path.withUnsafeBytes { self.slot(of: $0) } }

    /// Where a path stands, or would stand.
    private func slot(of path: UnsafeRawBufferPointer) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: Self.hash(path)) & mask
        while let entry = slots[slot], !Self.isSame(entry.path, path) { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: nil, count: old.count * 2)
        for case let entry? in old { slots[slot(of: entry)] = entry }
    }

    private static func isSame(_ path: [UInt8], _ other: UnsafeRawBufferPointer) -> Bool {
        path.withUnsafeBytes { path in
            guard path.count == other.count, let start = path.baseAddress, let other = other.baseAddress else {
                return path.count == other.count
            }
            return memcmp(start, other, path.count) == 0
        }
    }

    /// Of the length and the ends alone: names are known beforehand and differ there, and whoever sends others finds
    /// nothing, in a few steps.
    private static func hash(_ path: UnsafeRawBufferPointer) -> UInt64 {
        guard path.count >= 8 else { return UInt64(path.count) }
        let first = path.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        let last = path.loadUnaligned(fromByteOffset: path.count - 8, as: UInt64.self)
        let hash = (first ^ (last &* 0x9E37_79B9_7F4A_7C15) ^ UInt64(path.count)) &* 0xBF58_476D_1CE4_E5B9
        return hash ^ (hash >> 32)
    }
}
