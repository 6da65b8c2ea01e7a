// One non-blocking connection, plain or TLS 1.3, with growable read and write buffers.
#pragma once
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct {
    int fd;
    SSL *ssl;
    unsigned char *r, *w;
    size_t rn, rc, wn, wo, wc;
} conn_t;

static inline int conn_socket(const char *target, struct sockaddr_storage *ss, socklen_t *len) {
    memset(ss, 0, sizeof *ss);
    if (!strncmp(target, "unix:", 5)) {
        struct sockaddr_un *u = (struct sockaddr_un *)ss;
        u->sun_family = AF_UNIX;
        snprintf(u->sun_path, sizeof u->sun_path, "%s", target + 5);
        *len = sizeof *u;
        return socket(AF_UNIX, SOCK_STREAM, 0);
    }
    struct sockaddr_in *s = (struct sockaddr_in *)ss;
    s->sin_family = AF_INET;
    s->sin_port = htons((uint16_t)atoi(target));
    s->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *len = sizeof *s;
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    const char *cc = getenv("PEERS_CC"); // another congestion control than the machine's (accepted sockets inherit it)
    if (cc && *cc) setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, cc, (socklen_t)strlen(cc));
    return fd;
}

static inline void conn_open(conn_t *c, const char *target) {
    struct sockaddr_storage ss;
    socklen_t n;
    memset(c, 0, sizeof *c);
    c->fd = conn_socket(target, &ss, &n);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&ss, n)) {
        perror("connect");
        exit(2);
    }
}

static inline void conn_need(int done, const char *what) {
    if (done == 1) return;
    fprintf(stderr, "%s\n", what);
    ERR_print_errors_fp(stderr);
    exit(2);
}

static inline void conn_tls(conn_t *c, SSL_CTX *ctx) {
    c->ssl = SSL_new(ctx);
    SSL_set_fd(c->ssl, c->fd);
    conn_need(SSL_connect(c->ssl), "TLS handshake refused or cut off");
}

// A client's TLS. PEER_CERT and PEER_KEY name its certificate, PEER_CA the authority that must have signed the
// server's. batched: one system call reads many records (a larger buffer for each connection).
static inline SSL_CTX *conn_client_ctx(const char *alpn, int batched) {
    SSL_CTX *x = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(x, TLS1_3_VERSION);
    SSL_CTX_set_ciphersuites(x, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384");
    /* As BoringSSL, Go and our own clients do: the authority's certificate is not sent along. */
    SSL_CTX_set_mode(x, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN);
    if (batched) {
        SSL_CTX_set_read_ahead(x, 1);
        SSL_CTX_set_default_read_buffer_len(x, 65536);
    }
    if (alpn) {
        unsigned char b[64];
        b[0] = (unsigned char)strlen(alpn);
        memcpy(b + 1, alpn, b[0]);
        SSL_CTX_set_alpn_protos(x, b, b[0] + 1u);
    }
    const char *cert = getenv("PEER_CERT"), *key = getenv("PEER_KEY"), *ca = getenv("PEER_CA");
    if (cert && key) {
        conn_need(SSL_CTX_use_certificate_chain_file(x, cert), cert);
        conn_need(SSL_CTX_use_PrivateKey_file(x, key, SSL_FILETYPE_PEM), key);
    }
    if (ca) {
        conn_need(SSL_CTX_load_verify_locations(x, ca, NULL), ca);
        SSL_CTX_set_verify(x, SSL_VERIFY_PEER, NULL);
        X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(x), "localhost", 0);
    }
    return x;
}

static inline void conn_nonblock(conn_t *c) { fcntl(c->fd, F_SETFL, fcntl(c->fd, F_GETFL) | O_NONBLOCK); }

static inline void conn_put(conn_t *c, const void *p, size_t n) {
    if (c->wn + n > c->wc) {
        c->wc = (c->wn + n) * 2 + 4096;
        c->w = realloc(c->w, c->wc);
    }
    memcpy(c->w + c->wn, p, n);
    c->wn += n;
}

// 0 when all is written, 1 when the socket is full, -1 on error.
static inline int conn_flush(conn_t *c) {
    while (c->wo < c->wn) {
        int k;
        if (c->ssl) {
            ERR_clear_error();
            k = SSL_write(c->ssl, c->w + c->wo, (int)(c->wn - c->wo));
            if (k <= 0) return SSL_get_error(c->ssl, k) == SSL_ERROR_WANT_WRITE ? 1 : -1;
        } else {
            k = (int)send(c->fd, c->w + c->wo, c->wn - c->wo, MSG_NOSIGNAL);
            if (k <= 0) return errno == EAGAIN ? 1 : -1;
        }
        c->wo += (size_t)k;
    }
    c->wo = c->wn = 0;
    return 0;
}

// One read into the buffer: >0 bytes, 0 would block, -1 closed.
static inline int conn_fill(conn_t *c) {
    if (c->rc - c->rn < 16384) {
        c->rc = c->rc * 2 + 65536;
        c->r = realloc(c->r, c->rc);
    }
    int k;
    if (c->ssl) {
        ERR_clear_error();
        k = SSL_read(c->ssl, c->r + c->rn, (int)(c->rc - c->rn));
        if (k <= 0) return SSL_get_error(c->ssl, k) == SSL_ERROR_WANT_READ ? 0 : -1;
    } else {
        k = (int)read(c->fd, c->r + c->rn, c->rc - c->rn);
        if (k == 0) return -1;
        if (k < 0) return errno == EAGAIN ? 0 : -1;
    }
    c->rn += (size_t)k;
    return k;
}

// Whether another read can find data that the kernel no longer announces.
static inline int conn_buffered(conn_t *c) { return c->ssl && SSL_has_pending(c->ssl); }

static inline void conn_eat(conn_t *c, size_t n) {
    if (n && n < c->rn) memmove(c->r, c->r + n, c->rn - n);
    c->rn -= n;
}
