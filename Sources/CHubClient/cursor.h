/* cursor.h: finds the cursor in an answer without knowing its message. */
#ifndef HUB_CURSOR_H
#define HUB_CURSOR_H

#include "include/hub_client.h"

/* The last value of a `bytes` field at the top of a serialised message; empty when there is none, or when the message
 * is not well formed. Points into `message`. */
hub_bytes hub_cursor_find(hub_bytes message, uint32_t field);

#endif
