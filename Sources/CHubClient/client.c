/* client.c: making a client, and the one function that moves it. */
#define _GNU_SOURCE
#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { SOFTWARE_BYTES_MAX = 128, SLACK_MS = 250 /* for the hub's own DEADLINE_EXCEEDED to arrive */ };

/* ---- Options ------------------------------------------------------------------------------------------------- */

/* Takes "host:port" or "[v6]:port" apart. False when it is neither, or memory is used up. */
static bool parse_address(hub_address *address, const char *text) {
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text) return false;
    size_t size = (size_t)(colon - text);
    if (text[0] == '[') {
        if (size < 3 || text[size - 1] != ']') return false;
        text++;
        size -= 2;
    } else if (memchr(text, ':', size) != NULL) {
        return false;
    }
    char *end;
    unsigned long port = strtoul(colon + 1, &end, 10);
    if (colon[1] < '0' || colon[1] > '9' || *end != 0 || port == 0 || port > 65535) return false;
    address->host = strndup(text, size);
    address->port = strdup(colon + 1);
    return address->host != NULL && address->port != NULL;
}

/* Returns what is wrong, NULL when nothing is. */
static const char *take_addresses(hub_client *client, const char *const *texts) {
    size_t count = 0;
    while (texts != NULL && texts[count] != NULL) count++;
    if (count == 0) return "no address of a hub";
    client->addresses = calloc(count, sizeof *client->addresses);
    if (client->addresses == NULL) return "memory is used up";
    client->address_count = count;
    for (size_t i = 0; i < count; i++) {
        client->addresses[i].text = strdup(texts[i]);
        if (client->addresses[i].text == NULL) return "memory is used up";
        if (!parse_address(&client->addresses[i], texts[i])) return "an address is not host:port";
    }
    return NULL;
}

static uint32_t or_default(uint32_t value, uint32_t standard) { return value != 0 ? value : standard; }

static const char *take_options(hub_client *client, const hub_client_options *options, char *why, size_t why_size) {
    if (options->certificate == NULL || options->private_key == NULL || options->authority == NULL)
        return "certificate, private_key and authority are needed";
    const char *wrong = take_addresses(client, options->addresses);
    if (wrong != NULL) return wrong;
    client->software = strndup(options->software != NULL ? options->software : "CHubClient", SOFTWARE_BYTES_MAX);
    if (client->software == NULL) return "memory is used up";
    if (options->server_name != NULL && (client->server_name = strdup(options->server_name)) == NULL)
        return "memory is used up";
    client->connect_timeout_ms = or_default(options->connect_timeout_ms, 10000);
    client->backoff_first_ms = or_default(options->backoff_first_ms, 100);
    client->backoff_max_ms = or_default(options->backoff_max_ms, 5000);
    client->keepalive_ms = or_default(options->keepalive_ms, 45000);
    client->keepalive_timeout_ms = or_default(options->keepalive_timeout_ms, 20000);
    client->received_bytes_max = options->received_bytes_max != 0 ? options->received_bytes_max : (size_t)64 << 20;
    client->papers =
        hub_tls_papers_new(options->certificate, options->private_key, options->authority, why, why_size);
    return client->papers != NULL ? NULL : ""; /* it wrote why itself */
}

/* ---- Making -------------------------------------------------------------------------------------------------- */

static bool watch_for_reading(int epoll_fd, int fd) {
    struct epoll_event event = {.events = EPOLLIN};
    return fd >= 0 && epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

hub_client *hub_client_new(const hub_client_options *options, char *why, size_t why_size) {
    hub_client_options chosen = HUB_CLIENT_OPTIONS;
    memcpy(&chosen, options, options->struct_size < sizeof chosen ? options->struct_size : sizeof chosen);
    hub_client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        snprintf(why, why_size, "memory is used up");
        return NULL;
    }
    hub_link *const lists[] = {&client->connections, &client->calls, &client->waiting, &client->ready};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) hub_link_init(lists[i]);
    client->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    client->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    client->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    client->alarm_ms = HUB_NEVER;
    hub_random(client->instance_id, sizeof client->instance_id);
    const char *wrong = take_options(client, &chosen, why, why_size);
    if (wrong == NULL && !(watch_for_reading(client->epoll_fd, client->timer_fd) &&
                           watch_for_reading(client->epoll_fd, client->wake_fd)))
        wrong = strerror(errno);
    if (wrong == NULL) return client;
    if (wrong[0] != 0) snprintf(why, why_size, "%s", wrong);
    hub_client_free(client);
    return NULL;
}

void hub_client_free(hub_client *client) {
    if (client == NULL) return;
    HUB_EACH(at, after, &client->calls) hub_call_cancel(HUB_MEMBER(at, hub_call, in_client));
    HUB_EACH(at, after, &client->connections) {
        hub_connection *connection = HUB_MEMBER(at, hub_connection, in_client);
        if (connection->phase == HUB_PHASE_OPEN) hub_connection_flush(connection);
        hub_connection_free(connection);
    }
    HUB_EACH(at, after, &client->calls) {
        hub_call *call = HUB_MEMBER(at, hub_call, in_client);
        hub_link_remove(&call->in_client);
        hub_link_remove(&call->in_ready);
        call->client = NULL;
    }
    const int files[] = {client->epoll_fd, client->timer_fd, client->wake_fd};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (files[i] >= 0) close(files[i]);
    for (size_t i = 0; i < client->address_count; i++) {
        free(client->addresses[i].text);
        free(client->addresses[i].host);
        free(client->addresses[i].port);
    }
    free(client->addresses);
    free(client->server_name);
    free(client->software);
    hub_tls_papers_free(client->papers);
    free(client);
}

/* ---- Waiting ------------------------------------------------------------------------------------------------- */

int hub_client_fd(const hub_client *client) { return client->epoll_fd; }

void hub_client_nudge(hub_client *client) {
    if (client->is_nudged) return;
    client->is_nudged = true;
    eventfd_write(client->wake_fd, 1);
}

void hub_client_interrupt(hub_client *client) {
    int before = errno; /* a signal handler leaves it as it was */
    atomic_store(&client->is_interrupted, true);
    eventfd_write(client->wake_fd, 1);
    errno = before;
}

void hub_client_watch(hub_connection *connection, int fd, uint32_t events) {
    int epoll_fd = connection->client->epoll_fd;
    if (connection->fd == fd && (fd < 0 || connection->interest == events)) return;
    struct epoll_event event = {.events = events};
    if (connection->fd >= 0 && connection->fd != fd) epoll_ctl(epoll_fd, EPOLL_CTL_DEL, connection->fd, &event);
    if (fd >= 0) epoll_ctl(epoll_fd, connection->fd == fd ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    connection->fd = fd;
    connection->interest = events;
}

static int64_t earlier(int64_t a, int64_t b) { return a < b ? a : b; }

/* Sets the timer to whatever is due first. */
static void set_alarm(hub_client *client) {
    int64_t due = hub_dial_due(client);
    HUB_EACH(at, after, &client->connections)
        due = earlier(due, hub_connection_due(HUB_MEMBER(at, hub_connection, in_client)));
    HUB_EACH(at, after, &client->calls) {
        const hub_call *call = HUB_MEMBER(at, hub_call, in_client);
        if (call->phase == HUB_CALL_ENDED) continue;
        if (call->phase == HUB_CALL_RESTING) due = earlier(due, call->retry_at_ms);
        if (call->deadline_ms != HUB_NEVER) due = earlier(due, call->deadline_ms + SLACK_MS);
    }
    if (due == client->alarm_ms) return;
    client->alarm_ms = due;
    struct itimerspec when = {0}; /* zero = off */
    if (due != HUB_NEVER) {
        if (due < 1) due = 1;
        when.it_value = (struct timespec){.tv_sec = due / 1000, .tv_nsec = due % 1000 * 1000000};
    }
    timerfd_settime(client->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

/* ---- Moving -------------------------------------------------------------------------------------------------- */

/* Deadlines that have passed, and rests that are over. */
static void look_at_clock(hub_client *client, int64_t now) {
    HUB_EACH(at, after, &client->calls) {
        hub_call *call = HUB_MEMBER(at, hub_call, in_client);
        if (call->phase == HUB_CALL_ENDED) continue;
        if (call->phase == HUB_CALL_RESTING && now >= call->retry_at_ms) call->phase = HUB_CALL_WAITING;
        if (call->deadline_ms == HUB_NEVER || now < call->deadline_ms + SLACK_MS) continue;
        if (call->connection != NULL)
            hub_connection_leave(call->connection, call, HUB__V1__RESET_CODE__RESET_CODE_CANCELLED);
        const char *before = call->last_error != NULL ? call->last_error->message : "none";
        hub_call_conclude(call, hub_error_make(HUB_DEADLINE_EXCEEDED, HUB_E_DEADLINE,
                                               "no answer in the program's time; failure before: %s", before));
    }
}

/* Opens what waits, in order, as far as the hub takes it. */
static void send_waiting(hub_client *client) {
    hub_connection *connection = client->current;
    if (connection == NULL || (connection->phase != HUB_PHASE_EARLY && connection->phase != HUB_PHASE_OPEN)) return;
    HUB_EACH(at, after, &client->waiting) {
        hub_call *call = HUB_MEMBER(at, hub_call, in_waiting);
        /* A stream that was cut goes on when its program has taken what came. */
        if (call->phase != HUB_CALL_WAITING || call->inbox.first != NULL) continue;
        if (!hub_connection_open(connection, call)) break;
    }
    hub_connection_flush(connection);
}

/* Tells the program what is new. Calls that it frees meanwhile leave the list by themselves. */
static void notify(hub_client *client) {
    hub_link now;
    hub_link_init(&now);
    while (!hub_link_is_alone(&client->ready)) {
        hub_link *first = client->ready.next;
        hub_link_remove(first);
        hub_link_append(&now, first);
    }
    while (!hub_link_is_alone(&now)) {
        hub_call *call = HUB_MEMBER(now.next, hub_call, in_ready);
        hub_link_remove(&call->in_ready);
        if (call->notify != NULL) call->notify(call, call->context);
    }
    if (!hub_link_is_alone(&client->ready)) hub_client_nudge(client);
}

void hub_client_process(hub_client *client) {
    if (client->is_processing) return;
    client->is_processing = true;
    uint64_t ignored;
    eventfd_read(client->wake_fd, &ignored);
    if (read(client->timer_fd, &ignored, sizeof ignored) > 0) client->alarm_ms = HUB_NEVER - 1; /* set it anew */
    client->is_nudged = false;
    look_at_clock(client, hub_now_ms());
    hub_dial_if_needed(client, hub_now_ms());
    HUB_EACH(at, after, &client->connections)
        hub_connection_progress(HUB_MEMBER(at, hub_connection, in_client));
    send_waiting(client);
    HUB_EACH(at, after, &client->connections) {
        hub_connection *connection = HUB_MEMBER(at, hub_connection, in_client);
        if (connection->phase == HUB_PHASE_CLOSED) hub_connection_free(connection);
    }
    notify(client);
    set_alarm(client);
    client->is_processing = false;
}
