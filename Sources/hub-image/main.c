/* hub-image: an image in, the same image out, newly encoded: no position, no camera, no thumbnail, nothing behind its end.

   usage: hub-image jpeg|png SIDE_MAX PIXELS_MAX QUALITY MEMORY_MIB SECONDS < image > image

   It runs once for each image, and is the only program that ever decodes what a citizen has sent. An image that is made to
   break a decoder breaks this process, which can open no file and start nothing. */
#define _GNU_SOURCE
#include "image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* As the hub takes documents: 25 MiB. */
enum { INPUT_MAX = 26214400 };

_Noreturn void fail(int code) { _exit(code); }

static unsigned long long number(const char *text, unsigned long long max) {
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value == 0 || value > max) fail(IMAGE_USAGE);
    return value;
}

static void read_all(struct bytes *in) {
    in->data = malloc(INPUT_MAX);
    if (in->data == NULL) fail(IMAGE_NO_MEMORY);
    for (in->count = 0; in->count < INPUT_MAX;) {
        ssize_t got = read(STDIN_FILENO, in->data + in->count, INPUT_MAX - in->count);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail(IMAGE_UNDECODABLE);
        if (got == 0) return;
        in->count += (size_t)got;
    }
}

static void write_all(const struct bytes *out) {
    for (size_t done = 0; done < out->count;) {
        ssize_t put = write(STDOUT_FILENO, out->data + done, out->count - done);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) fail(IMAGE_UNWRITTEN);
        done += (size_t)put;
    }
}

int main(int count, char **words) {
    if (count != 7) fail(IMAGE_USAGE);
    int is_jpeg = strcmp(words[1], "jpeg") == 0;
    if (!is_jpeg && strcmp(words[1], "png") != 0) fail(IMAGE_USAGE);
    struct limits limits = {
        .side_max = (uint32_t)number(words[2], 65535),
        .pixels_max = number(words[3], 1000000000ull),
        .quality = (int)number(words[4], 100),
    };
    uint64_t memory = number(words[5], 16384) << 20;
    const char *problem = confine(memory, (unsigned)number(words[6], 3600));
    if (problem != NULL) {
        fprintf(stderr, "hub-image: %s\n", problem);
        fail(IMAGE_USAGE);
    }
    struct bytes in, out;
    struct pixels pixels = {0};
    read_all(&in);
    if (is_jpeg) {
        jpeg_decode(&in, &limits, &pixels);
    } else {
        png_decode(&in, &limits, &pixels);
    }
    free(in.data);
    pixels_fit(&pixels, limits.side_max);
    if (is_jpeg) {
        jpeg_encode(&pixels, &limits, &out);
    } else {
        png_encode(&pixels, &out);
    }
    write_all(&out);
    _exit(IMAGE_DONE);
}
