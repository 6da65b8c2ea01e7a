/* blocking.c: the functions that wait, for programs without an event loop. */
#include "client.h"

#include <poll.h>

bool hub_client_wait(hub_client *client) {
    if (client == NULL || client->is_processing) return false;
    struct pollfd asked = {.fd = client->epoll_fd, .events = POLLIN};
    poll(&asked, 1, -1); /* whatever can go on makes it readable; a signal ends it too, which does no harm */
    hub_client_process(client);
    return !atomic_exchange(&client->is_interrupted, false);
}

hub_next hub_call_next(hub_call *call, hub_bytes *message) {
    for (;;) {
        hub_next found = hub_call_poll(call, message);
        if (found != HUB_NEXT_NOT_YET) return found;
        if (!hub_client_wait(call->client)) return HUB_NEXT_INTERRUPTED;
    }
}

hub_next hub_call_write(hub_call *call, hub_bytes request) {
    for (;;) {
        hub_next sent = hub_call_send(call, request);
        if (sent != HUB_NEXT_NOT_YET) return sent;
        if (!hub_client_wait(call->client)) return HUB_NEXT_INTERRUPTED;
    }
}
