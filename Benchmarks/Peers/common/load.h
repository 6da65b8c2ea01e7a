// What the load client and the protocols it speaks share: one connection with calls in flight, and a protocol as a
// table.
#pragma once
#include "bench.h"
#include "conn.h"
#include <sys/epoll.h>

struct hub_link;

typedef struct {
    conn_t c;
    int id, blocked;   // blocked: something is left to write
    int free_count;    // calls that may still be made
    int *free_slots;   // nats: the slots not in flight
    uint64_t *began;   // when each call in flight was made
    size_t head, tail; // frame: answers come in order
    struct hub_link *hub;
} link_t;

typedef struct {
    const char *alpn;
    void (*prepare)(void);                // encodes what every call sends
    void (*greet)(link_t *l, SSL_CTX *x); // on a connected, blocking socket: TLS and what comes before the first call
    void (*ask)(link_t *l, uint64_t now); // makes every call that may be made
    size_t (*take)(link_t *l, uint64_t now); // reads answers; how many bytes are done with
} protocol_t;

extern bench_t B;
extern int depth, payload;
extern const char *module_name; // hub: the module that shall answer, or NULL

extern const protocol_t frame_protocol, nats_protocol, hub_protocol;

void link_flush(link_t *l); // writes what it can
