/* Limits and rights of the process, set before a single instruction of the module runs. */
#define _GNU_SOURCE
#include "host.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static int limit(__rlimit_resource_t resource, rlim_t value) {
    struct rlimit both = {.rlim_cur = value, .rlim_max = value};
    return setrlimit(resource, &both);
}

const char *confine(unsigned long long data_limit, int probe) {
    /* The watchdog is the first net; this one also works when the socket was inherited by somebody else. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return "PR_SET_PDEATHSIG cannot be set";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return "no_new_privs cannot be set";
    if (close_range(LINK_FD + 1, ~0u, 0) != 0) return "inherited files cannot be closed";
    if (limit(RLIMIT_DATA, (rlim_t)data_limit) != 0) return "RLIMIT_DATA cannot be set";
    if (limit(RLIMIT_CORE, 0) != 0) return "RLIMIT_CORE cannot be set";
    if (limit(RLIMIT_NOFILE, 64) != 0) return "RLIMIT_NOFILE cannot be set";
    /* A probe is over in seconds, or it is no module. */
    if (probe && limit(RLIMIT_CPU, 10) != 0) return "RLIMIT_CPU cannot be set";
    return NULL;
}
