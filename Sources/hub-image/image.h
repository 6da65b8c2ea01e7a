/* What the parts of hub-image share: pixels in memory, limits, and how the program ends. */
#ifndef HUB_IMAGE_H
#define HUB_IMAGE_H

#include <stddef.h>
#include <stdint.h>

/* Exit codes, which the hub reads. Any other end, by a signal above all, is an image that nobody can show either. */
enum {
    IMAGE_DONE = 0,
    IMAGE_USAGE = 2,
    /* Damaged, cut off, or not what was said. */
    IMAGE_UNDECODABLE = 3,
    /* More pixels than allowed. */
    IMAGE_TOO_LARGE = 4,
    IMAGE_NO_MEMORY = 5,
    /* The result could not be written. */
    IMAGE_UNWRITTEN = 6
};

/* What the hub allows. */
struct limits {
    /* Longest side of the result, pixels. */
    uint32_t side_max;
    /* Pixels of what comes in. */
    uint64_t pixels_max;
    /* Of a JPEG, 1 to 100. */
    int quality;
};

/* Rows from above, 8 bits each: 1 = grey, 3 = RGB, 4 = RGB with alpha. */
struct pixels {
    uint32_t width, height;
    int channels;
    uint8_t *bytes;
};

/* Bytes that grow. */
struct bytes {
    uint8_t *data;
    size_t count;
};

/* Ends the program. */
_Noreturn void fail(int code);

/* Frees the old pixels; ends the program without memory. */
void pixels_make(struct pixels *pixels, uint32_t width, uint32_t height, int channels);
/* Turns as EXIF says, 1 to 8; other values do nothing. */
void pixels_turn(struct pixels *pixels, int orientation);
/* Shrinks until no side is longer, by the mean of what each pixel covers. */
void pixels_fit(struct pixels *pixels, uint32_t side_max);

/* End the program when it cannot be decoded. */
void jpeg_decode(const struct bytes *in, const struct limits *limits, struct pixels *out);
void jpeg_encode(const struct pixels *in, const struct limits *limits, struct bytes *out);
void png_decode(const struct bytes *in, const struct limits *limits, struct pixels *out);
void png_encode(const struct pixels *in, struct bytes *out);

/* Gives up everything but memory and the two open files. Returns NULL or what could not be given up. */
const char *confine(uint64_t memory_max, unsigned seconds_max);

#endif
