/* stream_tests.c: streams that are cut, slow programs, and calls with many requests. */
#include "check.h"
#include "client.h"
#include "scripted_hub.h"

#include <stdlib.h>
#include <string.h>

static const hub_method COUNT = {"test.Service/Count", HUB_SERVER_STREAM, HUB_READS, 2};
static const hub_method OUTPUT = {"test.Service/Output", HUB_SERVER_STREAM, HUB_READS, 0};
static const hub_method EXCHANGE = {"test.Service/Exchange", HUB_EXCHANGE, HUB_READS, 0};

/* Where each attempt went on. */
static uint8_t resumed_at[8];
static size_t resumed_size[8];
static int attempts;

static uint32_t take_call(hub_side *side) {
    uint32_t stream = 0;
    Hub__V1__Call *call = side_await_call(side, &stream);
    if (call == NULL || attempts == 8) return 0;
    resumed_size[attempts] = call->resume_from.len;
    resumed_at[attempts++] = call->resume_from.len > 0 ? call->resume_from.data[0] : 0;
    hub__v1__call__free_unpacked(call, NULL);
    return stream;
}

/* Message of number n, with a cursor of the one byte n. */
static void send_number(hub_side *side, uint32_t stream, uint8_t number) {
    const uint8_t message[] = {0x08, number, 0x12, 0x01, number};
    side_send(side, HUB_FRAME_DATA, 0, stream, message, sizeof message);
}

static void two_then_lost(hub_side *side) {
    side_greet(side);
    uint32_t stream = take_call(side);
    send_number(side, stream, 1);
    send_number(side, stream, 2);
    side_send(side, HUB_FRAME_DATA, HUB_FLAG_MORE, stream, "\x08", 1); /* the third is cut in its middle */
}

static void third_then_slow(hub_side *side) {
    side_greet(side);
    uint32_t stream = take_call(side);
    send_number(side, stream, 3);
    side_end(side, stream, 14, 1011, -1, "E1011 slow reader");
    stream = take_call(side); /* on the same connection: it is as good as before */
    send_number(side, stream, 4);
    side_send(side, HUB_FRAME_END, 0, stream, NULL, 0);
    side_drain(side);
}

static void rest(hub_side *side) {
    side_greet(side);
    uint32_t stream = take_call(side);
    send_number(side, stream, 4);
    side_send(side, HUB_FRAME_END, 0, stream, NULL, 0);
    side_drain(side);
}

/* Messages until the end; their numbers as decimal digits of the result. */
static int read_numbers(hub_call *call) {
    hub_bytes message;
    int numbers = 0;
    while (hub_call_next(call, &message) == HUB_NEXT_MESSAGE) numbers = 10 * numbers + message.data[1];
    return numbers;
}

static void goes_on(void) {
    attempts = 0;
    const script scripts[] = {two_then_lost, third_then_slow, NULL};
    scripted_hub *hub = scripted_hub_start(scripts, NULL);
    hub_client *client = test_client(hub);
    hub_call *call = hub_call_start(client, &COUNT, (hub_bytes){0}, NULL);
    CHECK_EQUAL(read_numbers(call), 1234);
    CHECK(hub_call_error(call) == NULL);
    CHECK(hub_call_cursor(call).size == 1 && hub_call_cursor(call).data[0] == 4);
    CHECK(resumed_size[0] == 0 && resumed_at[1] == 2 && resumed_at[2] == 3);
    hub_call_free(call);
    hub_client_free(client);
    scripted_hub_stop(hub);
    CHECK_EQUAL(attempts, 3);
}

/* A hub that cuts a stream tells where to go on; a program's own place comes first. */
static void told_where(hub_side *side) {
    static const uint8_t end[] = {0x08, 14, 0x1a, 0x16, 0x0a, 0x0f, 'x', '/', 'h', 'u', 'b', '.', 'v', '1', '.',
                                  'R', 'e', 's', 'u', 'm', 'e', 0x12, 0x03, 0x0a, 0x01, 7};
    side_greet(side);
    side_send(side, HUB_FRAME_END, 0, take_call(side), end, sizeof end);
    side_send(side, HUB_FRAME_END, 0, take_call(side), NULL, 0);
    side_drain(side);
}

static void hub_names_place(void) {
    for (int own = 0; own < 2; own++) {
        attempts = 0;
        const script scripts[] = {told_where, NULL};
        scripted_hub *hub = scripted_hub_start(scripts, NULL);
        hub_client *client = test_client(hub);
        hub_call_options options = HUB_CALL_OPTIONS;
        options.resume_from = (hub_bytes){(const uint8_t *)"\x05", (size_t)own};
        hub_call *call = hub_call_start(client, &COUNT, (hub_bytes){0}, &options);
        CHECK_EQUAL(read_numbers(call), 0);
        CHECK(hub_call_error(call) == NULL);
        hub_call_free(call);
        hub_client_free(client);
        scripted_hub_stop(hub);
        CHECK_EQUAL(resumed_at[1], own ? 5 : 7);
    }
}

static void cannot_go_on(void) {
    attempts = 0;
    const script scripts[] = {two_then_lost, rest, NULL};
    scripted_hub *hub = scripted_hub_start(scripts, NULL);
    hub_client *client = test_client(hub);
    hub_call *call = hub_call_start(client, &OUTPUT, (hub_bytes){0}, NULL);
    CHECK_EQUAL(read_numbers(call), 12);
    CHECK(hub_call_error(call) != NULL && hub_call_error(call)->code == HUB_E_CONNECTION_CLOSED);
    hub_call_free(call);
    hub_client_free(client);
    scripted_hub_stop(hub);
    CHECK_EQUAL(attempts, 1);
}

/* Fills the stream's credit, and sees none come back before the program takes what came. */
static void fill_credit(hub_side *side) {
    static uint8_t message[16384] = {0x12};
    frame found;
    side_greet(side);
    uint32_t stream = take_call(side);
    for (int i = 0; i < 4; i++) side_send(side, HUB_FRAME_DATA, 0, stream, message, sizeof message);
    side_send(side, HUB_FRAME_PING, 0, 0, "12345678", 8);
    CHECK(side_read(side, &found) && found.header.type == HUB_FRAME_PING);
    CHECK(side_read(side, &found) && found.header.type == HUB_FRAME_CREDIT && found.header.stream == stream);
    side_send(side, HUB_FRAME_DATA, 0, stream, message, sizeof message);
    side_send(side, HUB_FRAME_END, 0, stream, NULL, 0);
    side_drain(side);
}

static void slow_program(void) {
    attempts = 0;
    const script scripts[] = {fill_credit, NULL};
    scripted_hub *hub = scripted_hub_start(scripts, NULL);
    hub_client *client = test_client(hub);
    hub_call *call = hub_call_start(client, &OUTPUT, (hub_bytes){0}, NULL);
    hub_bytes message;
    for (int i = 0; i < 1000 && client->received_bytes < 65536; i++) hub_client_wait(client);
    for (int i = 0; i < 3; i++) hub_client_process(client); /* the PING, which is answered */
    for (int i = 0; i < 5; i++) CHECK_EQUAL(hub_call_next(call, &message), HUB_NEXT_MESSAGE);
    CHECK_EQUAL(hub_call_next(call, &message), HUB_NEXT_END);
    CHECK(hub_call_error(call) == NULL && client->received_bytes == 0);
    hub_call_free(call);
    hub_client_free(client);
    scripted_hub_stop(hub);
}

/* Sends every request back, END with the last. */
static void mirror(hub_side *side) {
    frame found;
    side_greet(side);
    while (side_await(side, HUB_FRAME_DATA, &found)) {
        bool is_last = found.header.flags & HUB_FLAG_END;
        if (!(found.header.flags & HUB_FLAG_NONE))
            side_send(side, HUB_FRAME_DATA, found.header.flags & HUB_FLAG_MORE, found.header.stream, found.payload,
                      found.header.length);
        if (is_last) break;
    }
    side_send(side, HUB_FRAME_END, 0, found.header.stream, NULL, 0);
    side_drain(side);
}

static void exchange(void) {
    static uint8_t large[50000];
    const script scripts[] = {mirror, NULL};
    scripted_hub *hub = scripted_hub_start(scripts, NULL);
    hub_client *client = test_client(hub);
    hub_call *call = hub_call_start(client, &EXCHANGE, (hub_bytes){0}, NULL);
    hub_bytes message;
    CHECK_EQUAL(hub_call_write(call, (hub_bytes){(const uint8_t *)"one", 3}), HUB_NEXT_MESSAGE);
    CHECK(hub_call_next(call, &message) == HUB_NEXT_MESSAGE && message.size == 3);
    CHECK_EQUAL(hub_call_write(call, (hub_bytes){NULL, 0}), HUB_NEXT_MESSAGE); /* an empty message is one */
    CHECK(hub_call_next(call, &message) == HUB_NEXT_MESSAGE && message.size == 0);
    CHECK_EQUAL(hub_call_write(call, (hub_bytes){large, sizeof large}), HUB_NEXT_MESSAGE);
    CHECK(hub_call_next(call, &message) == HUB_NEXT_MESSAGE && message.size == sizeof large);
    hub_call_finish(call); /* nothing is left to carry END: DATA with NONE does */
    CHECK_EQUAL(hub_call_next(call, &message), HUB_NEXT_END);
    CHECK(hub_call_error(call) == NULL);
    CHECK_EQUAL(hub_call_send(call, (hub_bytes){NULL, 0}), HUB_NEXT_END);
    hub_call_free(call);
    hub_client_free(client);
    scripted_hub_stop(hub);
}

/* Nobody reads the requests: no more than 262,144 bytes and one request wait. */
static void no_room(void) {
    static uint8_t request[100000];
    const char *addresses[] = {"127.0.0.1:1", NULL};
    hub_client_options options = test_options(addresses);
    hub_client *client = hub_client_new(&options, NULL, 0);
    hub_call *call = hub_call_start(client, &EXCHANGE, (hub_bytes){0}, NULL);
    int count = 0;
    while (count < 10 && hub_call_send(call, (hub_bytes){request, sizeof request}) == HUB_NEXT_MESSAGE) count++;
    CHECK_EQUAL(count, 3);
    CHECK_EQUAL(hub_call_send(call, (hub_bytes){request, 1}), HUB_NEXT_NOT_YET);
    hub_call_free(call);
    hub_client_free(client);
}

const test stream_tests[] = {
    {"a stream goes on after the last message that came, whatever cut it", goes_on},
    {"a stream goes on where the hub says, but the program's own place comes first", hub_names_place},
    {"a stream without cursors ends when it is cut after its first message", cannot_go_on},
    {"credit comes back when the program has taken a message, not before", slow_program},
    {"requests and answers pass each other, and requests may end without one", exchange},
    {"requests that nobody takes are bounded", no_room},
    {NULL, NULL},
};
