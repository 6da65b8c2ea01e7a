/* Ends the process as if all were well. */
#define FIXTURE_DECIDES
#include "fixture.h"

static void decide(uint32_t stream, const uint8_t *question, size_t size) {
    (void)stream, (void)question, (void)size;
    exit(0);
}
