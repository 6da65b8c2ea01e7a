/* lookup.c: getaddrinfo in a thread; it may take half a minute and cannot be cancelled. */
#define _GNU_SOURCE
#include "lookup.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Owned by both sides: whoever lets go last frees it. */
struct hub_lookup {
    pthread_mutex_t lock;
    int owners;
    int done_fd;
    bool is_done;
    struct addrinfo *found;
    char *port;
    char host[];
};

static struct addrinfo *look(const char *host, const char *port, int flags) {
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | flags};
    struct addrinfo *found = NULL;
    return getaddrinfo(host, port, &hints, &found) == 0 ? found : NULL;
}

static void let_go(hub_lookup *lookup) {
    pthread_mutex_lock(&lookup->lock);
    bool is_last = --lookup->owners == 0;
    pthread_mutex_unlock(&lookup->lock);
    if (!is_last) return;
    if (lookup->found != NULL) freeaddrinfo(lookup->found);
    if (lookup->done_fd >= 0) close(lookup->done_fd);
    pthread_mutex_destroy(&lookup->lock);
    free(lookup);
}

static void done(hub_lookup *lookup, struct addrinfo *found) {
    pthread_mutex_lock(&lookup->lock);
    lookup->found = found;
    lookup->is_done = true;
    pthread_mutex_unlock(&lookup->lock);
    eventfd_write(lookup->done_fd, 1);
}

static void *run(void *context) {
    hub_lookup *lookup = context;
    done(lookup, look(lookup->host, lookup->port, 0));
    let_go(lookup);
    return NULL;
}

/* A detached thread without signals: they are the program's. */
static bool start_thread(hub_lookup *lookup) {
    sigset_t all, before;
    pthread_attr_t attributes;
    pthread_t thread;
    if (pthread_attr_init(&attributes) != 0) return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    lookup->owners = 2;
    bool is_started = pthread_create(&thread, &attributes, run, lookup) == 0;
    if (!is_started) lookup->owners = 1;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return is_started;
}

hub_lookup *hub_lookup_start(const char *host, const char *port) {
    size_t host_size = strlen(host) + 1, port_size = strlen(port) + 1;
    hub_lookup *lookup = calloc(1, sizeof *lookup + host_size + port_size);
    if (lookup == NULL) return NULL;
    memcpy(lookup->host, host, host_size);
    lookup->port = memcpy(lookup->host + host_size, port, port_size);
    lookup->owners = 1;
    pthread_mutex_init(&lookup->lock, NULL);
    lookup->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct addrinfo *numeric = look(host, port, AI_NUMERICHOST);
    if (lookup->done_fd >= 0) {
        if (numeric != NULL) return done(lookup, numeric), lookup;
        if (start_thread(lookup)) return lookup;
    }
    if (numeric != NULL) freeaddrinfo(numeric);
    let_go(lookup);
    return NULL;
}

int hub_lookup_fd(const hub_lookup *lookup) { return lookup->done_fd; }

bool hub_lookup_take(hub_lookup *lookup, struct addrinfo **found) {
    pthread_mutex_lock(&lookup->lock);
    bool is_done = lookup->is_done;
    if (is_done) {
        *found = lookup->found;
        lookup->found = NULL;
    }
    pthread_mutex_unlock(&lookup->lock);
    return is_done;
}

void hub_lookup_drop(hub_lookup *lookup) {
    if (lookup != NULL) let_go(lookup);
}
