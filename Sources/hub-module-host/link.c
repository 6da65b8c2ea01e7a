/* The socket to the hub: whole frames in, any number of frames out, one write for each batch that was read. */
#define _GNU_SOURCE
#include "host.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Frames that wait for the end of the batch. All of it is guarded by the lock, which also keeps writes in order. */
static struct {
    pthread_mutex_t lock;
    uint8_t *bytes;
    size_t size, capacity;
    int held;         /* a batch is being worked on... */
    pthread_t holder; /* ...by this thread */
    int gone;         /* the hub cannot be written to any more */
} out = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Blocks until all is written. The hub never waits for us to read before it reads itself. */
static int write_all(const uint8_t *bytes, size_t size) {
    while (size > 0) {
        ssize_t sent = send(LINK_FD, bytes, size, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        bytes += sent;
        size -= (size_t)sent;
    }
    return 0;
}

static int flush(void) {
    if (out.size > 0 && !out.gone && write_all(out.bytes, out.size) != 0) out.gone = 1;
    out.size = 0;
    return out.gone ? -1 : 0;
}

static int keep(hub_bytes_borrowed frames) {
    if (frames.size > out.capacity - out.size) {
        size_t capacity = out.capacity ? out.capacity : READ_BYTES;
        while (capacity - out.size < frames.size) capacity *= 2;
        uint8_t *larger = realloc(out.bytes, capacity);
        if (larger == NULL) return -1;
        out.bytes = larger;
        out.capacity = capacity;
    }
    memcpy(out.bytes + out.size, frames.data, frames.size);
    out.size += frames.size;
    return 0;
}

int32_t link_send(void *context, hub_bytes_borrowed frames) {
    (void)context;
    if (frames.size == 0) return HUB_OK;
    if (frames.data == NULL) return HUB_E_FAILED;
    int failed;
    pthread_mutex_lock(&out.lock);
    if (frames.size > HELD_MAX || out.size + frames.size > HELD_MAX || !out.held
        || !pthread_equal(out.holder, pthread_self())) {
        /* What waits goes first, so that frames leave in the order in which they were sent. */
        failed = flush() != 0 || write_all(frames.data, frames.size) != 0;
        if (failed) out.gone = 1;
    } else {
        failed = out.gone || keep(frames) != 0;
    }
    pthread_mutex_unlock(&out.lock);
    return failed ? HUB_E_FAILED : HUB_OK;
}

void link_hold(void) {
    pthread_mutex_lock(&out.lock);
    out.held = 1;
    out.holder = pthread_self();
    pthread_mutex_unlock(&out.lock);
}

int link_release(void) {
    pthread_mutex_lock(&out.lock);
    out.held = 0;
    int failed = flush();
    pthread_mutex_unlock(&out.lock);
    return failed;
}

void link_drop(void) {
    pthread_mutex_lock(&out.lock);
    out.size = 0;
    pthread_mutex_unlock(&out.lock);
}

void link_send_refusal(const char *reason) {
    /* hub.v1.End {status (1) = 9 FAILED_PRECONDITION, message (2) = reason}, a frame of type END (0x13). */
    uint8_t frame[HEADER_BYTES + 5 + REASON_MAX] = {0};
    size_t size = strnlen(reason, REASON_MAX - 1);
    uint8_t *payload = frame + HEADER_BYTES, *p = payload;
    *p++ = 0x08;
    *p++ = 9;
    *p++ = 0x12;
    if (size >= 0x80) *p++ = (uint8_t)(0x80 | (size & 0x7f));
    *p++ = (uint8_t)(size >= 0x80 ? size >> 7 : size);
    memcpy(p, reason, size);
    p += size;
    size_t length = (size_t)(p - payload);
    frame[2] = (uint8_t)(length >> 8);
    frame[3] = (uint8_t)length;
    frame[4] = 0x13;
    (void)write_all(frame, HEADER_BYTES + length);
}

static size_t payload_length(const uint8_t *header) {
    return (size_t)header[0] << 24 | (size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3];
}

/* What was read and not yet handed over. */
struct input {
    uint8_t *bytes;
    size_t start, end, capacity;
};

/* Makes room for `needed` bytes from `start` on. Gives back what only one large frame needed. */
static int make_room(struct input *in, size_t needed) {
    memmove(in->bytes, in->bytes + in->start, in->end - in->start);
    in->end -= in->start;
    in->start = 0;
    size_t wanted = needed > READ_BYTES ? needed : READ_BYTES;
    if (wanted == in->capacity || (wanted < in->capacity && in->end > wanted)) return 0;
    uint8_t *other = realloc(in->bytes, wanted);
    if (other == NULL) return -1;
    in->bytes = other;
    in->capacity = wanted;
    return 0;
}

/* Hands every whole frame to the module. The size of the frame that is not whole yet goes to `needed`. */
static int deliver(struct input *in, const hub_module *module, void *self, size_t *needed) {
    for (;;) {
        size_t have = in->end - in->start;
        *needed = HEADER_BYTES;
        if (have < HEADER_BYTES) return EXIT_SUCCESS;
        size_t length = payload_length(in->bytes + in->start);
        if (length > FRAME_MAX) return EXIT_LINK;
        *needed = HEADER_BYTES + length;
        if (have < *needed) return EXIT_SUCCESS;
        hub_bytes_borrowed frame = {.data = in->bytes + in->start, .size = *needed};
        in->start += *needed;
        if (module->receive(self, frame) != HUB_OK) return EXIT_RECEIVE;
    }
}

int link_run(const hub_module *module, void *self) {
    struct input in = {.bytes = malloc(READ_BYTES), .capacity = READ_BYTES};
    if (in.bytes == NULL) return EXIT_LINK;
    size_t needed = HEADER_BYTES;
    for (;;) {
        if ((in.capacity - in.start < needed || in.start == in.end) && make_room(&in, needed) != 0) return EXIT_LINK;
        ssize_t got = read(LINK_FD, in.bytes + in.end, in.capacity - in.end);
        if (got == 0) return EXIT_SUCCESS;
        if (got < 0) {
            if (errno == EINTR) continue;
            return EXIT_SUCCESS; /* the hub is gone */
        }
        in.end += (size_t)got;
        link_hold();
        int code = deliver(&in, module, self, &needed);
        if (link_release() != 0) return EXIT_SUCCESS; /* the hub is gone */
        if (code != EXIT_SUCCESS) return code;
    }
}
