/* cursor.c: walks over the top fields of a protobuf message. */
#include "cursor.h"

/* Reads a varint at `*at`; false when it ends early or is longer than ten bytes. */
static bool varint(const uint8_t **at, const uint8_t *end, uint64_t *value) {
    *value = 0;
    for (unsigned shift = 0; shift < 70 && *at < end; shift += 7) {
        uint8_t byte = *(*at)++;
        if (shift < 64) *value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return true;
    }
    return false;
}

hub_bytes hub_cursor_find(hub_bytes message, uint32_t field) {
    enum { VARINT = 0, EIGHT_BYTES = 1, LENGTH = 2, FOUR_BYTES = 5 };
    if (message.size == 0) return (hub_bytes){0};
    const uint8_t *at = message.data, *end = message.data + message.size;
    hub_bytes found = {0};
    uint64_t tag, size;
    while (at < end) {
        if (!varint(&at, end, &tag)) return (hub_bytes){0};
        switch (tag & 7) {
        case VARINT:
            if (!varint(&at, end, &size)) return (hub_bytes){0};
            continue;
        case EIGHT_BYTES: size = 8; break;
        case FOUR_BYTES: size = 4; break;
        case LENGTH:
            if (!varint(&at, end, &size)) return (hub_bytes){0};
            break;
        default: return (hub_bytes){0};
        }
        if (size > (uint64_t)(end - at)) return (hub_bytes){0};
        if ((tag & 7) == LENGTH && tag >> 3 == field) found = (hub_bytes){at, (size_t)size};
        at += size;
    }
    return found;
}
