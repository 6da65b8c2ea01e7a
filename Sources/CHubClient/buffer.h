/* buffer.h: bytes that come at one end and leave at the other, in one block of memory. */
#ifndef HUB_BUFFER_H
#define HUB_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is an empty buffer. */
typedef struct hub_buffer {
    uint8_t *data;
    size_t start; /* first byte that has not left */
    size_t end;   /* behind the last byte that came */
    size_t capacity;
} hub_buffer;

static inline size_t hub_buffer_size(const hub_buffer *buffer) { return buffer->end - buffer->start; }

/* Room for `more` bytes at the end; NULL when memory is used up. The caller adds to `end` what it wrote. */
uint8_t *hub_buffer_reserve(hub_buffer *buffer, size_t more);

/* Copies bytes to the end; false when memory is used up. `bytes` may be NULL when `size` is 0. */
bool hub_buffer_append(hub_buffer *buffer, const void *bytes, size_t size);

/* Drops bytes at the start, at most all. An empty buffer keeps at most 64 KiB of memory. */
void hub_buffer_consume(hub_buffer *buffer, size_t size);

/* Gives the memory back; the buffer is empty and usable. */
void hub_buffer_free(hub_buffer *buffer);

#endif
