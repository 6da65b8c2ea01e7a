// What the hub's frames cost at least: a one-thread epoll server in C that answers every call of hub.v1.Diagnostics/Echo,
// keeps credit for bytes and streams, and does nothing else. It shows what the load client can do, too.
// Usage: c-hub-echo PORT CERT KEY CLIENT-CA
#include "../common/conn.h"
#include "../common/hub-frames.h"
#include <malloc.h>
#include <signal.h>
#include <sys/epoll.h>

enum { OPEN_CALLS = 100 };

typedef struct {
    conn_t c;
    int blocked, greeted;
    uint64_t taken, granted; // DATA bytes of the client's, and what it may send
    uint32_t answered, streams_granted;
} session_t;

static int ep;

static SSL_CTX *server_tls(char **av) {
    SSL_CTX *x = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_min_proto_version(x, TLS1_3_VERSION);
    SSL_CTX_set_mode(x, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(x, 1);
    SSL_CTX_set_default_read_buffer_len(x, 65536);
    SSL_CTX_set_verify(x, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    if (SSL_CTX_use_certificate_chain_file(x, av[2]) != 1 ||
        SSL_CTX_use_PrivateKey_file(x, av[3], SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_load_verify_locations(x, av[4], NULL) != 1)
        exit(2);
    return x;
}

static void answer(session_t *s, uint32_t stream, const unsigned char *message, uint32_t n) {
    unsigned char head[HUB_HEADER], end[HUB_HEADER + 12];
    hub_header(head, n, HUB_DATA, HUB_FLAG_END, stream);
    conn_put(&s->c, head, sizeof head);
    conn_put(&s->c, message, n);
    end[HUB_HEADER] = 6 << 3; // final_size
    size_t k = 1 + hub_varint(end + HUB_HEADER + 1, n);
    conn_put(&s->c, end, hub_header(end, (uint32_t)k, HUB_END, 0, stream) + k);
    s->taken += n;
    s->answered++;
}

// Says HELLO once, and gives credit back at half of what there is of it.
static void grant(session_t *s) {
    if (!s->greeted) {
        unsigned char hello[64];
        conn_put(&s->c, hello, hub_hello(hello));
        s->greeted = 1;
        s->granted = HUB_WINDOW;
        s->streams_granted = OPEN_CALLS;
    }
    int bytes_due = s->taken + HUB_WINDOW - s->granted >= HUB_WINDOW / 2;
    int streams_due = s->answered + OPEN_CALLS - s->streams_granted >= OPEN_CALLS / 2;
    if (!bytes_due && !streams_due) return;
    unsigned char b[HUB_HEADER + 24], *p = b + HUB_HEADER;
    s->granted = s->taken + HUB_WINDOW;
    s->streams_granted = s->answered + OPEN_CALLS;
    *p++ = 1 << 3;
    p += hub_varint(p, s->granted);
    *p++ = 2 << 3;
    p += hub_varint(p, 2 * s->streams_granted - 1);
    size_t n = (size_t)(p - b) - HUB_HEADER;
    conn_put(&s->c, b, hub_header(b, (uint32_t)n, HUB_CREDIT, 0, 0) + n);
}

static void take(session_t *s) {
    size_t o = 0;
    while (s->c.rn - o >= HUB_HEADER) {
        const unsigned char *p = s->c.r + o;
        uint32_t n = hub_be32(p);
        if (s->c.rn - o < HUB_HEADER + n) break;
        if (p[4] == HUB_DATA) answer(s, hub_be32(p + 8), p + HUB_HEADER, n);
        o += HUB_HEADER + n;
    }
    conn_eat(&s->c, o);
    grant(s);
}

static int flush(session_t *s) {
    int k = conn_flush(&s->c);
    if (k >= 0 && k != s->blocked) {
        s->blocked = k;
        struct epoll_event e = {.events = EPOLLIN | (k ? EPOLLOUT : 0), .data.ptr = s};
        epoll_ctl(ep, EPOLL_CTL_MOD, s->c.fd, &e);
    }
    return k;
}

static void end(session_t *s) {
    SSL_free(s->c.ssl);
    close(s->c.fd);
    free(s->c.r);
    free(s->c.w);
    free(s);
}

static void serve(session_t *s) {
    if (s->blocked && flush(s) < 0) return end(s);
    // Nothing is read while an answer waits for room: the peer is slowed down, not buffered for.
    for (int turn = 0; !s->blocked && (turn < 2 || conn_buffered(&s->c)); turn++) {
        int k = conn_fill(&s->c);
        if (k < 0) return end(s);
        if (!k) return;
        take(s);
        if (flush(s) < 0) return end(s);
    }
}

static void join(int listener, SSL_CTX *x) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK), one = 1;
    if (fd < 0) return;
    session_t *s = calloc(1, sizeof *s);
    s->c.fd = fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    s->c.ssl = SSL_new(x);
    SSL_set_fd(s->c.ssl, fd);
    SSL_set_accept_state(s->c.ssl);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = s};
    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
}

int main(int ac, char **av) {
    if (ac < 5) return 2;
    signal(SIGPIPE, SIG_IGN);
    mallopt(M_TRIM_THRESHOLD, 64 << 20); // no page faults for buffers that come and go
    mallopt(M_MMAP_THRESHOLD, 64 << 20);
    SSL_CTX *x = server_tls(av);
    struct sockaddr_storage address;
    socklen_t n;
    int listener = conn_socket(av[1], &address, &n), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, n) || listen(listener, 4096)) {
        perror("bind");
        return 2;
    }
    ep = epoll_create1(0);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL}, ev[256];
    epoll_ctl(ep, EPOLL_CTL_ADD, listener, &e);
    for (;;) {
        int m = epoll_wait(ep, ev, 256, -1);
        for (int i = 0; i < m; i++) ev[i].data.ptr ? serve(ev[i].data.ptr) : join(listener, x);
    }
}
