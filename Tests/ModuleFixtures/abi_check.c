/* Compiles only while hub_module.h still begins with ABI 1.0, field by field. */
#include "abi_1_0.h"
#include "hub_module.h"

#define SAME(now, then, field) \
    _Static_assert(offsetof(now, field) == offsetof(then, field), #now "." #field " has moved"); \
    _Static_assert(sizeof(((now *)0)->field) == sizeof(((then *)0)->field), #now "." #field " has another size")

SAME(hub_bytes_borrowed, v1_0_bytes_borrowed, data);
SAME(hub_bytes_borrowed, v1_0_bytes_borrowed, size);
_Static_assert(sizeof(hub_bytes_borrowed) == sizeof(v1_0_bytes_borrowed), "it is passed by value");

SAME(hub_host, v1_0_host, struct_size);
SAME(hub_host, v1_0_host, abi_major);
SAME(hub_host, v1_0_host, abi_minor);
SAME(hub_host, v1_0_host, context);
SAME(hub_host, v1_0_host, send);
_Static_assert(sizeof(hub_host) >= sizeof(v1_0_host), "hub_host only grows");

SAME(hub_module, v1_0_module, magic);
SAME(hub_module, v1_0_module, struct_size);
SAME(hub_module, v1_0_module, abi_major);
SAME(hub_module, v1_0_module, abi_minor);
SAME(hub_module, v1_0_module, name);
SAME(hub_module, v1_0_module, start);
SAME(hub_module, v1_0_module, receive);
SAME(hub_module, v1_0_module, stop);
_Static_assert(sizeof(hub_module) >= sizeof(v1_0_module), "hub_module only grows");

_Static_assert(HUB_ABI_MAGIC == 0x4855424du && HUB_ABI_MAJOR == 1u, "another magic or major is another ABI");
_Static_assert(HUB_OK == 0 && HUB_E_FAILED == 1 && HUB_E_PROTOCOL == 2, "codes keep their numbers");
