/* hub_client.h: calls to the service hub of a regency from C, over TLS 1.3. Speaks Protos/PROTOCOL.md.
 *
 * One design for every kind of program. A client is a state machine that moves only while one of its functions runs: it
 * has no thread of its own, so a program of any toolkit needs no lock and is never called from elsewhere.
 *
 *   - A simple program makes blocking calls: hub_call_start, then hub_call_next until HUB_NEXT_END.
 *   - A program with an event loop watches hub_client_fd, one descriptor that never changes, for reading, and runs
 *     hub_client_process when it is readable; sockets, timers and reconnections are hidden behind it. It reads calls with
 *     hub_call_poll, which never blocks, for instance when `notify` says that there is something.
 *
 * Both may be mixed. Requests and answers are serialised protobuf messages, of Protos/layanan/v1 for departments.
 *
 * What is done for the program: one connection for all calls; several addresses; one idempotency key over all attempts of
 * a call; attempts again, with growing and spread waits, where that cannot do a thing twice; streams that go on after
 * the last message that came; credit; deadlines. Whatever a hub sends, memory is bounded (`received_bytes_max`).
 *
 * Threads. A client and its calls belong to one thread at a time; several clients may live in several threads. Only
 * hub_client_interrupt may be called from anywhere, also from a signal handler. Every function returns at once, but
 * those whose comment says "blocks".
 *
 * Memory. Strings and bytes that are given in are copied before the function returns. Strings and bytes that are given
 * out belong to the client and live as long as their comment says. When memory is used up a function that makes
 * something returns NULL, and a call ends with RESOURCE_EXHAUSTED.
 */
#ifndef HUB_CLIENT_H
#define HUB_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that somebody else owns. `data` may be NULL when `size` is 0. */
typedef struct hub_bytes {
    const uint8_t *data;
    size_t size;
} hub_bytes;

/* One header of a call or of its answer. `key` is [0-9a-z_.-]{1,64}; the value any bytes, at most 4,096. */
typedef struct hub_metadata {
    const char *key;
    hub_bytes value;
} hub_metadata;

/* ---- Errors -------------------------------------------------------------------------------------------------- */

/* gRPC's status codes, as PROTOCOL.md 4.4 uses them. */
typedef enum hub_status {
    HUB_OK = 0,
    HUB_CANCELLED = 1,
    HUB_UNKNOWN = 2,
    HUB_INVALID_ARGUMENT = 3,
    HUB_DEADLINE_EXCEEDED = 4,
    HUB_NOT_FOUND = 5,
    HUB_ALREADY_EXISTS = 6,
    HUB_PERMISSION_DENIED = 7,
    HUB_RESOURCE_EXHAUSTED = 8,
    HUB_FAILED_PRECONDITION = 9,
    HUB_ABORTED = 10,
    HUB_OUT_OF_RANGE = 11,
    HUB_UNIMPLEMENTED = 12,
    HUB_INTERNAL = 13,
    HUB_UNAVAILABLE = 14,
    HUB_DATA_LOSS = 15,
    HUB_UNAUTHENTICATED = 16
} hub_status;

/* One wrong field of a request. */
typedef struct hub_violation {
    const char *field;   /* as in the service definition, or "documents/<kind>" */
    const char *rule;    /* which rule it broke, such as "required" or "length_max" */
    const char *text_id; /* what to do, for people, in Indonesian */
    const char *text_en; /* the same in English */
} hub_violation;

/* One fact about an error, such as "present_version". */
typedef struct hub_fact {
    const char *name;
    const char *value;
} hub_fact;

/* Why a call failed. No string is NULL, and none holds personal data. */
typedef struct hub_error {
    hub_status status;
    uint32_t code;         /* number in Protos/hub/v1/error.proto, which says what to do; 0 = the hub gave none */
    const char *message;   /* one line for operators, without the number */
    const char *text_id;   /* for people, in Indonesian; may be empty */
    const char *text_en;   /* the same in English */
    bool has_retry_after;  /* the hub named a time after which the same call may be tried again ... */
    uint32_t retry_after_ms; /* ... milliseconds; 0 = at once */
    const hub_violation *violations; /* every wrong field, in the hub's order */
    size_t violation_count;
    const hub_fact *facts;
    size_t fact_count;
} hub_error;

/* ---- Methods ------------------------------------------------------------------------------------------------- */

/* How many messages go in and out. */
typedef enum hub_shape {
    HUB_UNARY = 0,         /* one request, one answer */
    HUB_SERVER_STREAM = 1, /* one request, many answers */
    HUB_CLIENT_STREAM = 2, /* many requests, one answer */
    HUB_EXCHANGE = 3       /* many requests, many answers */
} hub_shape;

/* What it means to send a call twice. */
typedef enum hub_effect {
    HUB_READS = 0,   /* nothing: it is sent again when an answer is lost */
    HUB_CHANGES = 1, /* with the same idempotency key one change: it is sent again with its key */
    HUB_ONCE = 2     /* two changes: it is sent again only when the hub surely did not begin it */
} hub_effect;

/* A method as a client must know it. `path` lives as long as the method. */
typedef struct hub_method {
    const char *path; /* "package.Service/Method", at most 256 bytes */
    hub_shape shape;
    hub_effect effect;
    /* Number of the `bytes` field of the answers that holds a cursor; 0 = a stream cannot go on after a break. */
    uint32_t cursor_field;
} hub_method;

/* A method of Protos/, by its path; NULL when it is not there. Programs may also fill in a hub_method themselves. */
const hub_method *hub_method_named(const char *path);

/* ---- The client ---------------------------------------------------------------------------------------------- */

typedef struct hub_client hub_client;
typedef struct hub_call hub_call;

/* What a client is made from. Begin with HUB_CLIENT_OPTIONS; a number that is 0 means its default. */
typedef struct hub_client_options {
    size_t struct_size;           /* HUB_CLIENT_OPTIONS sets it */
    const char *const *addresses; /* "host:port" or "[v6]:port" of one hub, tried in turn; NULL after the last */
    const char *certificate;      /* PEM file: the program's own certificate, which says who calls */
    const char *private_key;      /* PEM file: its key */
    const char *authority;        /* PEM file: the certificate of the authority that signed the hub's */
    const char *server_name;      /* name expected in the hub's certificate; NULL = the host of the address */
    const char *software;         /* name and version of the program, for operators, at most 128 bytes; may be NULL */
    uint32_t connect_timeout_ms;  /* for TCP, TLS and the hub's hello together; 10,000 */
    uint32_t backoff_first_ms;    /* wait before the second attempt; 100. Grows by 1.6, spread by a fifth */
    uint32_t backoff_max_ms;      /* the longest wait; 5,000 */
    uint32_t keepalive_ms;        /* silence after which a hub that owes an answer is asked; 45,000, spread by a fifth */
    uint32_t keepalive_timeout_ms; /* silence after that which ends the connection; 20,000 */
    size_t received_bytes_max;    /* answers of all calls together that the program has not taken; 64 MiB */
} hub_client_options;

#define HUB_CLIENT_OPTIONS { .struct_size = sizeof(hub_client_options) }

/* Reads the files and makes a client; does not connect, and does no name lookup.
 *
 * `why` gets one line when it fails, cut to `why_size` bytes; it may be NULL when `why_size` is 0.
 * Returns NULL when a file or an option is wrong or memory is used up.
 */
hub_client *hub_client_new(const hub_client_options *options, char *why, size_t why_size);

/* Cancels the calls that are open, closes the connection and frees everything but the calls' own handles.
 * Calls that have not been freed may still be read and must still be freed. Not from `notify`. */
void hub_client_free(hub_client *client);

/* The descriptor to watch for reading; the same for the life of the client, which owns it. Linux: an epoll instance. */
int hub_client_fd(const hub_client *client);

/* Does what can be done without waiting, then runs `notify` of every call that has news. Call it when hub_client_fd is
 * readable; more often does no harm. From within `notify` it does nothing. */
void hub_client_process(hub_client *client);

/* Lets the function that blocks now, or the next one that would, return HUB_NEXT_INTERRUPTED. From any thread, and from
 * signal handlers. */
void hub_client_interrupt(hub_client *client);

/* ---- Calls --------------------------------------------------------------------------------------------------- */

/* How a call is made. Begin with HUB_CALL_OPTIONS; what is 0 or NULL means its default. */
typedef struct hub_call_options {
    size_t struct_size;        /* HUB_CALL_OPTIONS sets it */
    uint32_t timeout_ms;       /* milliseconds for all attempts together; 30,000 for unary calls, streams do not end */
    hub_bytes idempotency_key; /* 16 to 64 bytes that stand for this one change for ever; made for HUB_CHANGES when
                                  empty. A program that must know after its own crash stores one before it calls */
    hub_bytes resume_from;     /* where a stream goes on: hub_call_cursor of an earlier one */
    const char *on_behalf_of;  /* the citizen for whom the program speaks, such as "nik:..."; personal */
    const hub_metadata *metadata;
    size_t metadata_count;
    uint32_t attempts;         /* 5; for server streams 60 in a row that bring nothing */
    /* Runs from hub_client_process, or from a function that blocks, when hub_call_poll has news. It may use and free any
       call; functions that block, and hub_client_free, must not be called in it. */
    void (*notify)(hub_call *call, void *context);
    void *context;
    bool uncompressed; /* requests leave as they are; otherwise those of 1 KiB and more as zstd where that is shorter */
} hub_call_options;

#define HUB_CALL_OPTIONS { .struct_size = sizeof(hub_call_options) }

/* Begins a call; sends when the client is processed or waited for.
 *
 * `request`: the serialised request; ignored for HUB_CLIENT_STREAM and HUB_EXCHANGE, see hub_call_send.
 * `options` may be NULL. Returns NULL only when memory is used up; every other failure is the call's end.
 * The handle is the caller's, and is given back with hub_call_free.
 */
hub_call *hub_call_start(hub_client *client, const hub_method *method, hub_bytes request,
                         const hub_call_options *options);

/* What hub_call_poll and hub_call_next found. */
typedef enum hub_next {
    HUB_NEXT_MESSAGE = 0,     /* a message was taken */
    HUB_NEXT_END = 1,         /* there is none any more; hub_call_error says how the call ended */
    HUB_NEXT_NOT_YET = 2,     /* hub_call_poll: nothing yet. hub_call_send: no room yet */
    HUB_NEXT_INTERRUPTED = 3  /* hub_client_interrupt was called; the call goes on */
} hub_next;

/* Takes the next message, if there is one; the hub may then send more. A call with one answer gives it when it has ended
 * OK. `message` lives until the next poll, next or free of this call. */
hub_next hub_call_poll(hub_call *call, hub_bytes *message);

/* As hub_call_poll, but blocks until there is a message or the call has ended. */
hub_next hub_call_next(hub_call *call, hub_bytes *message);

/* Hands over the next request of a HUB_CLIENT_STREAM or HUB_EXCHANGE. HUB_NEXT_MESSAGE: it was taken. HUB_NEXT_NOT_YET:
 * 262,144 bytes of this call wait already, and `notify` comes when there is room. HUB_NEXT_END: the call has ended. */
hub_next hub_call_send(hub_call *call, hub_bytes request);

/* As hub_call_send, but blocks until there is room. */
hub_next hub_call_write(hub_call *call, hub_bytes request);

/* Says that no further request comes. Does nothing the second time, and for calls with one request. */
void hub_call_finish(hub_call *call);

/* Gives the call up: it ends with CANCELLED, E1009. A change may still happen. Does nothing when it has ended. */
void hub_call_cancel(hub_call *call);

/* Gives the call up if it is open, and frees it with all that belongs to it. NULL is allowed. */
void hub_call_free(hub_call *call);

/* ---- What is known of a call --------------------------------------------------------------------------------- */

/* True when nothing more comes from the hub; messages may still wait to be taken. */
bool hub_call_ended(const hub_call *call);

/* Why the call failed; NULL while it runs and when it ended OK. Lives as long as the call. */
const hub_error *hub_call_error(const hub_call *call);

/* Headers that came with the end; empty before. They live as long as the call. */
size_t hub_call_metadata_count(const hub_call *call);
hub_metadata hub_call_metadata_at(const hub_call *call, size_t index);

/* True when the hub had stored this answer when the same key came before. */
bool hub_call_replayed(const hub_call *call);

/* The idempotency key that goes with every attempt; empty when there is none. Lives as long as the call. */
hub_bytes hub_call_key(const hub_call *call);

/* The cursor of the message that was taken last: where another call goes on after it. A program that must not miss
 * anything over its own restart stores it when it has processed that message. Empty when there is none. Lives until the
 * next poll, next or free of this call. */
hub_bytes hub_call_cursor(const hub_call *call);

/* How often the call was sent, for logs. */
uint32_t hub_call_attempts(const hub_call *call);

#ifdef __cplusplus
}
#endif

#endif
