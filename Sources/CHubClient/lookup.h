/* lookup.h: the addresses of a host name, without making the program wait for them. */
#ifndef HUB_LOOKUP_H
#define HUB_LOOKUP_H

#include <stdbool.h>

struct addrinfo;

typedef struct hub_lookup hub_lookup;

/* Begins to look a name up, in a thread of its own unless it is numeric. NULL when memory or threads are used up. */
hub_lookup *hub_lookup_start(const char *host, const char *port);

/* A descriptor that is readable when the lookup is done; the lookup's own. */
int hub_lookup_fd(const hub_lookup *lookup);

/* True when it is done. `found` is then the caller's, to give back with freeaddrinfo; NULL = there is no such name. */
bool hub_lookup_take(hub_lookup *lookup, struct addrinfo **found);

/* Forgets a lookup, done or not. NULL is allowed. */
void hub_lookup_drop(hub_lookup *lookup);

#endif
