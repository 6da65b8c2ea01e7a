/* Dies of one question, and of that one only: the one whose note is "poison". */
#define _GNU_SOURCE
#define FIXTURE_DECIDES
#include "fixture.h"

static void decide(uint32_t stream, const uint8_t *question, size_t size) {
    if (memmem(question, size, "poison", 6) != NULL) __builtin_trap();
    accept_command(stream);
}
