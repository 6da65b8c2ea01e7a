/* shim.h: the system's libzstd (Debian: libzstd-dev), as its own headers declare it. */
#include <zstd.h>
#include <zstd_errors.h>
