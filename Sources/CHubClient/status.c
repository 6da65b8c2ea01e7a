/* status.c: errors, each in one block of memory that holds all its strings. */
#include "status.h"

#include "hub/v1/status.pb-c.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What people read about the errors that a client makes itself. */
static const struct {
    uint32_t code;
    const char *id, *en;
} texts[] = {
    {HUB_E_PROTOCOL, "Program dan hub tidak saling memahami. Hubungi pengelola.",
     "Program and hub do not understand each other. Tell the administrator."},
    {HUB_E_VERSION, "Versi program dan hub tidak cocok. Perbarui program.",
     "The versions of program and hub do not match. Update the program."},
    {HUB_E_MESSAGE_TOO_LARGE, "Data terlalu besar.", "The data is too large."},
    {HUB_E_METADATA, "Permintaan tidak lengkap atau tidak sah.", "The request is incomplete or not valid."},
    {HUB_E_METHOD_UNKNOWN, "Layanan ini tidak tersedia.", "This service is not available."},
    {HUB_E_DEADLINE, "Waktu habis. Coba lagi.", "Time is up. Try again."},
    {HUB_E_CANCELLED, "Dibatalkan.", "Cancelled."},
    {HUB_E_KEY, "Kunci permintaan tidak sah.", "The key of the request is not valid."},
    {HUB_E_CONNECTION_CLOSED, "Hub tidak dapat dihubungi. Coba lagi.", "The hub cannot be reached. Try again."},
};

static hub_error no_memory = {
    .status = HUB_RESOURCE_EXHAUSTED, .message = "memory is used up", .text_id = "Memori habis.",
    .text_en = "Memory is used up."};

/* ---- One block ----------------------------------------------------------------------------------------------- */

/* An error and room for its lists and strings. Filled in front to back; the size was counted before. */
typedef struct block {
    hub_error error;
    char *strings; /* where the next string goes */
} block;

static block *block_new(size_t violations, size_t facts, size_t string_bytes) {
    size_t lists = violations * sizeof(hub_violation) + facts * sizeof(hub_fact);
    block *made = calloc(1, sizeof(block) + lists + string_bytes);
    if (made == NULL) return NULL;
    hub_violation *violation = (hub_violation *)(made + 1);
    made->error.violations = violation;
    made->error.facts = (const hub_fact *)(violation + violations);
    made->strings = (char *)(made + 1) + lists;
    return made;
}

static size_t room(const char *text) { return text == NULL ? 1 : strlen(text) + 1; }

static const char *keep(block *into, const char *text) {
    char *at = into->strings;
    size_t size = room(text);
    if (text != NULL) memcpy(at, text, size);
    hub_utf8_repair(at); /* calloc ended it */
    into->strings += size;
    return at;
}

void hub_error_free(hub_error *error) {
    if (error != &no_memory) free(error);
}

hub_error *hub_error_make(hub_status status, uint32_t code, const char *format, ...) {
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    block *made = block_new(0, 0, room(line));
    if (made == NULL) return &no_memory;
    made->error.status = status;
    made->error.code = code;
    made->error.message = keep(made, line);
    made->error.text_id = made->error.text_en = "";
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].code != code) continue;
        made->error.text_id = texts[i].id;
        made->error.text_en = texts[i].en;
    }
    return &made->error;
}

hub_error *hub_error_copy(const hub_error *error) {
    size_t strings = room(error->message) + room(error->text_id) + room(error->text_en);
    for (size_t i = 0; i < error->violation_count; i++) {
        const hub_violation *at = &error->violations[i];
        strings += room(at->field) + room(at->rule) + room(at->text_id) + room(at->text_en);
    }
    for (size_t i = 0; i < error->fact_count; i++)
        strings += room(error->facts[i].name) + room(error->facts[i].value);
    block *copy = block_new(error->violation_count, error->fact_count, strings);
    if (copy == NULL) return &no_memory;
    hub_violation *violations = (hub_violation *)copy->error.violations;
    hub_fact *facts = (hub_fact *)copy->error.facts;
    copy->error = *error;
    copy->error.violations = violations;
    copy->error.facts = facts;
    copy->error.message = keep(copy, error->message);
    copy->error.text_id = keep(copy, error->text_id);
    copy->error.text_en = keep(copy, error->text_en);
    for (size_t i = 0; i < error->violation_count; i++) {
        const hub_violation *at = &error->violations[i];
        violations[i].field = keep(copy, at->field);
        violations[i].rule = keep(copy, at->rule);
        violations[i].text_id = keep(copy, at->text_id);
        violations[i].text_en = keep(copy, at->text_en);
    }
    for (size_t i = 0; i < error->fact_count; i++) {
        facts[i].name = keep(copy, error->facts[i].name);
        facts[i].value = keep(copy, error->facts[i].value);
    }
    return &copy->error;
}

/* ---- From the wire ------------------------------------------------------------------------------------------- */

/* The first detail of that type that can be decoded; the type's name stands behind the last slash. */
static ProtobufCMessage *detail(const Hub__V1__End *end, const ProtobufCMessageDescriptor *type) {
    for (size_t i = 0; i < end->n_details; i++) {
        const Google__Protobuf__Any *any = end->details[i];
        const char *slash = strrchr(any->type_url, '/');
        if (strcmp(slash == NULL ? any->type_url : slash + 1, type->name) != 0) continue;
        ProtobufCMessage *message = protobuf_c_message_unpack(type, NULL, any->value.len, any->value.data);
        if (message != NULL) return message;
    }
    return NULL;
}

/* The line for operators, without the number in front of it. */
static const char *line_of(const Hub__V1__End *end, uint32_t code) {
    char number[16];
    int size = snprintf(number, sizeof number, "E%u ", (unsigned)code);
    return strncmp(end->message, number, (size_t)size) == 0 ? end->message + size : end->message;
}

/* Points `raw` to what the messages hold, so that one function copies everything. */
static hub_error *assemble(const Hub__V1__End *end, const Hub__V1__ErrorInfo *info, const Hub__V1__BadRequest *bad,
                           const Hub__V1__RetryInfo *retry) {
    hub_error raw = {
        .status = end->status <= HUB_UNAUTHENTICATED ? (hub_status)end->status : HUB_UNKNOWN,
        .code = info != NULL ? (uint32_t)info->code : 0,
        .text_id = info != NULL && info->text != NULL ? info->text->id : NULL,
        .text_en = info != NULL && info->text != NULL ? info->text->en : NULL,
        .has_retry_after = retry != NULL,
        .retry_after_ms = retry != NULL ? retry->retry_after_ms : 0,
        .violation_count = bad != NULL ? bad->n_violations : 0,
        .fact_count = info != NULL ? info->n_facts : 0,
    };
    raw.message = line_of(end, raw.code);
    hub_violation *violations = calloc(raw.violation_count + 1, sizeof *violations);
    hub_fact *facts = calloc(raw.fact_count + 1, sizeof *facts);
    hub_error *error = &no_memory;
    if (violations != NULL && facts != NULL) {
        for (size_t i = 0; i < raw.violation_count; i++) {
            const Hub__V1__FieldViolation *at = bad->violations[i];
            violations[i] = (hub_violation){
                at->field, at->rule, at->text != NULL ? at->text->id : NULL, at->text != NULL ? at->text->en : NULL};
        }
        for (size_t i = 0; i < raw.fact_count; i++)
            facts[i] = (hub_fact){info->facts[i]->key, info->facts[i]->value};
        raw.violations = violations;
        raw.facts = facts;
        error = hub_error_copy(&raw);
    }
    free(violations);
    free(facts);
    return error;
}

hub_error *hub_error_from_end(const Hub__V1__End *end, hub_bytes *cursor) {
    ProtobufCMessage *info = detail(end, &hub__v1__error_info__descriptor);
    ProtobufCMessage *bad = detail(end, &hub__v1__bad_request__descriptor);
    ProtobufCMessage *retry = detail(end, &hub__v1__retry_info__descriptor);
    ProtobufCMessage *resume = detail(end, &hub__v1__resume__descriptor);
    hub_error *error = assemble(end, (Hub__V1__ErrorInfo *)info, (Hub__V1__BadRequest *)bad, (Hub__V1__RetryInfo *)retry);
    *cursor = (hub_bytes){0};
    if (resume != NULL) {
        const ProtobufCBinaryData *from = &((Hub__V1__Resume *)resume)->cursor;
        uint8_t *copy = from->len > 0 ? malloc(from->len) : NULL;
        if (copy != NULL) {
            memcpy(copy, from->data, from->len);
            *cursor = (hub_bytes){copy, from->len};
        }
    }
    ProtobufCMessage *const used[] = {info, bad, retry, resume};
    for (size_t i = 0; i < sizeof used / sizeof used[0]; i++)
        if (used[i] != NULL) protobuf_c_message_free_unpacked(used[i], NULL);
    return error;
}
