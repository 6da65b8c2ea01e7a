// Opens N connections, makes one exchange on each, keeps them all open, waits until the server is quiet and reports its
// resident memory.
// Usage: idle frame|nats|grpc|http1|hub TARGET tls|plain N PEERNAME [hold]   (SRV_PIDS names the server)
// hold: keeps the connections after the report until standard input ends.
#include "bench.h"
#include "conn.h"
#include "hub-frames.h"
#include <poll.h>

static int need(conn_t *c, size_t n) {
    while (c->rn < n)
        if (conn_fill(c) < 0) return -1;
    return 0;
}
static void die(const char *m) {
    fprintf(stderr, "idle: %s\n", m);
    exit(2);
}

static void do_frame(conn_t *c) {
    unsigned char f[4 + 66] = {0, 0, 0, 66, 0x0a, 64};
    conn_put(c, f, sizeof f);
    if (conn_flush(c) || need(c, sizeof f)) die("frame");
}

static void do_http1(conn_t *c) {
    const char *q = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    conn_put(c, q, strlen(q));
    if (conn_flush(c) || need(c, 64)) die("http1");
    if (memcmp(c->r, "HTTP/1.1 200", 12)) die("http1 status");
}

static size_t lit(unsigned char *o, const char *n, const char *v) { // HPACK literal, not indexed
    size_t k = 0;
    o[k++] = 0;
    o[k++] = (unsigned char)strlen(n);
    memcpy(o + k, n, strlen(n));
    k += strlen(n);
    o[k++] = (unsigned char)strlen(v);
    memcpy(o + k, v, strlen(v));
    k += strlen(v);
    return k;
}
static void h2frame(conn_t *c, int type, int flags, unsigned sid, const void *p, size_t n) {
    unsigned char h[9] = {(unsigned char)(n >> 16),   (unsigned char)(n >> 8),   (unsigned char)n,
                          (unsigned char)type,        (unsigned char)flags,      (unsigned char)(sid >> 24),
                          (unsigned char)(sid >> 16), (unsigned char)(sid >> 8), (unsigned char)sid};
    conn_put(c, h, 9);
    if (n) conn_put(c, p, n);
}
static void do_grpc(conn_t *c, int tls) {
    unsigned char hb[512], msg[5 + 66] = {0, 0, 0, 0, 66, 0x0a, 64};
    size_t k = 0;
    conn_put(c, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
    h2frame(c, 4, 0, 0, NULL, 0);
    hb[k++] = 0x83;              // :method POST
    hb[k++] = tls ? 0x87 : 0x86; // :scheme
    k += lit(hb + k, ":path", "/peers.Echo/Call");
    k += lit(hb + k, ":authority", "localhost");
    k += lit(hb + k, "te", "trailers");
    k += lit(hb + k, "content-type", "application/grpc");
    h2frame(c, 1, 4, 1, hb, k);
    h2frame(c, 0, 1, 1, msg, sizeof msg);
    if (conn_flush(c)) die("h2 write");
    for (;;) {
        if (need(c, 9)) die("h2 closed");
        size_t n = (size_t)c->r[0] << 16 | (size_t)c->r[1] << 8 | c->r[2];
        int type = c->r[3], flags = c->r[4];
        if (need(c, 9 + n)) die("h2 closed");
        if (type == 4 && !(flags & 1)) h2frame(c, 4, 1, 0, NULL, 0);
        if (type == 6 && !(flags & 1)) h2frame(c, 6, 1, 0, c->r + 9, n);
        if (type == 7 || type == 3) die("h2 GOAWAY or RST_STREAM");
        conn_flush(c);
        conn_eat(c, 9 + n);
        if (type == 1 && (flags & 1)) return;
    }
}

static void do_nats(conn_t *c, SSL_CTX *x, int id) {
    if (need(c, 1)) die("nats");
    while (!memchr(c->r, '\n', c->rn))
        if (conn_fill(c) < 0) die("nats info");
    c->rn = 0;
    if (x) conn_tls(c, x);
    char b[512], z[64];
    memset(z, 'x', 64);
    int k = snprintf(b, sizeof b,
                     "CONNECT {\"verbose\":false,\"pedantic\":false,\"tls_required\":%s,\"protocol\":1}\r\n"
                     "SUB _D.%d 1\r\nPUB svc _D.%d 64\r\n%.64s\r\n",
                     x ? "true" : "false", id, id, z);
    conn_put(c, b, (size_t)k);
    if (conn_flush(c)) die("nats write");
    while (!c->rn || !memmem(c->r, c->rn, "MSG ", 4))
        if (conn_fill(c) < 0) die("nats read");
}

static void do_hub(conn_t *c) {
    unsigned char b[512], message[400];
    size_t data, n = hub_hello(b), m = hub_echo_message(message, 64, NULL);
    conn_put(c, b, n);
    n = hub_call(b, message, m, 1, &data);
    conn_put(c, b, n);
    if (conn_flush(c)) die("hub write");
    for (;;) {
        if (need(c, HUB_HEADER) || need(c, HUB_HEADER + hub_be32(c->r))) die("hub closed");
        uint32_t k = hub_be32(c->r), stream = hub_be32(c->r + 8);
        int type = c->r[4];
        if (type == HUB_RESET || type == HUB_GOAWAY) die("hub: RESET or GOAWAY");
        if (type == HUB_DATA && (k != m || memcmp(c->r + HUB_HEADER, message, m))) die("hub: another answer");
        if (type == HUB_END && stream == 1) {
            if (hub_number(c->r + HUB_HEADER, k, 1, 0)) die("hub: END is not OK");
            return;
        }
        conn_eat(c, HUB_HEADER + k);
    }
}

static SSL_CTX *client_tls(const char *protocol) {
    if (!strcmp(protocol, "grpc")) return conn_client_ctx("h2", 0);
    if (!strcmp(protocol, "http1")) return conn_client_ctx("http/1.1", 0);
    return conn_client_ctx(strcmp(protocol, "hub") ? NULL : HUB_ALPN, 0);
}

static int alive(const conn_t *cs, int n) {
    int k = 0;
    for (int i = 0; i < n; i++) {
        struct pollfd q = {cs[i].fd, POLLRDHUP, 0};
        poll(&q, 1, 0);
        k += !(q.revents & (POLLHUP | POLLRDHUP | POLLERR));
    }
    return k;
}

int main(int ac, char **av) {
    if (ac < 6) return 2;
    int tls = !strcmp(av[3], "tls"), n = atoi(av[4]);
    const char *p = av[1];
    bench_t b;
    bench_init(&b, av[5], av[3], n, 0, 64);
    SSL_CTX *x = tls ? client_tls(p) : NULL;
    conn_t *cs = calloc((size_t)n, sizeof *cs);
    uint64_t t0 = bench_now();
    for (int i = 0; i < n; i++) {
        conn_t *c = cs + i;
        conn_open(c, av[2]);
        if (tls && strcmp(p, "nats")) conn_tls(c, x);
        if (!strcmp(p, "frame"))
            do_frame(c);
        else if (!strcmp(p, "grpc"))
            do_grpc(c, tls);
        else if (!strcmp(p, "http1"))
            do_http1(c);
        else if (!strcmp(p, "hub"))
            do_hub(c);
        else
            do_nats(c, x, i);
        free(c->r);
        free(c->w);
        c->r = c->w = NULL;
        c->rn = c->rc = c->wc = 0;
    }
    double dt = (double)(bench_now() - t0) / 1e9;
    usleep(2000000);
    long kb = 0;
    for (int i = 0; i < b.npid; i++) kb += bench_pid_kb(b.pids[i], "VmRSS");
    int open = alive(cs, n);
    printf("%s,%s,%d,0,64,0,0,0,%.1f\n", b.peer, b.tls, n, (double)kb / 1024.0);
    fflush(stdout);
    const char *json = getenv("BENCH_JSON");
    FILE *f = json ? fopen(json, "a") : NULL;
    if (f) {
        fprintf(
            f,
            "{\"peer\":\"%s\",\"tls\":\"%s\",\"sessions\":%d,\"open\":%d,\"resident_kib\":%ld,\"opened_rate\":%.0f}\n",
            b.peer, b.tls, n, open, kb, n / dt);
        fclose(f);
    }
    fprintf(stderr, "# idle %s: %d of %d alive, opened with one call each at %.0f/s\n", b.peer, open, n, n / dt);
    char rest[64];
    if (ac > 6 && !strcmp(av[6], "hold"))
        while (read(0, rest, sizeof rest) > 0) {}
    return open == n && alive(cs, n) == n ? 0 : 3;
}
