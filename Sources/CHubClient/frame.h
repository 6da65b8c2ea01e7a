/* frame.h: the header of every frame, and what a client may receive (PROTOCOL.md, sections 2 and 10). */
#ifndef HUB_FRAME_H
#define HUB_FRAME_H

#include "buffer.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    HUB_HEADER_BYTES = 12,
    HUB_FRAME_BYTES_EARLY = 16384,      /* may be sent before the hub's hello (W-10) */
    HUB_FRAME_BYTES_MAX = 65536,        /* L-1, what this client accepts and the default of a hub */
    HUB_FRAME_BYTES_CEILING = 1048576,  /* L-1 */
    HUB_MESSAGE_BYTES_MAX = 4194304,    /* L-2 */
    HUB_OPEN_CALLS = 100,               /* L-3 */
    HUB_HELLO_BYTES_MAX = 4096,         /* L-4 */
    HUB_CALL_BYTES_MAX = 16384,         /* L-5 */
    HUB_PING_BYTES = 8,                 /* L-6 */
    HUB_END_BYTES_MAX = 16384,          /* L-8 */
    HUB_METHOD_BYTES_MAX = 256,         /* L-9 */
    HUB_KEY_BYTES_MIN = 16,             /* L-10 */
    HUB_KEY_BYTES_MAX = 64,             /* L-10 */
    HUB_IDLE_FRAMES_MAX = 1000,         /* L-22 */
    HUB_STREAM_CREDIT = 65536,          /* L-23 */
    HUB_CONNECTION_CREDIT = 1048576,    /* L-24 */
    HUB_TURN_BYTES = 16384              /* what a stream sends before another one's turn (W-67) */
};

typedef enum hub_frame_type {
    HUB_FRAME_HELLO = 0x00,
    HUB_FRAME_PING = 0x02,
    HUB_FRAME_GOAWAY = 0x03,
    HUB_FRAME_CREDIT = 0x04,
    HUB_FRAME_RESET = 0x05,
    HUB_FRAME_CALL = 0x10,
    HUB_FRAME_DATA = 0x11,
    HUB_FRAME_END = 0x13,
    HUB_FRAME_EXTENSIONS = 0xE0 /* and all above */
} hub_frame_type;

enum {
    HUB_FLAG_END = 0x01,
    HUB_FLAG_MORE = 0x02,
    HUB_FLAG_COMPRESSED = 0x04,
    HUB_FLAG_ACK = 0x08,
    HUB_FLAG_NONE = 0x10,
    HUB_FLAG_MUST_UNDERSTAND = 0x80
};

typedef struct hub_header {
    uint32_t length;
    uint8_t type;
    uint8_t flags;
    uint16_t reserved;
    uint32_t stream;
} hub_header;

hub_header hub_header_read(const uint8_t bytes[HUB_HEADER_BYTES]);

/* Judges a header of the hub before memory is taken for its payload (W-7, W-8, W-9, W-47).
 *
 * Returns 0 (GOAWAY_CODE_NO_ERROR), or the code to leave with; `why` then gets what was expected and found. */
int hub_header_judge(const hub_header *header, const char **why);

/* Appends a frame; false when memory is used up. `payload` may be NULL when `size` is 0. */
bool hub_frame_append(hub_buffer *out, hub_frame_type type, uint8_t flags, uint32_t stream, const void *payload,
                      size_t size);

#endif
