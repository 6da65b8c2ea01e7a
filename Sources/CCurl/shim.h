/* shim.h: the system's libcurl (Debian: libcurl4-openssl-dev); its variadic functions as functions that Swift can call. */
#ifndef HUB_CURL_SHIM_H
#define HUB_CURL_SHIM_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <string.h>

/* Bytes that are sent, and how far. */
typedef struct hub_curl_source {
    const char *bytes;
    size_t length;
    size_t offset;
} hub_curl_source;

static inline CURLcode hub_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode hub_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode hub_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *list) {
    return curl_easy_setopt(handle, option, list);
}

static inline size_t hub_curl_read(char *buffer, size_t size, size_t count, void *pointer) {
    hub_curl_source *source = (hub_curl_source *)pointer;
    size_t room = size * count, left = source->length - source->offset;
    size_t part = left < room ? left : room;
    memcpy(buffer, source->bytes + source->offset, part);
    source->offset += part;
    return part;
}

/* Throws away what comes; `pointer` is how much may still come. */
static inline size_t hub_curl_discard(char *buffer, size_t size, size_t count, void *pointer) {
    size_t *left = (size_t *)pointer, part = size * count;
    (void)buffer;
    if (part > *left) return 0;
    *left -= part;
    return part;
}

/* What is uploaded; `source` must live until the transfer ends. */
static inline CURLcode hub_curl_upload(CURL *handle, hub_curl_source *source) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_READFUNCTION, hub_curl_read);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_READDATA, source);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)source->length);
    return code;
}

/* What is posted; libcurl copies it. */
static inline CURLcode hub_curl_post(CURL *handle, const char *bytes, size_t length) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, bytes);
    return code;
}

/* At most `*left` bytes of the answer are taken; `left` must live until the transfer ends. */
static inline CURLcode hub_curl_limit_answer(CURL *handle, size_t *left) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, hub_curl_discard);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_WRITEDATA, left);
    return code;
}

/* A form with files; `form` must live until the transfer ends. */
static inline CURLcode hub_curl_post_form(CURL *handle, curl_mime *form) {
    return curl_easy_setopt(handle, CURLOPT_MIMEPOST, form);
}

/* What comes back goes to `take`; what it does not take whole ends the transfer. */
static inline CURLcode hub_curl_take_answer(CURL *handle, size_t (*take)(char *, size_t, size_t, void *), void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
    return code;
}

/* STARTTLS or nothing. */
static inline CURLcode hub_curl_demand_tls(CURL *handle) {
    return curl_easy_setopt(handle, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
}

static inline CURLcode hub_curl_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

/* Code of the last answer; 0 = there was none. */
static inline long hub_curl_answer_code(CURL *handle) {
    long code = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
    return code;
}

#endif
