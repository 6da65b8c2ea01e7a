/* window.h: credit for what a hub may send, absolute and cumulative (W-64 to W-66). */
#ifndef HUB_WINDOW_H
#define HUB_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

typedef struct hub_window {
    uint64_t size;      /* bytes that may be on their way or untaken */
    uint64_t received;  /* DATA bytes that came */
    uint64_t returned;  /* of them, done with */
    uint64_t announced; /* the hub may send up to here */
} hub_window;

static inline void hub_window_init(hub_window *window, uint64_t size) {
    *window = (hub_window){.size = size, .announced = size};
}

/* Counts what came; false when it is more than was allowed. */
static inline bool hub_window_receive(hub_window *window, uint64_t bytes) {
    window->received += bytes;
    return window->received <= window->announced;
}

/* True when at least half of the window can be given back; the caller then announces `announced`. */
static inline bool hub_window_return(hub_window *window, uint64_t bytes) {
    window->returned += bytes;
    uint64_t limit = window->returned + window->size;
    if (limit - window->announced < window->size / 2) return false;
    window->announced = limit;
    return true;
}

#endif
