/* utf8.c: finds what is no UTF-8; libprotobuf-c does not look. */
#include "utf8.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes of the well-formed sequence at `at`, 0 when there is none. The text ends with 0, so no look ahead leaves it. */
static size_t sequence(const uint8_t *at) {
    if (at[0] < 0x80) return 1;
    size_t size;
    uint8_t low = 0x80, high = 0xBF; /* bounds of the second byte: no long forms, no surrogates, nothing above 10FFFF */
    if (at[0] >= 0xC2 && at[0] <= 0xDF) {
        size = 2;
    } else if (at[0] >= 0xE0 && at[0] <= 0xEF) {
        size = 3;
        if (at[0] == 0xE0) low = 0xA0;
        if (at[0] == 0xED) high = 0x9F;
    } else if (at[0] >= 0xF0 && at[0] <= 0xF4) {
        size = 4;
        if (at[0] == 0xF0) low = 0x90;
        if (at[0] == 0xF4) high = 0x8F;
    } else {
        return 0;
    }
    if (at[1] < low || at[1] > high) return 0;
    for (size_t i = 2; i < size; i++)
        if ((at[i] & 0xC0) != 0x80) return 0;
    return size;
}

void hub_utf8_repair(char *text) {
    for (uint8_t *at = (uint8_t *)text; *at != 0;) {
        size_t size = sequence(at);
        if (size == 0) {
            *at = '?';
            size = 1;
        }
        at += size;
    }
}
