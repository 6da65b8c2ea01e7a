// How the load client speaks to the peers: bare frames, and NATS.
#include "load.h"

static unsigned char *call; // what every call sends
static size_t call_bytes;

// The protobuf { bytes payload = 1; } after `room` bytes: tag 0x0a, varint length, bytes.
static void encode(size_t room) {
    unsigned char head[8];
    size_t n = 0, v = (size_t)payload;
    head[n++] = 0x0a;
    for (; v > 127; v >>= 7) head[n++] = (unsigned char)(v | 128);
    head[n++] = (unsigned char)v;
    call_bytes = room + n + (size_t)payload;
    call = malloc(call_bytes);
    memcpy(call + room, head, n);
    memset(call + room + n, 'x', (size_t)payload);
}

// ---- frames: answered in order

static void frame_prepare(void) {
    encode(4);
    size_t body = call_bytes - 4;
    for (int i = 0; i < 4; i++) call[i] = (unsigned char)(body >> (24 - 8 * i));
}

static void frame_greet(link_t *l, SSL_CTX *x) {
    if (x) conn_tls(&l->c, x);
}

static void frame_ask(link_t *l, uint64_t now) {
    for (; l->free_count > 0; l->free_count--) {
        conn_put(&l->c, call, call_bytes);
        l->began[l->tail++ % (size_t)depth] = now;
    }
}

static size_t frame_take(link_t *l, uint64_t now) {
    size_t o = 0;
    while (l->c.rn - o >= 4) {
        unsigned char *p = l->c.r + o;
        size_t n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
        if (l->c.rn - o < n + 4) break;
        if (n + 4 != call_bytes) B.errors++;
        bench_lat(&B, now - l->began[l->head++ % (size_t)depth]);
        l->free_count++;
        o += n + 4;
    }
    return o;
}

const protocol_t frame_protocol = {
    .prepare = frame_prepare, .greet = frame_greet, .ask = frame_ask, .take = frame_take};

// ---- NATS: every call in flight has its own reply subject

static void nats_prepare(void) { encode(0); }

// INFO comes in clear, then TLS begins.
static void nats_greet(link_t *l, SSL_CTX *x) {
    char b[4096];
    size_t n = 0;
    while (n < sizeof b - 1 && !memchr(b, '\n', n)) {
        ssize_t k = read(l->c.fd, b + n, sizeof b - 1 - n);
        if (k <= 0) exit(2);
        n += (size_t)k;
    }
    if (x) conn_tls(&l->c, x);
    int k = snprintf(b, sizeof b,
                     "CONNECT {\"verbose\":false,\"pedantic\":false,\"tls_required\":%s,\"protocol\":1}\r\n"
                     "SUB _I.%d.* 1\r\n",
                     x ? "true" : "false", l->id);
    conn_put(&l->c, b, (size_t)k);
    conn_flush(&l->c);
}

static void nats_ask(link_t *l, uint64_t now) {
    while (l->free_count > 0) {
        int slot = l->free_slots[--l->free_count];
        char h[96];
        int k = snprintf(h, sizeof h, "PUB svc _I.%d.%d %zu\r\n", l->id, slot, call_bytes);
        conn_put(&l->c, h, (size_t)k);
        conn_put(&l->c, call, call_bytes);
        conn_put(&l->c, "\r\n", 2);
        l->began[slot] = now;
    }
}

// MSG _I.<connection>.<slot> <subscription> <bytes>; 0 when its body is not all there.
static size_t nats_message(link_t *l, unsigned char *p, unsigned char *end, size_t have, uint64_t now) {
    unsigned char *dot = p + 4, *space = end;
    for (unsigned char *q = dot; *q != ' '; q++)
        if (*q == '.') dot = q;
    while (*space != ' ') space--;
    size_t line = (size_t)(end - p) + 1, n = (size_t)atol((char *)space + 1);
    int slot = atoi((char *)dot + 1);
    if (have < line + n + 2) return 0;
    if (n != call_bytes || slot < 0 || slot >= depth) {
        B.errors++;
        slot = 0;
    }
    bench_lat(&B, now - l->began[slot]);
    l->free_slots[l->free_count++] = slot;
    return line + n + 2;
}

static size_t nats_take(link_t *l, uint64_t now) {
    size_t o = 0;
    for (;;) {
        unsigned char *p = l->c.r + o, *end = memchr(p, '\n', l->c.rn - o);
        if (!end) return o;
        size_t used = (size_t)(end - p) + 1;
        if (p[0] == 'M') {
            used = nats_message(l, p, end, l->c.rn - o, now);
            if (!used) return o;
        }
        if (p[0] == 'P' && p[1] == 'I') conn_put(&l->c, "PONG\r\n", 6);
        if (p[0] == '-') {
            fprintf(stderr, "nats: %.*s", (int)used, p);
            B.errors++;
        }
        o += used;
    }
}

const protocol_t nats_protocol = {.prepare = nats_prepare, .greet = nats_greet, .ask = nats_ask, .take = nats_take};
