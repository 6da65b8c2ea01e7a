// How much memory a process really costs.

import Glibc

/// Proportional set size: shared pages are counted in parts. Source: proc(5), /proc/PID/smaps_rollup.
package enum ProcessMemory {
    /// Bytes; nil when the process is gone or may not be looked at. Takes about a millisecond: not for an event loop.
    package static func proportionalBytes(pid: Int32) -> UInt64? {
        guard let file = fopen("/proc/\(pid)/smaps_rollup", "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, CInt(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            let words = text.split(whereSeparator: \.isWhitespace)
            if words.count >= 2, words[0] == "Pss:", let kibibytes = UInt64(words[1]) {
                return kibibytes &* 1_024
            }
        }
        return nil
    }
}
