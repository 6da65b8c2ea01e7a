/* commands.c: echo, show and watch: unary calls, and a stream that goes on where it was. */
#include "commands.h"

#include "hub/v1/diagnostics.pb-c.h"
#include "layanan/v1/case.pb-c.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CURSOR_BYTES_MAX = 4096 };

/* Makes a unary call with a message of protobuf-c, and prints why it failed. NULL then; else the caller frees. */
static ProtobufCMessage *ask(const command *asked, const char *method, const ProtobufCMessage *request,
                             const ProtobufCMessageDescriptor *type) {
    size_t size = protobuf_c_message_get_packed_size(request);
    uint8_t *packed = malloc(size + 1);
    if (packed == NULL) return NULL;
    protobuf_c_message_pack(request, packed);
    hub_call_options options = HUB_CALL_OPTIONS;
    options.on_behalf_of = asked->on_behalf_of;
    hub_call *call = hub_call_start(asked->client, hub_method_named(method), (hub_bytes){packed, size}, &options);
    free(packed);
    if (call == NULL) return NULL;
    hub_bytes answer;
    ProtobufCMessage *message = NULL;
    if (hub_call_next(call, &answer) == HUB_NEXT_MESSAGE) {
        message = protobuf_c_message_unpack(type, NULL, answer.size, answer.data);
        if (message == NULL) fputs("hub-call: the answer cannot be decoded\n", stderr);
    } else if (hub_call_error(call) != NULL) {
        report(hub_call_error(call));
    }
    hub_call_free(call);
    return message;
}

int run_echo(const command *asked) {
    Hub__V1__EchoMessage request = HUB__V1__ECHO_MESSAGE__INIT;
    request.payload = (ProtobufCBinaryData){strlen(asked->words[0]), (uint8_t *)asked->words[0]};
    Hub__V1__EchoMessage *answer = (Hub__V1__EchoMessage *)ask(asked, "hub.v1.Diagnostics/Echo", &request.base,
                                                               &hub__v1__echo_message__descriptor);
    if (answer == NULL) return 1;
    printf("%.*s\n", (int)answer->payload.len, (const char *)answer->payload.data);
    hub__v1__echo_message__free_unpacked(answer, NULL);
    return 0;
}

static void print_case(const Hub__V1__Case *shown) {
    printf("%s  %s  version %" PRIu64 "  %s%s\n", shown->number, shown->service, shown->version, shown->stage,
           shown->ended ? "  ended" : "");
}

int run_show(const command *asked) {
    Layanan__V1__GetCaseRequest request = LAYANAN__V1__GET_CASE_REQUEST__INIT;
    request.case_ = asked->words[0];
    Layanan__V1__GetCaseReply *answer = (Layanan__V1__GetCaseReply *)ask(
        asked, "layanan.v1.Cases/Get", &request.base, &layanan__v1__get_case_reply__descriptor);
    if (answer == NULL) return 1;
    if (answer->case_ != NULL) print_case(answer->case_);
    layanan__v1__get_case_reply__free_unpacked(answer, NULL);
    return 0;
}

/* ---- Watching ------------------------------------------------------------------------------------------------ */

static size_t read_cursor(const char *path, uint8_t *into) {
    FILE *file = path != NULL ? fopen(path, "rb") : NULL;
    if (file == NULL) return 0;
    size_t size = fread(into, 1, CURSOR_BYTES_MAX, file);
    fclose(file);
    return size;
}

/* Written beside and renamed, so that a crash leaves the old cursor or the new one. */
static void write_cursor(const char *path, hub_bytes cursor) {
    char beside[4096];
    if (path == NULL || snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside) return;
    FILE *file = fopen(beside, "wb");
    if (file == NULL) return;
    bool is_written = fwrite(cursor.data, 1, cursor.size, file) == cursor.size;
    if (fclose(file) == 0 && is_written) rename(beside, path);
}

static void print_update(const Layanan__V1__WatchUpdate *update) {
    if (update->state != NULL) print_case(update->state);
    for (size_t i = 0; i < update->n_events; i++) {
        const Hub__V1__Event *event = update->events[i];
        printf("%" PRIu64 "  %s  %s  %s -> %s\n", event->sequence, event->number, event->action, event->stage_before,
               event->stage_after);
    }
    fflush(stdout);
}

int run_watch(const command *asked) {
    Layanan__V1__WatchRequest request = LAYANAN__V1__WATCH_REQUEST__INIT;
    request.case_ = asked->words[0];
    uint8_t packed[512], cursor[CURSOR_BYTES_MAX];
    if (layanan__v1__watch_request__get_packed_size(&request) > sizeof packed) return 64;
    hub_call_options options = HUB_CALL_OPTIONS;
    options.on_behalf_of = asked->on_behalf_of;
    options.resume_from = (hub_bytes){cursor, read_cursor(asked->cursor_file, cursor)};
    hub_call *call = hub_call_start(asked->client, hub_method_named("layanan.v1.Cases/Watch"),
                                    (hub_bytes){packed, layanan__v1__watch_request__pack(&request, packed)}, &options);
    if (call == NULL) return 1;
    hub_bytes message;
    hub_next found;
    /* Lost connections, a hub that starts anew and a slow line are the library's business: this loop sees none of it. */
    while ((found = hub_call_next(call, &message)) == HUB_NEXT_MESSAGE) {
        Layanan__V1__WatchUpdate *update = layanan__v1__watch_update__unpack(NULL, message.size, message.data);
        if (update == NULL) continue;
        print_update(update);
        layanan__v1__watch_update__free_unpacked(update, NULL);
        write_cursor(asked->cursor_file, hub_call_cursor(call));
    }
    const hub_error *error = hub_call_error(call);
    int status = found == HUB_NEXT_INTERRUPTED || error == NULL ? 0 : report(error);
    hub_call_free(call);
    return status;
}
