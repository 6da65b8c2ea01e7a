/* wire_tests.c: what a hub must not send, and the client's one answer to it. Without sockets: bytes in, frames out. */
#include "check.h"
#include "client.h"
#include "compression.h"
#include "scripted_hub.h"

#include <stdlib.h>
#include <string.h>

enum { NO_GOAWAY = -1, PROTOCOL = 1, FRAME_SIZE = 2, VERSION = 3, FLOW = 5, CALM = 6 };

/* A connection whose hub has said hello, and one open call on stream 1. */
typedef struct bench {
    hub_client *client;
    hub_connection *connection;
    hub_call *call;
} bench;

static hub_client *bench_client(void) {
    const char *addresses[] = {"127.0.0.1:1", NULL};
    hub_client_options options = test_options(addresses);
    options.received_bytes_max = 8 << 20;
    return hub_client_new(&options, NULL, 0);
}

static const char *bench_path = "hub.v1.Interop/Unary";

static bench bench_on(hub_client *client, hub_shape shape, bool is_greeted) {
    const hub_method method = {bench_path, shape, HUB_READS, shape == HUB_SERVER_STREAM ? 2 : 0};
    bench made = {.client = client};
    made.connection = hub_connection_new(made.client, NULL, NULL, "test");
    made.connection->phase = HUB_PHASE_EARLY;
    hub_call_options call_options = HUB_CALL_OPTIONS;
    call_options.attempts = 1;
    made.call = hub_call_start(made.client, &method, (hub_bytes){(const uint8_t *)"?", 1}, &call_options);
    if (is_greeted) {
        hub_frame_append(&made.connection->in, HUB_FRAME_HELLO, 0, 0, NULL, 0);
        hub_connection_read_frames(made.connection);
    }
    hub_connection_open(made.connection, made.call);
    hub_connection_flush(made.connection);
    return made;
}

static bench bench_open(hub_shape shape, bool is_greeted) { return bench_on(bench_client(), shape, is_greeted); }

static void bench_close(bench *at) {
    hub_call_free(at->call);
    hub_client_free(at->client);
}

static bool feed(bench *at, hub_frame_type type, uint8_t flags, uint32_t stream, const void *bytes, size_t size) {
    if (at->connection->phase == HUB_PHASE_CLOSED) return false;
    hub_frame_append(&at->connection->in, type, flags, stream, bytes, size);
    return hub_connection_read_frames(at->connection);
}

/* Whether a frame of this type went out, and the first number in its payload (0 when there is none). */
static bool sent(const bench *at, hub_frame_type type, int *first) {
    const uint8_t *byte = at->connection->out.data + at->connection->out.start;
    const uint8_t *end = at->connection->out.data + at->connection->out.end;
    while (end - byte >= HUB_HEADER_BYTES) {
        hub_header header = hub_header_read(byte);
        byte += HUB_HEADER_BYTES;
        *first = header.length >= 2 && byte[0] == 0x08 ? byte[1] : 0;
        if (header.type == type) return true;
        byte += header.length;
    }
    return false;
}

static int goaway(const bench *at) {
    int code;
    return sent(at, HUB_FRAME_GOAWAY, &code) ? code : NO_GOAWAY;
}

/* ---- Frames that end the connection -------------------------------------------------------------------------- */

typedef struct malformed {
    const char *about;
    int code;
    bool is_first; /* in place of HELLO */
    uint8_t type, flags;
    uint32_t stream;
    const char *payload;
    size_t size;
} malformed;

#define BYTES(text) text, sizeof(text) - 1

static const malformed broken[] = {
    {"a second HELLO", PROTOCOL, false, 0x00, 0, 0, BYTES("")},
    {"PING first", PROTOCOL, true, 0x02, 0, 0, BYTES("12345678")},
    {"an extension first", PROTOCOL, true, 0xE0, 0, 0, BYTES("x")},
    {"GOAWAY first", PROTOCOL, true, 0x03, 0, 0, BYTES("")},
    {"HELLO that cannot be decoded", PROTOCOL, true, 0x00, 0, 0, BYTES("\x2a\xff")},
    {"HELLO on a stream", PROTOCOL, true, 0x00, 0, 1, BYTES("")},
    {"HELLO with a flag", PROTOCOL, true, 0x00, 1, 0, BYTES("")},
    {"HELLO from 2 to 1", PROTOCOL, true, 0x00, 0, 0, BYTES("\x08\x02\x10\x01")},
    {"HELLO from 1 to 2", VERSION, true, 0x00, 0, 0, BYTES("\x08\x01\x10\x02")},
    {"frames of 100 bytes", PROTOCOL, true, 0x00, 0, 0, BYTES("\x22\x02\x08\x64")},
    {"frames of 2^32-1 bytes", PROTOCOL, true, 0x00, 0, 0, BYTES("\x22\x06\x08\xff\xff\xff\xff\x0f")},
    {"LIMITS", PROTOCOL, false, 0x01, 0, 0, BYTES("")},
    {"a type that is kept free", PROTOCOL, false, 0x06, 0, 0, BYTES("")},
    {"HEAD", PROTOCOL, false, 0x12, 0, 1, BYTES("")},
    {"CALL from a hub", PROTOCOL, false, 0x10, 0, 2, BYTES("")},
    {"an extension that must be understood", PROTOCOL, false, 0xE1, 0x80, 0, BYTES("")},
    {"PING of 7 bytes", PROTOCOL, false, 0x02, 0, 0, BYTES("1234567")},
    {"PING on a stream", PROTOCOL, false, 0x02, 0, 1, BYTES("12345678")},
    {"PING with another flag", PROTOCOL, false, 0x02, 0x01, 0, BYTES("12345678")},
    {"GOAWAY on a stream", PROTOCOL, false, 0x03, 0, 1, BYTES("")},
    {"GOAWAY with a flag", PROTOCOL, false, 0x03, 1, 0, BYTES("")},
    {"CREDIT for an idle stream", PROTOCOL, false, 0x04, 0, 3, BYTES("\x08\x01")},
    {"CREDIT that cannot be decoded", PROTOCOL, false, 0x04, 0, 0, BYTES("\x0a\xff")},
    {"CREDIT above 2^62", FLOW, false, 0x04, 0, 0, BYTES("\x08\x81\x80\x80\x80\x80\x80\x80\x80\x40")},
    {"DATA on an idle stream", PROTOCOL, false, 0x11, 0, 3, BYTES("x")},
    {"DATA on an even stream", PROTOCOL, false, 0x11, 0, 2, BYTES("x")},
    {"DATA on stream 0", PROTOCOL, false, 0x11, 0, 0, BYTES("x")},
    {"DATA with END and MORE", PROTOCOL, false, 0x11, 0x03, 1, BYTES("x")},
    {"DATA with NONE", PROTOCOL, false, 0x11, 0x11, 1, BYTES("")},
    {"END on an idle stream", PROTOCOL, false, 0x13, 0, 3, BYTES("")},
    {"END that cannot be decoded", PROTOCOL, false, 0x13, 0, 1, BYTES("\x12\xff")},
    {"RESET on an idle stream", PROTOCOL, false, 0x05, 0, 3, BYTES("")},
};

static void malformed_frames(void) {
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        const malformed *at = &broken[i];
        bench made = bench_open(HUB_UNARY, !at->is_first);
        bool went_on = feed(&made, (hub_frame_type)at->type, at->flags, at->stream, at->payload, at->size);
        if (went_on || goaway(&made) != at->code) printf("    %s\n", at->about);
        CHECK(!went_on);
        CHECK_EQUAL(goaway(&made), at->code);
        CHECK(at->is_first || (hub_call_error(made.call) != NULL && hub_call_error(made.call)->code == HUB_E_PROTOCOL));
        bench_close(&made);
    }
}

/* Judged by the header alone: the payload never comes. */
static void long_frames(void) {
    static const struct { uint8_t type; uint32_t length; uint16_t reserved; int code; } cases[] = {
        {0x11, 65537, 0, FRAME_SIZE}, {0x11, UINT32_MAX, 0, FRAME_SIZE}, {0x13, 16385, 0, FRAME_SIZE},
        {0x03, 65537, 0, PROTOCOL},   {0xE0, 65537, 0, FRAME_SIZE},      {0x11, 1, 1, PROTOCOL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench made = bench_open(HUB_UNARY, true);
        const uint32_t length = cases[i].length;
        const uint8_t header[] = {(uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8),
                                  (uint8_t)length, cases[i].type, 0, 0, (uint8_t)cases[i].reserved, 0, 0, 0, 1};
        hub_buffer_append(&made.connection->in, header, sizeof header);
        CHECK(!hub_connection_read_frames(made.connection));
        CHECK_EQUAL(goaway(&made), cases[i].code);
        CHECK(made.connection->in.capacity <= 65536);
        bench_close(&made);
    }
    bench made = bench_open(HUB_UNARY, false);
    const uint8_t hello[] = {0, 0, 0x10, 0x01, 0, 0, 0, 0, 0, 0, 0, 0};
    hub_buffer_append(&made.connection->in, hello, sizeof hello);
    CHECK(!hub_connection_read_frames(made.connection));
    CHECK_EQUAL(goaway(&made), PROTOCOL);
    bench_close(&made);
}

static void floods(void) {
    static const struct { uint8_t type, flags; uint32_t stream; const char *payload; size_t size; } cases[] = {
        {0x02, 0, 0, BYTES("12345678")}, {0x11, 0x02, 1, BYTES("")}, {0xEE, 0, 7, BYTES("grease")},
        {0x04, 0, 0, BYTES("\x08\x01")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench made = bench_open(HUB_SERVER_STREAM, true);
        int count = 0;
        while (count < 2000 && feed(&made, (hub_frame_type)cases[i].type, cases[i].flags, cases[i].stream,
                                    cases[i].payload, cases[i].size))
            count++;
        CHECK_EQUAL(count, HUB_IDLE_FRAMES_MAX);
        CHECK_EQUAL(goaway(&made), CALM);
        bench_close(&made);
    }
}

static void beyond_credit(void) {
    static uint8_t bytes[65536];
    bench made = bench_open(HUB_SERVER_STREAM, true);
    CHECK(feed(&made, HUB_FRAME_DATA, 0, 1, bytes, 65536)); /* all of the stream's credit, and nobody takes it */
    CHECK(!feed(&made, HUB_FRAME_DATA, 0, 1, bytes, 1));
    CHECK_EQUAL(goaway(&made), FLOW);
    bench_close(&made);
}

static void ignored_frames(void) {
    bench made = bench_open(HUB_UNARY, true);
    int first;
    CHECK(feed(&made, HUB_FRAME_EXTENSIONS, 0x7F, 8, BYTES("grease")));
    CHECK(feed(&made, HUB_FRAME_PING, HUB_FLAG_ACK, 0, BYTES("12345678")));
    CHECK(feed(&made, HUB_FRAME_CREDIT, 0, 0, BYTES("\x08\x01")));
    CHECK(feed(&made, HUB_FRAME_CREDIT, 0, 1, BYTES("\x08\x01")));
    CHECK(!sent(&made, HUB_FRAME_PING, &first));
    CHECK(feed(&made, HUB_FRAME_PING, 0, 0, BYTES("abcdefgh")));
    CHECK(sent(&made, HUB_FRAME_PING, &first));
    CHECK(feed(&made, HUB_FRAME_DATA, HUB_FLAG_END, 1, BYTES("answer")));
    CHECK(feed(&made, HUB_FRAME_END, 0, 1, BYTES("\x30\x06\xf8\x7f\x01"))); /* final_size 6, and an unknown field */
    hub_bytes answer;
    CHECK(hub_call_poll(made.call, &answer) == HUB_NEXT_MESSAGE && answer.size == 6);
    CHECK_EQUAL(hub_call_poll(made.call, &answer), HUB_NEXT_END);
    CHECK(hub_call_error(made.call) == NULL);
    CHECK(feed(&made, HUB_FRAME_CREDIT, 0, 1, BYTES("\x08\x01"))); /* all of these cross with the end */
    CHECK(feed(&made, HUB_FRAME_DATA, 0, 1, BYTES("late")));
    CHECK(feed(&made, HUB_FRAME_RESET, 0, 1, BYTES("")));
    CHECK(feed(&made, HUB_FRAME_END, 0, 1, BYTES("")));
    CHECK_EQUAL(goaway(&made), NO_GOAWAY);
    bench_close(&made);
}

/* ---- Frames that end the call -------------------------------------------------------------------------------- */

static void check_failed(bench *made, uint32_t code, int reset) {
    int sent_code = 0;
    CHECK(hub_call_error(made->call) != NULL && hub_call_error(made->call)->code == code);
    CHECK_EQUAL(sent(made, HUB_FRAME_RESET, &sent_code) ? sent_code : 0, reset);
    CHECK_EQUAL(goaway(made), NO_GOAWAY);
    CHECK_EQUAL(made->client->received_bytes, made->call->inbox.first != NULL
                                                  ? made->call->inbox.first->size + HUB_MESSAGE_COST : 0);
    bench_close(made);
}

/* Numbered lines, which compress; the caller frees them. */
static char *text(size_t size) {
    char *lines = malloc(size + 32);
    for (size_t at = 0, number = 0; lines != NULL && at < size; number++)
        at += (size_t)snprintf(lines + at, 32, "baris %zu\n", number);
    return lines;
}

static void compressed_answers(void) {
    enum { SIZE = 300000 };
    char *message = text(SIZE);
    size_t size = 0;
    uint8_t *packed = hub_compress((const uint8_t *)message, SIZE, &size);
    CHECK(packed != NULL && size < SIZE / 2);
    for (size_t cut = 0; packed != NULL && cut < 60000; cut += 20000) {
        bench made = bench_open(HUB_SERVER_STREAM, true);
        hub_bytes got = {0};
        for (size_t at = 0; at < size;) {
            size_t count = at == 0 && cut > 0 && cut < size ? cut : size - at < 50000 ? size - at : 50000;
            int more = at + count < size ? HUB_FLAG_MORE : 0;
            CHECK(feed(&made, HUB_FRAME_DATA, (uint8_t)(HUB_FLAG_COMPRESSED | more), 1, packed + at, count));
            at += count;
        }
        CHECK_EQUAL(made.client->received_bytes, SIZE + HUB_MESSAGE_COST);
        CHECK(hub_call_poll(made.call, &got) == HUB_NEXT_MESSAGE);
        CHECK(got.size == SIZE && memcmp(got.data, message, SIZE) == 0);
        CHECK_EQUAL(made.client->received_bytes, 0);
        /* Not all of it was compressed: messages of a stream may differ. */
        CHECK(feed(&made, HUB_FRAME_DATA, 0, 1, BYTES("plain")) && feed(&made, HUB_FRAME_END, 0, 1, BYTES("")));
        CHECK(hub_call_poll(made.call, &got) == HUB_NEXT_MESSAGE && got.size == 5);
        CHECK(hub_call_ended(made.call) && hub_call_error(made.call) == NULL);
        bench_close(&made);
    }
    free(packed);
    free(message);
}

static void wrong_compression(void) {
    static const uint8_t good[] = {0x28, 0xB5, 0x2F, 0xFD, 0x20, 2, 0x11, 0, 0, 'x', 'y'};
    static const uint8_t bomb[] = {0x28, 0xB5, 0x2F, 0xFD, 0xA0, 0, 0, 0, 1, 3, 0, 16, 0};     /* says 16 MiB */
    static const uint8_t unsaid[] = {0x28, 0xB5, 0x2F, 0xFD, 0, 0x58, 2, 0, 16, 0, 3, 0, 16, 0}; /* is 256 KiB */
    bench made = bench_open(HUB_SERVER_STREAM, true);
    CHECK(!feed(&made, HUB_FRAME_DATA, HUB_FLAG_COMPRESSED, 1, BYTES("x")) || made.connection->phase == HUB_PHASE_OPEN);
    check_failed(&made, HUB_E_MALFORMED, 1);
    for (size_t cut = 0; cut < sizeof good; cut++) {
        made = bench_open(HUB_SERVER_STREAM, true);
        feed(&made, HUB_FRAME_DATA, HUB_FLAG_COMPRESSED, 1, good, cut);
        check_failed(&made, HUB_E_MALFORMED, 1);
    }
    made = bench_open(HUB_SERVER_STREAM, true);
    feed(&made, HUB_FRAME_DATA, HUB_FLAG_COMPRESSED, 1, bomb, sizeof bomb);
    check_failed(&made, HUB_E_MESSAGE_TOO_LARGE, 1);
    made = bench_open(HUB_SERVER_STREAM, true);
    feed(&made, HUB_FRAME_DATA, HUB_FLAG_COMPRESSED, 1, unsaid, sizeof unsaid);
    check_failed(&made, HUB_E_MESSAGE_TOO_LARGE, 1);
    /* On some frames of a message and not on others, both ways. */
    made = bench_open(HUB_SERVER_STREAM, true);
    feed(&made, HUB_FRAME_DATA, HUB_FLAG_COMPRESSED | HUB_FLAG_MORE, 1, good, 5);
    feed(&made, HUB_FRAME_DATA, 0, 1, good + 5, sizeof good - 5);
    check_failed(&made, HUB_E_PROTOCOL, 1);
    made = bench_open(HUB_SERVER_STREAM, true);
    feed(&made, HUB_FRAME_DATA, HUB_FLAG_MORE, 1, good, 5);
    feed(&made, HUB_FRAME_DATA, HUB_FLAG_COMPRESSED, 1, good + 5, sizeof good - 5);
    check_failed(&made, HUB_E_PROTOCOL, 1);
    /* Of a method with secrets no compressed answer is asked for. */
    bench_path = "hub.v1.Interop/Remember";
    made = bench_open(HUB_SERVER_STREAM, true);
    bench_path = "hub.v1.Interop/Unary";
    feed(&made, HUB_FRAME_DATA, HUB_FLAG_COMPRESSED, 1, good, sizeof good);
    check_failed(&made, HUB_E_PROTOCOL, 1);
}

static void compressed_requests(void) {
    static const hub_method method = {"hub.v1.Interop/Unary", HUB_UNARY, HUB_READS, 0};
    enum { SIZE = 10000 };
    char *message = text(SIZE);
    for (int features = 0; features < 2; features++) {
        for (int uncompressed = 0; uncompressed < 2; uncompressed++) {
            bench made = bench_open(HUB_UNARY, true);
            made.connection->takes_compressed = features != 0;
            hub_call_options options = HUB_CALL_OPTIONS;
            options.uncompressed = uncompressed != 0;
            hub_call *call = hub_call_start(made.client, &method, (hub_bytes){(uint8_t *)message, SIZE}, &options);
            CHECK(hub_connection_open(made.connection, call));
            CHECK_EQUAL(call->is_encoding, features && !uncompressed);
            uint64_t before = made.connection->sent;
            hub_connection_flush(made.connection);
            CHECK(call->is_encoding ? made.connection->sent - before < SIZE / 2
                                    : made.connection->sent - before == SIZE);
            hub_call_free(call);
            bench_close(&made);
        }
    }
    free(message);
}

static void wrong_answers(void) {
    bench made = bench_open(HUB_UNARY, true);
    CHECK(feed(&made, HUB_FRAME_DATA, 0, 1, BYTES("one")) && feed(&made, HUB_FRAME_DATA, 0, 1, BYTES("two")));
    check_failed(&made, HUB_E_PROTOCOL, 1);
    made = bench_open(HUB_UNARY, true);
    CHECK(feed(&made, HUB_FRAME_DATA, HUB_FLAG_END, 1, BYTES("one")) && feed(&made, HUB_FRAME_DATA, 0, 1, BYTES("2")));
    check_failed(&made, HUB_E_PROTOCOL, 3);
    made = bench_open(HUB_UNARY, true);
    CHECK(feed(&made, HUB_FRAME_DATA, HUB_FLAG_MORE, 1, BYTES("begun")) && feed(&made, HUB_FRAME_END, 0, 1, BYTES("")));
    check_failed(&made, HUB_E_PROTOCOL, 0);
    made = bench_open(HUB_UNARY, true);
    CHECK(feed(&made, HUB_FRAME_END, 0, 1, BYTES("")));
    check_failed(&made, HUB_E_PROTOCOL, 0);
    made = bench_open(HUB_UNARY, true);
    CHECK(feed(&made, HUB_FRAME_DATA, HUB_FLAG_END, 1, BYTES("one")));
    CHECK(feed(&made, HUB_FRAME_END, 0, 1, BYTES("\x30\x04"))); /* final_size 4 */
    check_failed(&made, HUB_E_PROTOCOL, 0);
    made = bench_open(HUB_UNARY, true);
    CHECK(feed(&made, HUB_FRAME_DATA, HUB_FLAG_END, 1, BYTES("one")));
    CHECK(feed(&made, HUB_FRAME_END, 0, 1, BYTES("\x2a\x03" "abc"))); /* the hash of another request */
    check_failed(&made, HUB_E_PROTOCOL, 0);
    made = bench_open(HUB_UNARY, true);
    CHECK(feed(&made, HUB_FRAME_RESET, 0, 1, BYTES("\x0a\xff"))); /* acted on, though it cannot be decoded */
    check_failed(&made, HUB_E_PROTOCOL, 0);
}

static void too_long(void) {
    static uint8_t bytes[65536];
    bench made = bench_open(HUB_UNARY, true);
    int count = 0;
    while (count < 200 && hub_call_error(made.call) == NULL &&
           feed(&made, HUB_FRAME_DATA, HUB_FLAG_MORE, 1, bytes, 32768))
        count++;
    CHECK_EQUAL(count, 129); /* 128 of them are 4 MiB */
    made.connection->out.start = made.connection->out.end; /* CREDIT; the RESET was checked by the next line */
    CHECK_EQUAL(hub_call_error(made.call)->status, HUB_RESOURCE_EXHAUSTED);
    CHECK_EQUAL(hub_call_error(made.call)->code, HUB_E_MESSAGE_TOO_LARGE);
    CHECK_EQUAL(made.client->received_bytes, 0);
    bench_close(&made);
}

/* An empty message needs no credit, so a hub could send them without end to a program that takes none. */
static void empty_messages(void) {
    bench made = bench_open(HUB_SERVER_STREAM, true);
    size_t count = 0;
    while (count < 1000000 && hub_call_error(made.call) == NULL && feed(&made, HUB_FRAME_DATA, 0, 1, NULL, 0)) count++;
    CHECK_EQUAL(hub_call_error(made.call)->status, HUB_RESOURCE_EXHAUSTED);
    CHECK_EQUAL(count, (8 << 20) / HUB_MESSAGE_COST + 1);
    hub_bytes message;
    while (hub_call_poll(made.call, &message) == HUB_NEXT_MESSAGE) continue; /* what came is the program's */
    CHECK_EQUAL(made.client->received_bytes, 0);
    bench_close(&made);
}

/* ---- Everything, drop by drop and at random ------------------------------------------------------------------ */

/* A hub's side of a stream, as it may be. */
static void append_transcript(hub_buffer *bytes) {
    static const uint8_t number[] = {0x08, 0x01, 0x12, 0x03, 'c', 'u', 'r'};
    hub_frame_append(bytes, HUB_FRAME_HELLO, 0, 0, BYTES("\x22\x04\x08\x80\x80\x04\x2a\x04hubd"));
    hub_frame_append(bytes, HUB_FRAME_EXTENSIONS, 1, 5, BYTES("grease"));
    hub_frame_append(bytes, HUB_FRAME_PING, 0, 0, BYTES("12345678"));
    hub_frame_append(bytes, HUB_FRAME_CREDIT, 0, 0, BYTES("\x08\x80\x80\x80\x01\x10\xff\x03"));
    hub_frame_append(bytes, HUB_FRAME_DATA, 0, 1, number, sizeof number);
    hub_frame_append(bytes, HUB_FRAME_DATA, HUB_FLAG_MORE, 1, number, 3);
    hub_frame_append(bytes, HUB_FRAME_CREDIT, 0, 1, BYTES("\x08\x80\x80\x08"));
    hub_frame_append(bytes, HUB_FRAME_DATA, HUB_FLAG_END, 1, number + 3, sizeof number - 3);
    hub_frame_append(bytes, HUB_FRAME_END, 0, 1,
                     BYTES("\x08\x0e\x12\x06" "E1 abc\x1a\x18\x0a\x12x/hub.v1.RetryInfo\x12\x02\x08\x05"
                           "\x22\x05\x0a\x01k\x12\x00"));
    hub_frame_append(bytes, HUB_FRAME_GOAWAY, 0, 0, BYTES("\x08\x09\x10\x01\x1a\x03" "bye\x20\x05\x2a\x01" "a"));
}

static void drop_by_drop(void) {
    hub_buffer bytes = {0};
    append_transcript(&bytes);
    bench made = bench_open(HUB_SERVER_STREAM, false);
    for (size_t i = 0; i < hub_buffer_size(&bytes); i++) {
        hub_buffer_append(&made.connection->in, bytes.data + i, 1);
        CHECK(hub_connection_read_frames(made.connection));
    }
    hub_bytes message;
    for (int i = 0; i < 2; i++) {
        CHECK_EQUAL(hub_call_poll(made.call, &message), HUB_NEXT_MESSAGE);
        CHECK_EQUAL(message.size, 7);
        CHECK_EQUAL(hub_call_cursor(made.call).size, 3);
    }
    CHECK_EQUAL(hub_call_poll(made.call, &message), HUB_NEXT_END);
    CHECK(hub_call_error(made.call) != NULL && hub_call_error(made.call)->status == HUB_UNAVAILABLE);
    CHECK(made.connection->is_leaving && made.connection->sent_max == 2097152 && made.connection->stream_max == 511);
    bench_close(&made);
    hub_buffer_free(&bytes);
}

/* Bytes are changed, doubled and cut at random, always the same way: nothing may crash, leak or grow. */
static void mutations(void) {
    static const hub_shape shapes[] = {HUB_UNARY, HUB_SERVER_STREAM, HUB_CLIENT_STREAM, HUB_EXCHANGE};
    uint64_t random = 88172645463325252u;
    hub_client *client = bench_client();
    for (int round = 0; round < 4000; round++) {
        hub_buffer bytes = {0};
        append_transcript(&bytes);
        size_t size = hub_buffer_size(&bytes);
        for (int i = round % 8; i >= 0; i--) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            size_t at = random % size;
            if (random >> 32 & 1) bytes.data[at] = (uint8_t)(random >> 40);
            else bytes.data[at] ^= (uint8_t)(1u << (random >> 40 & 7));
        }
        if (round % 5 == 0) bytes.end = bytes.start + random % size;
        bench made = bench_on(client, shapes[round % 4], false);
        hub_buffer_append(&made.connection->in, bytes.data, hub_buffer_size(&bytes));
        hub_connection_read_frames(made.connection);
        CHECK(client->received_bytes <= client->received_bytes_max);
        hub_bytes message;
        while (hub_call_poll(made.call, &message) == HUB_NEXT_MESSAGE) continue;
        hub_call_free(made.call);
        hub_connection_free(made.connection);
        CHECK_EQUAL(client->received_bytes, 0);
        hub_buffer_free(&bytes);
    }
    hub_client_free(client);
}

const test wire_tests[] = {
    {"every frame that a hub must not send ends the connection with its one code", malformed_frames},
    {"a frame that is too long is refused by its header, before memory is taken", long_frames},
    {"a thousand frames in a row that bring nothing are enough", floods},
    {"DATA beyond the stream's credit ends the connection", beyond_credit},
    {"extensions, late frames, lower credit and unknown fields are ignored; PING is answered", ignored_frames},
    {"a compressed answer comes as its message, in any pieces, between others that are not", compressed_answers},
    {"a compressed answer that is wrong, too long or not asked for ends its call, and the connection lives",
     wrong_compression},
    {"a request leaves compressed where the hub takes it and the program does not mind", compressed_requests},
    {"a wrong answer ends its call, and the connection lives", wrong_answers},
    {"an answer above 4 MiB ends its call as soon as it is too long", too_long},
    {"empty messages that nobody takes are bounded", empty_messages},
    {"a transcript that comes byte by byte is understood as at once", drop_by_drop},
    {"transcripts changed at random crash nothing and keep memory bounded", mutations},
    {NULL, NULL},
};
