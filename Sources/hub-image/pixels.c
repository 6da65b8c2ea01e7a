/* Pixels in memory: turned and shrunk. */
#include "image.h"

#include <stdlib.h>

void pixels_make(struct pixels *pixels, uint32_t width, uint32_t height, int channels) {
    size_t row = (size_t)width * (size_t)channels;
    if (width == 0 || height == 0 || row > SIZE_MAX / height) fail(IMAGE_UNDECODABLE);
    free(pixels->bytes);
    *pixels = (struct pixels){.width = width, .height = height, .channels = channels, .bytes = malloc(row * height)};
    if (pixels->bytes == NULL) fail(IMAGE_NO_MEMORY);
}

/* Where the result's pixel (x, y) comes from, for each of the eight ways a camera can be held (EXIF 2.3, tag 0x0112). */
static size_t source(const struct pixels *in, int orientation, uint32_t x, uint32_t y) {
    uint32_t right = in->width - 1, bottom = in->height - 1, from_x = x, from_y = y;
    switch (orientation) {
    case 2: from_x = right - x; break;
    case 3: from_x = right - x; from_y = bottom - y; break;
    case 4: from_y = bottom - y; break;
    case 5: from_x = y; from_y = x; break;
    case 6: from_x = y; from_y = bottom - x; break;
    case 7: from_x = right - y; from_y = bottom - x; break;
    case 8: from_x = right - y; from_y = x; break;
    default: break;
    }
    return ((size_t)from_y * in->width + from_x) * (size_t)in->channels;
}

void pixels_turn(struct pixels *pixels, int orientation) {
    if (orientation < 2 || orientation > 8) return;
    int is_lying = orientation >= 5;
    struct pixels out = {0};
    pixels_make(
        &out, is_lying ? pixels->height : pixels->width, is_lying ? pixels->width : pixels->height, pixels->channels);
    uint8_t *to = out.bytes;
    for (uint32_t y = 0; y < out.height; y++) {
        for (uint32_t x = 0; x < out.width; x++) {
            const uint8_t *from = pixels->bytes + source(pixels, orientation, x, y);
            for (int channel = 0; channel < out.channels; channel++) *to++ = from[channel];
        }
    }
    free(pixels->bytes);
    *pixels = out;
}

/* First source line of a result's line, and the one behind its last: at least one. */
static void span(uint32_t at, uint32_t from, uint32_t to, uint32_t *first, uint32_t *end) {
    *first = (uint32_t)((uint64_t)at * from / to);
    *end = (uint32_t)((uint64_t)(at + 1) * from / to);
    if (*end <= *first) *end = *first + 1;
}

void pixels_fit(struct pixels *pixels, uint32_t side_max) {
    uint32_t longest = pixels->width > pixels->height ? pixels->width : pixels->height;
    if (longest <= side_max) return;
    uint32_t width = (uint32_t)((uint64_t)pixels->width * side_max / longest);
    uint32_t height = (uint32_t)((uint64_t)pixels->height * side_max / longest);
    struct pixels out = {0};
    pixels_make(&out, width > 0 ? width : 1, height > 0 ? height : 1, pixels->channels);
    uint8_t *to = out.bytes;
    for (uint32_t y = 0; y < out.height; y++) {
        uint32_t top, below;
        span(y, pixels->height, out.height, &top, &below);
        for (uint32_t x = 0; x < out.width; x++) {
            uint32_t left, beyond;
            span(x, pixels->width, out.width, &left, &beyond);
            uint64_t sums[4] = {0}, count = (uint64_t)(below - top) * (beyond - left);
            for (uint32_t line = top; line < below; line++) {
                const uint8_t *from =
                    pixels->bytes + ((size_t)line * pixels->width + left) * (size_t)pixels->channels;
                for (uint32_t place = left; place < beyond; place++) {
                    for (int channel = 0; channel < out.channels; channel++) sums[channel] += *from++;
                }
            }
            for (int channel = 0; channel < out.channels; channel++) {
                *to++ = (uint8_t)((sums[channel] + count / 2) / count);
            }
        }
    }
    free(pixels->bytes);
    *pixels = out;
}
