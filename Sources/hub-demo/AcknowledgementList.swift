// The client's own list of what the hub has acknowledged, on the disk before it counts.

import Glibc
import Synchronization

/// Case numbers by key, one line each, synced. Compared with the hub after every crash.
final class AcknowledgementList: Sendable {
    let path: String
    private let file: Int32
    private let count_ = Mutex(0)

    /// Makes the file.
    init(path: String) throws {
        self.path = path
        file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw DemoFailure("\(path) cannot be made: \(String(cString: strerror(errno)))") }
    }

    deinit { close(file) }

    /// Acknowledgements in the list.
    var count: Int { count_.withLock { $0 } }

    /// Writes a line and syncs it.
    func add(key: [UInt8], number: String) throws {
        let digits = key.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
        let line = Array("\(digits) \(number)\n".utf8)
        try count_.withLock { count in
            guard line.withUnsafeBytes({ write(file, $0.baseAddress, $0.count) }) == line.count, fdatasync(file) == 0
            else {
                throw DemoFailure("\(path) cannot be written: \(String(cString: strerror(errno)))")
            }
            count += 1
        }
    }

    /// What the file says: number by key in hexadecimal digits.
    func read() -> [String: String] {
        var numbers: [String: String] = [:]
        for line in (TextFile.text(path) ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2 { numbers[String(words[0])] = String(words[1]) }
        }
        return numbers
    }
}
