/* hub_call.c: a small program for the hub, and how the C client is used with blocking calls.
 *
 *   hub-call CONNECTION echo TEXT
 *   hub-call CONNECTION submit SERVICE NAME=VALUE ...     a new case; the form is the service's own
 *   hub-call CONNECTION show CASE
 *   hub-call CONNECTION watch CASE [--cursor FILE]        its state, then every change, until Ctrl-C
 *
 * CONNECTION: --address HOST:PORT (several are tried in turn) --cert FILE --key FILE --ca FILE [--on-behalf-of REFERENCE]
 * Ends with 0, with 1 when the hub refused, with 64 for wrong arguments. */
#define _GNU_SOURCE
#include "commands.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESSES_MAX = 8 };

static hub_client *interrupted; /* by Ctrl-C */

static void on_signal(int number) {
    (void)number;
    hub_client_interrupt(interrupted);
}

static int usage(void) {
    fputs("usage: hub-call --address HOST:PORT --cert FILE --key FILE --ca FILE [--on-behalf-of REFERENCE]\n"
          "                echo TEXT | submit SERVICE NAME=VALUE ... | show CASE | watch CASE [--cursor FILE]\n",
          stderr);
    return 64;
}

int report(const hub_error *error) {
    fprintf(stderr, "E%u %s\n%s\n%s\n", (unsigned)error->code, error->message, error->text_id, error->text_en);
    for (size_t i = 0; i < error->violation_count; i++) {
        const hub_violation *at = &error->violations[i];
        fprintf(stderr, "  %s (%s): %s / %s\n", at->field, at->rule, at->text_id, at->text_en);
    }
    for (size_t i = 0; i < error->fact_count; i++)
        fprintf(stderr, "  %s = %s\n", error->facts[i].name, error->facts[i].value);
    return 1;
}

int main(int argc, char **argv) {
    static const struct option known[] = {
        {"address", required_argument, NULL, 'a'}, {"cert", required_argument, NULL, 'c'},
        {"key", required_argument, NULL, 'k'}, {"ca", required_argument, NULL, 'r'},
        {"on-behalf-of", required_argument, NULL, 'o'}, {"cursor", required_argument, NULL, 's'}, {NULL, 0, NULL, 0}};
    hub_client_options options = HUB_CLIENT_OPTIONS;
    const char *addresses[ADDRESSES_MAX + 1] = {NULL};
    size_t address_count = 0;
    command asked = {0};
    options.addresses = addresses;
    options.software = "hub-call";
    for (int found; (found = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (found) {
        case 'a':
            if (address_count == ADDRESSES_MAX) return usage();
            addresses[address_count++] = optarg;
            break;
        case 'c': options.certificate = optarg; break;
        case 'k': options.private_key = optarg; break;
        case 'r': options.authority = optarg; break;
        case 'o': asked.on_behalf_of = optarg; break;
        case 's': asked.cursor_file = optarg; break;
        default: return usage();
        }
    }
    if (argc - optind < 2) return usage();
    const char *name = argv[optind];
    asked.words = argv + optind + 1;
    asked.word_count = (size_t)(argc - optind - 1);
    int (*const run)(const command *) = strcmp(name, "echo") == 0     ? run_echo
                                        : strcmp(name, "submit") == 0 ? run_submit
                                        : strcmp(name, "show") == 0   ? run_show
                                        : strcmp(name, "watch") == 0  ? run_watch
                                                                      : NULL;
    if (run == NULL) return usage();
    char why[256] = "";
    asked.client = interrupted = hub_client_new(&options, why, sizeof why);
    if (asked.client == NULL) {
        fprintf(stderr, "hub-call: %s\n", why);
        return 64;
    }
    signal(SIGINT, on_signal);
    int status = run(&asked);
    hub_client_free(asked.client);
    return status;
}
