/* receiving.c: frames of the hub, and the one answer to each that is wrong. */
#include "client.h"
#include "compression.h"

#include "hub/v1/frame.pb-c.h"

#include <string.h>

#include <openssl/evp.h>

enum {
    BROKEN = HUB__V1__GOAWAY_CODE__GOAWAY_CODE_PROTOCOL_ERROR,
    OVERDRAWN = HUB__V1__GOAWAY_CODE__GOAWAY_CODE_FLOW_CONTROL,
    CANCELLED = HUB__V1__RESET_CODE__RESET_CODE_CANCELLED,
    STREAM_CLOSED = HUB__V1__RESET_CODE__RESET_CODE_STREAM_CLOSED,
    QUIET_MS = 15 * 60 * 1000 /* after which idle frames count anew (W-60) */
};
static const uint64_t CREDIT_MAX = (uint64_t)1 << 62;

/* True for a stream that this side has opened at some time. */
static bool is_mine(const hub_connection *connection, uint32_t stream) {
    return stream % 2 == 1 && stream < connection->next_stream;
}

/* Counts a frame that brought nothing. */
static bool is_idle(hub_connection *connection) {
    int64_t now = hub_now_ms();
    if (now - connection->idle_ms >= QUIET_MS) connection->idle_frames = 0;
    connection->idle_ms = now;
    if (++connection->idle_frames <= HUB_IDLE_FRAMES_MAX) return true;
    return hub_connection_break(connection, HUB__V1__GOAWAY_CODE__GOAWAY_CODE_ENHANCE_YOUR_CALM,
                                "1,000 frames in a row that bring nothing");
}

/* The hub broke a rule of one call: the connection lives. */
static void fail(hub_connection *connection, hub_call *call, int reset, hub_error *error) {
    hub_connection_leave(connection, call, reset);
    hub_call_failed(call, HUB_FATE_FINAL, error, (hub_bytes){0});
}

/* ---- The connection ------------------------------------------------------------------------------------------ */

/* Takes over what the hub accepts; 0 = the default (W-13). */
static void take_limits(hub_connection *connection, const Hub__V1__Limits *limits) {
    const Hub__V1__Limits none = HUB__V1__LIMITS__INIT;
    if (limits == NULL) limits = &none;
    connection->frame_max = limits->frame_bytes_max != 0 ? limits->frame_bytes_max : HUB_FRAME_BYTES_MAX;
    if (limits->message_bytes_max != 0) connection->message_max = limits->message_bytes_max;
    if (limits->stream_credit != 0) connection->stream_credit = limits->stream_credit;
    uint64_t streams = 2 * (uint64_t)(limits->open_calls_max != 0 ? limits->open_calls_max : HUB_OPEN_CALLS) - 1;
    if (streams > connection->stream_max || connection->next_stream == 1) connection->stream_max = streams;
    if (limits->connection_credit > connection->sent_max) connection->sent_max = limits->connection_credit;
}

/* Everything that waited for credit may try again. */
static void wake_senders(hub_connection *connection) {
    for (size_t i = 0; i < HUB_BUCKETS; i++) {
        HUB_EACH(at, after, &connection->buckets[i]) {
            hub_call *call = HUB_MEMBER(at, hub_call, in_bucket);
            if (call->sent_max < connection->stream_credit) call->sent_max = connection->stream_credit;
            hub_connection_take_turn(connection, call);
        }
    }
}

static bool on_hello(hub_connection *connection, const uint8_t *bytes, size_t size) {
    if (connection->phase == HUB_PHASE_OPEN) return hub_connection_break(connection, BROKEN, "a second HELLO");
    Hub__V1__Hello *hello = hub__v1__hello__unpack(NULL, size, bytes);
    if (hello == NULL) return hub_connection_break(connection, BROKEN, "a HELLO that cannot be decoded");
    const char *wrong = NULL;
    int code = BROKEN;
    if (hello->version_min > hello->version_max) {
        wrong = "version_min above version_max";
    } else if (hello->version_min > 0) {
        wrong = "no common version: this client speaks 1.0";
        code = HUB__V1__GOAWAY_CODE__GOAWAY_CODE_VERSION_UNSUPPORTED;
    } else if (hello->limits != NULL && hello->limits->frame_bytes_max != 0 &&
               (hello->limits->frame_bytes_max < HUB_FRAME_BYTES_EARLY ||
                hello->limits->frame_bytes_max > HUB_FRAME_BYTES_CEILING)) {
        wrong = "frame_bytes_max not from 16,384 to 1,048,576";
    } else {
        take_limits(connection, hello->limits);
        connection->takes_compressed = hello->features & HUB_FEATURE_ZSTD;
    }
    hub__v1__hello__free_unpacked(hello, NULL);
    if (wrong != NULL) return hub_connection_break(connection, code, wrong);
    connection->phase = HUB_PHASE_OPEN;
    hub_dial_greeted(connection->client);
    wake_senders(connection);
    return true;
}

static bool on_ping(hub_connection *connection, const hub_header *header, const uint8_t *bytes) {
    if (!is_idle(connection)) return false;
    if (header->flags & HUB_FLAG_ACK) return true; /* that something came is all that was asked */
    return hub_connection_reply(connection, HUB_FRAME_PING, HUB_FLAG_ACK, 0, bytes, HUB_PING_BYTES);
}

static bool on_credit(hub_connection *connection, const hub_header *header, const uint8_t *bytes) {
    Hub__V1__Credit *credit = hub__v1__credit__unpack(NULL, header->length, bytes);
    if (credit == NULL) return hub_connection_break(connection, BROKEN, "a CREDIT that cannot be decoded");
    uint64_t offset = credit->max_offset, streams = credit->max_stream;
    hub__v1__credit__free_unpacked(credit, NULL);
    if (offset > CREDIT_MAX) return hub_connection_break(connection, OVERDRAWN, "credit above 2^62");
    if (!is_idle(connection)) return false;
    if (header->stream == 0) {
        if (streams > connection->stream_max) connection->stream_max = streams;
        if (offset <= connection->sent_max) return true;
        connection->sent_max = offset;
        wake_senders(connection);
        return true;
    }
    if (!is_mine(connection, header->stream)) return hub_connection_break(connection, BROKEN, "CREDIT on idle stream");
    hub_call *call = hub_connection_find(connection, header->stream);
    if (call == NULL || offset <= call->sent_max) return true;
    call->sent_max = offset;
    hub_connection_take_turn(connection, call);
    return true;
}

/* What calls hear that the hub does not answer because it leaves. */
static hub_error *farewell(const hub_connection *connection, const Hub__V1__Goaway *goaway, hub_fate *fate) {
    Hub__V1__GoawayCode code = goaway != NULL ? goaway->code : HUB__V1__GOAWAY_CODE__GOAWAY_CODE_NO_ERROR;
    const char *reason = goaway != NULL ? goaway->reason : "";
    *fate = HUB_FATE_UNKNOWN;
    switch (code) {
    case HUB__V1__GOAWAY_CODE__GOAWAY_CODE_NO_ERROR: case HUB__V1__GOAWAY_CODE__GOAWAY_CODE_IDLE:
    case HUB__V1__GOAWAY_CODE__GOAWAY_CODE_DRAINING:
        return hub_error_make(HUB_UNAVAILABLE, HUB_E_CONNECTION_CLOSED, "the hub at %s leaves: %.256s",
                              connection->address, reason);
    default: break;
    }
    *fate = HUB_FATE_FINAL; /* a rule that was broken, or a certificate: the same would happen again */
    if (code == HUB__V1__GOAWAY_CODE__GOAWAY_CODE_VERSION_UNSUPPORTED)
        return hub_error_make(HUB_FAILED_PRECONDITION, HUB_E_VERSION, "this client speaks 1.0, the hub at %s: %.256s",
                              connection->address, reason);
    if (code == HUB__V1__GOAWAY_CODE__GOAWAY_CODE_CERT_REVOKED)
        return hub_error_make(HUB_UNAUTHENTICATED, HUB_E_REVOKED, "the hub at %s does not accept this certificate any more:"
                              " %.256s", connection->address, reason);
    return hub_error_make(HUB_INTERNAL, HUB_E_PROTOCOL, "the hub at %s closed with code %d: %.256s",
                          connection->address, (int)code, reason);
}

static bool on_goaway(hub_connection *connection, const uint8_t *bytes, size_t size) {
    hub_client *client = connection->client;
    Hub__V1__Goaway *goaway = hub__v1__goaway__unpack(NULL, size, bytes); /* acted on whatever it is (W-50) */
    connection->is_leaving = true;
    if (client->current == connection) client->current = NULL;
    hub_error_free(connection->parting);
    connection->parting = farewell(connection, goaway, &connection->parting_fate);
    if (goaway != NULL) {
        int64_t until = hub_now_ms() + goaway->retry_after_ms;
        if (goaway->retry_after_ms > 0 && until > client->not_before_ms) client->not_before_ms = until;
        bool is_final = connection->parting_fate == HUB_FATE_FINAL;
        for (size_t i = 0; i < HUB_BUCKETS; i++) {
            HUB_EACH(at, after, &connection->buckets[i]) {
                hub_call *call = HUB_MEMBER(at, hub_call, in_bucket);
                if (call->stream <= goaway->last_stream) continue;
                hub_connection_leave(connection, call, 0);
                hub_call_failed(call, is_final ? HUB_FATE_FINAL : HUB_FATE_NOT_BEGUN,
                                hub_error_copy(connection->parting), (hub_bytes){0});
            }
        }
        hub__v1__goaway__free_unpacked(goaway, NULL);
    }
    return true;
}

/* ---- Calls --------------------------------------------------------------------------------------------------- */

static bool on_data(hub_connection *connection, const hub_header *header, const uint8_t *bytes) {
    if (!is_mine(connection, header->stream)) return hub_connection_break(connection, BROKEN, "DATA on idle stream");
    if (!hub_window_receive(&connection->window, header->length))
        return hub_connection_break(connection, OVERDRAWN, "DATA beyond the connection's credit");
    bool is_whole = (header->flags & HUB_FLAG_MORE) == 0;
    if (header->length > 0) connection->is_fruitful = true;
    if (header->length > 0 || is_whole) connection->idle_frames = 0;
    else if (!is_idle(connection)) return false;
    /* At once: a program that is slow with one stream must not hold up the others. The stream's own credit waits. */
    if (hub_window_return(&connection->window, header->length) &&
        !hub_connection_grant(connection, 0, connection->window.announced))
        return false;
    hub_call *call = hub_connection_find(connection, header->stream);
    if (call == NULL) return true; /* crossed with this side's RESET */
    if (!hub_window_receive(&call->window, header->length))
        return hub_connection_break(connection, OVERDRAWN, "DATA beyond the stream's credit");
    bool is_compressed = header->flags & HUB_FLAG_COMPRESSED;
    if ((is_compressed && !call->accepts_compressed) || (call->is_joining && call->is_compressed != is_compressed)) {
        fail(connection, call, CANCELLED,
             hub_error_make(HUB_INTERNAL, HUB_E_PROTOCOL, "a compressed answer that nobody asked for"));
    } else if (call->is_answered) {
        fail(connection, call, STREAM_CLOSED, hub_error_make(HUB_INTERNAL, HUB_E_PROTOCOL, "an answer after the last"));
    } else {
        call->is_answered = header->flags & HUB_FLAG_END;
        call->is_compressed = is_compressed;
        call->is_joining = !is_whole;
        if (!hub_call_receive(call, bytes, header->length, is_compressed, is_whole))
            return connection->phase != HUB_PHASE_CLOSED;
    }
    return true;
}

/* What is wrong with an END that says OK, NULL when nothing is (W-25, W-28). */
static const char *wrong_end(const hub_call *call, const Hub__V1__End *end) {
    if (hub_buffer_size(&call->partial) > 0) return "END in the middle of a message";
    if (end->final_size != 0 && end->final_size != call->bytes_came) return "END counts other bytes than came";
    if (!hub_call_gives_stream(call) && !call->has_messages) return "END OK without an answer";
    if (end->request_hash.len == 0 || hub_call_takes_stream(call)) return NULL;
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(call->request, call->request_size, hash, &size, EVP_sha256(), NULL) != 1) return NULL;
    return end->request_hash.len == size && memcmp(hash, end->request_hash.data, size) == 0
               ? NULL
               : "END answers another request than was sent";
}

static bool on_end(hub_connection *connection, const hub_header *header, const uint8_t *bytes) {
    if (!is_mine(connection, header->stream)) return hub_connection_break(connection, BROKEN, "END on idle stream");
    Hub__V1__End *end = hub__v1__end__unpack(NULL, header->length, bytes);
    if (end == NULL) return hub_connection_break(connection, BROKEN, "an END that cannot be decoded");
    connection->idle_frames = 0;
    connection->is_fruitful = true;
    hub_call *call = hub_connection_find(connection, header->stream);
    if (call == NULL) {
        hub__v1__end__free_unpacked(end, NULL);
        return true;
    }
    /* A call that ends before its requests is finished with RESET (W-16). */
    hub_connection_leave(connection, call, call->end_sent ? 0 : CANCELLED);
    if (end->status == HUB_OK) {
        const char *wrong = wrong_end(call, end);
        if (wrong == NULL) {
            call->end = end;
            hub_call_conclude(call, NULL);
            return true;
        }
        hub_call_failed(call, HUB_FATE_FINAL, hub_error_make(HUB_INTERNAL, HUB_E_PROTOCOL, "%s", wrong),
                        (hub_bytes){0});
    } else {
        hub_bytes cursor;
        hub_error *error = hub_error_from_end(end, &cursor);
        bool is_passing = error->status == HUB_UNAVAILABLE || error->status == HUB_DEADLINE_EXCEEDED ||
                          (error->status == HUB_RESOURCE_EXHAUSTED && error->has_retry_after);
        hub_call_failed(call, is_passing ? HUB_FATE_UNKNOWN : HUB_FATE_FINAL, error, cursor);
        hub_bytes_replace(&cursor, (hub_bytes){0});
    }
    hub__v1__end__free_unpacked(end, NULL);
    return true;
}

static bool on_reset(hub_connection *connection, const hub_header *header, const uint8_t *bytes) {
    if (!is_mine(connection, header->stream)) return hub_connection_break(connection, BROKEN, "RESET on idle stream");
    Hub__V1__Reset *reset = hub__v1__reset__unpack(NULL, header->length, bytes); /* acted on whatever it is (W-33) */
    Hub__V1__ResetCode code = reset != NULL ? reset->code : HUB__V1__RESET_CODE__RESET_CODE_UNSPECIFIED;
    if (reset != NULL) hub__v1__reset__free_unpacked(reset, NULL);
    connection->idle_frames = 0;
    hub_call *call = hub_connection_find(connection, header->stream);
    if (call == NULL) return true;
    if (code == HUB__V1__RESET_CODE__RESET_CODE_REFUSED) {
        hub_connection_leave(connection, call, 0);
        hub_call_failed(call, HUB_FATE_NOT_BEGUN,
                        hub_error_make(HUB_UNAVAILABLE, HUB_E_CONNECTION_CLOSED, "the hub did not start the call"),
                        (hub_bytes){0});
    } else if (code == HUB__V1__RESET_CODE__RESET_CODE_CANCELLED) {
        fail(connection, call, 0, hub_error_make(HUB_CANCELLED, HUB_E_CANCELLED, "the hub cancelled the call"));
    } else {
        fail(connection, call, 0,
             hub_error_make(HUB_INTERNAL, HUB_E_PROTOCOL, "the hub reset the call with code %d", (int)code));
    }
    return true;
}

/* ---- All of them --------------------------------------------------------------------------------------------- */

static bool on_frame(hub_connection *connection, const hub_header *header, const uint8_t *bytes) {
    switch (header->type) {
    case HUB_FRAME_HELLO: return on_hello(connection, bytes, header->length);
    case HUB_FRAME_PING: return on_ping(connection, header, bytes);
    case HUB_FRAME_GOAWAY: return on_goaway(connection, bytes, header->length);
    case HUB_FRAME_CREDIT: return on_credit(connection, header, bytes);
    case HUB_FRAME_RESET: return on_reset(connection, header, bytes);
    case HUB_FRAME_DATA: return on_data(connection, header, bytes);
    case HUB_FRAME_END: return on_end(connection, header, bytes);
    default: return is_idle(connection); /* an extension: ignored (W-9) */
    }
}

bool hub_connection_read_frames(hub_connection *connection) {
    while (hub_buffer_size(&connection->in) >= HUB_HEADER_BYTES) {
        const uint8_t *start = connection->in.data + connection->in.start;
        hub_header header = hub_header_read(start);
        const char *why = NULL;
        int code = hub_header_judge(&header, &why);
        if (code != HUB__V1__GOAWAY_CODE__GOAWAY_CODE_NO_ERROR) return hub_connection_break(connection, code, why);
        if (connection->phase == HUB_PHASE_EARLY && header.type != HUB_FRAME_HELLO)
            return hub_connection_break(connection, BROKEN, "a first frame that is not HELLO");
        if (hub_buffer_size(&connection->in) < HUB_HEADER_BYTES + (size_t)header.length) return true;
        if (!on_frame(connection, &header, start + HUB_HEADER_BYTES)) return false;
        hub_buffer_consume(&connection->in, HUB_HEADER_BYTES + (size_t)header.length);
    }
    return true;
}
