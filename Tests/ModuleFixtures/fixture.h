/* What all fixtures share: a module in C that speaks the module profile by hand, without a kit.
 *
 * It says HELLO, describes itself as FIXTURE_ID 1.0.0, echoes, answers PING and accepts every command. FIXTURE_ID is
 * given on the command line; a fixture defines FIXTURE_… before the include for what it wants to be wrong about. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "hub_module.h"

#include <stdlib.h>
#include <string.h>

enum { HELLO = 0x00, PING = 0x02, CALL = 0x10, DATA = 0x11, END = 0x13, FLAG_END = 0x01, FLAG_ACK = 0x08 };

#ifndef FIXTURE_VERSION
#define FIXTURE_VERSION "1.0.0"
#endif
#ifndef FIXTURE_MAJOR
#define FIXTURE_MAJOR HUB_ABI_MAJOR
#endif
#ifndef FIXTURE_SIZE
#define FIXTURE_SIZE sizeof(hub_module)
#endif

static const hub_host *hub;

static void send_frame(uint8_t type, uint8_t flags, uint32_t stream, const void *payload, size_t size) {
    uint8_t *frame = calloc(1, 12 + size);
    if (frame == NULL) abort();
    for (int i = 0; i < 4; i++) {
        frame[i] = (uint8_t)(size >> (24 - 8 * i));
        frame[8 + i] = (uint8_t)(stream >> (24 - 8 * i));
    }
    frame[4] = type;
    frame[5] = flags;
    if (size > 0) memcpy(frame + 12, payload, size);
    hub->send(hub->context, (hub_bytes_borrowed){.data = frame, .size = 12 + size});
    free(frame);
}

static void answer(uint32_t stream, const void *message, size_t size) {
    send_frame(DATA, FLAG_END, stream, message, size);
    send_frame(END, 0, stream, NULL, 0);
}

/* Decision {accepted {stage "next"}} */
static inline void accept_command(uint32_t stream) { answer(stream, "\x0a\x06\x0a\x04next", 8); }

#ifdef FIXTURE_DECIDES
/* The fixture's own part. */
static void decide(uint32_t stream, const uint8_t *question, size_t size);
#else
static void decide(uint32_t stream, const uint8_t *question, size_t size) {
    (void)question, (void)size;
    accept_command(stream);
}
#endif

#ifdef FIXTURE_START
static int32_t FIXTURE_START(const hub_host *host, void **self_out);
#else
#define FIXTURE_START fixture_start
#endif

/* DescribeReply {id, version, services ["contoh"]} */
static void describe(uint32_t stream) {
    uint8_t message[256];
    size_t size = 0;
    const char *fields[] = {FIXTURE_ID, FIXTURE_VERSION, "contoh"};
    for (uint8_t i = 0; i < 3; i++) {
        size_t length = strlen(fields[i]);
        message[size++] = (uint8_t)((i + 1) << 3 | 2);
        message[size++] = (uint8_t)length;
        memcpy(message + size, fields[i], length);
        size += length;
    }
    answer(stream, message, size);
}

static inline int32_t fixture_start(const hub_host *host, void **self_out) {
    hub = host;
    *self_out = NULL;
    send_frame(HELLO, 0, 0, NULL, 0);
    return HUB_OK;
}

static int32_t fixture_receive(void *self, hub_bytes_borrowed frame) {
    /* First letter of the method's name after the slash, by stream; the hub opens few at a time. */
    static uint8_t methods[1024];
    (void)self;
    if (frame.size < 12) return HUB_E_PROTOCOL;
    const uint8_t *payload = frame.data + 12;
    size_t size = frame.size - 12;
    uint32_t stream = (uint32_t)frame.data[8] << 24 | (uint32_t)frame.data[9] << 16 | (uint32_t)frame.data[10] << 8
        | frame.data[11];
    uint8_t *method = &methods[stream / 2 % 1024];
    if (frame.data[4] == PING && !(frame.data[5] & FLAG_ACK)) send_frame(PING, FLAG_ACK, 0, payload, size);
    if (frame.data[4] == CALL) {
        const uint8_t *slash = memchr(payload, '/', size);
        if (slash == NULL || slash + 2 >= payload + size) return HUB_E_PROTOCOL;
        *method = memcmp(slash + 1, "De", 2) == 0 ? slash[3] : slash[1]; /* Describe: s, Decide: c, Echo: E */
    }
    if (frame.data[4] == DATA) {
        if (*method == 's') describe(stream);
        if (*method == 'c') decide(stream, payload, size);
        if (*method == 'E') answer(stream, payload, size);
    }
    return HUB_OK;
}

static void fixture_stop(void *self) { (void)self; }

const hub_module *hub_module_entry(void) {
    static const hub_module table = {
        HUB_ABI_MAGIC, FIXTURE_SIZE, FIXTURE_MAJOR, HUB_ABI_MINOR, FIXTURE_ID, FIXTURE_START, fixture_receive,
        fixture_stop,
    };
    return &table;
}

#endif
