/* client.h: what a client is, and how its parts call each other. */
#ifndef HUB_CLIENT_PARTS_H
#define HUB_CLIENT_PARTS_H

#include "connection.h"

#include <stdatomic.h>

/* "host:port" taken apart. */
typedef struct hub_address {
    char *text, *host, *port;
} hub_address;

struct hub_client {
    /* Options, with strings of their own. */
    hub_address *addresses;
    size_t address_count;
    char *server_name, *software;
    uint32_t connect_timeout_ms, backoff_first_ms, backoff_max_ms, keepalive_ms, keepalive_timeout_ms;
    size_t received_bytes_max;
    hub_tls_papers *papers;
    uint8_t instance_id[16];

    /* What hub_client_fd waits for. */
    int epoll_fd, timer_fd, wake_fd;
    int64_t alarm_ms; /* what timer_fd is set to */
    atomic_bool is_interrupted;
    bool is_nudged; /* wake_fd was written */
    bool is_processing;

    /* Connections. */
    hub_link connections;
    hub_connection *current; /* takes new calls, or will; NULL = none */
    uint32_t failures;       /* tries and connections in a row that brought nothing */
    size_t next_address;     /* tried next; stays at one that works */
    size_t tried_addresses;  /* have failed since one worked, or since all have */
    int64_t not_before_ms;   /* no try before */
    bool was_greeted;        /* a hub has said hello to this client at some time */

    /* Calls. */
    hub_link calls, waiting, ready;
    size_t received_bytes; /* of messages that came and were not taken, with what they cost */
};

/* ---- client.c ------------------------------------------------------------------------------------------------ */

/* Makes hub_client_fd readable. */
void hub_client_nudge(hub_client *client);

/* Tells epoll what a connection waits for; 0 = nothing. */
void hub_client_watch(hub_connection *connection, int fd, uint32_t events);

/* Waits until there is something to process, and processes it. False: interrupted, or called from `notify`. */
bool hub_client_wait(hub_client *client);

/* ---- dialing.c: which address, and when ---------------------------------------------------------------------- */

/* Connects when calls wait and nothing is under way. */
void hub_dial_if_needed(hub_client *client, int64_t now);

/* When the next try is due; HUB_NEVER = none is. */
int64_t hub_dial_due(const hub_client *client);

/* A connection was lost before the hub's hello. `error` is not owned. */
void hub_dial_failed(hub_client *client, bool permanent, const hub_error *error);

/* The hub said hello. */
void hub_dial_greeted(hub_client *client);

#endif
