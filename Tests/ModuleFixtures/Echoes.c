/* The control: nothing is wrong with it. */
#include "fixture.h"
