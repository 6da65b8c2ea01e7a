/* One process per department's module: opens its library and passes whole frames between it and the hub.
 *
 * Usage: hub-module-host --id ID --library PATH --data-limit BYTES [--probe]
 * File descriptor 3 is the socket to the hub. Knows the length of a frame and nothing else of the protocol.
 */
#include "host.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
    const char *id, *library;
    unsigned long long data_limit; /* bytes */
    int probe;
};

static int parse(int argc, char **argv, struct options *options) {
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--probe") == 0) {
            options->probe = 1;
            continue;
        }
        if (i + 1 >= argc) return -1;
        const char *value = argv[i + 1];
        if (strcmp(argv[i], "--id") == 0) {
            options->id = value;
        } else if (strcmp(argv[i], "--library") == 0) {
            options->library = value;
        } else if (strcmp(argv[i], "--data-limit") == 0) {
            char *end = NULL;
            options->data_limit = strtoull(value, &end, 10);
            if (*value == '-' || end == value || *end != '\0') return -1;
        } else {
            return -1;
        }
        i++;
    }
    return options->id && options->library && options->data_limit > 0 ? 0 : -1;
}

/* Tells the hub why there will be no module, then ends. */
static _Noreturn void refuse(int code, const char *reason) {
    link_send_refusal(reason);
    _exit(code);
}

/* Adds "; what expected this, found that" to the list of mismatches. */
static void mismatch(char *list, const char *what, const char *relation, unsigned long expected, unsigned long found) {
    size_t used = strlen(list);
    snprintf(list + used, REASON_MAX - used, "%s%s expected %s%lu, found %lu", used ? "; " : "", what, relation,
        expected, found);
}

/* Compares everything that can be compared before any function of the module but its entry is called.
 * A later field is only read when the earlier ones say that it is there. */
static int check(const hub_module *module, const struct options *options, char *list) {
    if (module == NULL) {
        snprintf(list, REASON_MAX, "hub_module_entry returned NULL");
        return -1;
    }
    list[0] = '\0';
    if (module->magic != HUB_ABI_MAGIC) mismatch(list, "magic", "", HUB_ABI_MAGIC, module->magic);
    if (module->abi_major != HUB_ABI_MAJOR) mismatch(list, "abi_major", "", HUB_ABI_MAJOR, module->abi_major);
    if (module->struct_size < sizeof(hub_module))
        mismatch(list, "struct_size", "\xe2\x89\xa5 ", sizeof(hub_module), module->struct_size);
    if (list[0] != '\0') return -1;
    if (module->name == NULL || strncmp(module->name, options->id, NAME_MAX_BYTES + 1) != 0) {
        snprintf(list, REASON_MAX, "name expected %.64s, found %.64s", options->id,
            module->name ? module->name : "nothing");
        return -1;
    }
    if (!module->start || !module->receive || !module->stop) {
        snprintf(list, REASON_MAX, "start, receive and stop must not be NULL");
        return -1;
    }
    return 0;
}

static const hub_module *load(const struct options *options) {
    char reason[REASON_MAX];
    /* Never closed: an upgrade is a new process. */
    void *library = dlopen(options->library, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        snprintf(reason, sizeof reason, "library cannot be loaded: %s", dlerror());
        refuse(EXIT_REFUSED, reason);
    }
    /* ISO C has no cast from an object pointer to a function; POSIX demands that this copy works. */
    const hub_module *(*entry)(void) = NULL;
    void *symbol = dlsym(library, "hub_module_entry");
    if (symbol == NULL) refuse(EXIT_REFUSED, "symbol hub_module_entry expected, found none");
    memcpy(&entry, &symbol, sizeof entry);
    const hub_module *module = entry();
    if (check(module, options, reason) != 0) refuse(EXIT_REFUSED, reason);
    return module;
}

int main(int argc, char **argv) {
    struct options options = {0};
    if (parse(argc, argv, &options) != 0) {
        fputs("usage: hub-module-host --id ID --library PATH --data-limit BYTES [--probe]\n", stderr);
        return EXIT_USAGE;
    }
    /* The watchdog comes first, so that its small stack does not count against the module's memory. */
    if (watchdog_start() != 0) refuse(EXIT_START, "watchdog thread cannot be started");
    const char *failed = confine(options.data_limit, options.probe);
    if (failed != NULL) refuse(EXIT_START, failed);

    const hub_module *module = load(&options);
    static const hub_host host = {
        .struct_size = sizeof(hub_host),
        .abi_major = HUB_ABI_MAJOR,
        .abi_minor = HUB_ABI_MINOR,
        .context = NULL,
        .send = link_send,
    };
    void *self = NULL;
    link_hold();
    if (module->start(&host, &self) != HUB_OK) {
        link_drop();
        refuse(EXIT_START, "start failed");
    }
    link_release();
    int code = link_run(module, self);
    if (code == EXIT_SUCCESS) module->stop(self);
    /* No destructors: the module's threads may still run. */
    _exit(code);
}
