/* Takes 1 GiB without asking whether it got it. */
#define FIXTURE_DECIDES
#include "fixture.h"

static void decide(uint32_t stream, const uint8_t *question, size_t size) {
    (void)question, (void)size;
    volatile char *memory = malloc((size_t)1 << 30);
    for (size_t i = 0; i < (size_t)1 << 30; i += 4096) memory[i] = 1;
    accept_command(stream);
}
