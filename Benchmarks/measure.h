/* Measuring: a monotonic clock, a log-linear histogram of latencies, and one JSON line as the result. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Below 128 ns a bucket each; above, every power of two is cut into 64, so a quantile is right within 1.6 %. */
enum { BUCKETS = 64 * 60 };

struct measure {
    double warm, length; /* seconds */
    uint64_t started, ends;
    int measuring;
    uint64_t count;
    uint64_t buckets[BUCKETS];
};

static inline uint64_t measure_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline void measure_begin(struct measure *m, double warm, double length) {
    memset(m, 0, sizeof *m);
    m->warm = warm;
    m->length = length;
    m->started = measure_now();
    m->ends = m->started + (uint64_t)(warm * 1e9);
}

/* Whether to go on; after the warm-up everything begins to count. */
static inline int measure_continues(struct measure *m) {
    uint64_t now = measure_now();
    if (now < m->ends) return 1;
    if (m->measuring) return 0;
    m->measuring = 1;
    m->started = now;
    m->ends = now + (uint64_t)(m->length * 1e9);
    return 1;
}

/* `times` events that took `ns` each. */
static inline void measure_record(struct measure *m, uint64_t ns, uint64_t times) {
    if (!m->measuring) return;
    unsigned exponent = 0;
    if (ns >= 128) exponent = (unsigned)(63 - __builtin_clzll(ns)) - 6;
    size_t bucket = exponent * 64 + (size_t)(ns >> exponent);
    m->buckets[bucket < BUCKETS ? bucket : BUCKETS - 1] += times;
    m->count += times;
}

/* Microseconds that `share` of all did not exceed. */
static inline double measure_quantile(const struct measure *m, double share) {
    uint64_t wanted = (uint64_t)(share * (double)m->count), seen = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        seen += m->buckets[i];
        if (m->buckets[i] > 0 && seen >= wanted) {
            size_t exponent = i / 64 > 1 ? i / 64 - 1 : 0;
            return (double)(((uint64_t)(i - exponent * 64) << exponent) + ((1ull << exponent) - 1)) / 1e3;
        }
    }
    return 0;
}

/* {"bench":NAME,"in_flight":N,"rate":…,"count":…,"seconds":…,"p50_us":…,"p99_us":…EXTRA} */
static inline void measure_report(const struct measure *m, const char *name, int in_flight, const char *extra) {
    double seconds = (double)(measure_now() - m->started) / 1e9;
    printf("{\"bench\":\"%s\",\"in_flight\":%d,\"rate\":%.1f,\"count\":%llu,\"seconds\":%.3f,\"p50_us\":%.1f,"
           "\"p99_us\":%.1f%s}\n",
        name, in_flight, (double)m->count / seconds, (unsigned long long)m->count, seconds, measure_quantile(m, 0.5),
        measure_quantile(m, 0.99), extra);
}

#endif
