// The file of a key journal: lines that are only added, and written anew when most of them are done with.

import Glibc
import HubDomain

/// `elayanan-keys 1`, then `begin <key in hexadecimal> <name>` and `done <key in hexadecimal>`.
///
/// A line without its end is what a power cut left: the change it would have begun was never sent.
struct KeyJournalFile {
    private static let heading = "elayanan-keys 1"
    /// Lines that are done with, beside those that are not, before the file is written anew.
    private static let spentLinesMax = 10_000
    /// A journal of that size is none of ours.
    private static let bytesMax = 64 << 20

    let path: String
    private(set) var keys: [String: [UInt8]] = [:]
    private var spentLines = 0
    /// Bytes of whole lines.
    private var length = 0
    private var file: CInt = -1
    private var lock: CInt = -1

    /// Opens, reads, and leaves only what is not done.
    init(path: String) throws(HubError) {
        self.path = path
        lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw failure("cannot be opened") }
        do throws(HubError) {
            guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
                throw HubError(.configurationInvalid, "\(path): another program uses this journal")
            }
            try read()
            try rewrite()
        } catch {
            close()
            throw error
        }
    }

    /// Gives the file back.
    mutating func close() {
        // Unlocked first: a program that is just being started holds a copy of the descriptor until it is another one.
        if lock >= 0 { flock(lock, LOCK_UN) }
        for descriptor in [file, lock] where descriptor >= 0 { _ = Glibc.close(descriptor) }
        (file, lock) = (-1, -1)
    }

    /// Adds a change; on the disk when this returns.
    mutating func begin(_ name: String, _ key: [UInt8]) throws(HubError) {
        guard Self.isName(name) else {
            throw HubError(
                .configurationInvalid,
                "the name of a change has 1 to \(KeyJournal.nameBytesMax) bytes and no control characters")
        }
        guard keys.count < KeyJournal.changesMax else {
            throw HubError(.configurationInvalid, "\(path): \(keys.count) changes wait to be acknowledged")
        }
        try append(Self.line(name, key))
        guard fdatasync(file) == 0 else { throw failure("cannot be written") }
        keys[name] = key
    }

    /// Takes a change out. Not flushed: after a power cut its key is kept longer, which does no harm.
    mutating func end(_ name: String) throws(HubError) {
        guard let key = keys[name] else { return }
        try append("done \(Self.hex(key))\n")
        keys[name] = nil
        spentLines += 2
        if spentLines > Self.spentLinesMax { try rewrite() }
    }

    // MARK: Lines

    private static func line(_ name: String, _ key: [UInt8]) -> String { "begin \(hex(key)) \(name)\n" }

    private static func isName(_ name: String) -> Bool {
        (1...KeyJournal.nameBytesMax).contains(name.utf8.count) && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private static func bytes(_ hex: Substring) -> [UInt8]? {
        let digits = hex.utf8.map { UInt8(String(UnicodeScalar($0)), radix: 16) }
        guard digits.count == 32, !digits.contains(nil) else { return nil }
        let halves = digits.compactMap(\.self)
        return stride(from: 0, to: 32, by: 2).map { halves[$0] << 4 | halves[$0 + 1] }
    }

    private mutating func read() throws(HubError) {
        guard let text = try content(), !text.isEmpty else { return }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // What follows the last line end: nothing, or half a line.
        lines.removeLast()
        guard let first = lines.first else { return }
        guard first == Self.heading else { throw HubError(.configurationInvalid, "\(path): not a key journal") }
        var names: [[UInt8]: String] = [:]
        for (number, line) in lines.enumerated().dropFirst() {
            let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard let key = parts.count > 1 ? Self.bytes(parts[1]) : nil else { throw wrongLine(number) }
            switch (parts[0], parts.count) {
            case ("begin", 3):
                names[key] = String(parts[2])
                keys[String(parts[2])] = key
            case ("done", 2): if let name = names[key], keys[name] == key { keys[name] = nil }
            default: throw wrongLine(number)
            }
        }
    }

    private func wrongLine(_ number: Int) -> HubError {
        HubError(.configurationInvalid, "\(path):\(number + 1): not a line of a key journal")
    }

    // MARK: Disk

    private func failure(_ what: String) -> HubError {
        HubError(.configurationInvalid, "\(path): \(what): \(String(cString: strerror(errno)))")
    }

    private func content() throws(HubError) -> String? {
        let source = open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("cannot be read")
        }
        defer { _ = Glibc.close(source) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(source, &chunk, chunk.count)
            guard count >= 0 else { throw failure("cannot be read") }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
            guard bytes.count <= Self.bytesMax else {
                throw HubError(.configurationInvalid, "\(path): longer than \(Self.bytesMax) bytes")
            }
        }
    }

    /// Writes what is not done to a new file and puts it in the old one's place.
    private mutating func rewrite() throws(HubError) {
        let fresh = path + ".new"
        let next = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        guard next >= 0 else { throw failure("cannot be written") }
        let text = keys.sorted { $0.key < $1.key }.reduce(Self.heading + "\n") { $0 + Self.line($1.key, $1.value) }
        guard Self.write(text, to: next), fsync(next) == 0, rename(fresh, path) == 0, syncFolder() else {
            let error = failure("cannot be written")
            _ = Glibc.close(next)
            throw error
        }
        if file >= 0 { _ = Glibc.close(file) }
        file = next
        length = text.utf8.count
        spentLines = 0
    }

    /// A rename is on the disk when its folder is.
    private func syncFolder() -> Bool {
        let slash = path.lastIndex(of: "/")
        let name = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return false }
        defer { _ = Glibc.close(folder) }
        return fsync(folder) == 0
    }

    private mutating func append(_ text: String) throws(HubError) {
        guard Self.write(text, to: file) else {
            let error = failure("cannot be written")
            // Half a line must not stand before the next one.
            _ = ftruncate(file, length)
            throw error
        }
        length += text.utf8.count
    }

    private static func write(_ text: String, to file: CInt) -> Bool {
        var rest = ArraySlice(text.utf8)
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return false }
            rest = rest.dropFirst(written)
        }
        return true
    }
}
