// What every load client measures with: a log-linear histogram of latencies, the warm-up, the servers' processor time
// and peak memory from /proc, and the report: one line on standard output, and JSON in the file that BENCH_JSON names.
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/resource.h>

#define BENCH_MAXPID 8

typedef struct {
    const char *peer, *tls;
    int conns, depth, payload;
    double warm, dur;                              // seconds
    int pids[BENCH_MAXPID], npid;                  // server-side processes
    uint64_t hist[64 * 128], n, errors, calls_max; // calls_max: ends after so many, 0 = by time
    uint64_t t_warm_end, t_end, t_begin;
    double cpu0[BENCH_MAXPID + 1], busy0, steal0;
    int measuring;
} bench_t;

static inline uint64_t bench_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static inline double bench_self_cpu(void) {
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static inline double bench_pid_cpu(int pid) {
    char p[64], b[1024];
    snprintf(p, sizeof p, "/proc/%d/stat", pid);
    FILE *f = fopen(p, "r");
    if (!f) return 0;
    size_t k = fread(b, 1, sizeof b - 1, f);
    fclose(f);
    b[k] = 0;
    char *q = strrchr(b, ')');
    unsigned long u = 0, s = 0;
    if (q) sscanf(q + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &u, &s);
    return (double)(u + s) / (double)sysconf(_SC_CLK_TCK);
}

// The machine's busy (user, nice, system) and stolen seconds so far.
static inline void bench_machine(double *busy, double *steal) {
    unsigned long long u = 0, n = 0, y = 0, id = 0, w = 0, q = 0, sq = 0, st = 0;
    FILE *f = fopen("/proc/stat", "r");
    if (f) {
        if (fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &u, &n, &y, &id, &w, &q, &sq, &st) != 8) st = 0;
        fclose(f);
    }
    *busy = (double)(u + n + y) / (double)sysconf(_SC_CLK_TCK);
    *steal = (double)st / (double)sysconf(_SC_CLK_TCK);
}

static inline long bench_pid_kb(int pid, const char *key) {
    char p[64], l[256];
    long v = 0;
    snprintf(p, sizeof p, "/proc/%d/status", pid);
    FILE *f = fopen(p, "r");
    if (!f) return 0;
    while (fgets(l, sizeof l, f))
        if (!strncmp(l, key, strlen(key))) v = atol(l + strlen(key) + 1);
    fclose(f);
    return v;
}

static inline void bench_init(bench_t *b, const char *peer, const char *tls, int conns, int depth, int payload) {
    memset(b, 0, sizeof *b);
    b->peer = peer;
    b->tls = tls;
    b->conns = conns;
    b->depth = depth;
    b->payload = payload;
    const char *w = getenv("WARM"), *d = getenv("DUR"), *p = getenv("SRV_PIDS");
    b->warm = w ? atof(w) : 1.0;
    b->dur = d ? atof(d) : 3.0;
    const char *calls = getenv("CALLS");
    b->calls_max = calls ? strtoull(calls, NULL, 10) : 0;
    if (p) {
        char *s = strdup(p), *save = NULL;
        for (char *t = strtok_r(s, " ,", &save); t && b->npid < BENCH_MAXPID; t = strtok_r(NULL, " ,", &save)) {
            char q[64];
            b->pids[b->npid++] = atoi(t);
            snprintf(q, sizeof q, "/proc/%s/clear_refs", t); // "5" resets the peak RSS
            FILE *f = fopen(q, "w");
            if (f) {
                fputs("5", f);
                fclose(f);
            }
        }
        free(s);
    }
}

static inline void bench_go(bench_t *b) {
    uint64_t t = bench_now();
    b->t_warm_end = t + (uint64_t)(b->warm * 1e9);
    b->t_end = b->t_warm_end + (uint64_t)(b->dur * 1e9);
}

// Says whether to go on; switches from warm-up to measuring.
static inline int bench_tick(bench_t *b, uint64_t t) {
    if (!b->measuring && t >= b->t_warm_end) {
        b->measuring = 1;
        b->t_begin = t;
        b->t_end = t + (uint64_t)(b->dur * 1e9);
        for (int i = 0; i < b->npid; i++) b->cpu0[i] = bench_pid_cpu(b->pids[i]);
        b->cpu0[BENCH_MAXPID] = bench_self_cpu();
        bench_machine(&b->busy0, &b->steal0);
    }
    return t < b->t_end && (!b->calls_max || b->n < b->calls_max);
}

// Values below 128 ns are exact; above, 64 steps per power of two (at most 1.6 % wide).
static inline void bench_lat(bench_t *b, uint64_t ns) {
    if (!b->measuring) return;
    int e = 0, m = (int)ns;
    if (ns >= 128) {
        e = 63 - __builtin_clzll(ns) - 6;
        m = (int)(ns >> e) - 64;
    }
    b->hist[e * 128 + m]++;
    b->n++;
}

static inline double bench_val(int e, int m) { return e == 0 ? m : (m + 64.5) * (double)(1ull << e); }

static inline double bench_pct(const bench_t *b, double q) {
    uint64_t want = (uint64_t)(q * (double)b->n), acc = 0;
    for (int e = 0; e < 64; e++)
        for (int m = 0; m < 128; m++) {
            acc += b->hist[e * 128 + m];
            if (acc > want) return bench_val(e, m) / 1000.0;
        }
    return 0;
}

static inline void bench_report(bench_t *b) {
    uint64_t t = bench_now();
    double T = (double)(t - b->t_begin) / 1e9, cpu = 0;
    long kb = 0;
    for (int i = 0; i < b->npid; i++) {
        cpu += bench_pid_cpu(b->pids[i]) - b->cpu0[i];
        kb += bench_pid_kb(b->pids[i], "VmHWM");
    }
    double rps = (double)b->n / T, cc = bench_self_cpu() - b->cpu0[BENCH_MAXPID], busy, steal;
    bench_machine(&busy, &steal);
    int self = b->npid == 1 && b->pids[0] == getpid();
    double other = busy - b->busy0 - cpu - (self ? 0 : cc), noise;
    steal -= b->steal0;
    if (other < 0) other = 0;
    noise = 100 * (other + steal) / T; // in percent of one core: work of others, and time the host took away
    const char *lim = getenv("NOISE_MAX"), *last = getenv("NOISE_LAST");
    int noisy = noise > (lim ? atof(lim) : 15);
    double us = b->n ? 1e6 * cpu / (double)b->n : 0;
    if (!noisy || last)
        printf("%s,%s,%d,%d,%d,%.0f,%.1f,%.1f,%.1f\n", b->peer, b->tls, b->conns, b->depth, b->payload, rps,
               bench_pct(b, .50), bench_pct(b, .99), (double)kb / 1024.0);
    fflush(stdout);
    const char *json = getenv("BENCH_JSON");
    FILE *f = json ? fopen(json, "a") : NULL;
    if (f) {
        fprintf(f,
                "{\"peer\":\"%s\",\"tls\":\"%s\",\"connections\":%d,\"in_flight\":%d,\"payload\":%d,\"rate\":%.0f,"
                "\"p50_us\":%.2f,\"p99_us\":%.2f,\"server_us\":%.4f,\"server_load\":%.3f,\"client_load\":%.3f,"
                "\"others_load\":%.3f,\"stolen\":%.3f,\"peak_kib\":%ld,\"calls\":%llu,\"errors\":%llu}\n",
                b->peer, b->tls, b->conns, b->depth, b->payload, rps, bench_pct(b, .50), bench_pct(b, .99), us, cpu / T,
                cc / T, other / T, steal / T, kb, (unsigned long long)b->n, (unsigned long long)b->errors);
        fclose(f);
    }
    fprintf(
        stderr,
        "# %s %s %s %dx%d %d: server %.0f%% (%.2f us/call), client %.0f%%, others %.0f%%, stolen %.0f%%, errors %llu\n",
        noisy ? (last ? "cpu-noisy" : "noisy") : "cpu", b->peer, b->tls, b->conns, b->depth, b->payload, 100 * cpu / T,
        us, 100 * cc / T, 100 * other / T, 100 * steal / T, (unsigned long long)b->errors);
    if (b->errors || !b->n) exit(3);
    if (noisy && !last) exit(4); // the caller measures again
}
