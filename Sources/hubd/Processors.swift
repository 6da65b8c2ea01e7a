// How many processors the daemon may use.

import Foundation

/// The processors of this machine, as far as they are this process's.
enum Processors {
    /// Those it may run on (`taskset`, cpusets), at least one: more threads than these would only take turns, and wake
    /// each other for nothing. Glibc's `sched_getaffinity` is not to be had from Swift; the kernel says the same here.
    static var available: Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 1 }
        return allowed(in: status)
    }

    /// - Parameter status: As `/proc/self/status`, which has a line `Cpus_allowed:` with a mask in hexadecimal digits.
    static func allowed(in status: String) -> Int {
        let mask = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }?.dropFirst(13)
        return max(1, mask?.reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount } ?? 0)
    }
}
