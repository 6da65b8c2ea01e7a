/* The header is the whole of this target; SwiftPM wants one source file. */
#include "hub_module.h"
