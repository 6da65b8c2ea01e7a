/* papers.c: an authority, a hub's certificate for 127.0.0.1 and localhost, a client's, and a stranger's. */
#define _GNU_SOURCE
#include "papers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

papers test_papers;
static char folder[32] = "/tmp/hub-c-XXXXXX";

static void need(int is_done) {
    if (is_done) return;
    fputs("the test's certificates cannot be made\n", stderr);
    exit(70);
}

static void extend(X509 *certificate, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    need(extension != NULL && X509_add_ext(certificate, extension, -1));
    X509_EXTENSION_free(extension);
}

/* A certificate for a day; `issuer` NULL = signed by itself. */
static X509 *issue(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key, const char *alternatives) {
    static long serial = 1;
    X509 *certificate = X509_new();
    need(certificate != NULL && X509_set_version(certificate, 2));
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_NAME *subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(certificate, issuer != NULL ? X509_get_subject_name(issuer) : subject);
    X509_set_pubkey(certificate, key);
    extend(certificate, issuer != NULL ? issuer : certificate, NID_basic_constraints,
           issuer == NULL ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (alternatives != NULL) extend(certificate, issuer, NID_subject_alt_name, alternatives);
    need(X509_sign(certificate, issuer_key, EVP_sha256()) > 0);
    return certificate;
}

static const char *save(char path[64], const char *name, X509 *certificate, EVP_PKEY *key) {
    snprintf(path, 64, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    need(file != NULL);
    if (certificate != NULL) need(PEM_write_X509(file, certificate));
    if (key != NULL) need(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL));
    fclose(file);
    return path;
}

void make_papers(void) {
    need(mkdtemp(folder) != NULL);
    EVP_PKEY *keys[4];
    for (int i = 0; i < 4; i++) need((keys[i] = EVP_EC_gen("P-256")) != NULL);
    X509 *authority = issue("authority", keys[0], NULL, keys[0], NULL);
    X509 *stranger = issue("another authority", keys[3], NULL, keys[3], NULL);
    X509 *hub = issue("hub", keys[1], authority, keys[0], "DNS:localhost,IP:127.0.0.1");
    X509 *client = issue("counter", keys[2], authority, keys[0], "URI:urn:elayanan:test:counter");
    X509 *foreign = issue("hub", keys[1], stranger, keys[3], "DNS:localhost,IP:127.0.0.1");
    save(test_papers.authority, "ca.pem", authority, NULL);
    save(test_papers.hub_certificate, "hub.pem", hub, NULL);
    save(test_papers.hub_key, "hub.key", NULL, keys[1]);
    save(test_papers.client_certificate, "counter.pem", client, NULL);
    save(test_papers.client_key, "counter.key", NULL, keys[2]);
    save(test_papers.stranger_certificate, "foreign.pem", foreign, NULL);
    save(test_papers.stranger_key, "foreign.key", NULL, keys[1]);
    X509 *const made[] = {authority, stranger, hub, client, foreign};
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) X509_free(made[i]);
    for (int i = 0; i < 4; i++) EVP_PKEY_free(keys[i]);
}

void remove_papers(void) {
    const char *const files[] = {test_papers.authority, test_papers.hub_certificate, test_papers.hub_key,
                                 test_papers.client_certificate, test_papers.client_key,
                                 test_papers.stranger_certificate, test_papers.stranger_key};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) unlink(files[i]);
    rmdir(folder);
}
