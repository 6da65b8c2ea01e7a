/* chance.c: time and randomness, the only place that asks the system for them. */
#define _GNU_SOURCE
#include "chance.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

int64_t hub_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void hub_random(uint8_t *bytes, size_t size) {
    while (size > 0) {
        ssize_t got = getrandom(bytes, size, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            return; /* a kernel without getrandom: nothing that runs OpenSSL 3 */
        }
        bytes += got;
        size -= (size_t)got;
    }
}

int64_t hub_spread(int64_t ms) {
    uint32_t chance = 0x80000000;
    hub_random((uint8_t *)&chance, sizeof chance);
    return ms - ms / 5 + (int64_t)((double)ms * 0.4 * chance / 4294967296.0);
}

int64_t hub_backoff(uint32_t failures, uint32_t first_ms, uint32_t most_ms) {
    if (failures == 0) return 0;
    double wait = first_ms;
    while (--failures > 0 && wait < most_ms) wait *= 1.6;
    return hub_spread((int64_t)(wait < most_ms ? wait : most_ms));
}
