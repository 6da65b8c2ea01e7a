/* Answers, and then answers the same question again. */
#define FIXTURE_DECIDES
#include "fixture.h"

static void decide(uint32_t stream, const uint8_t *question, size_t size) {
    (void)question, (void)size;
    accept_command(stream);
    accept_command(stream);
}
