// How many files hubd may have open: each connection is one.

import Glibc

/// The process's limit of open files.
enum FileLimit {
    /// Raises it as far as the system lets a process without rights: most start with 1,024.
    ///
    /// - Returns: The limit that holds now.
    static func raise() -> UInt64 {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        return setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
            ? UInt64(limit.rlim_max) : UInt64(before)
    }
}
