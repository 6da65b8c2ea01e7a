/* compression.c: messages as zstd frames. */
#include "compression.h"

#include <stdlib.h>
#include <string.h>

#include <zstd.h>
#include <zstd_errors.h>

enum { LEVEL = 1 }; /* the fastest: the next ones take three times as long for a few percent */

static const char *const secrets[] = {
    "hub.v1.Interop/Remember", "hub.v1.Admin/AddPrincipal", "layanan.v1.Cases/History",
    "layanan.v1.Authority/Take", "layanan.v1.Contacts/Set",      "layanan.v1.Contacts/Get",
    "layanan.v1.Documents/Sign",
};

bool hub_may_compress(const char *path) {
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        if (strcmp(secrets[i], path) == 0) return false;
    return true;
}

/* Bytes that the message of a frame may have. */
static size_t allowed(size_t frame_size, size_t most) {
    size_t expanded = frame_size < SIZE_MAX / HUB_EXPANSION_MAX ? frame_size * HUB_EXPANSION_MAX : SIZE_MAX;
    if (expanded < HUB_EXPANSION_FREE) expanded = HUB_EXPANSION_FREE;
    return expanded < most ? expanded : most;
}

uint8_t *hub_compress(const uint8_t *message, size_t size, size_t *frame_size) {
    if (size < HUB_COMPRESSED_BYTES_MIN) return NULL;
    uint8_t *frame = malloc(size);
    if (frame == NULL) return NULL;
    /* A frame that does not fit in less than the message's own length is not wanted. */
    size_t got = ZSTD_compress(frame, size - 1, message, size, LEVEL);
    if (ZSTD_isError(got) || allowed(got, SIZE_MAX) < size) {
        free(frame);
        return NULL;
    }
    uint8_t *exact = realloc(frame, got);
    *frame_size = got;
    return exact != NULL ? exact : frame;
}

hub_expansion hub_expand(const uint8_t *frame, size_t frame_size, size_t most, uint8_t **message, size_t *size) {
    static const uint8_t magic[] = {0x28, 0xB5, 0x2F, 0xFD};
    /* The magic number first: skippable frames and those of older formats carry no message. */
    if (frame_size < sizeof magic || memcmp(frame, magic, sizeof magic) != 0 ||
        ZSTD_findFrameCompressedSize(frame, frame_size) != frame_size)
        return HUB_EXPANSION_MALFORMED;
    size_t room = allowed(frame_size, most);
    unsigned long long declared = ZSTD_getFrameContentSize(frame, frame_size);
    bool is_declared = declared != ZSTD_CONTENTSIZE_UNKNOWN;
    if (is_declared && declared > room) return HUB_EXPANSION_TOO_LONG;
    if (is_declared) room = (size_t)declared;
    uint8_t *made = malloc(room + 1);
    if (made == NULL) return HUB_EXPANSION_NO_MEMORY;
    /* At once, into memory that is also the window: no other is taken, whatever window the frame asks for. */
    size_t got = ZSTD_decompress(made, room, frame, frame_size);
    if (ZSTD_isError(got)) {
        free(made);
        if (ZSTD_getErrorCode(got) == ZSTD_error_memory_allocation) return HUB_EXPANSION_NO_MEMORY;
        bool is_too_long = !is_declared && ZSTD_getErrorCode(got) == ZSTD_error_dstSize_tooSmall;
        return is_too_long ? HUB_EXPANSION_TOO_LONG : HUB_EXPANSION_MALFORMED;
    }
    uint8_t *exact = realloc(made, got + 1);
    *message = exact != NULL ? exact : made;
    *size = got;
    return HUB_EXPANDED;
}
