// The load client: N connections x D calls in flight, one thread, epoll.
// Usage: cload frame|nats|hub TARGET(port or unix:path) tls|plain CONNECTIONS DEPTH PAYLOAD PEERNAME [MODULE]
//   frame : 4-byte big-endian length + protobuf { bytes payload = 1; }
//   nats  : PUB svc _I.<connection>.<slot> ... answered by MSG
//   hub   : hub.v1.Diagnostics/Echo, answered by the hub or by MODULE
// PEER_CERT, PEER_KEY and PEER_CA present and check certificates; WARM and DUR are seconds, CALLS ends it after so
// many; SRV_PIDS are the processes whose time and memory count; BENCH_JSON is a file that gets the figures as one line
// of JSON. Ends with 0, or 3 when an answer was wrong, 4 when others disturbed the measurement, 2 when it could not be
// made.
#include "load.h"

bench_t B;
int depth, payload;
const char *module_name;
static int ep;

// Asks to be told of room only while something is left.
void link_flush(link_t *l) {
    int k = conn_flush(&l->c);
    if (k < 0) {
        fprintf(stderr, "write failed\n");
        exit(2);
    }
    if (k == l->blocked) return;
    l->blocked = k;
    struct epoll_event e = {.events = EPOLLIN | (k ? EPOLLOUT : 0), .data.ptr = l};
    epoll_ctl(ep, EPOLL_CTL_MOD, l->c.fd, &e);
}

static void ask(const protocol_t *p, link_t *l, uint64_t now) {
    if (l->blocked) return; // still writing: the socket is full
    p->ask(l, now);
    link_flush(l);
}

static void serve(const protocol_t *p, link_t *l) {
    if (l->blocked) link_flush(l);
    for (int turn = 0; turn < 2 || conn_buffered(&l->c); turn++) { // bounded: no connection starves the others
        int k = conn_fill(&l->c);
        if (k < 0) {
            fprintf(stderr, "connection closed\n");
            exit(2);
        }
        if (!k) break;
        uint64_t now = bench_now();
        conn_eat(&l->c, p->take(l, now));
        ask(p, l, now);
    }
}

static void join(const protocol_t *p, link_t *l, int id, const char *target, SSL_CTX *x) {
    l->id = id;
    l->began = calloc((size_t)depth, sizeof *l->began);
    l->free_slots = calloc((size_t)depth, sizeof *l->free_slots);
    for (int k = 0; k < depth; k++) l->free_slots[k] = k;
    l->free_count = depth;
    conn_open(&l->c, target);
    p->greet(l, x);
    conn_nonblock(&l->c);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = l};
    epoll_ctl(ep, EPOLL_CTL_ADD, l->c.fd, &e);
}

int main(int ac, char **av) {
    const protocol_t *p = NULL;
    if (ac >= 8)
        p = !strcmp(av[1], "frame")  ? &frame_protocol
            : !strcmp(av[1], "nats") ? &nats_protocol
            : !strcmp(av[1], "hub")  ? &hub_protocol
                                     : NULL;
    if (!p) {
        fprintf(stderr, "usage: cload frame|nats|hub TARGET tls|plain CONNECTIONS DEPTH PAYLOAD PEERNAME [MODULE]\n");
        return 2;
    }
    int tls = !strcmp(av[3], "tls"), conns = atoi(av[4]);
    depth = atoi(av[5]);
    payload = atoi(av[6]);
    if (ac > 8) module_name = av[8];
    bench_init(&B, av[7], av[3], conns, depth, payload);
    p->prepare();
    SSL_CTX *x = tls ? conn_client_ctx(p->alpn, 1) : NULL;
    ep = epoll_create1(0);
    link_t *links = calloc((size_t)conns, sizeof *links);
    for (int i = 0; i < conns; i++) join(p, links + i, i, av[2], x);
    bench_go(&B);
    for (int i = 0; i < conns; i++) ask(p, links + i, bench_now());
    struct epoll_event ev[256];
    while (bench_tick(&B, bench_now())) {
        int m = epoll_wait(ep, ev, 256, 100);
        for (int i = 0; i < m; i++) serve(p, ev[i].data.ptr);
    }
    bench_report(&B);
    return 0;
}
