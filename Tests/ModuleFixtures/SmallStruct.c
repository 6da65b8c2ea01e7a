/* Built with a shorter table and for another major version: one refusal names both. */
#define FIXTURE_MAJOR (HUB_ABI_MAJOR + 1)
#define FIXTURE_SIZE 32
#include "fixture.h"
