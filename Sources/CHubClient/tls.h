/* tls.h: TLS 1.3 over a socket that does not block, with both sides' certificates (W-1, W-2). */
#ifndef HUB_TLS_H
#define HUB_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Certificate, key and authority, for all connections of a client. */
typedef struct hub_tls_papers hub_tls_papers;

/* One connection's TLS. */
typedef struct hub_tls hub_tls;

/* What an operation came to. */
typedef enum hub_tls_result {
    HUB_TLS_DONE,   /* it is done, or some bytes went */
    HUB_TLS_READ,   /* again when the socket is readable */
    HUB_TLS_WRITE,  /* again when the socket is writable */
    HUB_TLS_CLOSED, /* the hub closed */
    HUB_TLS_FAILED  /* hub_tls_failure says why */
} hub_tls_result;

/* Reads three PEM files. NULL when one is wrong; `why` then gets one line. */
hub_tls_papers *hub_tls_papers_new(const char *certificate, const char *private_key, const char *authority, char *why,
                                   size_t why_size);
void hub_tls_papers_free(hub_tls_papers *papers);

/* TLS on a connected socket, which stays the caller's. `name`: host name or numeric address that the hub's certificate
 * must have. NULL when memory is used up. */
hub_tls *hub_tls_new(hub_tls_papers *papers, int socket, const char *name);
void hub_tls_free(hub_tls *tls);

hub_tls_result hub_tls_handshake(hub_tls *tls);
hub_tls_result hub_tls_read(hub_tls *tls, uint8_t *into, size_t size, size_t *got);
hub_tls_result hub_tls_write(hub_tls *tls, const uint8_t *from, size_t size, size_t *went);

/* Says goodbye, as far as the socket takes it. */
void hub_tls_close(hub_tls *tls);

/* Why an operation failed or the hub closed: a sentence. `permanent`: trying again brings the same. */
const char *hub_tls_failure(const hub_tls *tls, bool *permanent);

#endif
