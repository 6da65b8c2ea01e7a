// How the load client speaks to the hub: unary calls of hub.v1.Diagnostics/Echo, with credit kept both ways.
// Every answer is compared byte for byte with what was sent; every END must say OK.
#include "hub-frames.h"
#include "load.h"

typedef struct {
    uint64_t began;
    uint32_t got; // bytes of the answer so far
    uint8_t open, whole;
} call_t;

struct hub_link {
    call_t *calls; // by stream / 2, as a ring
    uint32_t mask;
    uint32_t next_stream, stream_max; // streams rise by two and are never used again: 2^31 calls on a connection
    uint64_t sent, sent_max;          // DATA bytes of ours on the connection, and what the hub has granted
    uint64_t taken, announced;        // DATA bytes of the hub's, and what we have granted
};

static unsigned char *message, *call;
static size_t message_bytes, call_bytes, data_at;

static void fail(const char *what) {
    fprintf(stderr, "hub: %s\n", what);
    exit(3);
}

static void wrong(uint32_t stream, const char *what, const unsigned char *p, size_t n) {
    if (B.errors++ < 5)
        fprintf(stderr, "hub: stream %u: %s %.*s\n", stream, what, (int)(n < 200 ? n : 200), (const char *)p);
    if (B.errors > 1000) exit(3);
}

static void prepare(void) {
    message = malloc((size_t)payload + 300);
    call = malloc((size_t)payload + 400);
    message_bytes = hub_echo_message(message, (size_t)payload, module_name);
    call_bytes = hub_call(call, message, message_bytes, 0, &data_at);
    if (message_bytes > 16384) fail("payload: a call is one DATA frame here, at most 16,384 bytes");
}

// Says HELLO and waits for the hub's: its limits hold from here on.
static void greet(link_t *l, SSL_CTX *x) {
    if (x) conn_tls(&l->c, x);
    unsigned char hello[64];
    conn_put(&l->c, hello, hub_hello(hello));
    if (conn_flush(&l->c)) fail("cannot say HELLO");
    while (l->c.rn < HUB_HEADER || l->c.rn < HUB_HEADER + hub_be32(l->c.r))
        if (conn_fill(&l->c) < 0) fail("closed before HELLO");
    const unsigned char *p = l->c.r + HUB_HEADER, *limits = NULL;
    size_t n = hub_be32(l->c.r), limits_bytes = 0;
    if (l->c.r[4] != HUB_HELLO) fail("the first frame is not HELLO");
    for (size_t o = 0; o + 1 < n;) { // fields below 128 bytes, as the hub's HELLO has them
        if (p[o] == (4 << 3 | 2)) {
            limits = p + o + 2;
            limits_bytes = p[o + 1];
        }
        o += (p[o] & 7) == 2 ? 2u + p[o + 1] : 2u;
    }
    struct hub_link *h = l->hub = calloc(1, sizeof *h);
    uint64_t open = limits ? hub_number(limits, limits_bytes, 3, 100) : 100;
    h->sent_max = limits ? hub_number(limits, limits_bytes, 5, HUB_WINDOW) : HUB_WINDOW;
    h->stream_max = (uint32_t)(2 * open - 1);
    h->next_stream = 1;
    h->announced = HUB_WINDOW;
    for (h->mask = 1024; h->mask < 16u * (uint32_t)depth; h->mask *= 2) {}
    h->calls = calloc(h->mask--, sizeof *h->calls);
    conn_eat(&l->c, HUB_HEADER + n);
}

static void ask(link_t *l, uint64_t now) {
    struct hub_link *h = l->hub;
    while (l->free_count > 0 && h->next_stream <= h->stream_max && h->sent + message_bytes <= h->sent_max) {
        call_t *c = h->calls + (h->next_stream >> 1 & h->mask);
        if (c->open) return; // a call that is a whole ring older still runs
        conn_put(&l->c, call, call_bytes);
        unsigned char *p = l->c.w + l->c.wn - call_bytes;
        hub_put32(p + 8, h->next_stream);
        hub_put32(p + data_at + 8, h->next_stream);
        *c = (call_t){.began = now, .open = 1};
        h->sent += message_bytes;
        h->next_stream += 2;
        l->free_count--;
    }
}

static call_t *find(struct hub_link *h, uint32_t stream) {
    call_t *c = h->calls + (stream >> 1 & h->mask);
    return (stream & 1) && stream < h->next_stream && c->open ? c : NULL;
}

static void on_data(struct hub_link *h, uint32_t stream, int flags, const unsigned char *p, uint32_t n) {
    call_t *c = find(h, stream);
    h->taken += n;
    if (!c || c->whole || c->got + n > message_bytes || memcmp(p, message + c->got, n))
        return wrong(stream, "answered with other bytes", p, 0);
    c->got += n;
    c->whole = flags == HUB_FLAG_END;
    if (!c->whole && flags != HUB_FLAG_MORE) wrong(stream, "DATA with unexpected flags", p, 0);
}

static void on_end(link_t *l, uint32_t stream, const unsigned char *p, uint32_t n, uint64_t now) {
    call_t *c = find(l->hub, stream);
    if (!c) return wrong(stream, "END of a call that is not open", p, 0);
    if (hub_number(p, n, 1, 0) != 0)
        wrong(stream, "END is not OK:", p, n);
    else if (!c->whole || c->got != message_bytes)
        wrong(stream, "END before the whole answer", p, 0);
    bench_lat(&B, now - c->began);
    c->open = 0;
    l->free_count++;
}

static void on_credit(struct hub_link *h, uint32_t stream, const unsigned char *p, uint32_t n) {
    if (stream) return; // a stream's own credit holds more than the one message we send
    uint64_t bytes = hub_number(p, n, 1, 0), last = hub_number(p, n, 2, 0);
    if (bytes == UINT64_MAX || last == UINT64_MAX) fail("CREDIT cannot be decoded");
    if (bytes > h->sent_max) h->sent_max = bytes;
    if (last > h->stream_max) h->stream_max = (uint32_t)last;
}

static void on_other(link_t *l, int type, int flags, uint32_t stream, const unsigned char *p, uint32_t n) {
    if (type == HUB_PING && !(flags & HUB_FLAG_ACK)) {
        unsigned char pong[HUB_HEADER + 8];
        memcpy(pong + hub_header(pong, 8, HUB_PING, HUB_FLAG_ACK, 0), p, 8);
        conn_put(&l->c, pong, sizeof pong);
    } else if (type == HUB_RESET) {
        wrong(stream, "RESET", p, n);
    } else if (type == HUB_GOAWAY) {
        fprintf(stderr, "hub: GOAWAY code %llu %.*s\n", (unsigned long long)hub_number(p, n, 1, 0), (int)n,
                (const char *)p);
        exit(3);
    } else if (type < 0xe0 && type != HUB_PING) {
        fail("a frame of a type that does not belong here");
    }
}

// Tells the hub, at half of the window, that it may send more.
static void grant(link_t *l) {
    struct hub_link *h = l->hub;
    if (h->taken + HUB_WINDOW - h->announced < HUB_WINDOW / 2) return;
    unsigned char b[HUB_HEADER + 16];
    h->announced = h->taken + HUB_WINDOW;
    b[HUB_HEADER] = 1 << 3;
    size_t n = 1 + hub_varint(b + HUB_HEADER + 1, h->announced);
    conn_put(&l->c, b, hub_header(b, (uint32_t)n, HUB_CREDIT, 0, 0) + n);
}

static size_t take(link_t *l, uint64_t now) {
    size_t o = 0;
    while (l->c.rn - o >= HUB_HEADER) {
        const unsigned char *p = l->c.r + o, *body = p + HUB_HEADER;
        uint32_t n = hub_be32(p), stream = hub_be32(p + 8);
        if (n > 65536) fail("a frame above our limit");
        if (l->c.rn - o < HUB_HEADER + n) break;
        switch (p[4]) {
            case HUB_DATA: on_data(l->hub, stream, p[5], body, n); break;
            case HUB_END: on_end(l, stream, body, n, now); break;
            case HUB_CREDIT: on_credit(l->hub, stream, body, n); break;
            default: on_other(l, p[4], p[5], stream, body, n);
        }
        o += HUB_HEADER + n;
    }
    grant(l);
    return o;
}

const protocol_t hub_protocol = {.alpn = HUB_ALPN, .prepare = prepare, .greet = greet, .ask = ask, .take = take};
