/* requests.c: what a program sends on a call that takes several requests. */
#include "client.h"

#include <stdlib.h>
#include <string.h>

enum { OUTGOING_BYTES_MAX = 262144 }; /* of one call that may wait to be sent */

hub_next hub_call_send(hub_call *call, hub_bytes request) {
    if (call->phase == HUB_CALL_ENDED || call->has_all_requests || !hub_call_takes_stream(call)) return HUB_NEXT_END;
    call->wants_room = call->outgoing_bytes >= OUTGOING_BYTES_MAX;
    if (call->wants_room) return HUB_NEXT_NOT_YET;
    uint32_t most = call->connection != NULL ? call->connection->message_max : HUB_MESSAGE_BYTES_MAX;
    hub_error *error = NULL;
    hub_message *message = calloc(1, sizeof *message);
    uint8_t *copy = request.size <= most ? malloc(request.size + 1) : NULL;
    if (request.size > most)
        error = hub_error_make(HUB_RESOURCE_EXHAUSTED, HUB_E_MESSAGE_TOO_LARGE,
                               "a request has %zu bytes, the hub takes %u", request.size, (unsigned)most);
    else if (message == NULL || copy == NULL)
        error = hub_error_make(HUB_RESOURCE_EXHAUSTED, 0, "memory is used up");
    if (error != NULL) {
        free(message);
        free(copy);
        if (call->connection != NULL)
            hub_connection_leave(call->connection, call, HUB__V1__RESET_CODE__RESET_CODE_CANCELLED);
        hub_call_conclude(call, error);
        return HUB_NEXT_END;
    }
    if (request.size > 0) memcpy(copy, request.data, request.size);
    *message = (hub_message){.data = copy, .size = request.size};
    hub_messages_append(&call->outgoing, message);
    call->outgoing_bytes += request.size;
    if (call->connection != NULL) hub_connection_take_turn(call->connection, call);
    hub_client_nudge(call->client);
    return HUB_NEXT_MESSAGE;
}

void hub_call_finish(hub_call *call) {
    if (call->has_all_requests || !hub_call_takes_stream(call)) return;
    call->has_all_requests = true;
    if (call->connection != NULL) hub_connection_take_turn(call->connection, call);
    if (call->client != NULL) hub_client_nudge(call->client);
}
