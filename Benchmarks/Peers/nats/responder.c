// A NATS responder in C: subscribes to 'svc' and sends every request's body back to its reply subject.
// Usage: nats-responder PORT tls|plain
#include "../common/conn.h"
#include <poll.h>

int main(int ac, char **av) {
    if (ac < 3) return 2;
    SSL_CTX *x = !strcmp(av[2], "tls") ? conn_client_ctx(NULL, 1) : NULL;
    conn_t c;
    char b[4096];
    size_t n = 0;
    conn_open(&c, av[1]);
    while (n < sizeof b && !memchr(b, '\n', n)) {
        ssize_t k = read(c.fd, b + n, sizeof b - n);
        if (k <= 0) return 2;
        n += (size_t)k;
    }
    if (x) conn_tls(&c, x);
    int k = snprintf(b, sizeof b,
                     "CONNECT {\"verbose\":false,\"pedantic\":false,\"tls_required\":%s,\"protocol\":1}\r\n"
                     "SUB svc 1\r\n",
                     x ? "true" : "false");
    conn_put(&c, b, (size_t)k);
    conn_flush(&c);
    conn_nonblock(&c);
    for (;;) {
        struct pollfd p = {c.fd, (short)(POLLIN | (c.wn > c.wo ? POLLOUT : 0)), 0};
        poll(&p, 1, -1);
        if (c.wn > c.wo && conn_flush(&c) < 0) return 1;
        for (;;) {
            int r = conn_fill(&c);
            if (r < 0) return 0;
            if (!r) break;
            size_t o = 0;
            for (;;) {
                unsigned char *q = c.r + o, *e = memchr(q, '\n', c.rn - o);
                if (!e) break;
                size_t line = (size_t)(e - q) + 1;
                if (q[0] == 'M') { // MSG svc 1 <reply> <len>\r\n<body>\r\n
                    unsigned char *len = e;
                    while (*len != ' ') len--;
                    unsigned char *rep = len - 1;
                    while (*rep != ' ') rep--;
                    size_t body = (size_t)atol((char *)len + 1);
                    if (c.rn - o < line + body + 2) break;
                    conn_put(&c, "PUB", 3);
                    conn_put(&c, rep, (size_t)(e + 1 - rep)); // " <reply> <len>\r\n"
                    conn_put(&c, q + line, body + 2);
                    o += line + body + 2;
                    continue;
                }
                if (q[0] == 'P' && q[1] == 'I') conn_put(&c, "PONG\r\n", 6);
                if (q[0] == '-') {
                    fwrite(q, 1, line, stderr);
                    return 1;
                }
                o += line;
            }
            conn_eat(&c, o);
            if (conn_flush(&c) < 0) return 1;
        }
    }
}
