/* Built for another major version of the ABI. */
#define FIXTURE_MAJOR (HUB_ABI_MAJOR + 1)
#include "fixture.h"
