/* message.c: whole messages that wait, for the program or for the hub. */
#include "call.h"

#include <stdlib.h>

void hub_message_free(hub_message *message) {
    if (message == NULL) return;
    free(message->data);
    free(message);
}

void hub_messages_append(hub_messages *messages, hub_message *message) {
    *(messages->last != NULL ? &messages->last->next : &messages->first) = message;
    messages->last = message;
}

hub_message *hub_messages_take(hub_messages *messages) {
    hub_message *message = messages->first;
    if (message == NULL) return NULL;
    messages->first = message->next;
    if (message->next == NULL) messages->last = NULL;
    return message;
}

void hub_messages_free(hub_messages *messages) {
    while (messages->first != NULL) hub_message_free(hub_messages_take(messages));
}
