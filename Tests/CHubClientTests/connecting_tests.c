/* connecting_tests.c: several addresses, strangers, and hubs that are none. */
#include "check.h"
#include "client.h"
#include "papers.h"
#include "scripted_hub.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/ssl.h>

static const hub_method READS = {"test.Service/Read", HUB_UNARY, HUB_READS, 0};

static void answer(hub_side *side) {
    uint32_t stream;
    side_greet(side);
    Hub__V1__Call *call = side_await_call(side, &stream);
    if (call != NULL) {
        hub__v1__call__free_unpacked(call, NULL);
        side_answer(side, stream, "answer");
    }
    side_drain(side);
}

static void never_greet(hub_side *side) { side_drain(side); }

/* One call; its status, and the error's line. Two attempts; waits are short. */
static hub_status status_with(hub_client_options options, char *line, size_t line_size) {
    char why[256] = "";
    hub_client *client = hub_client_new(&options, why, sizeof why);
    CHECK(client != NULL);
    hub_call_options how = HUB_CALL_OPTIONS;
    how.attempts = 2;
    hub_call *call = hub_call_start(client, &READS, (hub_bytes){0}, &how);
    hub_bytes found;
    hub_call_next(call, &found);
    const hub_error *error = hub_call_error(call);
    hub_status status = error != NULL ? error->status : HUB_OK;
    snprintf(line, line_size, "%s", error != NULL ? error->message : "");
    hub_call_free(call);
    hub_client_free(client);
    return status;
}

static void second_address(void) {
    const script scripts[] = {answer, NULL};
    scripted_hub *hub = scripted_hub_start(scripts, NULL);
    char named[32], line[512];
    snprintf(named, sizeof named, "localhost%s", strchr(scripted_hub_address(hub), ':')); /* looked up in a thread */
    const char *addresses[] = {"127.0.0.1:1", named, NULL};
    CHECK_EQUAL(status_with(test_options(addresses), line, sizeof line), HUB_OK);
    scripted_hub_stop(hub);
}

static void nobody(void) {
    char line[512];
    const char *addresses[] = {"127.0.0.1:1", NULL};
    CHECK_EQUAL(status_with(test_options(addresses), line, sizeof line), HUB_UNAVAILABLE);
    CHECK(strstr(line, "connection refused") != NULL);
}

/* A hub that shows itself in some way, and what the client says of it. */
static void meet(const hub_manners *manners, const char *server_name, const char *client_certificate,
                 const char *client_key, const char *expected) {
    const script scripts[] = {answer, answer, NULL};
    scripted_hub *hub = scripted_hub_start(scripts, manners);
    const char *addresses[] = {scripted_hub_address(hub), NULL};
    hub_client_options options = test_options(addresses);
    options.server_name = server_name;
    if (client_certificate != NULL) options.certificate = client_certificate;
    if (client_key != NULL) options.private_key = client_key;
    char line[512];
    hub_status status = status_with(options, line, sizeof line);
    CHECK_EQUAL(status, expected != NULL ? HUB_UNAVAILABLE : HUB_OK);
    if (expected != NULL && strstr(line, expected) == NULL) printf("    %s\n", line);
    CHECK(expected == NULL || strstr(line, expected) != NULL);
    scripted_hub_stop(hub);
}

static void strangers(void) {
    const hub_manners foreign = {.certificate = test_papers.stranger_certificate, .key = test_papers.stranger_key};
    const hub_manners other_protocol = {.protocol = "h2"}, no_protocol = {.protocol = ""};
    const hub_manners old = {.tls_version_max = TLS1_2_VERSION};
    meet(&foreign, NULL, NULL, NULL, "not of the given authority");
    meet(NULL, "hub.example", NULL, NULL, "does not name this address");
    meet(NULL, "localhost", NULL, NULL, NULL);
    meet(&old, NULL, NULL, NULL, "TLS 1.3");
    meet(&other_protocol, NULL, NULL, NULL, "TLS failed"); /* OpenSSL refuses what was not offered */
    meet(&no_protocol, NULL, NULL, NULL, "did not choose elayanan/1");
    meet(NULL, NULL, test_papers.stranger_certificate, test_papers.stranger_key, "refuses this client's certificate");
}

static void no_hello(void) {
    const script scripts[] = {never_greet, never_greet, NULL};
    scripted_hub *hub = scripted_hub_start(scripts, NULL);
    const char *addresses[] = {scripted_hub_address(hub), NULL};
    hub_client_options options = test_options(addresses);
    options.connect_timeout_ms = 300;
    char line[512];
    CHECK_EQUAL(status_with(options, line, sizeof line), HUB_UNAVAILABLE);
    CHECK(strstr(line, "no hello") != NULL);
    scripted_hub_stop(hub);
}

static void wrong_options(void) {
    const char *addresses[] = {"127.0.0.1", NULL}, *good[] = {"[::1]:7443", NULL}, *none[] = {NULL};
    char why[256];
    hub_client_options options = test_options(addresses);
    CHECK(hub_client_new(&options, why, sizeof why) == NULL && strstr(why, "host:port") != NULL);
    options = test_options(none);
    CHECK(hub_client_new(&options, why, sizeof why) == NULL && strstr(why, "address") != NULL);
    options = test_options(good);
    options.private_key = test_papers.stranger_key;
    CHECK(hub_client_new(&options, why, sizeof why) == NULL && strstr(why, "another certificate") != NULL);
    options.authority = "/nowhere/ca.pem";
    options.private_key = test_papers.client_key;
    CHECK(hub_client_new(&options, why, sizeof why) == NULL && strstr(why, "authority") != NULL);
    options = test_options(good);
    hub_client *client = hub_client_new(&options, NULL, 0);
    CHECK(client != NULL);
    hub_client_free(client);
    hub_client_free(NULL);
}

const test connecting_tests[] = {
    {"when one address refuses, the next is tried at once, also by name", second_address},
    {"a hub that is not there is UNAVAILABLE after the attempts, and says what to check", nobody},
    {"a stranger, another name, another protocol and an old TLS are refused with a sentence", strangers},
    {"a hub that never says hello is given up", no_hello},
    {"wrong options are named when the client is made", wrong_options},
    {NULL, NULL},
};
