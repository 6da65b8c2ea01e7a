/* sending.c: what goes to the hub: HELLO, calls, requests within their credit and in turn, control frames. */
#include "client.h"
#include "compression.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum {
    WORTH_WAITING = 16384, /* a request that takes longer than a round trip of a poor line (see below) */
    OUT_BYTES = 65536,   /* DATA joins what waits for the socket only below this */
    REPLY_BYTES = 131072 /* frames that the hub caused and does not take; one more ends the connection */
};

/* ---- Streams ------------------------------------------------------------------------------------------------- */

static const hub_link *bucket(const hub_connection *connection, uint32_t stream) {
    return &connection->buckets[stream / 2 % HUB_BUCKETS];
}

hub_call *hub_connection_find(const hub_connection *connection, uint32_t stream) {
    const hub_link *list = bucket(connection, stream);
    for (const hub_link *at = list->next; at != list; at = at->next) {
        hub_call *call = HUB_MEMBER(at, hub_call, in_bucket);
        if (call->stream == stream) return call;
    }
    return NULL;
}

void hub_connection_leave(hub_connection *connection, hub_call *call, int reset) {
    hub_link_remove(&call->in_bucket);
    hub_link_remove(&call->in_turns);
    call->connection = NULL;
    connection->open--;
    if (reset == 0 || connection->phase == HUB_PHASE_CLOSED) return;
    Hub__V1__Reset message = HUB__V1__RESET__INIT;
    message.code = (Hub__V1__ResetCode)reset;
    uint8_t payload[16];
    size_t size = hub__v1__reset__pack(&message, payload);
    hub_frame_append(&connection->out, HUB_FRAME_RESET, 0, call->stream, payload, size);
    hub_client_nudge(connection->client);
}

/* ---- Opening ------------------------------------------------------------------------------------------------- */

void hub_connection_greet(hub_connection *connection) {
    Hub__V1__Hello hello = HUB__V1__HELLO__INIT; /* versions 0 to 0 and the default limits */
    hello.features = HUB_FEATURE_ZSTD;
    hello.software = connection->client->software;
    hello.instance_id = (ProtobufCBinaryData){sizeof connection->client->instance_id, connection->client->instance_id};
    uint8_t payload[256];
    size_t size = hub__v1__hello__pack(&hello, payload);
    hub_frame_append(&connection->out, HUB_FRAME_HELLO, 0, 0, payload, size);
}

/* Milliseconds that the hub may take; 0 would mean its default. */
static uint32_t timeout_of(const hub_call *call, int64_t now) {
    const int64_t most = call->method.shape == HUB_UNARY ? 300000 : 86400000; /* L-19, L-20 */
    int64_t left = call->deadline_ms == HUB_NEVER ? most : call->deadline_ms - now;
    return (uint32_t)(left < 1 ? 1 : left > most ? most : left);
}

/* Appends the CALL frame. False when it is longer than a CALL may be, or memory is used up. */
static bool append_call(hub_connection *connection, const hub_call *call, uint32_t stream) {
    Hub__V1__Call message = HUB__V1__CALL__INIT;
    message.method = (char *)call->method.path;
    message.has_timeout_ms_case = HUB__V1__CALL__HAS_TIMEOUT_MS_TIMEOUT_MS;
    message.timeout_ms = timeout_of(call, hub_now_ms());
    char *zstd[] = {"zstd"};
    if (call->is_encoding) message.encoding = zstd[0];
    message.n_accept_encoding = call->accepts_compressed ? 1 : 0;
    message.accept_encoding = zstd;
    message.idempotency_key = (ProtobufCBinaryData){call->key_size, (uint8_t *)call->key};
    message.resume_from = (ProtobufCBinaryData){call->resume_from.size, (uint8_t *)call->resume_from.data};
    Hub__V1__Metadata *entries = calloc(call->metadata_count + 1, sizeof *entries);
    Hub__V1__Metadata **list = calloc(call->metadata_count + 1, sizeof *list);
    uint8_t *payload = NULL;
    size_t size = 0;
    if (entries != NULL && list != NULL) {
        for (size_t i = 0; i < call->metadata_count; i++) {
            hub__v1__metadata__init(&entries[i]);
            entries[i].key = (char *)call->metadata[i].key;
            entries[i].value =
                (ProtobufCBinaryData){call->metadata[i].value.size, (uint8_t *)call->metadata[i].value.data};
            list[i] = &entries[i];
        }
        message.n_metadata = call->metadata_count;
        message.metadata = list;
        size = hub__v1__call__get_packed_size(&message);
        if (size <= HUB_CALL_BYTES_MAX) payload = malloc(size + 1);
    }
    bool fits = payload != NULL;
    if (fits) {
        hub__v1__call__pack(&message, payload);
        fits = hub_frame_append(&connection->out, HUB_FRAME_CALL, 0, stream, payload, size);
    }
    free(payload);
    free(entries);
    free(list);
    return fits;
}

bool hub_connection_open(hub_connection *connection, hub_call *call) {
    if (connection->is_leaving || connection->next_stream > connection->stream_max) return false;
    if (connection->next_stream > UINT32_MAX) {
        connection->is_leaving = true;
        connection->client->current = NULL;
        return false;
    }
    /* What may not be sent twice waits until the hub has said hello, so that a failed connection costs nothing. */
    bool is_repeatable = call->method.effect != HUB_ONCE && !hub_call_takes_stream(call);
    if (connection->phase < HUB_PHASE_OPEN && !is_repeatable) return false;
    /* The hub's hello says whether a long request may be compressed, and comes sooner than the request would go. */
    if (connection->phase < HUB_PHASE_OPEN && call->may_compress && call->request_size >= WORTH_WAITING) return false;
    if (call->request_size > connection->message_max) {
        hub_call_conclude(call, hub_error_make(HUB_RESOURCE_EXHAUSTED, HUB_E_MESSAGE_TOO_LARGE,
                                               "the request has %zu bytes, the hub takes %u", call->request_size,
                                               (unsigned)connection->message_max));
        return true;
    }
    call->is_encoding = connection->takes_compressed && call->may_compress;
    if (call->is_encoding && !hub_call_takes_stream(call)) {
        if (call->request_frame == NULL)
            call->request_frame = hub_compress(call->request, call->request_size, &call->request_frame_size);
        call->is_encoding = call->request_frame != NULL;
    }
    uint32_t stream = (uint32_t)connection->next_stream;
    if (!append_call(connection, call, stream)) {
        hub_call_conclude(call, hub_error_make(HUB_RESOURCE_EXHAUSTED, HUB_E_METADATA,
                                               "method, key, cursor and metadata above %d bytes", HUB_CALL_BYTES_MAX));
        return true;
    }
    connection->next_stream += 2;
    connection->idle_frames = 0;
    if (connection->open++ == 0) connection->quiet_ms = hub_now_ms();
    call->connection = connection;
    call->stream = stream;
    call->phase = HUB_CALL_SENT;
    call->sends++;
    call->sent_at_ms = hub_now_ms();
    call->sent = 0;
    call->sent_max = connection->stream_credit;
    call->request_sent = 0;
    call->end_sent = call->is_answered = call->is_joining = false;
    call->bytes_came = 0;
    hub_window_init(&call->window, HUB_STREAM_CREDIT);
    hub_link_remove(&call->in_waiting);
    hub_link_append(&connection->buckets[stream / 2 % HUB_BUCKETS], &call->in_bucket);
    hub_connection_take_turn(connection, call);
    return true;
}

/* ---- Requests ------------------------------------------------------------------------------------------------ */

void hub_connection_take_turn(hub_connection *connection, hub_call *call) {
    if (hub_link_is_alone(&call->in_turns) && !call->end_sent) hub_link_append(&connection->turns, &call->in_turns);
}

/* What a call has to send: bytes, and whether they end a message and the requests. */
typedef struct piece {
    const uint8_t *bytes;
    size_t size;
    uint8_t flags;
} piece;

/* Compresses the next request of a stream of them, once, where the hub takes it. */
static void prepare(hub_call *call) {
    hub_message *message = call->outgoing.first;
    if (message == NULL || message->is_ready || !call->is_encoding) return;
    message->is_ready = true;
    size_t size;
    uint8_t *frame = hub_compress(message->data, message->size, &size);
    if (frame == NULL) return;
    free(message->data);
    call->outgoing_bytes -= message->size - size;
    message->data = frame;
    message->size = size;
    message->is_compressed = true;
}

/* The next piece of a call's requests; false when there is nothing to send, or no credit for it. */
static bool next_piece(const hub_connection *connection, const hub_call *call, piece *next) {
    const hub_message *message = call->outgoing.first;
    bool is_stream = hub_call_takes_stream(call);
    if (is_stream && message == NULL) {
        *next = (piece){NULL, 0, HUB_FLAG_END | HUB_FLAG_NONE};
        return call->has_all_requests;
    }
    bool is_frame = is_stream ? message->is_compressed : call->is_encoding;
    const uint8_t *bytes = is_stream ? message->data : is_frame ? call->request_frame : call->request;
    size_t size = is_stream ? message->size : is_frame ? call->request_frame_size : call->request_size;
    size_t left = size - call->request_sent;
    uint64_t room = call->sent_max - call->sent;
    if (connection->sent_max - connection->sent < room) room = connection->sent_max - connection->sent;
    if (connection->frame_max < room) room = connection->frame_max;
    if (HUB_TURN_BYTES < room) room = HUB_TURN_BYTES;
    if (left > 0 && room == 0) return false;
    bool is_end = left <= room;
    bool is_last = !is_stream || (message->next == NULL && call->has_all_requests);
    *next = (piece){bytes + call->request_sent, is_end ? left : (size_t)room,
                    (uint8_t)((!is_end ? HUB_FLAG_MORE : is_last ? HUB_FLAG_END : 0) |
                              (is_frame ? HUB_FLAG_COMPRESSED : 0))};
    return true;
}

/* A piece was sent: moves on. */
static void count(hub_connection *connection, hub_call *call, const piece *sent) {
    connection->sent += sent->size;
    connection->idle_frames = 0;
    call->sent += sent->size;
    call->request_sent += sent->size;
    call->end_sent = sent->flags & HUB_FLAG_END;
    if (sent->flags & HUB_FLAG_MORE) return;
    hub_message *message = hub_messages_take(&call->outgoing);
    if (message == NULL) return;
    call->outgoing_bytes -= message->size;
    call->request_sent = 0;
    hub_message_free(message);
    if (call->wants_room) hub_call_tell(call);
}

/* Moves requests into `out`, in turn. What has no credit leaves its turn, and comes back with CREDIT. */
static void take_turns(hub_connection *connection) {
    while (hub_buffer_size(&connection->out) < OUT_BYTES && !hub_link_is_alone(&connection->turns)) {
        hub_call *call = HUB_MEMBER(connection->turns.next, hub_call, in_turns);
        hub_link_remove(&call->in_turns);
        piece next;
        prepare(call);
        if (!next_piece(connection, call, &next)) continue;
        if (!hub_frame_append(&connection->out, HUB_FRAME_DATA, next.flags, call->stream, next.bytes, next.size))
            {
               hub_link_append(&connection->turns, &call->in_turns);
               return;
           }
        count(connection, call, &next);
        if (!call->end_sent) hub_link_append(&connection->turns, &call->in_turns);
    }
}

bool hub_connection_flush(hub_connection *connection) {
    if (connection->phase == HUB_PHASE_CLOSED) return false;
    take_turns(connection);
    if (connection->tls == NULL) return true;
    connection->wants_write = false;
    while (hub_buffer_size(&connection->out) > 0) {
        size_t went;
        hub_tls_result result = hub_tls_write(connection->tls, connection->out.data + connection->out.start,
                                              hub_buffer_size(&connection->out), &went);
        if (result == HUB_TLS_DONE) {
            hub_buffer_consume(&connection->out, went);
            take_turns(connection);
            continue;
        }
        connection->wants_write = result == HUB_TLS_WRITE;
        if (result == HUB_TLS_WRITE || result == HUB_TLS_READ) break;
        /* Why stands in what can still be read; the reader finds it, or that nothing comes any more. */
        hub_buffer_consume(&connection->out, SIZE_MAX);
        break;
    }
    if (hub_buffer_size(&connection->out) == 0) connection->reply_bytes = 0;
    hub_client_watch(connection, connection->socket, EPOLLIN | (connection->wants_write ? (uint32_t)EPOLLOUT : 0));
    return true;
}

bool hub_connection_reply(hub_connection *connection, hub_frame_type type, uint8_t flags, uint32_t stream,
                          const void *payload, size_t size) {
    connection->reply_bytes += HUB_HEADER_BYTES + size;
    if (connection->reply_bytes <= REPLY_BYTES &&
        hub_frame_append(&connection->out, type, flags, stream, payload, size))
        return true;
    return hub_connection_break(connection, HUB__V1__GOAWAY_CODE__GOAWAY_CODE_ENHANCE_YOUR_CALM,
                                "it asks for answers and does not take them");
}

bool hub_connection_grant(hub_connection *connection, uint32_t stream, uint64_t offset) {
    Hub__V1__Credit credit = HUB__V1__CREDIT__INIT;
    credit.max_offset = offset;
    uint8_t payload[16];
    size_t size = hub__v1__credit__pack(&credit, payload);
    return hub_connection_reply(connection, HUB_FRAME_CREDIT, 0, stream, payload, size);
}
