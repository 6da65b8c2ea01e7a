/* commands.h: what hub-call can do. */
#ifndef HUB_CALL_COMMANDS_H
#define HUB_CALL_COMMANDS_H

#include "hub_client.h"

/* What stood on the command line. */
typedef struct command {
    hub_client *client;
    char **words; /* behind the command's name; at least one */
    size_t word_count;
    const char *on_behalf_of; /* NULL = nobody; personal */
    const char *cursor_file;  /* NULL = a watch begins anew */
} command;

/* Each runs one command and returns the program's exit status. */
int run_echo(const command *asked);
int run_submit(const command *asked);
int run_show(const command *asked);
int run_watch(const command *asked);

/* Prints an error for people; returns 1. */
int report(const hub_error *error);

#endif
