/* list.h: lists whose links lie in their members, so that joining and leaving needs no memory. */
#ifndef HUB_LIST_H
#define HUB_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* A list, or a member's place in one. Linked to itself when it is empty, or in none. */
typedef struct hub_link {
    struct hub_link *previous, *next;
} hub_link;

static inline void hub_link_init(hub_link *link) { link->previous = link->next = link; }

static inline bool hub_link_is_alone(const hub_link *link) { return link->next == link; }

/* Takes a member out of its list; does nothing when it is in none. */
static inline void hub_link_remove(hub_link *link) {
    link->previous->next = link->next;
    link->next->previous = link->previous;
    hub_link_init(link);
}

/* Puts a member that is in no list at the end of one. */
static inline void hub_link_append(hub_link *list, hub_link *link) {
    link->previous = list->previous;
    link->next = list;
    list->previous->next = link;
    list->previous = link;
}

/* The member that a link lies in. */
#define HUB_MEMBER(link, type, member) ((type *)(void *)((char *)(link) - offsetof(type, member)))

/* Visits every member; the one that is visited may leave the list. */
#define HUB_EACH(at, after, list) \
    for (hub_link *at = (list)->next, *after = at->next; at != (list); at = after, after = at->next)

#endif
