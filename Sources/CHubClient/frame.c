/* frame.c: reads, judges and writes frame headers. */
#include "frame.h"

#include "hub/v1/frame.pb-c.h"

hub_header hub_header_read(const uint8_t bytes[HUB_HEADER_BYTES]) {
    return (hub_header){
        .length = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3],
        .type = bytes[4],
        .flags = bytes[5],
        .reserved = (uint16_t)(bytes[6] << 8 | bytes[7]),
        .stream = (uint32_t)bytes[8] << 24 | (uint32_t)bytes[9] << 16 | (uint32_t)bytes[10] << 8 | bytes[11],
    };
}

int hub_header_judge(const hub_header *header, const char **why) {
    const int wrong = HUB__V1__GOAWAY_CODE__GOAWAY_CODE_PROTOCOL_ERROR;
    const int too_long = HUB__V1__GOAWAY_CODE__GOAWAY_CODE_FRAME_SIZE;
    uint32_t length_max = HUB_FRAME_BYTES_MAX;
    uint8_t flags = 0;
    bool on_connection = false;
    if (header->reserved != 0) return *why = "reserved bits must be zero", wrong;
    switch (header->type) {
    case HUB_FRAME_HELLO:
        if (header->length > HUB_HELLO_BYTES_MAX) return *why = "HELLO longer than 4,096 bytes", wrong;
        on_connection = true;
        break;
    case HUB_FRAME_PING:
        if (header->length != HUB_PING_BYTES) return *why = "PING not of 8 bytes", wrong;
        flags = HUB_FLAG_ACK;
        on_connection = true;
        break;
    case HUB_FRAME_GOAWAY: on_connection = true; break;
    case HUB_FRAME_CREDIT: case HUB_FRAME_RESET: break;
    case HUB_FRAME_DATA:
        /* NONE ends requests; a hub has none to end (W-68). COMPRESSED where nobody asked for it ends the call (W-88). */
        flags = HUB_FLAG_END | HUB_FLAG_MORE | HUB_FLAG_COMPRESSED;
        if ((header->flags & HUB_FLAG_END) && (header->flags & HUB_FLAG_MORE)) return *why = "END and MORE", wrong;
        break;
    case HUB_FRAME_END: length_max = HUB_END_BYTES_MAX; break;
    case HUB_FRAME_CALL: return *why = "CALL from a hub", wrong;
    default:
        if (header->type < HUB_FRAME_EXTENSIONS) return *why = "a type that 1.0 does not have", wrong;
        if (header->flags & HUB_FLAG_MUST_UNDERSTAND) return *why = "an extension that must be understood", wrong;
        flags = 0xFF;
    }
    if (header->flags & ~flags) return *why = "a flag that this type does not have", wrong;
    if (on_connection && header->stream != 0) return *why = "a frame of the connection on a stream", wrong;
    if (header->length > length_max) return *why = "a payload longer than this client takes", too_long;
    return HUB__V1__GOAWAY_CODE__GOAWAY_CODE_NO_ERROR;
}

bool hub_frame_append(hub_buffer *out, hub_frame_type type, uint8_t flags, uint32_t stream, const void *payload,
                      size_t size) {
    if (hub_buffer_reserve(out, HUB_HEADER_BYTES + size) == NULL) return false;
    const uint8_t header[HUB_HEADER_BYTES] = {
        (uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size, (uint8_t)type, flags, 0, 0,
        (uint8_t)(stream >> 24), (uint8_t)(stream >> 16), (uint8_t)(stream >> 8), (uint8_t)stream,
    };
    return hub_buffer_append(out, header, sizeof header) && hub_buffer_append(out, payload, size);
}
