/* tls.c: the only file that knows OpenSSL's TLS. */
#include "tls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static const unsigned char PROTOCOL[] = "\x0a" "elayanan/1"; /* length and name, as ALPN wants it */

struct hub_tls_papers {
    SSL_CTX *context;
    BIO_METHOD *method;
};

struct hub_tls {
    SSL *ssl;
    int socket;
    bool is_ready;
    bool is_permanent;
    char failure[256];
};

/* ---- The socket under OpenSSL -------------------------------------------------------------------------------- */

/* OpenSSL's own socket BIO writes without MSG_NOSIGNAL: a hub that went away would end the program with SIGPIPE. */

static int bio_write(BIO *bio, const char *bytes, int size) {
    const hub_tls *tls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    ssize_t went = send(tls->socket, bytes, (size_t)size, MSG_NOSIGNAL);
    if (went < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) BIO_set_retry_write(bio);
    return (int)went;
}

static int bio_read(BIO *bio, char *bytes, int size) {
    const hub_tls *tls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    ssize_t got = recv(tls->socket, bytes, (size_t)size, 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) BIO_set_retry_read(bio);
    return (int)got;
}

static long bio_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static BIO_METHOD *bio_method(void) {
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "hub socket");
    if (method == NULL) return NULL;
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_ctrl(method, bio_control);
    return method;
}

/* ---- Papers -------------------------------------------------------------------------------------------------- */

/* A key with a passphrase is refused; nobody is asked for it at a terminal. */
static int no_passphrase(char *into, int size, int writing, void *context) {
    (void)into, (void)size, (void)writing, (void)context;
    return 0;
}

/* Loads what stands in the files; returns what is wrong, NULL when all is well. */
static const char *load(SSL_CTX *context, const char *certificate, const char *private_key, const char *authority) {
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1) return "certificate cannot be read as PEM";
    if (SSL_CTX_use_PrivateKey_file(context, private_key, SSL_FILETYPE_PEM) != 1)
        return "private key cannot be read as PEM, or belongs to another certificate";
    if (SSL_CTX_load_verify_file(context, authority) != 1) return "authority cannot be read as PEM";
    if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1) return "OpenSSL without TLS 1.3";
    if (SSL_CTX_set_alpn_protos(context, PROTOCOL, sizeof PROTOCOL - 1) != 0) return "OpenSSL without ALPN";
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    /* The hub has its authority's certificate: sent along it would be half a kilobyte in each handshake, kept by the hub. */
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return NULL;
}

hub_tls_papers *hub_tls_papers_new(const char *certificate, const char *private_key, const char *authority, char *why,
                                   size_t why_size) {
    hub_tls_papers *papers = calloc(1, sizeof *papers);
    if (papers != NULL) {
        papers->context = SSL_CTX_new(TLS_client_method());
        papers->method = bio_method();
    }
    const char *wrong = papers == NULL || papers->context == NULL || papers->method == NULL
                            ? "memory is used up"
                            : load(papers->context, certificate, private_key, authority);
    ERR_clear_error();
    if (wrong == NULL) return papers;
    snprintf(why, why_size, "%s", wrong);
    hub_tls_papers_free(papers);
    return NULL;
}

void hub_tls_papers_free(hub_tls_papers *papers) {
    if (papers == NULL) return;
    SSL_CTX_free(papers->context);
    BIO_meth_free(papers->method);
    free(papers);
}

/* ---- One connection ------------------------------------------------------------------------------------------ */

hub_tls *hub_tls_new(hub_tls_papers *papers, int socket, const char *name) {
    hub_tls *tls = calloc(1, sizeof *tls);
    if (tls == NULL) return NULL;
    tls->socket = socket;
    tls->ssl = SSL_new(papers->context);
    BIO *bio = BIO_new(papers->method);
    if (tls->ssl == NULL || bio == NULL) {
        BIO_free(bio);
        hub_tls_free(tls);
        return NULL;
    }
    BIO_set_data(bio, tls);
    BIO_set_init(bio, 1);
    SSL_set_bio(tls->ssl, bio, bio);
    /* A numeric address is compared with the certificate's list of addresses, and never sent as a name (RFC 6066). */
    X509_VERIFY_PARAM *verify = SSL_get0_param(tls->ssl);
    bool is_named = X509_VERIFY_PARAM_set1_ip_asc(verify, name) == 1;
    if (!is_named) {
        X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        is_named = SSL_set1_host(tls->ssl, name) == 1 && SSL_set_tlsext_host_name(tls->ssl, name) == 1;
    }
    ERR_clear_error();
    if (is_named) return tls;
    hub_tls_free(tls);
    return NULL;
}

void hub_tls_free(hub_tls *tls) {
    if (tls == NULL) return;
    SSL_free(tls->ssl);
    free(tls);
}

static void explain(hub_tls *tls, bool permanent, const char *sentence) {
    tls->is_permanent = permanent;
    snprintf(tls->failure, sizeof tls->failure, "%s", sentence);
}

/* Puts OpenSSL's reason into a sentence that says what to check. */
static void explain_reason(hub_tls *tls) {
    unsigned long code = ERR_peek_error();
    switch (ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED: {
        long result = SSL_get_verify_result(tls->ssl);
        bool other = result == X509_V_ERR_HOSTNAME_MISMATCH || result == X509_V_ERR_IP_ADDRESS_MISMATCH;
        explain(tls, true, other ? "its certificate does not name this address; check the address or set server_name"
                                 : "its certificate is not of the given authority, or has expired");
        return;
    }
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE: case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN: case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
        explain(tls, true, "it refuses this client's certificate; is it of this hub's authority, and still valid?");
        return;
    case SSL_R_WRONG_VERSION_NUMBER: case SSL_R_UNSUPPORTED_PROTOCOL: case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        explain(tls, true, "it does not speak TLS 1.3; is this a hub's port?");
        return;
    case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL:
        explain(tls, true, "it does not speak elayanan/1");
        return;
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
        explain(tls, false, "it closed the connection without a word");
        return;
    default: break;
    }
    char reason[160];
    ERR_error_string_n(code, reason, sizeof reason);
    tls->is_permanent = false;
    snprintf(tls->failure, sizeof tls->failure, "TLS failed: %s", reason);
}

static hub_tls_result result_of(hub_tls *tls, int returned) {
    int system_error = errno;
    switch (SSL_get_error(tls->ssl, returned)) {
    case SSL_ERROR_WANT_READ: return HUB_TLS_READ;
    case SSL_ERROR_WANT_WRITE: return HUB_TLS_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        explain(tls, false, "it closed the connection");
        return HUB_TLS_CLOSED;
    case SSL_ERROR_SYSCALL:
        if (ERR_peek_error() == 0) {
            tls->is_permanent = false;
            snprintf(tls->failure, sizeof tls->failure, "the connection was cut: %s",
                     system_error == 0 ? "end of file" : strerror(system_error));
            return HUB_TLS_FAILED;
        } /* fall through */
    default: explain_reason(tls); return HUB_TLS_FAILED;
    }
}

hub_tls_result hub_tls_handshake(hub_tls *tls) {
    ERR_clear_error();
    errno = 0;
    int returned = SSL_connect(tls->ssl);
    if (returned != 1) return result_of(tls, returned);
    const unsigned char *name;
    unsigned size;
    SSL_get0_alpn_selected(tls->ssl, &name, &size);
    if (size != PROTOCOL[0] || memcmp(name, PROTOCOL + 1, size) != 0) {
        explain(tls, true, "it did not choose elayanan/1; is this a hub's port?");
        return HUB_TLS_FAILED;
    }
    tls->is_ready = true;
    return HUB_TLS_DONE;
}

hub_tls_result hub_tls_read(hub_tls *tls, uint8_t *into, size_t size, size_t *got) {
    ERR_clear_error();
    errno = 0;
    *got = 0;
    return SSL_read_ex(tls->ssl, into, size, got) == 1 ? HUB_TLS_DONE : result_of(tls, 0);
}

hub_tls_result hub_tls_write(hub_tls *tls, const uint8_t *from, size_t size, size_t *went) {
    ERR_clear_error();
    errno = 0;
    *went = 0;
    return SSL_write_ex(tls->ssl, from, size, went) == 1 ? HUB_TLS_DONE : result_of(tls, 0);
}

void hub_tls_close(hub_tls *tls) {
    ERR_clear_error();
    if (tls->is_ready) SSL_shutdown(tls->ssl);
    ERR_clear_error();
}

const char *hub_tls_failure(const hub_tls *tls, bool *permanent) {
    *permanent = tls->is_permanent;
    return tls->failure;
}
