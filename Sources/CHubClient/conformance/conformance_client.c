/* conformance_client.c: the C client as the conformance kit drives it (Protos/hub/v1/conformance.proto).
 *
 * Also an example of a program with an event loop: everything happens in one poll(). */
#define _GNU_SOURCE
#include "hub_client.h"

#include "buffer.h"
#include "hub/v1/conformance.pb-c.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ORDER_BYTES_MAX = 64 << 20, READ_BYTES = 65536 };

/* One order that is being carried out. */
typedef struct job {
    struct job *next;
    Hub__V1__ClientOrder *order;
    hub_method method;
    hub_call *call;
    size_t requests_sent;
    int64_t give_up_ms; /* 0 = never */
    uint8_t **messages; /* answers that came, each with its length in `sizes` */
    size_t *sizes;
    size_t count, capacity;
} job;

static hub_client *client;
static hub_buffer in, out;
static job *jobs;

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void give_up(const char *what) {
    fprintf(stderr, "hub-conformance-client: %s\n", what);
    exit(70);
}

/* ---- Outcomes ------------------------------------------------------------------------------------------------ */

static void write_outcome(const Hub__V1__ClientOutcome *outcome) {
    size_t size = hub__v1__client_outcome__get_packed_size(outcome);
    uint8_t *room = hub_buffer_reserve(&out, 4 + size);
    if (room == NULL) give_up("memory is used up");
    for (int i = 0; i < 4; i++) room[i] = (uint8_t)(size >> (24 - 8 * i));
    hub__v1__client_outcome__pack(outcome, room + 4);
    out.end += 4 + size;
}

static void tell(const job *done) {
    Hub__V1__ClientOutcome outcome = HUB__V1__CLIENT_OUTCOME__INIT;
    const hub_error *error = hub_call_error(done->call);
    size_t entries = hub_call_metadata_count(done->call);
    ProtobufCBinaryData *messages = calloc(done->count + 1, sizeof *messages);
    Hub__V1__Metadata *values = calloc(entries + 1, sizeof *values);
    Hub__V1__Metadata **list = calloc(entries + 1, sizeof *list);
    if (messages == NULL || values == NULL || list == NULL) give_up("memory is used up");
    outcome.id = done->order->id;
    for (size_t i = 0; i < done->count; i++) messages[i] = (ProtobufCBinaryData){done->sizes[i], done->messages[i]};
    outcome.n_messages = done->count;
    outcome.messages = messages;
    for (size_t i = 0; i < entries; i++) {
        hub_metadata entry = hub_call_metadata_at(done->call, i);
        hub__v1__metadata__init(&values[i]);
        values[i].key = (char *)entry.key;
        values[i].value = (ProtobufCBinaryData){entry.value.size, (uint8_t *)entry.value.data};
        list[i] = &values[i];
    }
    outcome.n_metadata = entries;
    outcome.metadata = list;
    outcome.replayed = hub_call_replayed(done->call);
    size_t fact_count = error != NULL ? error->fact_count : 0;
    Hub__V1__ClientOutcome__FactsEntry *facts = calloc(fact_count + 1, sizeof *facts);
    Hub__V1__ClientOutcome__FactsEntry **fact_list = calloc(fact_count + 1, sizeof *fact_list);
    if (facts == NULL || fact_list == NULL) give_up("memory is used up");
    for (size_t i = 0; i < fact_count; i++) {
        hub__v1__client_outcome__facts_entry__init(&facts[i]);
        facts[i].key = (char *)error->facts[i].name;
        facts[i].value = (char *)error->facts[i].value;
        fact_list[i] = &facts[i];
    }
    outcome.n_facts = fact_count;
    outcome.facts = fact_list;
    if (error != NULL) {
        outcome.status = (uint32_t)error->status;
        outcome.code = error->code;
        outcome.text = (char *)error->message;
        outcome.retries = error->has_retry_after;
    }
    write_outcome(&outcome);
    free(messages);
    free(values);
    free(list);
    free(facts);
    free(fact_list);
}

static void free_job(job *done) {
    hub_call_free(done->call);
    for (size_t i = 0; i < done->count; i++) free(done->messages[i]);
    free(done->messages);
    free(done->sizes);
    hub__v1__client_order__free_unpacked(done->order, NULL);
    free(done);
}

/* ---- Orders -------------------------------------------------------------------------------------------------- */

static void keep(job *at, hub_bytes message) {
    if (at->count == at->capacity) {
        at->capacity = at->capacity == 0 ? 16 : 2 * at->capacity;
        at->messages = realloc(at->messages, at->capacity * sizeof *at->messages);
        at->sizes = realloc(at->sizes, at->capacity * sizeof *at->sizes);
    }
    uint8_t *copy = malloc(message.size + 1);
    if (at->messages == NULL || at->sizes == NULL || copy == NULL) give_up("memory is used up");
    if (message.size > 0) memcpy(copy, message.data, message.size);
    at->messages[at->count] = copy;
    at->sizes[at->count++] = message.size;
}

/* Requests as far as there is room, answers as far as they came. True when the call has ended and all is taken. */
static bool advance(job *at) {
    const Hub__V1__ClientOrder *order = at->order;
    while (at->requests_sent < order->n_requests) {
        const ProtobufCBinaryData *request = &order->requests[at->requests_sent];
        if (hub_call_send(at->call, (hub_bytes){request->data, request->len}) != HUB_NEXT_MESSAGE) break;
        at->requests_sent++;
    }
    if (at->requests_sent == order->n_requests) hub_call_finish(at->call);
    hub_bytes message;
    hub_next found;
    while ((found = hub_call_poll(at->call, &message)) == HUB_NEXT_MESSAGE) keep(at, message);
    return found == HUB_NEXT_END;
}

static hub_shape shape_of(Hub__V1__CallShape shape) {
    switch (shape) {
    case HUB__V1__CALL_SHAPE__CALL_SHAPE_SERVER_STREAM: return HUB_SERVER_STREAM;
    case HUB__V1__CALL_SHAPE__CALL_SHAPE_CLIENT_STREAM: return HUB_CLIENT_STREAM;
    case HUB__V1__CALL_SHAPE__CALL_SHAPE_EXCHANGE: return HUB_EXCHANGE;
    default: return HUB_UNARY;
    }
}

static void start(Hub__V1__ClientOrder *order) {
    job *made = calloc(1, sizeof *made);
    hub_metadata *metadata = calloc(order->n_metadata + 1, sizeof *metadata);
    if (made == NULL || metadata == NULL) give_up("memory is used up");
    for (size_t i = 0; i < order->n_metadata; i++)
        metadata[i] = (hub_metadata){order->metadata[i]->key,
                                     {order->metadata[i]->value.data, order->metadata[i]->value.len}};
    made->order = order;
    made->method = (hub_method){
        order->method, shape_of(order->shape), order->mutating ? HUB_CHANGES : HUB_READS, order->cursor_field};
    hub_call_options options = HUB_CALL_OPTIONS;
    options.timeout_ms = order->timeout_ms;
    options.idempotency_key = (hub_bytes){order->idempotency_key.data, order->idempotency_key.len};
    options.resume_from = (hub_bytes){order->resume_from.data, order->resume_from.len};
    options.metadata = metadata;
    options.metadata_count = order->n_metadata;
    options.uncompressed = order->uncompressed;
    bool has_one = made->method.shape == HUB_UNARY || made->method.shape == HUB_SERVER_STREAM;
    hub_bytes request = {0};
    if (has_one && order->n_requests > 0) request = (hub_bytes){order->requests[0].data, order->requests[0].len};
    made->requests_sent = has_one ? order->n_requests : 0;
    made->give_up_ms = order->cancel_after_ms > 0 ? now_ms() + order->cancel_after_ms : 0;
    made->call = hub_call_start(client, &made->method, request, &options);
    if (made->call == NULL) give_up("memory is used up");
    free(metadata);
    made->next = jobs;
    jobs = made;
}

/* Starts every order that is whole. */
static void read_orders(void) {
    for (;;) {
        const uint8_t *at = in.data + in.start;
        if (hub_buffer_size(&in) < 4) return;
        size_t size = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
        if (size > ORDER_BYTES_MAX) give_up("an order above 64 MiB");
        if (hub_buffer_size(&in) < 4 + size) return;
        Hub__V1__ClientOrder *order = hub__v1__client_order__unpack(NULL, size, at + 4);
        if (order == NULL) give_up("an order that cannot be decoded");
        hub_buffer_consume(&in, 4 + size);
        start(order);
    }
}

/* ---- The loop ------------------------------------------------------------------------------------------------ */

/* Carries out what can be; returns milliseconds until somebody gives up, -1 = nobody will. */
static int advance_all(void) {
    int wait = -1;
    int64_t now = now_ms();
    for (job **place = &jobs; *place != NULL;) {
        job *at = *place;
        if (at->give_up_ms != 0 && now >= at->give_up_ms) hub_call_cancel(at->call);
        if (advance(at)) {
            *place = at->next;
            tell(at);
            free_job(at);
            continue;
        }
        int64_t left = at->give_up_ms - now;
        if (at->give_up_ms != 0 && (wait < 0 || left < wait)) wait = (int)left;
        place = &at->next;
    }
    return wait;
}

/* False at the end of the orders. */
static bool read_input(void) {
    uint8_t *room = hub_buffer_reserve(&in, READ_BYTES);
    if (room == NULL) give_up("memory is used up");
    ssize_t got = read(STDIN_FILENO, room, READ_BYTES);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    in.end += (size_t)got;
    read_orders();
    return got > 0;
}

static void write_output(void) {
    ssize_t went = write(STDOUT_FILENO, out.data + out.start, hub_buffer_size(&out));
    if (went >= 0) hub_buffer_consume(&out, (size_t)went);
    else if (errno != EAGAIN && errno != EINTR) give_up("nobody reads the outcomes");
}

static void run(void) {
    for (bool has_input = true; has_input || jobs != NULL || hub_buffer_size(&out) > 0;) {
        hub_client_process(client);
        int wait = advance_all();
        struct pollfd files[] = {
            {.fd = hub_client_fd(client), .events = POLLIN},
            {.fd = has_input ? STDIN_FILENO : -1, .events = POLLIN},
            {.fd = hub_buffer_size(&out) > 0 ? STDOUT_FILENO : -1, .events = POLLOUT},
        };
        poll(files, sizeof files / sizeof files[0], wait);
        if (files[1].revents != 0) has_input = read_input();
        if (files[2].revents != 0) write_output();
    }
}

int main(int argc, char **argv) {
    static const struct option known[] = {
        {"address", required_argument, NULL, 'a'}, {"cert", required_argument, NULL, 'c'},
        {"key", required_argument, NULL, 'k'}, {"ca", required_argument, NULL, 'r'}, {NULL, 0, NULL, 0}};
    hub_client_options options = HUB_CLIENT_OPTIONS;
    const char *addresses[] = {NULL, NULL};
    options.addresses = addresses;
    options.software = "hub-conformance-client (C)";
    options.received_bytes_max = (size_t)512 << 20; /* fifty of the longest answers at once */
    for (int found; (found = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (found) {
        case 'a': addresses[0] = optarg; break;
        case 'c': options.certificate = optarg; break;
        case 'k': options.private_key = optarg; break;
        case 'r': options.authority = optarg; break;
        default: return 64;
        }
    }
    char why[256] = "";
    client = hub_client_new(&options, why, sizeof why);
    if (client == NULL) give_up(why);
    fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
    fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK);
    run();
    hub_client_free(client);
    hub_buffer_free(&in);
    hub_buffer_free(&out);
    return 0;
}
