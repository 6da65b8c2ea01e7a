/* Says HELLO and then cannot start. */
#define FIXTURE_START fails
#include "fixture.h"

static int32_t fails(const hub_host *host, void **self_out) {
    (void)fixture_start(host, self_out);
    return HUB_E_FAILED;
}
