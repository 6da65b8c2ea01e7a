/* status.h: how a call ended, decoded from END or made by the client itself. */
#ifndef HUB_STATUS_H
#define HUB_STATUS_H

#include "hub/v1/frame.pb-c.h"
#include "include/hub_client.h"

/* Numbers of Protos/hub/v1/error.proto that a client makes itself. */
enum {
    HUB_E_PROTOCOL = 1001,
    HUB_E_VERSION = 1003,
    HUB_E_MESSAGE_TOO_LARGE = 1004,
    HUB_E_MALFORMED = 1005,
    HUB_E_METADATA = 1006,
    HUB_E_METHOD_UNKNOWN = 1007,
    HUB_E_DEADLINE = 1008,
    HUB_E_CANCELLED = 1009,
    HUB_E_KEY = 1012,
    HUB_E_CONNECTION_CLOSED = 1014,
    HUB_E_REVOKED = 2004
};

/* An error of the client's own, with the standard texts for its number. Never NULL: without memory it says so.
 *
 * `format` and what follows make the line for operators, cut at 512 bytes. */
hub_error *hub_error_make(hub_status status, uint32_t code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The error of an END whose status is not 0 (W-26). Never NULL.
 *
 * `cursor` gets where a stream goes on, NULL data when END does not say; it points into `end`'s detail and is copied to
 * memory that the caller frees. */
hub_error *hub_error_from_end(const Hub__V1__End *end, hub_bytes *cursor);

/* A copy; never NULL. */
hub_error *hub_error_copy(const hub_error *error);

/* NULL is allowed. */
void hub_error_free(hub_error *error);

#endif
