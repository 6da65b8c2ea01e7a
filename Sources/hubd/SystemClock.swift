// The machine's time of day. The only place of the hub that reads it.

import HubCore

#if canImport(Glibc)
    import Glibc
#endif

/// Milliseconds since 1970 UTC by CLOCK_REALTIME.
struct SystemClock: HubClock {
    func nowMillis() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
