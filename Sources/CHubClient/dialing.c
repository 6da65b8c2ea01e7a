/* dialing.c: which address is tried, when, and what calls hear that wait for it. */
#include "client.h"

/* A call that could be sent now, if there were a connection. A stream goes on when its program has caught up. */
static bool has_waiting(const hub_client *client) {
    for (const hub_link *at = client->waiting.next; at != &client->waiting; at = at->next) {
        const hub_call *call = HUB_MEMBER(at, hub_call, in_waiting);
        if (call->phase == HUB_CALL_WAITING && call->inbox.first == NULL) return true;
    }
    return false;
}

int64_t hub_dial_due(const hub_client *client) {
    return client->current == NULL && has_waiting(client) ? client->not_before_ms : HUB_NEVER;
}

void hub_dial_if_needed(hub_client *client, int64_t now) {
    if (now < hub_dial_due(client)) return;
    const hub_address *address = &client->addresses[client->next_address];
    client->current = hub_connection_new(client, address->host, address->port, address->text);
    if (client->current == NULL) client->not_before_ms = now + client->backoff_max_ms;
}

/* Every address has failed. A hub that was there before is expected back: calls then wait as long as their program. */
static void round_failed(hub_client *client, bool permanent, const hub_error *error) {
    HUB_EACH(at, after, &client->waiting) {
        hub_call *call = HUB_MEMBER(at, hub_call, in_waiting);
        if (call->phase != HUB_CALL_WAITING) continue;
        if (!permanent && client->was_greeted && call->deadline_ms != HUB_NEVER) {
            hub_error_free(call->last_error);
            call->last_error = hub_error_copy(error);
        } else if (permanent || ++call->attempts >= call->attempts_max) {
            hub_call_conclude(call, hub_error_copy(error));
        }
    }
}

void hub_dial_failed(hub_client *client, bool permanent, const hub_error *error) {
    client->failures++;
    client->next_address = (client->next_address + 1) % client->address_count;
    client->tried_addresses = (client->tried_addresses + 1) % client->address_count;
    if (client->tried_addresses != 0) return; /* within a round the next address is tried at once */
    int64_t wait = hub_backoff(client->failures / (uint32_t)client->address_count, client->backoff_first_ms,
                               client->backoff_max_ms);
    if (hub_now_ms() + wait > client->not_before_ms) client->not_before_ms = hub_now_ms() + wait;
    round_failed(client, permanent, error);
}

void hub_dial_greeted(hub_client *client) {
    client->was_greeted = true;
    client->tried_addresses = 0;
}
