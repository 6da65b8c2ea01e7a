/* What the disk can do: appends a block and makes it durable, one after another.
 *
 * Usage: limit-fsync FILE BLOCK-BYTES SECONDS
 * The file is removed at the end. One JSON line on standard output.
 */
#include "measure.h"

#include <fcntl.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc != 4) {
        fputs("usage: limit-fsync FILE BLOCK-BYTES SECONDS\n", stderr);
        return 64;
    }
    long size = strtol(argv[2], NULL, 10);
    double seconds = strtod(argv[3], NULL);
    if (size < 1 || size > 1 << 20 || seconds <= 0) return 64;
    char *block = malloc((size_t)size);
    int file = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (block == NULL || file < 0) {
        perror(argv[1]);
        return 1;
    }
    memset(block, 0x5a, (size_t)size);
    struct measure m;
    measure_begin(&m, 0.2, seconds);
    while (measure_continues(&m)) {
        uint64_t began = measure_now();
        if (write(file, block, (size_t)size) != size || fdatasync(file) != 0) {
            perror(argv[1]);
            unlink(argv[1]);
            return 1;
        }
        measure_record(&m, measure_now() - began, 1);
    }
    char extra[64];
    snprintf(extra, sizeof extra, ",\"block_bytes\":%ld", size);
    measure_report(&m, "limit-fsync", 1, extra);
    close(file);
    unlink(argv[1]);
    return 0;
}
