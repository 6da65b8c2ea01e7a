/* scripted_hub.h: a hub that says over real TLS what a test wants it to say, right or wrong. */
#ifndef HUB_TEST_SCRIPTED_HUB_H
#define HUB_TEST_SCRIPTED_HUB_H

#include "frame.h"
#include "hub_client.h"
#include "hub/v1/frame.pb-c.h"
#include "hub/v1/status.pb-c.h"

typedef struct scripted_hub scripted_hub;

/* The hub's side of one connection. */
typedef struct hub_side hub_side;

/* What the hub does on one connection, in a thread of its own; the connection is closed when it returns. */
typedef void (*script)(hub_side *side);

/* How it shows itself. */
typedef struct hub_manners {
    const char *certificate, *key; /* NULL = the hub's own */
    const char *protocol;          /* NULL = elayanan/1 */
    int tls_version_max;           /* 0 = 1.3 */
} hub_manners;

/* Listens on a port of 127.0.0.1. Connection i runs scripts[i]; a list ends with NULL, and then nobody listens. */
scripted_hub *scripted_hub_start(const script *scripts, const hub_manners *manners);
const char *scripted_hub_address(const scripted_hub *hub);
/* Waits until every script that began has ended. */
void scripted_hub_stop(scripted_hub *hub);

/* A frame of the client; `payload` is freed by the next read on the side. */
typedef struct frame {
    hub_header header;
    uint8_t *payload;
} frame;

/* The next frame; false when the client has closed. */
bool side_read(hub_side *side, frame *into);
/* The next frame of a type; others are dropped. */
bool side_await(hub_side *side, hub_frame_type type, frame *into);
/* Waits for a CALL, decodes it (the caller frees it) and takes its request, up to END. NULL when the client closed. */
Hub__V1__Call *side_await_call(hub_side *side, uint32_t *stream);
void side_send(hub_side *side, hub_frame_type type, uint8_t flags, uint32_t stream, const void *payload, size_t size);
void side_raw(hub_side *side, const void *bytes, size_t size);
/* HELLO with the defaults of a hub. */
void side_greet(hub_side *side);
/* END with a status; `code` of the catalogue, 0 = no details. `retry_ms` below 0 = without RetryInfo. */
void side_end(hub_side *side, uint32_t stream, uint32_t status, uint32_t code, int retry_ms, const char *message);
/* One message and END OK. */
void side_answer(hub_side *side, uint32_t stream, const char *text);
void side_goaway(hub_side *side, int code, uint32_t last_stream, uint32_t retry_ms, const char *reason);
/* Reads until the client closes. */
void side_drain(hub_side *side);

/* Options for a client of these hubs: short waits. `addresses` ends with NULL. */
hub_client_options test_options(const char *const *addresses);
/* A client of one such hub; a check fails when it cannot be made. */
hub_client *test_client(const scripted_hub *hub);

#endif
