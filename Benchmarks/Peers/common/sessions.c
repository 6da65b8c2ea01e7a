// Sessions with the hub that do what they are told: open all at once, wait, make calls at a fixed pace.
// Usage: sessions PORT SESSIONS AT_ONCE     (PEER_CERT, PEER_KEY, PEER_CA as for cload; AT_ONCE handshakes at a time)
// Reads a command a line from standard input, answers each with a line of JSON, and ends with its input:
//   open                opens every session that is closed, with one call on each
//   calls RATE SECONDS  calls in turn on all sessions, RATE a second whatever the answers do
//   state               how many are open now, and how many the hub has closed since `open`
// A call is hub.v1.Diagnostics/Echo of 64 bytes; every answer is compared. Its time counts from when it was sent, or from
// when it was due if an earlier answer kept its session busy: a hub that stalls cannot hide the calls that had to wait.
#include "bench.h"
#include "conn.h"
#include "hub-frames.h"
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>

enum state { CLOSED, CONNECTING, SHAKING, BUSY, IDLE };

typedef struct {
    conn_t c;
    enum state state;
    uint32_t stream;           // of the last call
    uint64_t began;            // of the connection, then of the call
    uint64_t taken, announced; // DATA bytes of the hub's, and what it may send
    int answered;              // the last call's DATA has come
} session_t;

static session_t *sessions;
static int count, at_once, opening, ep;
static const char *target;
static SSL_CTX *tls;
static unsigned char message[400];
static size_t message_bytes;
static bench_t B;              // times of what goes on now
static uint64_t failed, lost, wrong;

static void answered(session_t *s, uint64_t now) {
    bench_lat(&B, now - s->began);
    s->answered = 0;
    if (s->c.rn || s->c.wn) return;
    free(s->c.r); // a session that waits keeps nothing
    free(s->c.w);
    s->c = (conn_t){.fd = s->c.fd, .ssl = s->c.ssl};
}

static void give_up(session_t *s) {
    if (s->state == IDLE || (s->state == BUSY && s->stream > 1))
        lost++;
    else
        failed++;
    if (s->state != IDLE && s->stream <= 1) opening--;
    if (s->c.ssl) SSL_free(s->c.ssl);
    close(s->c.fd);
    free(s->c.r);
    free(s->c.w);
    *s = (session_t){.state = CLOSED};
}

static void watch(session_t *s, uint32_t events, int how) {
    struct epoll_event e = {.events = events, .data.ptr = s};
    epoll_ctl(ep, how, s->c.fd, &e);
}

static void flush(session_t *s) {
    int k = conn_flush(&s->c);
    if (k < 0) return give_up(s);
    watch(s, EPOLLIN | EPOLLRDHUP | (k ? EPOLLOUT : 0), EPOLL_CTL_MOD);
}

static void ask(session_t *s, uint64_t began) {
    unsigned char call[600];
    size_t data;
    s->stream = s->state == SHAKING ? 1 : s->stream + 2;
    s->began = s->state == SHAKING ? s->began : began;
    s->state = BUSY;
    s->answered = 0;
    conn_put(&s->c, call, hub_call(call, message, message_bytes, s->stream, &data));
    flush(s);
}

static void start(session_t *s) {
    struct sockaddr_storage address;
    socklen_t length;
    s->began = bench_now();
    s->state = CONNECTING;
    opening++;
    s->c.fd = conn_socket(target, &address, &length);
    if (s->c.fd < 0) {
        perror("socket");
        exit(2);
    }
    conn_nonblock(&s->c);
    watch(s, EPOLLOUT, EPOLL_CTL_ADD);
    if (connect(s->c.fd, (struct sockaddr *)&address, length) && errno != EINPROGRESS) give_up(s);
}

static void shake(session_t *s) {
    if (s->state == CONNECTING) {
        int error = 0;
        socklen_t length = sizeof error;
        getsockopt(s->c.fd, SOL_SOCKET, SO_ERROR, &error, &length);
        if (error) return give_up(s);
        s->c.ssl = SSL_new(tls);
        SSL_set_fd(s->c.ssl, s->c.fd);
        s->state = SHAKING;
    }
    ERR_clear_error();
    int k = SSL_connect(s->c.ssl), why = SSL_get_error(s->c.ssl, k);
    if (k == 1) {
        unsigned char hello[64];
        s->announced = HUB_WINDOW;
        conn_put(&s->c, hello, hub_hello(hello));
        return ask(s, 0);
    }
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return give_up(s);
    watch(s, why == SSL_ERROR_WANT_READ ? EPOLLIN : EPOLLOUT, EPOLL_CTL_MOD);
}

// One frame of the hub's; 0 when the session is over.
static int take(session_t *s, int type, uint32_t stream, const unsigned char *p, uint32_t n) {
    if (type == HUB_RESET || type == HUB_GOAWAY) return 0;
    if (type == HUB_DATA) {
        s->taken += n;
        s->answered = stream == s->stream && n == message_bytes && !memcmp(p, message, n);
    }
    if (type == HUB_END && stream == s->stream) {
        if (!s->answered || hub_number(p, n, 1, 0)) wrong++;
        if (stream == 1) opening--;
        s->state = IDLE;
    }
    return 1;
}

// Lets the hub send on, at half of the window.
static void grant(session_t *s) {
    if (s->taken + HUB_WINDOW - s->announced < HUB_WINDOW / 2) return;
    unsigned char b[HUB_HEADER + 16];
    s->announced = s->taken + HUB_WINDOW;
    b[HUB_HEADER] = 1 << 3;
    size_t n = 1 + hub_varint(b + HUB_HEADER + 1, s->announced);
    conn_put(&s->c, b, hub_header(b, (uint32_t)n, HUB_CREDIT, 0, 0) + n);
    conn_flush(&s->c);
}

static void hear(session_t *s) {
    int k;
    while ((k = conn_fill(&s->c)) > 0) {}
    uint64_t now = bench_now();
    size_t at = 0;
    while (s->c.rn - at >= HUB_HEADER) {
        const unsigned char *p = s->c.r + at;
        uint32_t n = hub_be32(p);
        if (n > 65536) return give_up(s);
        if (s->c.rn - at < HUB_HEADER + n) break;
        if (!take(s, p[4], hub_be32(p + 8), p + HUB_HEADER, n)) return give_up(s);
        at += HUB_HEADER + n;
    }
    conn_eat(&s->c, at);
    if (k < 0) return give_up(s);
    grant(s);
    if (s->state == IDLE && s->answered) answered(s, now);
}

// Does what is ready; waits for it, at the longest until `until`.
static void turn(uint64_t until) {
    struct epoll_event events[256];
    uint64_t now = bench_now(), left = until > now ? until - now : 0;
    struct timespec wait = {(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
    struct pollfd ready = {ep, POLLIN, 0};
    if (ppoll(&ready, 1, &wait, NULL) <= 0) return;
    int n = epoll_wait(ep, events, 256, 0);
    for (int i = 0; i < n; i++) {
        session_t *s = events[i].data.ptr;
        if (s->state == CONNECTING || s->state == SHAKING)
            shake(s);
        else if (events[i].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
            hear(s);
        else
            flush(s);
    }
}

static void begin(void) {
    memset(&B, 0, sizeof B);
    B.measuring = 1;
    failed = wrong = 0;
}

static int open_now(void) {
    int n = 0;
    for (int i = 0; i < count; i++) n += sessions[i].state == IDLE || (sessions[i].state == BUSY && sessions[i].stream > 1);
    return n;
}

static double seconds_since(uint64_t t) { return (double)(bench_now() - t) / 1e9; }

// Every closed session is tried once.
static void do_open(void) {
    begin();
    lost = 0;
    uint64_t t = bench_now();
    int next = 0;
    while ((next < count || opening > 0) && seconds_since(t) < 300) {
        for (; next < count && opening < at_once; next++)
            if (sessions[next].state == CLOSED) start(sessions + next);
        turn(bench_now() + 100000000u);
    }
    printf("{\"open\":%d,\"failed\":%llu,\"wrong\":%llu,\"seconds\":%.3f,\"p50_us\":%.0f,\"p99_us\":%.0f}\n", open_now(),
           (unsigned long long)failed, (unsigned long long)wrong, seconds_since(t), bench_pct(&B, .50),
           bench_pct(&B, .99));
}

static void do_calls(double rate, double seconds) {
    begin();
    uint64_t t = bench_now(), made = 0, before = lost, step = (uint64_t)(1e9 / rate), delayed = 0;
    while (seconds_since(t) < seconds) {
        session_t *s = sessions + made % (uint64_t)count;
        uint64_t due = t + made * step;
        int is_due = due <= bench_now(), is_free = s->state == IDLE;
        if (is_due && is_free) ask(s, delayed ? due : bench_now());
        if (is_due && (is_free || s->state == CLOSED)) { // a call on a closed session is made and never answered
            made++;
            delayed = 0;
            continue;
        }
        delayed = is_due;
        turn(is_due ? bench_now() + 10000000u : due);
    }
    for (uint64_t end = bench_now() + 5000000000u; B.n + wrong < made && open_now() && bench_now() < end;) turn(end);
    printf("{\"calls\":%llu,\"answered\":%llu,\"wrong\":%llu,\"lost\":%llu,\"p50_us\":%.1f,\"p99_us\":%.1f}\n",
           (unsigned long long)made, (unsigned long long)B.n, (unsigned long long)wrong,
           (unsigned long long)(lost - before), bench_pct(&B, .50), bench_pct(&B, .99));
}

static void command(const char *line) {
    double rate, seconds;
    if (!strcmp(line, "open\n"))
        do_open();
    else if (sscanf(line, "calls %lf %lf", &rate, &seconds) == 2 && rate > 0)
        do_calls(rate, seconds);
    else
        printf("{\"open\":%d,\"lost\":%llu}\n", open_now(), (unsigned long long)lost);
    fflush(stdout);
}

int main(int ac, char **av) {
    if (ac < 4) {
        fprintf(stderr, "usage: sessions PORT SESSIONS AT_ONCE\n");
        return 2;
    }
    target = av[1];
    count = atoi(av[2]);
    at_once = atoi(av[3]);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_TIMERSLACK, 1000); // nanoseconds: what is due is sent when it is due
    tls = conn_client_ctx(HUB_ALPN, 0);
    SSL_CTX_set_mode(tls, SSL_CTX_get_mode(tls) | SSL_MODE_RELEASE_BUFFERS);
    message_bytes = hub_echo_message(message, 64, NULL);
    sessions = calloc((size_t)count, sizeof *sessions);
    ep = epoll_create1(0);
    setvbuf(stdin, NULL, _IONBF, 0); // poll must see what is not read yet
    char line[128];
    for (;;) {
        struct pollfd ready[2] = {{0, POLLIN, 0}, {ep, POLLIN, 0}};
        poll(ready, 2, -1);
        if (ready[1].revents) turn(0);
        if (!ready[0].revents) continue;
        if (!fgets(line, sizeof line, stdin)) return 0;
        command(line);
    }
}
