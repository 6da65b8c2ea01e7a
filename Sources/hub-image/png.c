/* PNG in and out, by libpng's simplified interface: pixels alone, no text, no time, no EXIF. */
#include "image.h"

#include <stdlib.h>
#include <string.h>

#include <png.h>

/* Side of an image, as the PNG specification's readers commonly bound it. */
enum { SIDE_MAX = 65535 };

void png_decode(const struct bytes *in, const struct limits *limits, struct pixels *out) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_memory(&image, in->data, in->count)) fail(IMAGE_UNDECODABLE);
    if (image.width > SIDE_MAX || image.height > SIDE_MAX
        || (uint64_t)image.width * image.height > limits->pixels_max) {
        fail(IMAGE_TOO_LARGE);
    }
    int has_alpha = (image.format & PNG_FORMAT_FLAG_ALPHA) != 0, has_colour = (image.format & PNG_FORMAT_FLAG_COLOR) != 0;
    int channels = has_alpha ? 4 : has_colour ? 3 : 1;
    image.format = has_alpha ? PNG_FORMAT_RGBA : has_colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    pixels_make(out, image.width, image.height, channels);
    if (!png_image_finish_read(&image, NULL, out->bytes, 0, NULL)) fail(IMAGE_UNDECODABLE);
    /* Warnings are harmless; an error with an image all the same is one that was cut off. */
    if (PNG_IMAGE_FAILED(image)) fail(IMAGE_UNDECODABLE);
}

void png_encode(const struct pixels *in, struct bytes *out) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = in->width;
    image.height = in->height;
    image.format = in->channels == 4 ? PNG_FORMAT_RGBA : in->channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    png_alloc_size_t size = 0;
    if (!png_image_write_get_memory_size(image, size, 0, in->bytes, 0, NULL) || size == 0) fail(IMAGE_UNWRITTEN);
    out->data = malloc(size);
    if (out->data == NULL) fail(IMAGE_NO_MEMORY);
    if (!png_image_write_to_memory(&image, out->data, &size, 0, in->bytes, 0, NULL)) fail(IMAGE_UNWRITTEN);
    out->count = size;
}
