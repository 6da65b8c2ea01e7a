/* Never comes back from a decision, and so from nothing else. */
#define FIXTURE_DECIDES
#include "fixture.h"

static void decide(uint32_t stream, const uint8_t *question, size_t size) {
    (void)stream, (void)question, (void)size;
    for (volatile int forever = 1; forever;) {}
}
