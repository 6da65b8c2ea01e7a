/* compression.h: one message as one zstd frame, and back, within the caps of PROTOCOL.md (W-86, W-87). */
#ifndef HUB_COMPRESSION_H
#define HUB_COMPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HUB_FEATURE_ZSTD = 1,           /* in HELLO: its sender takes compressed messages (W-12) */
    HUB_EXPANSION_MAX = 100,        /* bytes of a message for each byte of its frame */
    HUB_EXPANSION_FREE = 65536,     /* bytes that a message may have whatever its frame's length */
    HUB_COMPRESSED_BYTES_MIN = 1024 /* shorter messages are not worth it */
};

/* False for methods whose messages must not be compressed because their length would tell a secret (W-88). */
bool hub_may_compress(const char *path);

/* The frame of a message, which the caller frees; NULL when it would not be shorter, would be refused, or memory is used
 * up. */
uint8_t *hub_compress(const uint8_t *message, size_t size, size_t *frame_size);

/* How hub_expand ended. */
typedef enum hub_expansion {
    HUB_EXPANDED,
    HUB_EXPANSION_TOO_LONG,  /* above `most`, or above 100 to 1 */
    HUB_EXPANSION_MALFORMED, /* not exactly one frame, or it needs a dictionary */
    HUB_EXPANSION_NO_MEMORY
} hub_expansion;

/* The message of a frame, at most `most` bytes, which the caller frees; never NULL with HUB_EXPANDED. No more memory than
 * the caps allow is taken, whatever the frame says. */
hub_expansion hub_expand(const uint8_t *frame, size_t frame_size, size_t most, uint8_t **message, size_t *size);

#endif
