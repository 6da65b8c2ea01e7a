/* attempt.c: what follows an attempt that brought no good end: another one, or the end of the call. */
#include "client.h"

#include <stdlib.h>

enum { FRUITFUL_MS = 10000 }; /* a stream that lasted this long has brought something, even if nothing happened */

/* Whether sending the call again cannot do anything twice, and can bring what is missing. */
static bool is_repeatable(const hub_call *call, hub_fate fate) {
    if (fate == HUB_FATE_FINAL) return false;
    if (hub_call_takes_stream(call)) return false; /* what was sent is not kept */
    if (call->has_messages && (call->method.cursor_field == 0 || call->resume_from.size == 0)) return false;
    return fate == HUB_FATE_NOT_BEGUN || call->method.effect != HUB_ONCE || call->key_size > 0;
}

void hub_call_failed(hub_call *call, hub_fate fate, hub_error *error, hub_bytes cursor) {
    hub_client *client = call->client;
    int64_t now = hub_now_ms();
    hub_call_drop_partial(call);
    if (call->method.shape == HUB_SERVER_STREAM && now - call->sent_at_ms >= FRUITFUL_MS) call->attempts = 0;
    call->attempts++;
    if (!is_repeatable(call, fate) || call->attempts >= call->attempts_max) {
        hub_call_conclude(call, error);
        return;
    }
    /* The program's own place comes first: it may have taken less than the hub has sent. */
    if (call->resume_from.size == 0) hub_bytes_replace(&call->resume_from, cursor);
    /* After a lost connection the first new attempt is made at once: the wait is the connection's. */
    bool is_answer = error->code != HUB_E_CONNECTION_CLOSED || error->has_retry_after;
    uint32_t failures = is_answer ? call->attempts : call->attempts - 1;
    int64_t wait = hub_backoff(failures, client->backoff_first_ms, client->backoff_max_ms);
    if (error->has_retry_after && wait < error->retry_after_ms) wait = error->retry_after_ms;
    if (call->deadline_ms != HUB_NEVER && now + wait >= call->deadline_ms) {
        hub_call_conclude(call, error);
        return;
    }
    hub_error_free(call->last_error);
    call->last_error = error;
    call->phase = wait > 0 ? HUB_CALL_RESTING : HUB_CALL_WAITING;
    call->retry_at_ms = now + wait;
    hub_link_append(&client->waiting, &call->in_waiting);
    hub_client_nudge(client);
}

void hub_call_requeue(hub_call *call) {
    hub_call_drop_partial(call);
    call->phase = HUB_CALL_WAITING;
    hub_link_append(&call->client->waiting, &call->in_waiting);
}
