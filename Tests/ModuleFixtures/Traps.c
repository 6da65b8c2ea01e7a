/* Dies of a trap when it is asked, as Swift does of an overflow. */
#define FIXTURE_DECIDES
#include "fixture.h"

static void decide(uint32_t stream, const uint8_t *question, size_t size) {
    (void)stream, (void)question, (void)size;
    __builtin_trap();
}
