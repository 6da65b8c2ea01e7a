/* A killed hub leaves no orphan, even when the module never comes back from receive(). */
#define _GNU_SOURCE
#include "host.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

/* POLLHUP comes when the hub's end is closed, as it is when the hub dies. A hub that stops in good order only shuts its
 * sending side (POLLRDHUP), reads what is still answered, and lets stop() run; it kills what does not end. */
static void *watch(void *unused) {
    (void)unused;
    struct pollfd link = {.fd = LINK_FD, .events = 0};
    for (;;) {
        if (poll(&link, 1, -1) < 0 && errno == EINTR) continue;
        _exit(0);
    }
    return NULL;
}

int watchdog_start(void) {
    pthread_attr_t attributes;
    pthread_t thread;
    if (pthread_attr_init(&attributes) != 0) return -1;
    int failed = pthread_attr_setstacksize(&attributes, 4 * (size_t)PTHREAD_STACK_MIN)
        || pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED)
        || pthread_create(&thread, &attributes, watch, NULL);
    pthread_attr_destroy(&attributes);
    return failed ? -1 : 0;
}
