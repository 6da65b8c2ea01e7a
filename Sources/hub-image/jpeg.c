/* JPEG in and out, by libjpeg: baseline and progressive, grey, RGB, CMYK and YCCK; turned as EXIF says. */
#include "image.h"

#include <stdio.h>
#include <stdlib.h>

#include <jerror.h>
#include <jpeglib.h>

/* Scans of a progressive image; a hostile one has thousands, each of which costs a pass over everything. */
enum { SCANS_MAX = 64 };

static void end(j_common_ptr common) {
    fail(common->err->msg_code == JERR_OUT_OF_MEMORY ? IMAGE_NO_MEMORY : IMAGE_UNDECODABLE);
}

/* Warnings are images that are cut off or damaged, where libjpeg makes up the rest; bytes between markers do no harm. */
static void tell(j_common_ptr common, int level) {
    if (level >= 0) return;
    switch (common->err->msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_JPEG_EOF:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_BOGUS_PROGRESSION:
        fail(IMAGE_UNDECODABLE);
    default:
        break;
    }
}

static void count_scans(j_common_ptr common) {
    if (((j_decompress_ptr)common)->input_scan_number > SCANS_MAX) fail(IMAGE_UNDECODABLE);
}

static struct jpeg_error_mgr *errors(struct jpeg_error_mgr *manager) {
    jpeg_std_error(manager);
    manager->error_exit = end;
    manager->emit_message = tell;
    return manager;
}

static unsigned two(const uint8_t *at, int is_big) {
    return is_big ? (unsigned)at[0] << 8 | at[1] : (unsigned)at[1] << 8 | at[0];
}

static unsigned long four(const uint8_t *at, int is_big) {
    return is_big ? (unsigned long)two(at, 1) << 16 | two(at + 2, 1) : (unsigned long)two(at + 2, 0) << 16 | two(at, 0);
}

/* Tag 0x0112 of the first directory of an EXIF marker; 1 when there is none. */
static int orientation(const struct jpeg_marker_struct *marker) {
    static const uint8_t name[6] = {'E', 'x', 'i', 'f', 0, 0};
    for (; marker != NULL; marker = marker->next) {
        if (marker->marker != JPEG_APP0 + 1 || marker->data_length < 14) continue;
        int is_exif = 1;
        for (size_t i = 0; i < sizeof name; i++) is_exif &= marker->data[i] == name[i];
        if (!is_exif) continue;
        const uint8_t *tiff = marker->data + 6;
        unsigned long length = marker->data_length - 6;
        int is_big = tiff[0] == 'M';
        unsigned long directory = four(tiff + 4, is_big);
        if (directory > length - 2 || length < 10) return 1;
        unsigned count = two(tiff + directory, is_big);
        for (unsigned entry = 0; entry < count; entry++) {
            unsigned long at = directory + 2 + 12ul * entry;
            if (at + 12 > length) return 1;
            if (two(tiff + at, is_big) == 0x0112) return (int)two(tiff + at + 8, is_big);
        }
        return 1;
    }
    return 1;
}

/* CMYK of four bytes to RGB of three, in place. Adobe writes it inverted. */
static void to_rgb(uint8_t *row, uint32_t width, int is_inverted) {
    for (uint32_t x = 0; x < width; x++) {
        unsigned key = row[4 * x + 3];
        if (!is_inverted) key = 255 - key;
        for (int channel = 0; channel < 3; channel++) {
            unsigned ink = row[4 * x + (uint32_t)channel];
            if (!is_inverted) ink = 255 - ink;
            row[3 * x + (uint32_t)channel] = (uint8_t)(ink * key / 255);
        }
    }
}

void jpeg_decode(const struct bytes *in, const struct limits *limits, struct pixels *out) {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr manager;
    struct jpeg_progress_mgr progress = {.progress_monitor = count_scans};
    jpeg.err = errors(&manager);
    jpeg_create_decompress(&jpeg);
    jpeg.progress = &progress;
    jpeg_mem_src(&jpeg, in->data, in->count);
    jpeg_save_markers(&jpeg, JPEG_APP0 + 1, 0xFFFF);
    if (jpeg_read_header(&jpeg, TRUE) != JPEG_HEADER_OK) fail(IMAGE_UNDECODABLE);
    if ((uint64_t)jpeg.image_width * jpeg.image_height > limits->pixels_max) fail(IMAGE_TOO_LARGE);
    int is_cmyk = jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
    jpeg.out_color_space = is_cmyk ? JCS_CMYK : jpeg.jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
    uint32_t longest = jpeg.image_width > jpeg.image_height ? jpeg.image_width : jpeg.image_height;
    /* Half, a quarter or an eighth costs nothing while it is decoded. */
    for (jpeg.scale_num = 8; jpeg.scale_num > 1 && (uint64_t)longest * (jpeg.scale_num / 2) / 8 >= limits->side_max;) {
        jpeg.scale_num /= 2;
    }
    jpeg.scale_denom = 8;
    jpeg_start_decompress(&jpeg);
    int channels = jpeg.out_color_space == JCS_GRAYSCALE ? 1 : 3;
    pixels_make(out, jpeg.output_width, jpeg.output_height, channels);
    uint8_t *row = malloc((size_t)jpeg.output_width * 4);
    if (row == NULL) fail(IMAGE_NO_MEMORY);
    size_t length = (size_t)out->width * (size_t)channels;
    while (jpeg.output_scanline < jpeg.output_height) {
        uint8_t *line = out->bytes + (size_t)jpeg.output_scanline * length;
        JSAMPROW target = is_cmyk ? row : line;
        if (jpeg_read_scanlines(&jpeg, &target, 1) != 1) fail(IMAGE_UNDECODABLE);
        if (is_cmyk) {
            to_rgb(row, out->width, jpeg.saw_Adobe_marker);
            for (size_t i = 0; i < length; i++) line[i] = row[i];
        }
    }
    free(row);
    int turned = orientation(jpeg.marker_list);
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
    pixels_turn(out, turned);
}

void jpeg_encode(const struct pixels *in, const struct limits *limits, struct bytes *out) {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr manager;
    unsigned char *bytes = NULL;
    unsigned long count = 0;
    jpeg.err = errors(&manager);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &count);
    jpeg.image_width = in->width;
    jpeg.image_height = in->height;
    jpeg.input_components = in->channels;
    jpeg.in_color_space = in->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, limits->quality, TRUE);
    jpeg.optimize_coding = TRUE;
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = in->bytes + (size_t)jpeg.next_scanline * in->width * (size_t)in->channels;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    *out = (struct bytes){.data = bytes, .count = count};
}
