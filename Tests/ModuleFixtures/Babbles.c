/* Answers with bytes that are no Decision. */
#define FIXTURE_DECIDES
#include "fixture.h"

static void decide(uint32_t stream, const uint8_t *question, size_t size) {
    (void)question, (void)size;
    answer(stream, "\xff\xff\xff", 3);
}
