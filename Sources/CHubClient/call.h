/* call.h: one call from its start to its end, over all its attempts. */
#ifndef HUB_CALL_H
#define HUB_CALL_H

#include "buffer.h"
#include "list.h"
#include "status.h"
#include "window.h"

typedef struct hub_connection hub_connection;

/* Where a call is. */
typedef enum hub_call_phase {
    HUB_CALL_WAITING, /* for a connection, or for a stream on it */
    HUB_CALL_RESTING, /* until its next attempt */
    HUB_CALL_SENT,
    HUB_CALL_ENDED
} hub_call_phase;

/* A whole message, coming or going. */
typedef struct hub_message {
    struct hub_message *next;
    uint8_t *data;
    size_t size;
    size_t credit; /* of the stream's window, due when the program takes it */
    bool is_ready; /* to be sent: it was compressed, or shall not be */
    bool is_compressed;
} hub_message;

typedef struct hub_messages {
    hub_message *first, *last;
} hub_messages;

/* Bytes that a message which waits costs beside its own. */
enum { HUB_MESSAGE_COST = 64 };

/* NULL is allowed. */
void hub_message_free(hub_message *message);
void hub_messages_append(hub_messages *messages, hub_message *message);
/* The first, which then is the caller's; NULL = there is none. */
hub_message *hub_messages_take(hub_messages *messages);
void hub_messages_free(hub_messages *messages);

struct hub_call {
    hub_client *client;  /* NULL when it was freed */
    hub_link in_client;  /* all calls of a client, so that freeing it finds them */
    hub_link in_waiting; /* the client's queue */
    hub_link in_ready;   /* `notify` is due */
    hub_call_phase phase;

    /* What the program asked for. */
    hub_method method; /* with a path of its own */
    uint8_t *request;
    size_t request_size;
    uint8_t *request_frame; /* the request compressed; NULL = it was not tried, or is not shorter */
    size_t request_frame_size;
    bool may_compress;    /* requests may leave compressed */
    bool accepts_compressed;
    int64_t deadline_ms; /* HUB_NEVER = none */
    uint8_t key[64];
    size_t key_size;
    uint32_t attempts_max;
    hub_metadata *metadata; /* with strings and values of their own, in the same block */
    size_t metadata_count;
    void (*notify)(hub_call *call, void *context);
    void *context;

    /* Attempts. */
    uint32_t attempts; /* in a row that brought nothing */
    uint32_t sends;
    int64_t retry_at_ms;
    int64_t sent_at_ms;
    hub_error *last_error; /* of an attempt that was not the last */
    hub_bytes resume_from; /* owned; cursor of the last message that came, or the program's */
    bool has_messages;     /* at least one came */

    /* On a connection. */
    hub_connection *connection;
    uint32_t stream;
    hub_link in_bucket;
    hub_link in_turns; /* has something to send */
    uint64_t sent, sent_max;
    hub_window window;
    size_t request_sent;   /* of the one request, or of the first outgoing message */
    bool end_sent;         /* the hub knows that no further request comes */
    bool is_answered;      /* the hub's DATA said END */
    bool is_encoding;      /* CALL said that requests may be compressed */
    hub_buffer partial;    /* a message of which more comes */
    bool is_compressed;    /* ... as a zstd frame */
    size_t partial_credit; /* of it, not given back yet */
    bool is_joining;       /* a message was begun and has not ended */
    uint64_t bytes_came;   /* of all messages of this attempt, before compression */

    /* Several requests. */
    hub_messages outgoing;
    size_t outgoing_bytes;
    bool has_all_requests;
    bool wants_room; /* hub_call_send said: not yet */

    /* For the program. */
    hub_messages inbox;
    hub_message *taken;
    hub_bytes taken_cursor; /* points into `taken` */
    hub_error *error;
    Hub__V1__End *end;
};

/* How sure it is that the hub did nothing. */
typedef enum hub_fate {
    HUB_FATE_FINAL,    /* the same would happen again */
    HUB_FATE_UNKNOWN,  /* it may have begun, or even be done */
    HUB_FATE_NOT_BEGUN /* surely not */
} hub_fate;

bool hub_call_takes_stream(const hub_call *call);
bool hub_call_gives_stream(const hub_call *call);

/* The program has news of a call: `notify` comes at the end of hub_client_process. */
void hub_call_tell(hub_call *call);

/* Ends a call. `error`: owned; NULL = OK. Does nothing but free `error` when it has ended. */
void hub_call_conclude(hub_call *call, hub_error *error);

/* An attempt brought no good end: sends again where that is allowed, or ends the call (attempt.c).
 *
 * `error`: why, owned. `cursor`: where the hub says that a stream goes on; not owned, may be empty. */
void hub_call_failed(hub_call *call, hub_fate fate, hub_error *error, hub_bytes cursor);

/* The connection was lost before the hub said hello: waits for the next, without the cost of an attempt. */
void hub_call_requeue(hub_call *call);

/* Bytes of a message came, of a zstd frame when it is_compressed; `is_whole`: no more of it. False: the call was ended
 * because of them, or its connection. */
bool hub_call_receive(hub_call *call, const uint8_t *bytes, size_t size, bool is_compressed, bool is_whole);

/* Gives back what waits of an unfinished message: what was sent of it is lost with its connection. */
void hub_call_drop_partial(hub_call *call);

/* Copies bytes; false when memory is used up. The old ones are freed. */
bool hub_bytes_replace(hub_bytes *owned, hub_bytes by);

#endif
