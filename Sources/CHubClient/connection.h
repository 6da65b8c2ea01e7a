/* connection.h: one TLS connection to a hub and the frames on it. */
#ifndef HUB_CONNECTION_H
#define HUB_CONNECTION_H

#include "call.h"
#include "chance.h"
#include "frame.h"
#include "lookup.h"
#include "tls.h"

/* How far a connection is; each phase is later than the one before. */
typedef enum hub_phase {
    HUB_PHASE_LOOKUP,    /* of the host's name */
    HUB_PHASE_DIALING,   /* TCP */
    HUB_PHASE_HANDSHAKE, /* TLS */
    HUB_PHASE_EARLY,     /* calls may go before the hub's hello, under the default limits (W-10) */
    HUB_PHASE_OPEN,
    HUB_PHASE_CLOSED /* freed at the end of hub_client_process */
} hub_phase;

enum { HUB_BUCKETS = 64 };

struct hub_connection {
    hub_client *client;
    hub_link in_client;
    hub_phase phase;
    bool is_leaving;  /* takes no new call */
    bool is_fruitful; /* a call ended on it */
    const char *address; /* "host:port" */

    /* The way to the hub. */
    hub_lookup *lookup;
    struct addrinfo *targets, *target; /* all that were found, and the one that is tried */
    int fd;                            /* what the client's epoll watches: the lookup's, then the socket; -1 = none */
    int socket;
    uint32_t interest; /* epoll events that were asked for */
    hub_tls *tls;
    int64_t connect_by_ms; /* lookup, TCP, TLS and hello together */
    int64_t target_by_ms;  /* TCP of this target */

    /* Time. */
    int64_t quiet_ms;     /* since when nothing has come, or nothing was waited for */
    int64_t keepalive_ms; /* spread by chance */
    int64_t asked_ms;     /* PING was sent and nothing has come since; HUB_NEVER = not asked */

    /* Bytes. */
    hub_buffer in, out;
    bool wants_write;     /* the socket is full */
    size_t reply_bytes;   /* in `out`: frames that the hub caused */
    uint32_t idle_frames; /* in a row that brought nothing (W-60) ... */
    int64_t idle_ms;      /* ... the last of them */

    /* What the hub takes. */
    uint32_t frame_max, message_max, stream_credit;
    bool takes_compressed;
    uint64_t next_stream, stream_max;
    uint64_t sent, sent_max;
    /* What this side takes. */
    hub_window window;

    /* Calls. */
    hub_link turns; /* those with something to send */
    hub_link buckets[HUB_BUCKETS];
    uint32_t open;
    hub_error *parting; /* what the hub's GOAWAY said, for calls that it does not answer ... */
    hub_fate parting_fate;
};

/* ---- connection.c: its life ---------------------------------------------------------------------------------- */

/* Begins to connect; NULL when memory is used up. Joins the client's connections. */
hub_connection *hub_connection_new(hub_client *client, const char *host, const char *port, const char *address);

/* Does what can be done without waiting. */
void hub_connection_progress(hub_connection *connection);

/* Milliseconds of hub_now_ms at which something is due without a byte; HUB_NEVER = nothing is. */
int64_t hub_connection_due(const hub_connection *connection);

/* Ends a connection and every attempt on it. `error`: why, owned. */
void hub_connection_close(hub_connection *connection, hub_fate fate, hub_error *error);

/* The hub broke a rule: says so with GOAWAY, and closes (PROTOCOL.md, section 2). Returns false, for the reader. */
bool hub_connection_break(hub_connection *connection, int goaway_code, const char *why);

/* Frees a closed one. */
void hub_connection_free(hub_connection *connection);

/* ---- receiving.c --------------------------------------------------------------------------------------------- */

/* Reads every whole frame in `in`. False when the connection was closed because of them. */
bool hub_connection_read_frames(hub_connection *connection);

/* ---- sending.c ----------------------------------------------------------------------------------------------- */

/* This side's HELLO. */
void hub_connection_greet(hub_connection *connection);

/* Opens a call; false when the hub has no room for it now. A call that can never be sent is ended, and counts as sent. */
bool hub_connection_open(hub_connection *connection, hub_call *call);

/* A call has more to send, or more credit. */
void hub_connection_take_turn(hub_connection *connection, hub_call *call);

/* The call leaves its stream. `reset`: a RESET code to tell the hub, 0 = the hub knows. */
void hub_connection_leave(hub_connection *connection, hub_call *call, int reset);

/* Writes what waits: requests in turn, as far as credit and the socket go. False when the connection was closed. */
bool hub_connection_flush(hub_connection *connection);

/* Appends a control frame that the hub caused; false when too many of them wait, which closes the connection. */
bool hub_connection_reply(hub_connection *connection, hub_frame_type type, uint8_t flags, uint32_t stream,
                          const void *payload, size_t size);

/* The call on a stream, NULL when it has ended. */
hub_call *hub_connection_find(const hub_connection *connection, uint32_t stream);

/* Announces credit. */
bool hub_connection_grant(hub_connection *connection, uint32_t stream, uint64_t offset);

#endif
