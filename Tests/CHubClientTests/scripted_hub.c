/* scripted_hub.c: OpenSSL's server side, blocking, one thread per connection. */
#define _GNU_SOURCE
#include "scripted_hub.h"

#include "check.h"
#include "papers.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <openssl/ssl.h>

enum { CONNECTIONS_MAX = 16 };

struct hub_side {
    scripted_hub *hub;
    script run;
    int socket;
    SSL *ssl;
    frame last;
    pthread_t thread;
};

struct scripted_hub {
    int listener;
    char address[32];
    SSL_CTX *context;
    const char *protocol;
    const script *scripts;
    hub_side sides[CONNECTIONS_MAX];
    size_t count;
    pthread_t thread;
};

static int choose_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *size, const unsigned char *offered,
                           unsigned offered_size, void *context) {
    const scripted_hub *hub = context;
    static _Thread_local unsigned char wanted[32];
    (void)ssl, (void)offered, (void)offered_size;
    *size = (unsigned char)snprintf((char *)wanted, sizeof wanted, "%s", hub->protocol);
    *chosen = wanted;
    return *size > 0 ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

static void *serve(void *context) {
    hub_side *at = context;
    /* Only here: the client must not need it. */
    sigset_t broken_pipes;
    sigemptyset(&broken_pipes);
    sigaddset(&broken_pipes, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipes, NULL);
    at->ssl = SSL_new(at->hub->context);
    SSL_set_fd(at->ssl, at->socket);
    if (SSL_accept(at->ssl) == 1) at->run(at);
    SSL_shutdown(at->ssl);
    SSL_free(at->ssl);
    close(at->socket);
    free(at->last.payload);
    return NULL;
}

static void *accept_all(void *context) {
    scripted_hub *hub = context;
    while (hub->scripts[hub->count] != NULL && hub->count < CONNECTIONS_MAX) {
        int accepted = accept(hub->listener, NULL, NULL);
        if (accepted < 0) break;
        const struct timeval patience = {.tv_sec = 20}; /* a test that hangs fails */
        setsockopt(accepted, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        hub_side *at = &hub->sides[hub->count];
        *at = (hub_side){.hub = hub, .run = hub->scripts[hub->count], .socket = accepted};
        pthread_create(&at->thread, NULL, serve, at);
        hub->count++;
    }
    close(hub->listener);
    return NULL;
}

scripted_hub *scripted_hub_start(const script *scripts, const hub_manners *manners) {
    static const hub_manners ordinary;
    if (manners == NULL) manners = &ordinary;
    scripted_hub *hub = calloc(1, sizeof *hub);
    hub->scripts = scripts;
    hub->protocol = manners->protocol != NULL ? manners->protocol : "elayanan/1";
    hub->context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate_file(hub->context,
                                 manners->certificate != NULL ? manners->certificate : test_papers.hub_certificate,
                                 SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(hub->context, manners->key != NULL ? manners->key : test_papers.hub_key,
                                SSL_FILETYPE_PEM);
    SSL_CTX_load_verify_file(hub->context, test_papers.authority);
    SSL_CTX_set_verify(hub->context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_alpn_select_cb(hub->context, choose_protocol, hub);
    if (manners->tls_version_max != 0) SSL_CTX_set_max_proto_version(hub->context, manners->tls_version_max);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    hub->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(hub->listener, (struct sockaddr *)&address, size) == 0 && listen(hub->listener, 16) == 0);
    getsockname(hub->listener, (struct sockaddr *)&address, &size);
    snprintf(hub->address, sizeof hub->address, "127.0.0.1:%d", ntohs(address.sin_port));
    pthread_create(&hub->thread, NULL, accept_all, hub);
    return hub;
}

const char *scripted_hub_address(const scripted_hub *hub) { return hub->address; }

void scripted_hub_stop(scripted_hub *hub) {
    shutdown(hub->listener, SHUT_RDWR);
    pthread_join(hub->thread, NULL);
    for (size_t i = 0; i < hub->count; i++) pthread_join(hub->sides[i].thread, NULL);
    SSL_CTX_free(hub->context);
    free(hub);
}

/* ---- Frames -------------------------------------------------------------------------------------------------- */

static bool read_all(hub_side *side, uint8_t *into, size_t size) {
    for (size_t got = 0, more; got < size; got += more)
        if (SSL_read_ex(side->ssl, into + got, size - got, &more) != 1) return false;
    return true;
}

bool side_read(hub_side *side, frame *into) {
    uint8_t header[HUB_HEADER_BYTES];
    free(side->last.payload);
    side->last.payload = NULL;
    if (!read_all(side, header, sizeof header)) return false;
    side->last.header = hub_header_read(header);
    side->last.payload = malloc(side->last.header.length + 1);
    if (!read_all(side, side->last.payload, side->last.header.length)) return false;
    *into = side->last;
    return true;
}

bool side_await(hub_side *side, hub_frame_type type, frame *into) {
    while (side_read(side, into))
        if (into->header.type == type) return true;
    return false;
}

Hub__V1__Call *side_await_call(hub_side *side, uint32_t *stream) {
    frame found;
    if (!side_await(side, HUB_FRAME_CALL, &found)) return NULL;
    *stream = found.header.stream;
    Hub__V1__Call *call = hub__v1__call__unpack(NULL, found.header.length, found.payload);
    while (side_await(side, HUB_FRAME_DATA, &found))
        if (found.header.flags & HUB_FLAG_END) break;
    return call;
}

void side_raw(hub_side *side, const void *bytes, size_t size) {
    size_t went;
    if (size > 0) SSL_write_ex(side->ssl, bytes, size, &went);
}

void side_send(hub_side *side, hub_frame_type type, uint8_t flags, uint32_t stream, const void *payload, size_t size) {
    hub_buffer out = {0};
    hub_frame_append(&out, type, flags, stream, payload, size);
    side_raw(side, out.data, hub_buffer_size(&out));
    hub_buffer_free(&out);
}

void side_greet(hub_side *side) { side_send(side, HUB_FRAME_HELLO, 0, 0, NULL, 0); }

void side_answer(hub_side *side, uint32_t stream, const char *text) {
    side_send(side, HUB_FRAME_DATA, HUB_FLAG_END, stream, text, strlen(text));
    side_send(side, HUB_FRAME_END, 0, stream, NULL, 0);
}

void side_end(hub_side *side, uint32_t stream, uint32_t status, uint32_t code, int retry_ms, const char *message) {
    Hub__V1__End end = HUB__V1__END__INIT;
    Hub__V1__ErrorInfo info = HUB__V1__ERROR_INFO__INIT;
    Hub__V1__RetryInfo retry = HUB__V1__RETRY_INFO__INIT;
    Google__Protobuf__Any any[2] = {GOOGLE__PROTOBUF__ANY__INIT, GOOGLE__PROTOBUF__ANY__INIT}, *list[2];
    uint8_t packed_info[64], packed_retry[16], packed[512];
    info.code = (Hub__V1__ErrorCode)code;
    retry.retry_after_ms = retry_ms > 0 ? (uint32_t)retry_ms : 0;
    any[0].type_url = "type.googleapis.com/hub.v1.ErrorInfo";
    any[0].value = (ProtobufCBinaryData){hub__v1__error_info__pack(&info, packed_info), packed_info};
    any[1].type_url = "type.googleapis.com/hub.v1.RetryInfo";
    any[1].value = (ProtobufCBinaryData){hub__v1__retry_info__pack(&retry, packed_retry), packed_retry};
    list[0] = &any[0];
    list[1] = &any[1];
    end.status = status;
    end.message = (char *)message;
    end.details = list;
    end.n_details = code == 0 ? 0 : retry_ms < 0 ? 1 : 2;
    side_send(side, HUB_FRAME_END, 0, stream, packed, hub__v1__end__pack(&end, packed));
}

void side_goaway(hub_side *side, int code, uint32_t last_stream, uint32_t retry_ms, const char *reason) {
    Hub__V1__Goaway goaway = HUB__V1__GOAWAY__INIT;
    uint8_t packed[256];
    goaway.code = (Hub__V1__GoawayCode)code;
    goaway.last_stream = last_stream;
    goaway.retry_after_ms = retry_ms;
    goaway.reason = (char *)reason;
    side_send(side, HUB_FRAME_GOAWAY, 0, 0, packed, hub__v1__goaway__pack(&goaway, packed));
}

void side_drain(hub_side *side) {
    frame ignored;
    while (side_read(side, &ignored)) continue;
}

/* ---- The client ---------------------------------------------------------------------------------------------- */

hub_client_options test_options(const char *const *addresses) {
    hub_client_options options = HUB_CLIENT_OPTIONS;
    options.addresses = addresses;
    options.certificate = test_papers.client_certificate;
    options.private_key = test_papers.client_key;
    options.authority = test_papers.authority;
    options.backoff_first_ms = 10;
    options.backoff_max_ms = 40;
    options.connect_timeout_ms = 5000;
    return options;
}

hub_client *test_client(const scripted_hub *hub) {
    const char *addresses[] = {hub->address, NULL};
    hub_client_options options = test_options(addresses);
    char why[256] = "";
    hub_client *client = hub_client_new(&options, why, sizeof why);
    CHECK(client != NULL);
    if (client == NULL) printf("    %s\n", why);
    return client;
}
