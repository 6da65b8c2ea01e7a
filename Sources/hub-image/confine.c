/* Limits and rights of the process, set before it reads a byte of the image. */
#define _GNU_SOURCE
#include "image.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "say which AUDIT_ARCH this machine has"
#endif

static int limit(__rlimit_resource_t resource, rlim_t value) {
    struct rlimit both = {.rlim_cur = value, .rlim_max = value};
    return setrlimit(resource, &both);
}

#define ALLOW(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (call), 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* Reading, writing, memory and the end; whatever else is called ends the process. */
static int allow_little(void) {
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCHITECTURE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        ALLOW(SYS_read),
        ALLOW(SYS_write),
        ALLOW(SYS_brk),
        ALLOW(SYS_mmap),
        ALLOW(SYS_munmap),
        ALLOW(SYS_mremap),
        ALLOW(SYS_madvise),
        ALLOW(SYS_futex),
        ALLOW(SYS_getrandom), /* malloc */
        ALLOW(SYS_exit),
        ALLOW(SYS_exit_group),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    struct sock_fprog filter = {.len = sizeof program / sizeof program[0], .filter = program};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}

const char *confine(uint64_t memory_max, unsigned seconds_max) {
    /* The hub that started it is gone: nobody wants the image any more. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return "PR_SET_PDEATHSIG cannot be set";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return "no_new_privs cannot be set";
    if (close_range(STDERR_FILENO + 1, ~0u, 0) != 0) return "inherited files cannot be closed";
    if (limit(RLIMIT_AS, (rlim_t)memory_max) != 0) return "RLIMIT_AS cannot be set";
    if (limit(RLIMIT_CPU, seconds_max) != 0) return "RLIMIT_CPU cannot be set";
    if (limit(RLIMIT_CORE, 0) != 0) return "RLIMIT_CORE cannot be set";
    if (limit(RLIMIT_NOFILE, 3) != 0) return "RLIMIT_NOFILE cannot be set";
    if (limit(RLIMIT_NPROC, 0) != 0) return "RLIMIT_NPROC cannot be set";
    if (allow_little() != 0) return "seccomp cannot be set";
    return NULL;
}
