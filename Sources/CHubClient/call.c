/* call.c: a call is made, ends, and is freed. Attempts are in attempt.c, messages in answers.c and requests.c. */
#define _GNU_SOURCE
#include "client.h"
#include "compression.h"

#include <stdlib.h>
#include <string.h>

bool hub_call_takes_stream(const hub_call *call) {
    return call->method.shape == HUB_CLIENT_STREAM || call->method.shape == HUB_EXCHANGE;
}

bool hub_call_gives_stream(const hub_call *call) {
    return call->method.shape == HUB_SERVER_STREAM || call->method.shape == HUB_EXCHANGE;
}

bool hub_bytes_replace(hub_bytes *owned, hub_bytes by) {
    uint8_t *copy = by.size > 0 ? malloc(by.size) : NULL;
    if (by.size > 0 && copy == NULL) return false;
    if (copy != NULL) memcpy(copy, by.data, by.size);
    free((void *)owned->data);
    *owned = (hub_bytes){copy, by.size};
    return true;
}

/* ---- Making -------------------------------------------------------------------------------------------------- */

/* Copies metadata, with on-behalf-of in front, into one block. False when memory is used up. */
static bool copy_metadata(hub_call *call, const hub_call_options *options) {
    static const char CITIZEN[] = "on-behalf-of";
    const char *citizen = options->on_behalf_of;
    size_t count = options->metadata_count + (citizen != NULL), size = count * sizeof(hub_metadata);
    if (citizen != NULL) size += sizeof CITIZEN + strlen(citizen);
    for (size_t i = 0; i < options->metadata_count; i++)
        size += strlen(options->metadata[i].key) + 1 + options->metadata[i].value.size;
    call->metadata = calloc(1, size + 1);
    if (call->metadata == NULL) return false;
    call->metadata_count = count;
    uint8_t *at = (uint8_t *)(call->metadata + count);
    for (size_t i = 0; i < count; i++) {
        bool is_first = citizen != NULL && i == 0;
        hub_metadata from = is_first ? (hub_metadata){CITIZEN, {(const uint8_t *)citizen, strlen(citizen)}}
                                     : options->metadata[i - (citizen != NULL)];
        size_t key_size = strlen(from.key) + 1;
        call->metadata[i].key = memcpy(at, from.key, key_size);
        at += key_size;
        call->metadata[i].value = (hub_bytes){at, from.value.size};
        if (from.value.size > 0) memcpy(at, from.value.data, from.value.size);
        at += from.value.size;
    }
    return true;
}

/* What the hub would refuse anyway, and what cannot be copied; NULL when all is well. */
static hub_error *wrong_options(const hub_call_options *options, const hub_method *method) {
    size_t key = options->idempotency_key.size;
    if (key != 0 && (key < HUB_KEY_BYTES_MIN || key > HUB_KEY_BYTES_MAX))
        return hub_error_make(HUB_INVALID_ARGUMENT, HUB_E_KEY, "an idempotency key of %zu bytes, not 16 to 64", key);
    if (strlen(method->path) > HUB_METHOD_BYTES_MAX)
        return hub_error_make(HUB_UNIMPLEMENTED, HUB_E_METHOD_UNKNOWN, "a method name above 256 bytes");
    return NULL;
}

static bool fill(hub_call *call, const hub_method *method, hub_bytes request, const hub_call_options *options) {
    call->method = *method;
    call->method.path = strdup(method->path);
    if (call->method.path == NULL || !copy_metadata(call, options)) return false;
    if (!hub_bytes_replace(&call->resume_from, options->resume_from)) return false;
    if (!hub_call_takes_stream(call) && request.size > 0) {
        call->request = malloc(request.size);
        if (call->request == NULL) return false;
        memcpy(call->request, request.data, request.size);
        call->request_size = request.size;
    }
    bool is_watch = method->shape == HUB_SERVER_STREAM;
    uint32_t timeout = options->timeout_ms != 0 ? options->timeout_ms : method->shape == HUB_UNARY ? 30000 : 0;
    call->deadline_ms = timeout != 0 ? hub_now_ms() + timeout : HUB_NEVER;
    /* Requests of a stream are not kept, so they cannot be sent again. */
    call->attempts_max = hub_call_takes_stream(call) ? 1 : options->attempts != 0 ? options->attempts : is_watch ? 60 : 5;
    call->accepts_compressed = hub_may_compress(method->path);
    call->may_compress = call->accepts_compressed && !options->uncompressed;
    call->notify = options->notify;
    call->context = options->context;
    return true;
}

static void set_key(hub_call *call, hub_bytes key) {
    if (key.size > 0 && key.size <= sizeof call->key) {
        memcpy(call->key, key.data, key.size);
        call->key_size = key.size;
    } else if (call->method.effect == HUB_CHANGES) {
        call->key_size = HUB_KEY_BYTES_MIN;
        hub_random(call->key, call->key_size);
    }
}

hub_call *hub_call_start(hub_client *client, const hub_method *method, hub_bytes request,
                         const hub_call_options *options) {
    hub_call_options chosen = HUB_CALL_OPTIONS;
    if (options != NULL) {
        size_t known = options->struct_size < sizeof chosen ? options->struct_size : sizeof chosen;
        memcpy(&chosen, options, known);
    }
    hub_call *call = calloc(1, sizeof *call);
    if (call == NULL) return NULL;
    call->client = client;
    hub_link *const links[] = {&call->in_client, &call->in_waiting, &call->in_ready, &call->in_bucket, &call->in_turns};
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) hub_link_init(links[i]);
    hub_link_append(&client->calls, &call->in_client);
    if (!fill(call, method, request, &chosen)) {
        hub_call_free(call);
        return NULL;
    }
    hub_error *wrong = wrong_options(&chosen, method);
    if (wrong != NULL) {
        hub_call_conclude(call, wrong);
        return call;
    }
    set_key(call, chosen.idempotency_key);
    hub_link_append(&client->waiting, &call->in_waiting);
    hub_client_nudge(client);
    return call;
}

/* ---- The end ------------------------------------------------------------------------------------------------- */

void hub_call_tell(hub_call *call) {
    if (call->client != NULL && hub_link_is_alone(&call->in_ready)) hub_link_append(&call->client->ready, &call->in_ready);
}

void hub_call_conclude(hub_call *call, hub_error *error) {
    if (call->phase == HUB_CALL_ENDED) {
        hub_error_free(error);
        return;
    }
    call->phase = HUB_CALL_ENDED;
    call->error = error;
    hub_link_remove(&call->in_waiting);
    hub_call_drop_partial(call);
    hub_messages_free(&call->outgoing);
    call->outgoing_bytes = 0;
    hub_call_tell(call);
    hub_client_nudge(call->client);
}

void hub_call_cancel(hub_call *call) {
    if (call->phase == HUB_CALL_ENDED) return;
    if (call->connection != NULL)
        hub_connection_leave(call->connection, call, HUB__V1__RESET_CODE__RESET_CODE_CANCELLED);
    hub_call_conclude(call, hub_error_make(HUB_CANCELLED, HUB_E_CANCELLED, "the program gave the call up"));
}

void hub_call_free(hub_call *call) {
    if (call == NULL) return;
    hub_call_cancel(call);
    for (hub_message *at = call->inbox.first; at != NULL && call->client != NULL; at = at->next)
        call->client->received_bytes -= at->size + HUB_MESSAGE_COST;
    hub_link_remove(&call->in_client);
    hub_link_remove(&call->in_ready);
    hub_messages_free(&call->inbox);
    hub_message_free(call->taken);
    hub_bytes_replace(&call->resume_from, (hub_bytes){0});
    if (call->end != NULL) hub__v1__end__free_unpacked(call->end, NULL);
    hub_error_free(call->error);
    hub_error_free(call->last_error);
    free((char *)call->method.path);
    free(call->metadata);
    free(call->request);
    free(call->request_frame);
    free(call);
}

/* ---- What is known ------------------------------------------------------------------------------------------- */

bool hub_call_ended(const hub_call *call) { return call->phase == HUB_CALL_ENDED; }

const hub_error *hub_call_error(const hub_call *call) { return call->error; }

size_t hub_call_metadata_count(const hub_call *call) { return call->end != NULL ? call->end->n_metadata : 0; }

hub_metadata hub_call_metadata_at(const hub_call *call, size_t index) {
    if (index >= hub_call_metadata_count(call)) return (hub_metadata){"", {NULL, 0}};
    const Hub__V1__Metadata *entry = call->end->metadata[index];
    return (hub_metadata){entry->key, {entry->value.data, entry->value.len}};
}

bool hub_call_replayed(const hub_call *call) {
    for (size_t i = 0; i < hub_call_metadata_count(call); i++) {
        hub_metadata entry = hub_call_metadata_at(call, i);
        if (strcmp(entry.key, "hub-replayed") == 0 && entry.value.size == 1 && entry.value.data[0] == '1') return true;
    }
    return false;
}

hub_bytes hub_call_key(const hub_call *call) { return (hub_bytes){call->key, call->key_size}; }

hub_bytes hub_call_cursor(const hub_call *call) { return call->taken_cursor; }

uint32_t hub_call_attempts(const hub_call *call) { return call->sends; }
