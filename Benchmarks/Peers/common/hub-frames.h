// The hub's frames as bytes (Protos/PROTOCOL.md, sections 2 to 4), for the load client and the idle client.
#pragma once
#include <stdint.h>
#include <string.h>

#define HUB_ALPN "elayanan/1"
#define HUB_METHOD "hub.v1.Diagnostics/Echo"

enum {
    HUB_HELLO = 0,
    HUB_PING = 2,
    HUB_GOAWAY = 3,
    HUB_CREDIT = 4,
    HUB_RESET = 5,
    HUB_CALL = 0x10,
    HUB_DATA = 0x11,
    HUB_END = 0x13
};
enum { HUB_FLAG_END = 1, HUB_FLAG_MORE = 2, HUB_FLAG_ACK = 8 };
enum { HUB_HEADER = 12, HUB_WINDOW = 1048576 }; // our window for the connection: the default, L-24

static inline uint32_t hub_be32(const unsigned char *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static inline void hub_put32(unsigned char *p, uint32_t v) {
    p[0] = (unsigned char)(v >> 24);
    p[1] = (unsigned char)(v >> 16);
    p[2] = (unsigned char)(v >> 8);
    p[3] = (unsigned char)v;
}

static inline size_t hub_header(unsigned char *p, uint32_t length, int type, int flags, uint32_t stream) {
    hub_put32(p, length);
    p[4] = (unsigned char)type;
    p[5] = (unsigned char)flags;
    p[6] = p[7] = 0;
    hub_put32(p + 8, stream);
    return HUB_HEADER;
}

static inline size_t hub_varint(unsigned char *p, uint64_t v) {
    size_t n = 0;
    for (; v > 127; v >>= 7) p[n++] = (unsigned char)(v | 128);
    p[n++] = (unsigned char)v;
    return n;
}

static inline size_t hub_bytes(unsigned char *p, int field, const void *v, size_t n) {
    p[0] = (unsigned char)(field << 3 | 2);
    size_t o = 1 + hub_varint(p + 1, n);
    memcpy(p + o, v, n);
    return o + n;
}

// A varint field of a message; `otherwise` when it is not there, and UINT64_MAX when the bytes are no message.
static inline uint64_t hub_number(const unsigned char *p, size_t n, unsigned field, uint64_t otherwise) {
    const unsigned char *end = p + n;
    while (p < end) {
        uint64_t v[2] = {0, 0}; // the tag, then the value or the length
        unsigned kind = 0;
        for (int i = 0; i < 2; i++) {
            int shift = 0;
            do {
                if (p == end || shift > 63) return UINT64_MAX;
                v[i] |= (uint64_t)(*p & 127) << shift;
                shift += 7;
            } while (*p++ & 128);
            kind = (unsigned)(v[0] & 7);
            if (kind != 0 && kind != 2) return UINT64_MAX;
        }
        if (kind == 0 && v[0] >> 3 == field) return v[1];
        if (kind == 2) {
            if ((uint64_t)(end - p) < v[1]) return UINT64_MAX;
            p += v[1];
        }
    }
    return otherwise;
}

// HELLO with the defaults of the protocol.
static inline size_t hub_hello(unsigned char *p) {
    size_t n = hub_bytes(p + HUB_HEADER, 5, "cload", 5);
    return hub_header(p, (uint32_t)n, HUB_HELLO, 0, 0) + n;
}

// EchoMessage{payload: 'x' ..., module}; `p` must hold payload + 300 bytes.
static inline size_t hub_echo_message(unsigned char *p, size_t payload, const char *module) {
    size_t n = 1 + hub_varint(p + 1, payload);
    p[0] = 0x0a;
    memset(p + n, 'x', payload);
    n += payload;
    return module && *module ? n + hub_bytes(p + n, 2, module, strlen(module)) : n;
}

// CALL and DATA with END in one piece; *data says where the second header is. `p` must hold message + 100 bytes.
static inline size_t hub_call(unsigned char *p, const unsigned char *message, size_t n, uint32_t stream, size_t *data) {
    unsigned char *call = p + HUB_HEADER;
    size_t k = hub_bytes(call, 1, HUB_METHOD, strlen(HUB_METHOD));
    call[k++] = 2 << 3;
    k += hub_varint(call + k, 10000); // timeout_ms
    size_t o = hub_header(p, (uint32_t)k, HUB_CALL, 0, stream) + k;
    *data = o;
    o += hub_header(p + o, (uint32_t)n, HUB_DATA, HUB_FLAG_END, stream);
    memcpy(p + o, message, n);
    return o + n;
}
