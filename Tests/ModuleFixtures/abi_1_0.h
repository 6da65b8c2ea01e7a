/* A frozen copy of ABI 1.0 under other names. Nobody edits this file: abi_check.c compares hub_module.h with it. */
#ifndef ABI_1_0_H
#define ABI_1_0_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    const uint8_t *data;
    size_t size;
} v1_0_bytes_borrowed;

typedef struct {
    uint32_t struct_size;
    uint16_t abi_major, abi_minor;
    void *context;
    int32_t (*send)(void *context, v1_0_bytes_borrowed frames);
} v1_0_host;

typedef struct {
    uint32_t magic;
    uint32_t struct_size;
    uint16_t abi_major, abi_minor;
    const char *name;
    int32_t (*start)(const v1_0_host *host, void **self_out);
    int32_t (*receive)(void *self, v1_0_bytes_borrowed frame);
    void (*stop)(void *self);
} v1_0_module;

#endif
