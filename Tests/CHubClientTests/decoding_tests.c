/* decoding_tests.c: errors, cursors, texts and waits. */
#include "chance.h"
#include "check.h"
#include "cursor.h"
#include "status.h"
#include "utf8.h"
#include "hub/v1/status.pb-c.h"

#include <stdlib.h>
#include <string.h>

static void error_is_decoded(void) {
    Hub__V1__Text text = HUB__V1__TEXT__INIT;
    text.id = "Isi kosong.";
    text.en = "It is empty.";
    Hub__V1__FieldViolation violation = HUB__V1__FIELD_VIOLATION__INIT, bare = HUB__V1__FIELD_VIOLATION__INIT;
    violation.field = "isi";
    violation.rule = "required";
    violation.text = &text;
    Hub__V1__FieldViolation *violations[] = {&violation, &bare};
    Hub__V1__BadRequest bad = HUB__V1__BAD_REQUEST__INIT;
    bad.n_violations = 2;
    bad.violations = violations;
    Hub__V1__ErrorInfo__FactsEntry fact = HUB__V1__ERROR_INFO__FACTS_ENTRY__INIT;
    fact.key = "present_version";
    fact.value = "7";
    Hub__V1__ErrorInfo__FactsEntry *facts[] = {&fact};
    Hub__V1__ErrorInfo info = HUB__V1__ERROR_INFO__INIT;
    info.code = HUB__V1__ERROR_CODE__ERROR_CODE_FORM_INVALID;
    info.text = &text;
    info.n_facts = 1;
    info.facts = facts;
    uint8_t packed_info[128], packed_bad[128];
    Google__Protobuf__Any any[2] = {GOOGLE__PROTOBUF__ANY__INIT, GOOGLE__PROTOBUF__ANY__INIT};
    Google__Protobuf__Any *details[] = {&any[0], &any[1]};
    any[0].type_url = "hub.v1.ErrorInfo"; /* without a host: what counts stands behind the last slash */
    any[0].value = (ProtobufCBinaryData){hub__v1__error_info__pack(&info, packed_info), packed_info};
    any[1].type_url = "type.googleapis.com/hub.v1.BadRequest";
    any[1].value = (ProtobufCBinaryData){hub__v1__bad_request__pack(&bad, packed_bad), packed_bad};
    Hub__V1__End end = HUB__V1__END__INIT;
    end.status = 3;
    end.message = "E4003 two fields are wrong";
    end.n_details = 2;
    end.details = details;
    hub_bytes cursor;
    hub_error *error = hub_error_from_end(&end, &cursor);
    CHECK_EQUAL(error->status, HUB_INVALID_ARGUMENT);
    CHECK_EQUAL(error->code, 4003);
    CHECK(strcmp(error->message, "two fields are wrong") == 0);
    CHECK(strcmp(error->text_id, "Isi kosong.") == 0 && strcmp(error->text_en, "It is empty.") == 0);
    CHECK_EQUAL(error->violation_count, 2);
    CHECK(strcmp(error->violations[0].field, "isi") == 0 && strcmp(error->violations[0].text_en, "It is empty.") == 0);
    CHECK(strcmp(error->violations[1].field, "") == 0 && strcmp(error->violations[1].text_id, "") == 0);
    CHECK_EQUAL(error->fact_count, 1);
    CHECK(strcmp(error->facts[0].name, "present_version") == 0 && strcmp(error->facts[0].value, "7") == 0);
    CHECK(!error->has_retry_after && cursor.size == 0);
    hub_error_free(error);
}

static void unknown_details(void) {
    Google__Protobuf__Any any = GOOGLE__PROTOBUF__ANY__INIT, broken = GOOGLE__PROTOBUF__ANY__INIT;
    Google__Protobuf__Any *details[] = {&any, &broken};
    uint8_t bytes[] = {0x0a, 0xff};
    any.type_url = "type.googleapis.com/somebody.Elses";
    broken.type_url = "type.googleapis.com/hub.v1.ErrorInfo";
    broken.value = (ProtobufCBinaryData){sizeof bytes, bytes};
    Hub__V1__End end = HUB__V1__END__INIT;
    end.status = 99;
    end.message = "E4003 kept \xff as it is";
    end.n_details = 2;
    end.details = details;
    hub_bytes cursor;
    hub_error *error = hub_error_from_end(&end, &cursor);
    CHECK_EQUAL(error->status, HUB_UNKNOWN);
    CHECK_EQUAL(error->code, 0);
    CHECK(strcmp(error->message, "E4003 kept ? as it is") == 0);
    CHECK(strcmp(error->text_id, "") == 0);
    hub_error_free(error);
}

static hub_bytes find(const char *bytes, size_t size, uint32_t field) {
    return hub_cursor_find((hub_bytes){(const uint8_t *)bytes, size}, field);
}

static void cursors(void) {
    /* Field 1: varint 300; field 2: "ab", then "xyz"; field 5 of four bytes; field 6 of eight. */
    static const char message[] = "\x08\xac\x02\x12\x02" "ab\x2d....\x31........\x12\x03xyz";
    hub_bytes found = find(message, sizeof message - 1, 2);
    CHECK(found.size == 3 && memcmp(found.data, "xyz", 3) == 0);
    CHECK_EQUAL(find(message, sizeof message - 1, 3).size, 0);
    for (size_t cut = 0; cut < sizeof message - 1; cut++) (void)find(message, cut, 2); /* under the sanitizer */
    CHECK_EQUAL(find("\x12\x7f" "a", 3, 2).size, 0);                                   /* longer than what came */
    CHECK_EQUAL(find("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, 2).size, 0); /* 2^64-1 bytes */
    CHECK_EQUAL(find("\x13\x14", 2, 2).size, 0);                                       /* groups are not known */
    CHECK_EQUAL(find("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11, 2).size, 0); /* a varint without end */
    CHECK_EQUAL(hub_cursor_find((hub_bytes){NULL, 0}, 2).size, 0);
}

static void texts(void) {
    static const struct { const char *given, *expected; } cases[] = {
        {"pengaduan \xe2\x98\xba \xf0\x9f\x98\x88", "pengaduan \xe2\x98\xba \xf0\x9f\x98\x88"},
        {"\xc0\xaf", "??"}, {"\xe0\x80\x80", "???"}, {"\xed\xa0\x80", "???"}, {"\xf4\x90\x80\x80", "????"},
        {"a\xe2\x98", "a??"}, {"\xf0\x9f\x98", "???"}, {"\x80", "?"}, {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        snprintf(text, sizeof text, "%s", cases[i].given);
        hub_utf8_repair(text);
        CHECK(strcmp(text, cases[i].expected) == 0);
    }
}

static void waits(void) {
    CHECK_EQUAL(hub_backoff(0, 100, 5000), 0);
    for (int i = 0; i < 1000; i++) {
        int64_t first = hub_backoff(1, 100, 5000), third = hub_backoff(3, 100, 5000);
        CHECK(first >= 80 && first <= 120);
        CHECK(third >= 204 && third <= 308);
        CHECK(hub_backoff(UINT32_MAX, 100, 5000) <= 6000);
    }
}

const test decoding_tests[] = {
    {"an error is decoded with every field, fact and text, and without its number in the line", error_is_decoded},
    {"details that nobody knows or that are broken are left out, and a status above 16 is UNKNOWN", unknown_details},
    {"a cursor is found behind fields of every kind, and nothing in a broken message", cursors},
    {"text that is no UTF-8 reaches no toolkit", texts},
    {"waits grow by 1.6, are spread by a fifth and are bounded", waits},
    {NULL, NULL},
};
