/* What the parts of the host know of each other. */
#ifndef HOST_H
#define HOST_H

#include "hub_module.h"

enum {
    LINK_FD = 3,
    REASON_MAX = 1024,                  /* bytes of a reason, with its NUL */
    NAME_MAX_BYTES = 64,                /* bytes of a module's name */
    HEADER_BYTES = 12,                  /* of a frame */
    READ_BYTES = 65536,                 /* the read buffer, unless a larger frame comes */
    FRAME_MAX = (4 << 20) + (64 << 10), /* payload of the largest frame, bytes */
    HELD_MAX = 1 << 20,                 /* bytes that may wait for the end of a read batch */
};

/* How the process ends, besides 0. The hub shows the number with the reason. */
enum {
    EXIT_USAGE = 64,
    EXIT_REFUSED = 70, /* the library is not a module this host can run */
    EXIT_START = 71,   /* the module's start() failed, or the host could not confine itself */
    EXIT_RECEIVE = 72, /* the module's receive() failed */
    EXIT_LINK = 73,    /* the hub sent what is no frame */
};

/* confine.c: sets limits and gives up rights. NULL, or what could not be done. */
const char *confine(unsigned long long data_limit, int probe);

/* watchdog.c: starts the thread that ends the process at once when the hub is gone. */
int watchdog_start(void);

/* link.c: frames from the hub to the module, until the hub closes its side. Returns the exit code. */
int link_run(const hub_module *module, void *self);
/* hub_host.send: from any thread. */
int32_t link_send(void *context, hub_bytes_borrowed frames);
/* What is sent by this thread from now on waits for link_release() (sent) or link_drop() (forgotten). */
void link_hold(void);
int link_release(void);
void link_drop(void);
/* END on stream 0 with FAILED_PRECONDITION and the reason: the host's one word of its own. */
void link_send_refusal(const char *reason);

#endif
