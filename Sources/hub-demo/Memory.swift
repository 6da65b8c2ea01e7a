// Proportional memory of processes, as the kernel counts it.

import Glibc

/// Memory of the hub and its hosts.
struct Memory: Sendable {
    /// Bytes; pages that several processes share are divided between them.
    let hub: UInt64
    let hosts: UInt64

    /// PSS of a process in bytes (proc(5), smaps_rollup); nil when it has ended or is not ours to read.
    static func proportional(of pid: pid_t) -> UInt64? {
        for line in (TextFile.text("/proc/\(pid)/smaps_rollup") ?? "").split(separator: "\n")
        where line.hasPrefix("Pss:") {
            return line.split(separator: " ").dropFirst().first.flatMap { UInt64($0) }.map { $0 * 1_024 }
        }
        return nil
    }
}
