/* main.c: runs every test of the C client, or those whose sentence contains a word from the command line. */
#include "check.h"
#include "papers.h"

#include <string.h>

bool has_failed;

int main(int argc, char **argv) {
    const test *const files[] = {decoding_tests, wire_tests, call_tests, stream_tests, connecting_tests};
    int passed = 0, failed = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    make_papers();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        for (const test *at = files[i]; at->sentence != NULL; at++) {
            if (argc > 1 && strstr(at->sentence, argv[1]) == NULL) continue;
            has_failed = false;
            at->run();
            printf("%s  %s\n", has_failed ? "FAIL" : "ok  ", at->sentence);
            *(has_failed ? &failed : &passed) += 1;
        }
    }
    remove_papers();
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
