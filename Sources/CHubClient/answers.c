/* answers.c: messages of the hub, from their first byte until the program takes them. */
#include "client.h"
#include "compression.h"
#include "cursor.h"

#include <stdlib.h>
#include <string.h>

/* The program is done with bytes of this attempt. False: the connection was closed. */
static bool give_back(hub_call *call, size_t credit) {
    if (credit == 0 || call->connection == NULL) return true;
    if (!hub_window_return(&call->window, credit)) return true;
    hub_client_nudge(call->client);
    return hub_connection_grant(call->connection, call->stream, call->window.announced);
}

hub_next hub_call_poll(hub_call *call, hub_bytes *message) {
    bool is_ended = call->phase == HUB_CALL_ENDED;
    /* One answer counts only when the call ended OK; what a stream brought counts in any case. */
    bool is_hidden = !hub_call_gives_stream(call) && (!is_ended || call->error != NULL);
    hub_message *next = is_hidden ? NULL : hub_messages_take(&call->inbox);
    *message = (hub_bytes){0};
    if (next == NULL) return is_ended ? HUB_NEXT_END : HUB_NEXT_NOT_YET;
    hub_message_free(call->taken);
    call->taken = next;
    *message = (hub_bytes){next->data, next->size};
    call->taken_cursor = call->method.cursor_field != 0 ? hub_cursor_find(*message, call->method.cursor_field)
                                                        : (hub_bytes){0};
    if (call->client == NULL) return HUB_NEXT_MESSAGE;
    call->client->received_bytes -= next->size + HUB_MESSAGE_COST;
    /* Of a message that goes on nothing came back while this one waited (W-66). */
    size_t credit = next->credit;
    if (call->inbox.first == NULL) {
        credit += call->partial_credit;
        call->partial_credit = 0;
        if (call->phase == HUB_CALL_WAITING) hub_client_nudge(call->client);
    }
    give_back(call, credit);
    return HUB_NEXT_MESSAGE;
}

/* What forbids more bytes of an answer; NULL = nothing does. `cost`: memory that they take. */
static hub_error *refusal(const hub_call *call, size_t whole, size_t cost) {
    const hub_client *client = call->client;
    if (!hub_call_gives_stream(call) && call->has_messages)
        return hub_error_make(HUB_INTERNAL, HUB_E_PROTOCOL, "two answers to a call that has one");
    if (whole > HUB_MESSAGE_BYTES_MAX)
        return hub_error_make(HUB_RESOURCE_EXHAUSTED, HUB_E_MESSAGE_TOO_LARGE, "an answer above %d bytes",
                              HUB_MESSAGE_BYTES_MAX);
    if (client->received_bytes + cost > client->received_bytes_max)
        return hub_error_make(HUB_RESOURCE_EXHAUSTED, HUB_E_MESSAGE_TOO_LARGE,
                              "answers that the program has not taken fill received_bytes_max");
    return NULL;
}

/* The message that ends with these bytes, in memory of its own size; NULL when memory is used up. */
static hub_message *complete(hub_call *call, const uint8_t *bytes, size_t size) {
    size_t before = hub_buffer_size(&call->partial);
    hub_message *message = calloc(1, sizeof *message);
    uint8_t *data = realloc(call->partial.data, before + size + 1);
    if (data != NULL) call->partial.data = data;
    if (data == NULL || message == NULL) {
        free(message);
        return NULL;
    }
    if (size > 0) memcpy(data + before, bytes, size);
    call->partial = (hub_buffer){0};
    *message = (hub_message){.data = data, .size = before + size, .credit = call->partial_credit + size};
    call->partial_credit = 0;
    return message;
}

/* Takes the place of a zstd frame by the message in it. NULL, or why it cannot. */
static hub_error *expand(hub_call *call, hub_message *message) {
    hub_client *client = call->client;
    uint8_t *data = NULL;
    size_t size = 0;
    switch (hub_expand(message->data, message->size, HUB_MESSAGE_BYTES_MAX, &data, &size)) {
    case HUB_EXPANDED: break;
    case HUB_EXPANSION_TOO_LONG:
        return hub_error_make(HUB_RESOURCE_EXHAUSTED, HUB_E_MESSAGE_TOO_LARGE,
                              "an answer of %zu compressed bytes is longer than it may be", message->size);
    case HUB_EXPANSION_MALFORMED:
        return hub_error_make(HUB_INTERNAL, HUB_E_MALFORMED, "an answer that cannot be decompressed");
    case HUB_EXPANSION_NO_MEMORY: return hub_error_make(HUB_RESOURCE_EXHAUSTED, 0, "memory is used up");
    }
    free(message->data);
    client->received_bytes += size;
    client->received_bytes -= message->size;
    message->data = data;
    message->size = size;
    if (client->received_bytes <= client->received_bytes_max) return NULL;
    return hub_error_make(HUB_RESOURCE_EXHAUSTED, HUB_E_MESSAGE_TOO_LARGE,
                          "answers that the program has not taken fill received_bytes_max");
}

/* Ends the call because of what came. */
static bool reject(hub_call *call, hub_error *error) {
    if (error == NULL) error = hub_error_make(HUB_RESOURCE_EXHAUSTED, 0, "memory is used up");
    hub_connection_leave(call->connection, call, HUB__V1__RESET_CODE__RESET_CODE_CANCELLED);
    hub_call_conclude(call, error);
    return false;
}

bool hub_call_receive(hub_call *call, const uint8_t *bytes, size_t size, bool is_compressed, bool is_whole) {
    hub_client *client = call->client;
    size_t cost = size + (is_whole ? HUB_MESSAGE_COST : 0);
    hub_error *error = refusal(call, hub_buffer_size(&call->partial) + size, cost);
    hub_message *message = error == NULL && is_whole ? complete(call, bytes, size) : NULL;
    bool is_kept = message != NULL || (!is_whole && error == NULL && hub_buffer_append(&call->partial, bytes, size));
    if (!is_kept) return reject(call, error);
    client->received_bytes += cost;
    if (!is_whole) {
        call->partial_credit += size;
        size_t credit = call->inbox.first == NULL ? call->partial_credit : 0;
        call->partial_credit -= credit;
        return give_back(call, credit);
    }
    if (is_compressed && (error = expand(call, message)) != NULL) {
        client->received_bytes -= message->size + HUB_MESSAGE_COST;
        hub_message_free(message);
        return reject(call, error);
    }
    call->bytes_came += message->size;
    call->has_messages = true;
    call->attempts = 0;
    hub_messages_append(&call->inbox, message);
    if (call->method.cursor_field != 0) {
        hub_bytes cursor = hub_cursor_find((hub_bytes){message->data, message->size}, call->method.cursor_field);
        if (cursor.size > 0) hub_bytes_replace(&call->resume_from, cursor);
    }
    if (hub_call_gives_stream(call)) hub_call_tell(call);
    return true;
}

void hub_call_drop_partial(hub_call *call) {
    if (call->client != NULL) call->client->received_bytes -= hub_buffer_size(&call->partial);
    hub_buffer_free(&call->partial);
    call->partial_credit = 0;
    /* Credit of an attempt means nothing on the next. */
    for (hub_message *at = call->inbox.first; at != NULL; at = at->next) at->credit = 0;
}

