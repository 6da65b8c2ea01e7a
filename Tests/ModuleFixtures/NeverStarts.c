/* start() does not come back. */
#define FIXTURE_START waits
#include "fixture.h"

#include <unistd.h>

static int32_t waits(const hub_host *host, void **self_out) {
    (void)host, (void)self_out;
    for (;;) pause();
    return HUB_OK;
}
