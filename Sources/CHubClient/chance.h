/* chance.h: the monotonic clock, random bytes, and waits that are spread by chance. */
#ifndef HUB_CHANCE_H
#define HUB_CHANCE_H

#include <stddef.h>
#include <stdint.h>

/* Later than everything. */
#define HUB_NEVER INT64_MAX

/* Milliseconds of a clock that only goes forward. */
int64_t hub_now_ms(void);

/* Fills `bytes` with random bytes of the system. */
void hub_random(uint8_t *bytes, size_t size);

/* `ms` more or less by up to a fifth, so that many clients do not come at once. */
int64_t hub_spread(int64_t ms);

/* Milliseconds to wait after so many failures in a row: none after 0, then `first` growing by 1.6 up to `most`, spread. */
int64_t hub_backoff(uint32_t failures, uint32_t first_ms, uint32_t most_ms);

#endif
