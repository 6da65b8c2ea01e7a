/* buffer.c: memory of hub_buffer. */
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT_WHEN_EMPTY = 65536, FIRST_CAPACITY = 1024 };

uint8_t *hub_buffer_reserve(hub_buffer *buffer, size_t more) {
    size_t size = hub_buffer_size(buffer);
    if (more > SIZE_MAX / 2 - size) return NULL;
    if (buffer->capacity - buffer->end >= more && buffer->data != NULL) return buffer->data + buffer->end;
    if (buffer->start > 0) {
        memmove(buffer->data, buffer->data + buffer->start, size);
        buffer->start = 0;
        buffer->end = size;
    }
    if (size + more > buffer->capacity || buffer->data == NULL) {
        size_t capacity = buffer->capacity > 0 ? buffer->capacity : FIRST_CAPACITY;
        while (capacity < size + more) capacity *= 2;
        uint8_t *data = realloc(buffer->data, capacity);
        if (data == NULL) return NULL;
        buffer->data = data;
        buffer->capacity = capacity;
    }
    return buffer->data + buffer->end;
}

bool hub_buffer_append(hub_buffer *buffer, const void *bytes, size_t size) {
    uint8_t *room = hub_buffer_reserve(buffer, size);
    if (room == NULL) return false;
    if (size > 0) memcpy(room, bytes, size);
    buffer->end += size;
    return true;
}

void hub_buffer_consume(hub_buffer *buffer, size_t size) {
    size_t held = hub_buffer_size(buffer);
    buffer->start += size < held ? size : held;
    if (buffer->start < buffer->end) return;
    buffer->start = buffer->end = 0;
    if (buffer->capacity > KEPT_WHEN_EMPTY) hub_buffer_free(buffer);
}

void hub_buffer_free(hub_buffer *buffer) {
    free(buffer->data);
    *buffer = (hub_buffer){0};
}
