/* call_tests.c: calls over real TLS against a hub that loses, refuses, delays and forgets. */
#define _GNU_SOURCE
#include "check.h"
#include "client.h"
#include "scripted_hub.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

static const hub_method READS = {"test.Service/Read", HUB_UNARY, HUB_READS, 0};
static const hub_method CHANGES = {"test.Service/Change", HUB_UNARY, HUB_CHANGES, 0};
static const hub_method ONCE = {"test.Service/Once", HUB_UNARY, HUB_ONCE, 0};

/* What the scripts saw; the test reads it after the hub has stopped. */
static struct {
    int calls;
    uint8_t keys[8][64];
    size_t key_sizes[8];
    uint32_t timeouts[8];
    uint32_t streams[8];
    int64_t at_ms[8];
    int resets;
    int pings;
} seen;

static void note(Hub__V1__Call *call, uint32_t stream) {
    if (call == NULL || seen.calls == 8) return;
    size_t size = call->idempotency_key.len;
    if (size > 0 && size <= 64) memcpy(seen.keys[seen.calls], call->idempotency_key.data, size);
    seen.key_sizes[seen.calls] = size;
    seen.timeouts[seen.calls] = call->timeout_ms;
    seen.streams[seen.calls] = stream;
    seen.at_ms[seen.calls++] = hub_now_ms();
    hub__v1__call__free_unpacked(call, NULL);
}

static uint32_t take_call(hub_side *side) {
    uint32_t stream = 0;
    Hub__V1__Call *call = side_await_call(side, &stream);
    note(call, stream);
    return stream;
}

/* ---- Scripts ------------------------------------------------------------------------------------------------- */

static void answer(hub_side *side) {
    side_greet(side);
    side_answer(side, take_call(side), "answer");
    side_drain(side);
}

static void lose(hub_side *side) {
    side_greet(side);
    take_call(side);
}

static void refuse_then_answer(hub_side *side) {
    static const uint8_t refused[] = {0x08, 2};
    side_greet(side);
    side_send(side, HUB_FRAME_RESET, 0, take_call(side), refused, sizeof refused);
    side_answer(side, take_call(side), "answer");
    side_drain(side);
}

static void busy_then_answer(hub_side *side) {
    side_greet(side);
    side_end(side, take_call(side), 14, 3001, 150, "E3001 the module is not running");
    side_answer(side, take_call(side), "answer");
    side_drain(side);
}

static void reject(hub_side *side) {
    side_greet(side);
    side_end(side, take_call(side), 3, 4003, -1, "E4003 wrong");
    side_drain(side);
}

static void leave_before(hub_side *side) {
    side_greet(side);
    take_call(side);
    side_goaway(side, 9, 0, 0, "draining");
    side_drain(side);
}

static void curse(hub_side *side) {
    side_greet(side);
    take_call(side);
    side_goaway(side, 1, 0, 0, "a rule was broken");
}

static void wait_for_reset(hub_side *side) {
    frame found;
    side_greet(side);
    take_call(side);
    if (side_await(side, HUB_FRAME_RESET, &found) && found.header.length == 2 && found.payload[1] == 1) seen.resets++;
    side_drain(side);
}

static void end_before_request(hub_side *side) {
    frame found;
    side_greet(side);
    if (!side_await(side, HUB_FRAME_CALL, &found)) return;
    side_end(side, found.header.stream, 7, 2002, -1, "E2002 not allowed");
    if (side_await(side, HUB_FRAME_RESET, &found)) seen.resets++;
    side_drain(side);
}

/* Takes as much as the credit allows, then gives all that is missing. */
static void give_credit_later(hub_side *side) {
    frame found;
    size_t came = 0;
    side_greet(side);
    while (came < HUB_STREAM_CREDIT && side_await(side, HUB_FRAME_DATA, &found)) came += found.header.length;
    CHECK_EQUAL(came, HUB_STREAM_CREDIT);
    CHECK(found.header.flags == HUB_FLAG_MORE);
    side_send(side, HUB_FRAME_PING, 0, 0, "12345678", 8);
    CHECK(side_read(side, &found) && found.header.type == HUB_FRAME_PING); /* and no byte beyond the credit */
    side_send(side, HUB_FRAME_CREDIT, 0, found.header.stream + 1, "\x08\xc0\xcf\x24", 4); /* 600,000 */
    while (side_await(side, HUB_FRAME_DATA, &found) && !(found.header.flags & HUB_FLAG_END)) came += found.header.length;
    came += found.header.length;
    CHECK_EQUAL(came, 300000);
    side_answer(side, 1, "answer");
    side_drain(side);
}

static void say_nothing(hub_side *side) {
    frame found;
    side_greet(side);
    take_call(side);
    if (side_await(side, HUB_FRAME_PING, &found)) seen.pings++;
    side_drain(side);
}

/* ---- Tests --------------------------------------------------------------------------------------------------- */

/* Makes one call against these connections; the answer's status, and how many CALLs were seen. */
static hub_status run(const script *scripts, const hub_method *method, const hub_call_options *options, size_t request,
                      const char **message) {
    static char line[512];
    memset(&seen, 0, sizeof seen);
    scripted_hub *hub = scripted_hub_start(scripts, NULL);
    hub_client *client = test_client(hub);
    uint8_t *bytes = calloc(1, request + 1);
    hub_call *call = hub_call_start(client, method, (hub_bytes){bytes, request}, options);
    free(bytes);
    hub_bytes found;
    hub_next next = hub_call_next(call, &found);
    CHECK(next == HUB_NEXT_END || (next == HUB_NEXT_MESSAGE && found.size == 6 && memcmp(found.data, "answer", 6) == 0));
    const hub_error *error = hub_call_error(call);
    hub_status status = error != NULL ? error->status : HUB_OK;
    CHECK_EQUAL(next == HUB_NEXT_MESSAGE, status == HUB_OK);
    if (message != NULL) *message = memcpy(line, error != NULL ? error->message : "", error != NULL ? strlen(error->message) + 1 : 1);
    hub_client_free(client);
    hub_call_free(call);
    scripted_hub_stop(hub);
    return status;
}

static void one_answer(void) {
    hub_call_options options = HUB_CALL_OPTIONS;
    options.timeout_ms = 600000;
    CHECK_EQUAL(run((const script[]){answer, NULL}, &READS, &options, 3, NULL), HUB_OK);
    CHECK_EQUAL(seen.calls, 1);
    CHECK_EQUAL(seen.streams[0], 1);
    CHECK_EQUAL(seen.timeouts[0], 300000); /* no more than the hub lets a call wait */
    CHECK_EQUAL(seen.key_sizes[0], 0);
}

static void one_key(void) {
    CHECK_EQUAL(run((const script[]){lose, lose, answer, NULL}, &CHANGES, NULL, 3, NULL), HUB_OK);
    CHECK_EQUAL(seen.calls, 3);
    CHECK_EQUAL(seen.key_sizes[0], 16);
    for (int i = 1; i < 3; i++) CHECK(seen.key_sizes[i] == 16 && memcmp(seen.keys[0], seen.keys[i], 16) == 0);
    uint8_t before[16];
    memcpy(before, seen.keys[0], 16);
    CHECK_EQUAL(run((const script[]){answer, NULL}, &CHANGES, NULL, 3, NULL), HUB_OK);
    CHECK(memcmp(before, seen.keys[0], 16) != 0);
}

static void own_key(void) {
    hub_call_options options = HUB_CALL_OPTIONS;
    options.idempotency_key = (hub_bytes){(const uint8_t *)"0123456789abcdefXYZ", 19};
    CHECK_EQUAL(run((const script[]){lose, answer, NULL}, &CHANGES, &options, 3, NULL), HUB_OK);
    CHECK(seen.key_sizes[1] == 19 && memcmp(seen.keys[1], "0123456789abcdefXYZ", 19) == 0);
    options.idempotency_key.size = 15;
    CHECK_EQUAL(run((const script[]){NULL}, &CHANGES, &options, 3, NULL), HUB_INVALID_ARGUMENT);
    CHECK_EQUAL(seen.calls, 0);
}

static void never_twice(void) {
    CHECK_EQUAL(run((const script[]){lose, answer, NULL}, &ONCE, NULL, 3, NULL), HUB_UNAVAILABLE);
    CHECK_EQUAL(seen.calls, 1);
    CHECK_EQUAL(run((const script[]){refuse_then_answer, NULL}, &ONCE, NULL, 3, NULL), HUB_OK);
    CHECK_EQUAL(seen.calls, 2);
    CHECK_EQUAL(run((const script[]){leave_before, answer, NULL}, &ONCE, NULL, 3, NULL), HUB_OK);
    CHECK_EQUAL(seen.calls, 2);
}

static void asks_later(void) {
    CHECK_EQUAL(run((const script[]){busy_then_answer, NULL}, &READS, NULL, 3, NULL), HUB_OK);
    CHECK_EQUAL(seen.calls, 2);
    CHECK(seen.at_ms[1] - seen.at_ms[0] >= 140);
    hub_call_options hasty = HUB_CALL_OPTIONS;
    hasty.timeout_ms = 100;
    const char *message;
    CHECK_EQUAL(run((const script[]){busy_then_answer, NULL}, &READS, &hasty, 3, &message), HUB_UNAVAILABLE);
    CHECK_EQUAL(seen.calls, 1);
    CHECK(strcmp(message, "the module is not running") == 0);
}

static void final_answers(void) {
    CHECK_EQUAL(run((const script[]){reject, answer, NULL}, &CHANGES, NULL, 3, NULL), HUB_INVALID_ARGUMENT);
    CHECK_EQUAL(seen.calls, 1);
    const char *message;
    CHECK_EQUAL(run((const script[]){curse, answer, NULL}, &READS, NULL, 3, &message), HUB_INTERNAL);
    CHECK_EQUAL(seen.calls, 1);
    CHECK(strstr(message, "a rule was broken") != NULL);
    hub_call_options two = HUB_CALL_OPTIONS;
    two.attempts = 2;
    CHECK_EQUAL(run((const script[]){lose, lose, answer, NULL}, &READS, &two, 3, NULL), HUB_UNAVAILABLE);
    CHECK_EQUAL(seen.calls, 2);
}

static void time_is_up(void) {
    hub_call_options options = HUB_CALL_OPTIONS;
    options.timeout_ms = 100;
    CHECK_EQUAL(run((const script[]){wait_for_reset, NULL}, &READS, &options, 3, NULL), HUB_DEADLINE_EXCEEDED);
    CHECK_EQUAL(seen.calls, 1);
    CHECK_EQUAL(seen.resets, 1);
}

static void early_end(void) {
    CHECK_EQUAL(run((const script[]){end_before_request, NULL}, &READS, NULL, 1000000, NULL), HUB_PERMISSION_DENIED);
    CHECK_EQUAL(seen.resets, 1);
}

static void waits_for_credit(void) {
    CHECK_EQUAL(run((const script[]){give_credit_later, NULL}, &READS, NULL, 300000, NULL), HUB_OK);
}

static void too_long_request(void) {
    CHECK_EQUAL(run((const script[]){answer, NULL}, &READS, NULL, HUB_MESSAGE_BYTES_MAX + 1, NULL),
                HUB_RESOURCE_EXHAUSTED);
    CHECK_EQUAL(seen.calls, 0);
}

static void dead_hub(void) {
    memset(&seen, 0, sizeof seen);
    const script scripts[] = {say_nothing, answer, NULL};
    scripted_hub *hub = scripted_hub_start(scripts, NULL);
    const char *addresses[] = {scripted_hub_address(hub), NULL};
    hub_client_options options = test_options(addresses);
    options.keepalive_ms = 100;
    options.keepalive_timeout_ms = 100;
    hub_client *client = hub_client_new(&options, NULL, 0);
    hub_call *call = hub_call_start(client, &READS, (hub_bytes){0}, NULL);
    hub_bytes found;
    CHECK_EQUAL(hub_call_next(call, &found), HUB_NEXT_MESSAGE);
    hub_call_free(call);
    hub_client_free(client);
    scripted_hub_stop(hub);
    CHECK_EQUAL(seen.pings, 1);
    CHECK_EQUAL(seen.calls, 2);
}

/* A program with an event loop: one descriptor, no blocking function. */
static int notified;
static hub_call *followed;

static void on_news(hub_call *call, void *context) {
    hub_bytes found;
    hub_client *client = context;
    if (hub_call_poll(call, &found) != HUB_NEXT_MESSAGE) return;
    CHECK_EQUAL(hub_call_next(call, &found), HUB_NEXT_END); /* nothing to wait for */
    notified++;
    if (followed != NULL) return;
    hub_call_options options = HUB_CALL_OPTIONS;
    options.notify = on_news;
    options.context = client;
    hub_call_free(call); /* calls may be made and freed in here */
    followed = hub_call_start(client, &READS, (hub_bytes){0}, &options);
    CHECK_EQUAL(hub_call_next(followed, &found), HUB_NEXT_INTERRUPTED); /* functions that block are not */
}

static void answer_twice(hub_side *side) {
    side_greet(side);
    side_answer(side, take_call(side), "answer");
    side_answer(side, take_call(side), "answer");
    side_drain(side);
}

static void event_loop(void) {
    memset(&seen, 0, sizeof seen);
    notified = 0;
    followed = NULL;
    const script scripts[] = {answer_twice, NULL};
    scripted_hub *hub = scripted_hub_start(scripts, NULL);
    hub_client *client = test_client(hub);
    hub_call_options options = HUB_CALL_OPTIONS;
    options.notify = on_news;
    options.context = client;
    CHECK(hub_call_start(client, &READS, (hub_bytes){0}, &options) != NULL);
    for (int rounds = 0; notified < 2 && rounds < 1000; rounds++) {
        struct pollfd asked = {.fd = hub_client_fd(client), .events = POLLIN};
        CHECK(poll(&asked, 1, 5000) == 1);
        hub_client_process(client);
    }
    CHECK_EQUAL(notified, 2);
    hub_call_free(followed);
    hub_client_free(client);
    scripted_hub_stop(hub);
}

static void given_up(void) {
    memset(&seen, 0, sizeof seen);
    const script scripts[] = {wait_for_reset, NULL};
    scripted_hub *hub = scripted_hub_start(scripts, NULL);
    hub_client *client = test_client(hub);
    hub_call *call = hub_call_start(client, &READS, (hub_bytes){0}, NULL);
    hub_bytes found;
    hub_client_interrupt(client);
    CHECK_EQUAL(hub_call_next(call, &found), HUB_NEXT_INTERRUPTED);
    for (int i = 0; i < 1000 && hub_call_attempts(call) == 0; i++) hub_client_wait(client);
    hub_call_cancel(call);
    CHECK_EQUAL(hub_call_next(call, &found), HUB_NEXT_END);
    CHECK(hub_call_error(call)->status == HUB_CANCELLED && hub_call_error(call)->code == HUB_E_CANCELLED);
    hub_client_process(client);
    hub_client_free(client);
    CHECK_EQUAL(hub_call_poll(call, &found), HUB_NEXT_END); /* a call outlives its client */
    hub_call_cancel(call);
    hub_call_free(call);
    scripted_hub_stop(hub);
    CHECK_EQUAL(seen.resets, 1);
}

const test call_tests[] = {
    {"a call brings its answer, and tells the hub how long it may take", one_answer},
    {"a change keeps one key over lost connections, and another has another key", one_key},
    {"a program's own key is used, and one that is too short never leaves", own_key},
    {"what may not happen twice is sent again only when the hub surely did not begin", never_twice},
    {"UNAVAILABLE is asked again no earlier than RetryInfo says, and not beyond the program's time", asks_later},
    {"a refusal, a broken rule and too many attempts are final", final_answers},
    {"when time is up the call ends with DEADLINE_EXCEEDED, and the hub is told", time_is_up},
    {"a call that ends before its request was sent is finished with RESET", early_end},
    {"no byte of a request goes beyond the hub's credit", waits_for_credit},
    {"a request above the hub's limit never leaves", too_long_request},
    {"a silent hub is asked for a sign of life, then given up, and the call goes to the next connection", dead_hub},
    {"a program with an event loop needs one descriptor, and may start and free calls when it is told of news", event_loop},
    {"a call can be interrupted, given up, and read after its client is gone", given_up},
    {NULL, NULL},
};
