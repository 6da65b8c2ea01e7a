/* The C ABI between a hub-module-host process and a department's module: one header, one exported symbol.
 *
 * A module is a dynamic library that exports hub_module_entry(). The host checks magic, size and version before it
 * calls anything else, then start() once, receive() for every frame from the hub, stop() once. Frames are those of
 * Protos/PROTOCOL.md, module profile. Structs grow at their end only; a change of meaning is a new major version.
 */
#ifndef HUB_MODULE_H
#define HUB_MODULE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HUB_ABI_MAGIC 0x4855424du /* "HUBM"                                             */
#define HUB_ABI_MAJOR 1u          /* not the host's: the module is refused              */
#define HUB_ABI_MINOR 0u          /* +1 whenever a field is appended at the very end    */

/* What start() and receive() return. */
#define HUB_OK 0
#define HUB_E_FAILED 1   /* cannot work; the host ends with exit code 71 (start) or 72 (receive) */
#define HUB_E_PROTOCOL 2 /* the frame was not understood; the host ends                          */

/* Owned by the caller, valid until the called function returns. Copy to keep. */
typedef struct {
    const uint8_t *data;
    size_t size; /* bytes */
} hub_bytes_borrowed;

/* What the host offers a module; owned by the host, valid until stop() returns. */
typedef struct hub_host {
    uint32_t struct_size; /* sizeof(hub_host) when the host was compiled */
    uint16_t abi_major, abi_minor;
    void *context; /* the host's; pass it back unchanged */
    /* Sends whole frames to the hub, in order. May be called from any thread; copies before it returns.
     * Frames sent inside receive() leave together when it returns. 0, or HUB_E_FAILED when the hub is gone. */
    int32_t (*send)(void *context, hub_bytes_borrowed frames);
    /* ABI 1.0 ends here. Append below; never insert, reorder or change a type. */
} hub_host;

/* What a module is; owned by the module until the process ends. */
typedef struct hub_module {
    uint32_t magic;       /* HUB_ABI_MAGIC                                         */
    uint32_t struct_size; /* sizeof(hub_module) when the module was compiled       */
    uint16_t abi_major, abi_minor;
    const char *name; /* UTF-8, at most 64 bytes, as `id` in the manifest      */
    /* First, once. self_out is handed to the other functions. HUB_OK or HUB_E_FAILED. */
    int32_t (*start)(const hub_host *host, void **self_out);
    /* One whole frame, header included, on the host's reader thread. HUB_OK, or HUB_E_PROTOCOL. */
    int32_t (*receive)(void *self, hub_bytes_borrowed frame);
    /* Last, once; must not fail. */
    void (*stop)(void *self);
    /* ABI 1.0 ends here. Append below; never insert, reorder or change a type. */
} hub_module;

_Static_assert(offsetof(hub_module, name) == 16, "ABI 1.0 is frozen");
_Static_assert(offsetof(hub_host, context) == 8, "ABI 1.0 is frozen");

/* The one exported symbol. Never returns NULL. */
const hub_module *hub_module_entry(void);

#ifdef __cplusplus
}
#endif
#endif
