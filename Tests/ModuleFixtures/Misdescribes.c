/* Is not the version that its manifest announces. */
#define FIXTURE_VERSION "9.9.9"
#include "fixture.h"
