/* connection.c: the life of a connection: name, TCP, TLS, frames, silence, end. */
#define _GNU_SOURCE
#include "client.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    READ_BYTES = 16384, /* one TLS record */
    READS_MAX = 64,     /* in one go, so that a fast hub does not keep the program from its own work */
    FRAME_STALL_MS = 30000 /* W-59 */
};

hub_connection *hub_connection_new(hub_client *client, const char *host, const char *port, const char *address) {
    hub_connection *made = calloc(1, sizeof *made);
    if (made == NULL) return NULL;
    int64_t now = hub_now_ms();
    *made = (hub_connection){
        .client = client, .address = address, .fd = -1, .socket = -1,
        .connect_by_ms = now + client->connect_timeout_ms, .quiet_ms = now, .asked_ms = HUB_NEVER,
        .keepalive_ms = hub_spread(client->keepalive_ms), .frame_max = HUB_FRAME_BYTES_EARLY,
        .message_max = HUB_MESSAGE_BYTES_MAX, .stream_credit = HUB_STREAM_CREDIT, .next_stream = 1,
        .stream_max = 2 * HUB_OPEN_CALLS - 1, .sent_max = HUB_CONNECTION_CREDIT};
    hub_window_init(&made->window, HUB_CONNECTION_CREDIT);
    hub_link_init(&made->turns);
    for (size_t i = 0; i < HUB_BUCKETS; i++) hub_link_init(&made->buckets[i]);
    hub_link_init(&made->in_client);
    hub_link_append(&client->connections, &made->in_client);
    if (host == NULL) return made; /* a test brings the bytes itself */
    made->lookup = hub_lookup_start(host, port);
    if (made->lookup != NULL) hub_client_watch(made, hub_lookup_fd(made->lookup), EPOLLIN);
    return made;
}

/* ---- The end ------------------------------------------------------------------------------------------------- */

static void close_socket(hub_connection *connection) {
    hub_client_watch(connection, -1, 0);
    if (connection->tls != NULL) hub_tls_close(connection->tls);
    hub_tls_free(connection->tls);
    connection->tls = NULL;
    if (connection->socket >= 0) close(connection->socket);
    connection->socket = -1;
}

void hub_connection_close(hub_connection *connection, hub_fate fate, hub_error *error) {
    hub_client *client = connection->client;
    if (connection->phase == HUB_PHASE_CLOSED) {
        hub_error_free(error);
        return;
    }
    bool was_open = connection->phase == HUB_PHASE_OPEN, was_current = client->current == connection;
    connection->phase = HUB_PHASE_CLOSED;
    if (was_current) client->current = NULL;
    close_socket(connection);
    if (connection->parting != NULL) {
        hub_error_free(error);
        error = connection->parting;
        fate = connection->parting_fate;
        connection->parting = NULL;
    }
    for (size_t i = 0; i < HUB_BUCKETS; i++) {
        HUB_EACH(at, after, &connection->buckets[i]) {
            hub_call *call = HUB_MEMBER(at, hub_call, in_bucket);
            hub_connection_leave(connection, call, 0);
            if (was_open) hub_call_failed(call, fate, hub_error_copy(error), (hub_bytes){0});
            else hub_call_requeue(call);
        }
    }
    if (!was_open) {
        hub_dial_failed(client, fate == HUB_FATE_FINAL, error);
    } else if (was_current) {
        client->failures = connection->is_fruitful ? 0 : client->failures + 1;
        int64_t wait = hub_backoff(client->failures, client->backoff_first_ms, client->backoff_max_ms);
        if (hub_now_ms() + wait > client->not_before_ms) client->not_before_ms = hub_now_ms() + wait;
    }
    hub_error_free(error);
}

bool hub_connection_break(hub_connection *connection, int goaway_code, const char *why) {
    Hub__V1__Goaway goaway = HUB__V1__GOAWAY__INIT;
    goaway.code = (Hub__V1__GoawayCode)goaway_code;
    goaway.reason = (char *)why;
    uint8_t payload[512];
    if (hub__v1__goaway__get_packed_size(&goaway) <= sizeof payload) {
        size_t size = hub__v1__goaway__pack(&goaway, payload);
        hub_frame_append(&connection->out, HUB_FRAME_GOAWAY, 0, 0, payload, size);
        hub_connection_flush(connection);
    }
    hub_connection_close(connection, HUB_FATE_FINAL,
                         hub_error_make(HUB_INTERNAL, HUB_E_PROTOCOL, "the hub at %s broke the protocol: %s",
                                        connection->address, why));
    return false;
}

void hub_connection_free(hub_connection *connection) {
    close_socket(connection);
    hub_link_remove(&connection->in_client);
    hub_lookup_drop(connection->lookup);
    if (connection->targets != NULL) freeaddrinfo(connection->targets);
    hub_buffer_free(&connection->in);
    hub_buffer_free(&connection->out);
    hub_error_free(connection->parting);
    free(connection);
}

/* Lost without a broken rule. */
static void lose(hub_connection *connection, bool permanent, const char *why) {
    const char *what = connection->phase == HUB_PHASE_OPEN ? "the connection was lost to" : "cannot reach";
    hub_connection_close(connection, permanent ? HUB_FATE_FINAL : HUB_FATE_UNKNOWN,
                         hub_error_make(HUB_UNAVAILABLE, HUB_E_CONNECTION_CLOSED, "%s the hub at %s: %s", what,
                                        connection->address, why));
}

/* ---- The way to the hub -------------------------------------------------------------------------------------- */

static const char *socket_sentence(int code) {
    switch (code) {
    case ECONNREFUSED: return "connection refused; is hubd running, and is the port right?";
    case EHOSTUNREACH: case ENETUNREACH: case EADDRNOTAVAIL: return "no way to this host; check the network";
    case ETIMEDOUT: return "no answer; check the address and the firewall";
    default: return strerror(code);
    }
}

/* Tries the next target that a socket can be made for; the last failure is told. */
static void dial(hub_connection *connection, int failure) {
    close_socket(connection);
    for (; connection->target != NULL; connection->target = connection->target->ai_next) {
        const struct addrinfo *to = connection->target;
        connection->socket = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, to->ai_protocol);
        if (connection->socket < 0) {
            failure = errno;
            continue;
        }
        const int yes = 1;
        setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (connect(connection->socket, to->ai_addr, to->ai_addrlen) == 0 || errno == EINPROGRESS) {
            /* The others keep a fair part of the time. */
            int64_t left = connection->connect_by_ms - hub_now_ms(), count = 0;
            for (const struct addrinfo *at = to; at != NULL; at = at->ai_next) count++;
            connection->target_by_ms = hub_now_ms() + (left > 0 ? left / count : 0);
            connection->phase = HUB_PHASE_DIALING;
            hub_client_watch(connection, connection->socket, EPOLLOUT);
            return;
        }
        failure = errno;
        close_socket(connection);
    }
    lose(connection, false, socket_sentence(failure));
}

static void next_target(hub_connection *connection, int failure) {
    connection->target = connection->target->ai_next;
    dial(connection, failure);
}

static void progress_lookup(hub_connection *connection) {
    if (connection->lookup == NULL) {
        lose(connection, false, "memory or threads are used up");
        return;
    }
    if (!hub_lookup_take(connection->lookup, &connection->targets)) return;
    hub_client_watch(connection, -1, 0);
    hub_lookup_drop(connection->lookup);
    connection->lookup = NULL;
    if (connection->targets == NULL) {
        lose(connection, false, "no such host; check the name");
        return;
    }
    connection->target = connection->targets;
    dial(connection, 0);
}

static void progress_dial(hub_connection *connection) {
    struct pollfd asked = {.fd = connection->socket, .events = POLLOUT};
    if (poll(&asked, 1, 0) <= 0) return;
    int failure = 0;
    socklen_t size = sizeof failure;
    if (getsockopt(connection->socket, SOL_SOCKET, SO_ERROR, &failure, &size) != 0) failure = errno;
    if (failure != 0) {
        next_target(connection, failure);
        return;
    }
    const char *name = connection->client->server_name;
    for (size_t i = 0; name == NULL && i < connection->client->address_count; i++)
        if (connection->client->addresses[i].text == connection->address) name = connection->client->addresses[i].host;
    connection->tls = hub_tls_new(connection->client->papers, connection->socket, name);
    if (connection->tls == NULL) {
        lose(connection, false, "memory is used up");
        return;
    }
    connection->phase = HUB_PHASE_HANDSHAKE;
}

static void progress_handshake(hub_connection *connection) {
    bool permanent;
    switch (hub_tls_handshake(connection->tls)) {
    case HUB_TLS_DONE:
        connection->phase = HUB_PHASE_EARLY;
        hub_connection_greet(connection);
        return;
    case HUB_TLS_READ: hub_client_watch(connection, connection->socket, EPOLLIN); return;
    case HUB_TLS_WRITE: hub_client_watch(connection, connection->socket, EPOLLOUT); return;
    case HUB_TLS_CLOSED: case HUB_TLS_FAILED: break;
    }
    const char *why = hub_tls_failure(connection->tls, &permanent);
    char sentence[256];
    strncpy(sentence, why, sizeof sentence - 1);
    sentence[sizeof sentence - 1] = 0;
    lose(connection, permanent, sentence);
}

/* ---- Frames -------------------------------------------------------------------------------------------------- */

/* Reads what has come. False when the connection was closed. */
static bool read_socket(hub_connection *connection) {
    for (int i = 0; i < READS_MAX; i++) {
        uint8_t *room = hub_buffer_reserve(&connection->in, READ_BYTES);
        if (room == NULL) return lose(connection, false, "memory is used up"), false;
        size_t got;
        hub_tls_result result = hub_tls_read(connection->tls, room, READ_BYTES, &got);
        if (result == HUB_TLS_READ || result == HUB_TLS_WRITE) return true;
        if (result != HUB_TLS_DONE) {
            bool permanent;
            char sentence[256] = {0};
            strncpy(sentence, hub_tls_failure(connection->tls, &permanent), sizeof sentence - 1);
            lose(connection, permanent, sentence);
            return false;
        }
        connection->in.end += got;
        connection->quiet_ms = hub_now_ms();
        connection->asked_ms = HUB_NEVER;
        if (!hub_connection_read_frames(connection)) return false;
    }
    hub_client_nudge(connection->client);
    return true;
}

/* What silence means. */
static void look_at_clock(hub_connection *connection) {
    int64_t now = hub_now_ms();
    if (connection->phase < HUB_PHASE_OPEN) {
        if (now >= connection->connect_by_ms)
            {
               lose(connection, false, connection->phase < HUB_PHASE_EARLY
                                               ? "no answer; check the address and the firewall"
                                               : "no hello; is it starting or stopping?");
               return;
           }
        if (connection->phase == HUB_PHASE_DIALING && now >= connection->target_by_ms)
            next_target(connection, ETIMEDOUT);
        return;
    }
    if (connection->is_leaving && connection->open == 0) {
        lose(connection, false, "it left");
        return;
    }
    if (hub_buffer_size(&connection->in) > 0 && now - connection->quiet_ms >= FRAME_STALL_MS) {
        hub_connection_break(connection, HUB__V1__GOAWAY_CODE__GOAWAY_CODE_PROTOCOL_ERROR,
                             "a frame that does not go on for 30 seconds");
        return;
    }
    if (connection->open == 0) return;
    if (connection->asked_ms != HUB_NEVER) {
        if (now - connection->asked_ms >= connection->client->keepalive_timeout_ms)
            lose(connection, false, "it gives no sign of life");
    } else if (now - connection->quiet_ms >= connection->keepalive_ms) {
        uint8_t mark[HUB_PING_BYTES];
        hub_random(mark, sizeof mark);
        if (hub_frame_append(&connection->out, HUB_FRAME_PING, 0, 0, mark, sizeof mark)) connection->asked_ms = now;
        hub_connection_flush(connection);
    }
}

void hub_connection_progress(hub_connection *connection) {
    if (connection->phase == HUB_PHASE_LOOKUP) progress_lookup(connection);
    if (connection->phase == HUB_PHASE_DIALING) progress_dial(connection);
    if (connection->phase == HUB_PHASE_HANDSHAKE) progress_handshake(connection);
    if (connection->phase == HUB_PHASE_EARLY || connection->phase == HUB_PHASE_OPEN) {
        if (!read_socket(connection) || !hub_connection_flush(connection)) return;
    }
    if (connection->phase != HUB_PHASE_CLOSED) look_at_clock(connection);
}

int64_t hub_connection_due(const hub_connection *connection) {
    if (connection->phase == HUB_PHASE_CLOSED) return HUB_NEVER;
    if (connection->phase < HUB_PHASE_OPEN)
        return connection->phase == HUB_PHASE_DIALING && connection->target_by_ms < connection->connect_by_ms
                   ? connection->target_by_ms
                   : connection->connect_by_ms;
    int64_t due = HUB_NEVER;
    if (connection->is_leaving && connection->open == 0) return 0;
    if (hub_buffer_size(&connection->in) > 0) due = connection->quiet_ms + FRAME_STALL_MS;
    if (connection->open > 0) {
        int64_t sign = connection->asked_ms != HUB_NEVER
                           ? connection->asked_ms + connection->client->keepalive_timeout_ms
                           : connection->quiet_ms + connection->keepalive_ms;
        if (sign < due) due = sign;
    }
    return due;
}
