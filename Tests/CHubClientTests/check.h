/* check.h: tests as sentences, and a count of them. */
#ifndef HUB_CHECK_H
#define HUB_CHECK_H

#include <stdbool.h>
#include <stdio.h>

/* One test: what holds, and the function that shows it. */
typedef struct test {
    const char *sentence;
    void (*run)(void);
} test;

/* The tests of one file; a sentence of NULL ends the list. */
extern const test decoding_tests[], wire_tests[], call_tests[], stream_tests[], connecting_tests[];

/* Set by a check that did not hold, with a line that says where. */
extern bool has_failed;

#define CHECK(condition)                                                           \
    do {                                                                           \
        if (!(condition)) {                                                        \
            has_failed = true;                                                     \
            printf("    %s:%d: %s\n", __FILE__, __LINE__, #condition);             \
        }                                                                          \
    } while (0)

#define CHECK_EQUAL(found, expected)                                                              \
    do {                                                                                          \
        long long found_value = (long long)(found), expected_value = (long long)(expected);       \
        if (found_value != expected_value) {                                                      \
            has_failed = true;                                                                    \
            printf("    %s:%d: %s is %lld, expected %lld\n", __FILE__, __LINE__, #found, found_value, expected_value); \
        }                                                                                         \
    } while (0)

#endif
