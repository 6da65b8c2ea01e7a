// The real time, read at one place.

import Glibc

/// This machine's clock.
enum WallClock {
    /// Milliseconds since 1970 UTC.
    static func nowMillis() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
